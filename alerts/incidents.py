"""Incidents: opened by people or suggested by detection, with a timeline that fills itself, kept for ever.

Living incidents are held in memory and written behind, so that a floor that has lost its database can still record
what it goes through. Everything here happens on the event loop; what must not block is noted and done by ``run``.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from alerts import casefile
from alerts.casefile import CLOSED, FLOOR, Case, label
from alerts.cases import Cases, PlanOf
from alerts.detection import Detection
from alerts.emergencies import REPORTS, TITLES, place_of, read_out, same
from alerts.ledger.incidents import LIVE, IncidentLedger
from alerts.model import Alert, Entry, Incident, IncidentStage, Text
from alerts.plan_model import Plan, Step, StepTime
from alerts.ports import Alarms, Raises
from alerts.refusals import InvalidError, NotAllowedError, UnknownError
from alerts.response_ports import IncidentListener
from floor.people.model import Person
from floor.people.rights import Right, may
from floor.ports import Clock

CHANGING = frozenset({"put_out"})
"""Details of a report of which the last word holds; of all others the first one does."""
RETRY_S = 5.0
"""How often what the database would not take is offered again."""

Changed = tuple[Incident, Sequence[Entry]]
"""The incident after a change, and the lines that tell it."""


class Incidents:
    """The incidents of one floor. Rights beyond R-EMG-10 are asked by the caller."""

    def __init__(
        self,
        ledger: IncidentLedger,
        clock: Clock,
        *,
        plan_of: PlanOf | None = None,
        alarms: Alarms | None = None,
        raises: Raises | None = None,
        new_id: Callable[[], str] = lambda: f"I-{secrets.token_hex(5)}",
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._cases = Cases(ledger, clock, plan_of or (lambda _name, _version: None), new_id)
        self._detection = Detection(self._cases, clock, alarms, raises)
        self._stirred: dict[str, None] = {}
        """Incidents whose alerts moved and whose timeline must catch up."""
        self._work = asyncio.Event()

    # What there is

    @property
    def live(self) -> Mapping[str, Incident]:
        return self._cases.live

    def subscribe(self, listener: IncidentListener) -> Callable[[], None]:
        return self._cases.subscribe(listener)

    async def load(self) -> None:
        """Take up the living incidents from the record."""
        await self._cases.load()
        self._detection.recall()

    async def get(self, incident: str) -> tuple[Incident, Sequence[Entry]]:
        case = await self._cases.find(incident)
        await self._detection.catch_up(case)
        return case.incident, tuple(sorted(case.entries, key=lambda line: (line.at, line.id or 0)))

    async def list(self, since: float = 0.0) -> Sequence[Incident]:
        stored = {incident.id: incident for incident, _ in await self._ledger.newest(since)}
        held = {case.incident.id: case.incident for case in self._cases if case.incident.opened_at >= since}
        return sorted((stored | held).values(), key=lambda incident: incident.opened_at, reverse=True)

    async def versions(self, incident: str) -> Sequence[Mapping[str, Any]]:
        await self._cases.find(incident)
        return await self._ledger.versions(incident)

    def missing(self, incident: Incident) -> Sequence[str]:
        return casefile.missing(incident, self._fields(incident.type))

    def times(self, incident: Incident) -> Mapping[str, float | None]:
        return casefile.times(incident)

    async def steps(self, incident: str) -> tuple[Plan | None, Sequence[StepTime], Text | None]:
        case = await self._cases.find(incident)
        plan = self._cases.plan(case)
        if plan is None:
            return None, (), None
        done = {str(line.data["step"]): line for line in reversed(case.entries) if line.kind == "step"}
        begun, over = case.incident.opened_at, case.incident.closed_at or self._clock.now()
        times = tuple(step_time(step, begun, over, done.get(step.id)) for step in plan.steps)
        return plan, times, read_out(plan.sentence, _spoken(case.incident))

    # What people do

    async def report(
        self, type_: str, actor: str, *, place: str = "", details: Mapping[str, str] | None = None,
        drill: str | None = None,
    ) -> Incident:  # fmt: skip
        """An emergency report (R-EMG-1…7, -9). The same emergency reported twice is one incident."""
        if type_ not in REPORTS:
            raise InvalidError(f"'{type_}' is no type of emergency; there are: {', '.join(REPORTS)}", ["type"])
        where, now = place_of(place), self._clock.now()
        known = casefile.details_of(details or {}) | ({"place": where} if where else {})
        for case in self._cases:
            if case.incident.stage in LIVE and same(case.incident, type_, where, drill, now):
                return await self._reported_again(case, actor, known)
        incident = casefile.opened(
            self._cases.new_id(),
            type_,
            actor,
            now,
            occurred_at=now,
            description=f"{TITLES[type_]['zh']} {TITLES[type_]['en']} {where}".strip(),
            details=known,
            drill=drill,
        )
        case = self._cases.open(incident, actor, {"en": "Emergency reported", "zh": "突发事件上报"}, kind="report")
        self._detection.raise_for(case.incident, where)
        await self._ledger.flush()
        return case.incident

    async def open(
        self,
        type_: str,
        actor: Person,
        description: str,
        *,
        occurred_at: float | None = None,
        place: str = "",
        alert: str | None = None,
    ) -> Incident:
        where = place_of(place)
        sign = None if alert is None else await self._detection.sign(alert)
        incident = casefile.opened(
            self._cases.new_id(),
            type_,
            label(actor),
            self._clock.now(),
            occurred_at=occurred_at,
            description=description,
            details={"place": where} if where else {},
            drill=None if sign is None else sign.drill,
        )
        case = self._cases.open(incident, label(actor), {"en": "Opened", "zh": "已建立"})
        if sign is not None:
            self._detection.belong(sign, case)
            self.hear(sign)
        await self._ledger.flush()
        return case.incident

    def suggested(self, alert: Alert) -> str | None:
        """The type of incident an alert points to, also one that another alert explains."""
        found = casefile.suggestion(replace(alert, parent=None))
        return None if found is None else found[0]

    async def confirm(self, incident: str, actor: Person) -> Incident:
        case = await self._cases.find(incident)
        return await self._change(case, casefile.confirmed(case.incident, actor, self._clock.now()), label(actor))

    async def dismiss(self, incident: str, actor: Person, reason: str) -> Incident:
        case = await self._cases.find(incident)
        changed = casefile.dismissed(case.incident, label(actor), reason, self._clock.now())
        return await self._change(case, changed, label(actor))

    async def note(self, incident: str, actor: Person, text: str) -> Entry:
        case, said = await self._cases.find(incident), casefile.words("text", text)
        line = self._cases.add(case, self._cases.line(case, "note", label(actor), {"en": said, "zh": said}))
        await self._ledger.flush()
        return line

    async def correct(self, incident: str, actor: Person, entry: int, text: str) -> Entry:
        """A line was wrong: the new one names it and repeats the old words, which stay where they are."""
        case, said = await self._cases.find(incident), casefile.words("text", text)
        wrong = next((line for line in case.entries if line.id == entry), None)
        if wrong is None:
            raise UnknownError("there is no such line in this timeline", ["entry"])
        line = self._cases.line(
            case, "correction", label(actor), {"en": said, "zh": said}, corrects=entry, before=wrong.text
        )
        added = self._cases.add(case, line)
        await self._ledger.flush()
        return added

    async def amend(self, incident: str, actor: Person, changes: Mapping[str, Any]) -> Incident:
        case, who = await self._cases.find(incident), label(actor)
        fields = self._fields(str(changes.get("type", case.incident.type)))
        changed: Changed = casefile.amended(case.incident, who, changes, self._clock.now(), fields)
        if changed[0].type != case.incident.type:
            changed = self._replanned(*changed, who)
        return await self._change(case, changed, who)

    async def decide_scope(self, incident: str, actor: Person, scope: str) -> Incident:
        if not may(actor, Right.DECIDE_SCOPE):
            raise NotAllowedError("only the chief or above decides the scope (R-EMG-10)")
        case = await self._cases.find(incident)
        return await self._change(case, casefile.scoped(case.incident, actor, scope, self._clock.now()), label(actor))

    async def do_step(self, incident: str, actor: Person, step: str, note: str = "") -> Entry:
        case = await self._cases.find(incident)
        plan = self._cases.plan(case)
        known = next((one for one in plan.steps if one.id == step), None) if plan is not None else None
        if known is None:
            raise UnknownError("the plan has no such step", ["step"])
        said = casefile.words("note", note, empty=True)
        line = self._cases.add(case, self._cases.line(case, "step", label(actor), _step_text(known, said), step=step))
        await self._ledger.flush()
        return line

    async def recover(self, incident: str, actor: Person, at: float | None = None) -> Incident:
        case, now = await self._cases.find(incident), self._clock.now()
        changed = casefile.recovered(case.incident, label(actor), now if at is None else at, now)
        return await self._change(case, changed, label(actor))

    async def close(self, incident: str, actor: Person) -> Incident:
        case = await self._cases.find(incident)
        changed = casefile.closed(case.incident, label(actor), self._clock.now(), self._fields(case.incident.type))
        await self._detection.catch_up(case)
        return await self._change(case, changed, label(actor))

    async def end_drill(self, drill: str) -> Mapping[str, Sequence[str]]:
        """A drill is over, and so is what it opened; per incident what its record lacked."""
        lacking: dict[str, Sequence[str]] = {}
        text = {"en": "The drill is over", "zh": "演练结束"}
        for case in [c for c in self._cases if c.incident.drill == drill and c.incident.stage in LIVE]:
            lacking[case.incident.id] = self.missing(case.incident)
            await self._detection.catch_up(case)
            after = replace(case.incident, stage=IncidentStage.CLOSED, closed_at=self._clock.now())
            await self._change(case, (after, [self._cases.line(case, "stage", FLOOR, text)]), FLOOR)
        return lacking

    def act(self, incident: str | None, actor: str, text: Text, **data: Any) -> None:
        """Something was done about it elsewhere (evacuation, a command): a line of kind ``action``."""
        for id_ in [incident] if incident is not None else list(self.live):
            case = self._cases.get(id_)
            if case is not None:
                self._cases.add(case, self._cases.line(case, "action", actor, text, **data))
        self._work.set()

    # What alerts do

    def hear(self, alert: Alert) -> None:
        """A listener of :class:`alerts.ports.Alarms`."""
        case = self._detection.hear(alert)
        if case is not None:
            self._stirred[case.incident.id] = None
            self._work.set()

    async def run(self) -> None:
        """Let timelines catch up and write what waits, for as long as it lives."""
        while True:
            try:
                async with asyncio.timeout(RETRY_S):
                    await self._work.wait()
            except TimeoutError:
                pass
            self._work.clear()
            stirred, self._stirred = tuple(self._stirred), {}
            for id_ in stirred:
                case = self._cases.get(id_)
                if case is not None:
                    await self._detection.catch_up(case)
            if await self._ledger.flush():
                self._cases.forget()

    # Within

    async def _change(self, case: Case, changed: Changed, actor: str) -> Incident:
        self._cases.put(case, *changed, actor)
        if case.incident.stage in CLOSED:
            self._detection.settle(case.incident)
        await self._ledger.flush()
        return case.incident

    def _fields(self, type_: str) -> Sequence[str]:
        plan = self._cases.plan_of(type_, None)
        return () if plan is None else plan.fields

    def _replanned(self, after: Incident, lines: Sequence[Entry], actor: str) -> Changed:
        """Another type has another plan."""
        plan = self._cases.plan_of(after.type, None)
        if plan is None:
            return replace(after, plan=None), lines
        text = {"en": f"Plan: {plan.title.get('en', plan.id)}", "zh": f"预案:{plan.title.get('zh', plan.id)}"}
        line = casefile.entry(after, self._clock.now(), "action", actor, text, plan=plan.id, version=plan.version)
        return replace(after, plan=plan.id), (*lines, line)

    async def _reported_again(self, case: Case, actor: str, details: Mapping[str, str]) -> Incident:
        text = {"en": "Reported again", "zh": "再次上报"}
        line = self._cases.line(case, "report", actor, text, details=dict(details))
        known = {name: said for name, said in case.incident.details.items() if said and name not in CHANGING}
        return await self._change(
            case, (replace(case.incident, details={**case.incident.details, **details, **known}), [line]), actor
        )


def step_time(step: Step, begun: float, over: float, line: Entry | None) -> StepTime:
    """How a step went: ``over`` is when its time ends at the latest, or now."""
    if line is None:
        return StepTime(step, late=step.within_s is not None and over - begun > step.within_s)
    took = max(0.0, round(line.at - begun, 3))
    return StepTime(step, line.at, line.actor, took, step.within_s is not None and took > step.within_s)


def _step_text(step: Step, note: str) -> Text:
    return {language: f"{step.text.get(language, step.id)}{': ' + note if note else ''}" for language in ("en", "zh")}


def _spoken(incident: Incident) -> Mapping[str, str]:
    return {"place": "", **incident.details}
