"""Drills: a plan rehearsed, one at a time, marked DRILL 演练 everywhere, on the same path of alerts as ever.

``tabletop``: people talk the steps through; nothing is played. ``simulated``: the plan's outage is played on a copy of
the floor, or, where it has none, the report itself. ``live``: the report is raised in earnest but for its mark. A real
emergency breaks a drill off, for its alarms must be the only ones anybody sees.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import tzinfo
from typing import Any

import structlog

from alerts import casefile, exports
from alerts.announcements import Announcements
from alerts.casefile import FLOOR
from alerts.drill_records import EVALUATE_WITHIN_S, DrillRecords, ended
from alerts.drill_report import Measures, deviations, measures, step_times
from alerts.incidents import Incidents
from alerts.ledger.drills import ENDED, DrillLedger
from alerts.model import Alert, AlertStage, Severity, Signal, Standing, Text
from alerts.outages import OUTAGES, Outage
from alerts.plan_model import DRILL_KINDS, Drill, DrillReport, Evaluation, Improvement, Notice, Plan, StepTime
from alerts.plans import Plans
from alerts.ports import Alarms, SignalSink
from alerts.refusals import InvalidError, UnknownError, WrongMomentError
from alerts.rehearsal import Rehearsal
from floor.errors import FloorError
from floor.people.model import Person
from floor.ports import Clock

log = structlog.get_logger(__name__)

LASTS_S = 300.0
"""How long an outage lasts unless told otherwise."""
LONGEST_S = 2 * 3600.0
"""A drill that nobody ends is ended: boards must not stay marked for ever."""
LONGEST_SLEEP_S = 60.0
PARTICIPANTS_LIMIT = 200
NOTICE = "drill"

Rehearse = Callable[[str, Outage, float], Rehearsal]
"""(drill, outage, how long it lasts) -> the rehearsal, on a fresh copy of the floor."""


class Drills:
    """Implements :class:`alerts.response_ports.Drilling`. Rights are asked by the caller."""

    def __init__(
        self,
        ledger: DrillLedger,
        records: DrillRecords,
        plans: Plans,
        incidents: Incidents,
        announcements: Announcements,
        clock: Clock,
        *,
        zone: tzinfo | None = None,
        rehearse: Rehearse | None = None,
        alarms: Alarms | None = None,
        sink: SignalSink | None = None,
        new_id: Callable[[], str] = lambda: f"D-{secrets.token_hex(5)}",
    ) -> None:
        self._ledger, self._records, self._plans = ledger, records, plans
        self._incidents, self._announcements, self._clock = incidents, announcements, clock
        self._zone = zone
        self._rehearse, self._alarms, self._sink, self._new_id = rehearse, alarms, sink, new_id
        self._running: Drill | None = None
        self._rehearsal: Rehearsal | None = None
        self._alerts: dict[str, Alert] = {}
        """Alerts of the running drill, as they were last."""
        self._leaving: list[tuple[Drill, dict[str, Any]]] = []
        """Ended drills whose incidents and record have still to be closed."""
        self._wake = asyncio.Event()
        self._listeners: list[Callable[[Drill], None]] = []

    # What there is

    @property
    def running(self) -> Drill | None:
        return self._running

    @property
    def outages(self) -> Mapping[str, Text]:
        return {outage.id: outage.title for outage in OUTAGES.values()}

    def subscribe(self, listener: Callable[[Drill], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def load(self) -> None:
        """A drill that a restart cut off is over, and so are its alerts."""
        await self._records.load()
        for drill in self._records.drills():
            if drill.end is None:
                self._end(drill, FLOOR, "stopped", {"en": "Floorwatch was restarted", "zh": "系统重启"})
        await self._leave()
        for alert in list(self._alarms.live.values()) if self._alarms is not None else []:
            if alert.drill is not None:
                self._settle(alert)

    async def list(self, since: float = 0.0) -> Sequence[Drill]:
        return self._records.drills(since)

    async def report(self, drill: str) -> DrillReport:
        known = self._records.drill(drill)
        plan = await self._plans.get(known.plan, known.version)
        lines = await self._ledger.log(drill)
        done = [*lines, *await self._done_elsewhere(drill)]
        until = known.ended_at if known.ended_at is not None else self._clock.now()
        steps = step_times(plan, known.began_at, until, done)
        over = next((line["data"] for line in lines if line["kind"] == ENDED), None)
        counted = over["measures"] if over is not None else await self._measured(known, steps)
        return DrillReport(
            drill=known,
            steps=steps,
            log=tuple({name: line[name] for name in ("at", "kind", "actor", "text")} for line in lines),
            measures=counted,
            deviations=deviations(known, OUTAGES.get(known.outage or ""), steps, counted, over or {}),
            evaluation=self._records.evaluation(drill),
            improvements=tuple(self._records.of(drill)),
            evaluation_due_at=None if known.ended_at is None else known.ended_at + EVALUATE_WITHIN_S,
        )

    async def _measured(self, drill: Drill, steps: Sequence[StepTime]) -> Measures:
        """Of a drill that is still running."""
        return measures(drill, self._alerts.values(), steps) | {"messages": await self._messages(self._alerts)}

    async def _messages(self, alerts: Iterable[str]) -> int | None:
        """How many messages these alerts brought about, to whomever and over whichever way; ``None``: the record does
        not say, and a drill ends all the same."""
        try:
            return sum([len(await self._alarms.deliveries(one)) for one in alerts]) if self._alarms is not None else 0
        except FloorError as error:
            log.warning("messages of a drill not counted", reason=str(error))
            return None

    async def export(self, drill: str, form: str) -> str:
        report = await self.report(drill)
        if form == "json":
            return exports.as_json(asdict(report))
        if form != "csv":
            raise InvalidError(f"'{form}' is no format; there are: csv, json", ["format"])
        return exports.as_csv(exports.drill_rows(report), self._zone)

    # What people do

    async def start(
        self,
        plan: str,
        kind: str,
        leader: str,
        *,
        outage: str | None = None,
        participants: Sequence[str] = (),
        lasts_s: float = LASTS_S,
    ) -> Drill:
        chosen = self._plans.chosen(plan)
        if chosen is None:
            raise UnknownError("there is no such plan", ["plan"])
        drill = self._checked(chosen, kind, leader, outage, participants)
        if isinstance(lasts_s, bool) or not 10 <= lasts_s <= LONGEST_S:
            raise InvalidError(f"lasts_s: between 10 and {LONGEST_S:.0f} seconds", ["lasts_s"])
        if self._running is not None:
            raise WrongMomentError(f"a drill is running: {self._running.id}; only one at a time")
        if emergency := self._emergency():
            raise WrongMomentError(f"there is a real emergency: {emergency.rule} {emergency.subject.name}")
        self._running, self._alerts = drill, {}
        self._records.put(drill)
        self._say(drill, "began", leader, {"en": f"Drill began: {kind}", "zh": f"演练开始:{_KINDS_ZH[kind]}"})
        self._announcements.mark_drill(drill.id)
        self._announcements.post(NOTICE, _notice(drill))
        self._tell(drill)
        await self._play(drill, lasts_s)
        await self._ledger.flush()
        self._wake.set()
        return drill

    async def do_step(self, drill: str, actor: str, step: str, note: str = "") -> DrillReport:
        known = self._on(drill)
        plan = await self._plans.get(known.plan, known.version)
        found = next((one for one in plan.steps if one.id == step), None)
        if found is None:
            raise UnknownError("the plan has no such step", ["step"])
        said = casefile.words("note", note, empty=True)
        text = {lang: f"{found.text.get(lang, step)}{': ' + said if said else ''}" for lang in ("en", "zh")}
        self._say(known, "step", actor, text, step=step)
        await self._ledger.flush()
        return await self.report(drill)

    async def note(self, drill: str, actor: str, text: str) -> None:
        """Also after its end: what somebody remembers belongs to its record."""
        said = casefile.words("text", text)
        self._say(self._records.drill(drill), "note", actor, {"en": said, "zh": said})
        await self._ledger.flush()

    async def stop(self, drill: str, actor: str, reason: str = "") -> Drill:
        """Without a reason it was carried through; with one it was broken off."""
        known, why = self._on(drill), casefile.words("reason", reason, empty=True)
        text = {"en": f"Broken off: {why}", "zh": f"中止:{why}"} if why else {"en": "Carried through", "zh": "演练完成"}
        self._end(known, actor, "stopped" if why else "completed", text)
        await self._leave()
        return self._records.drill(drill)

    async def evaluate(self, about: str, actor: Person, form: Mapping[str, Any]) -> Evaluation:
        return await self._records.evaluate(about, actor, form)

    def evaluation(self, about: str) -> Evaluation | None:
        return self._records.evaluation(about)

    async def improve(
        self, about: str, actor: Person, text: str, owner: str, due_at: float | None = None
    ) -> Improvement:
        return await self._records.improve(about, actor, text, owner, due_at)

    async def improved(self, improvement: str, actor: Person, how: str) -> Improvement:
        return await self._records.improved(improvement, actor, how)

    async def improvements(self, *, pending: bool = False) -> Sequence[Improvement]:
        return self._records.improvements(pending=pending)

    # What happens

    def hear(self, alert: Alert) -> None:
        """A listener of :class:`alerts.ports.Alarms`: the drill's own alerts are counted, a real emergency ends it."""
        drill = self._running
        if drill is None:
            return
        if alert.drill == drill.id:
            self._alerts[alert.id] = alert
        elif alert.drill is None and _is_emergency(alert) and (alert.fired_at or 0.0) >= drill.began_at:
            name = f"{alert.rule} {alert.subject.name}"
            text = {"en": f"A real alarm broke it off: {name}", "zh": f"真实告警,演练中止:{name}"}
            self._end(drill, FLOOR, "interrupted", text)

    async def run(self) -> None:
        """Play what is due and end what is over, for as long as it lives."""
        while True:
            self._wake.clear()
            await self._leave()
            self._advance()
            try:
                async with asyncio.timeout(self._pause_s()):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def _advance(self) -> None:
        drill, now = self._running, self._clock.now()
        if drill is None:
            return
        if now - drill.began_at > LONGEST_S:
            self._end(drill, FLOOR, "stopped", {"en": "Nobody ended it", "zh": "超时未结束,自动中止"})
            return
        if self._rehearsal is not None:
            try:
                self._rehearsal.advance(now)
            except Exception:
                log.exception("drill failed", drill=drill.id)
                self._end(drill, FLOOR, "stopped", {"en": "The outage could not be played", "zh": "故障无法模拟"})

    def _pause_s(self) -> float:
        due = self._rehearsal.next_due() if self._rehearsal is not None else None
        if due is None:
            return LONGEST_SLEEP_S
        return max(0.0, min(due - self._clock.now(), LONGEST_SLEEP_S))

    async def _play(self, drill: Drill, lasts_s: float) -> None:
        outage = OUTAGES.get(drill.outage or "")
        if drill.kind == "simulated" and outage is not None:
            assert self._rehearse is not None  # noqa: S101 - checked before the drill began
            self._rehearsal = self._rehearse(drill.id, outage, lasts_s)
            title = {"en": f"Played: {outage.title['en']}", "zh": f"模拟:{outage.title['zh']}"}
            self._say(drill, "played", FLOOR, title)
        elif drill.kind != "tabletop":
            await self._incidents.report(drill.type, drill.leader, drill=drill.id)

    def _checked(self, plan: Plan, kind: str, leader: str, outage: str | None, participants: Sequence[str]) -> Drill:
        if kind not in DRILL_KINDS:
            raise InvalidError(f"'{kind}' is no kind of drill; there are: {', '.join(DRILL_KINDS)}", ["kind"])
        chosen = (outage or plan.outage) if kind == "simulated" else None
        if chosen is not None and chosen not in OUTAGES:
            raise InvalidError(f"'{chosen}' cannot be played; there are: {', '.join(OUTAGES)}", ["outage"])
        if chosen is not None and self._rehearse is None:
            raise WrongMomentError("outages cannot be played here")
        if len(participants) > PARTICIPANTS_LIMIT:
            raise InvalidError(f"participants: at most {PARTICIPANTS_LIMIT}", ["participants"])
        return Drill(
            id=self._new_id(),
            plan=plan.id,
            version=plan.version,
            type=plan.type,
            kind=kind,
            leader=casefile.words("leader", leader, 120),
            began_at=self._clock.now(),
            title=plan.title,
            outage=chosen,
            participants=tuple(casefile.words("participants", name, 120) for name in participants),
            approved=self._plans.is_approved(plan),
        )

    def _on(self, drill: str) -> Drill:
        self._records.drill(drill)
        if self._running is None or self._running.id != drill:
            raise WrongMomentError("this drill is over")
        return self._running

    def _emergency(self) -> Alert | None:
        """A real one that burns now."""
        burning = (AlertStage.FIRING, AlertStage.ACKNOWLEDGED)
        live = self._alarms.live.values() if self._alarms is not None else ()
        return next((a for a in live if a.drill is None and a.stage in burning and _is_emergency(a)), None)

    def _end(self, drill: Drill, actor: str, end: str, text: Text) -> None:
        """At once: marks, notices and the drill's alerts go. Incidents and record follow in ``_leave``."""
        now = self._clock.now()
        over = ended(drill, now, actor, end)
        counted = measures(over, self._alerts.values(), ())
        if self._rehearsal is not None:
            self._rehearsal.end(now)
        for alert in list(self._alerts.values()):
            self._settle(alert)
        self._rehearsal, self._running = None, None
        self._announcements.take_down(NOTICE)
        self._announcements.mark_drill(None)
        rules = sorted({casefile.rule_of(alert.rule) for alert in self._alerts.values()})
        self._leaving.append((over, {"text": text, "measures": counted, "rules": rules, "alerts": list(self._alerts)}))
        self._records.put(over)
        self._tell(over)
        self._wake.set()

    async def _leave(self) -> None:
        while self._leaving:
            drill, data = self._leaving.pop()
            lacking = await self._incidents.end_drill(drill.id)
            text = data.pop("text")
            incomplete = sorted({name for names in lacking.values() for name in names})
            data = {**data, "end": drill.end, "incomplete": incomplete}
            plan = await self._plans.get(drill.plan, drill.version)
            lines = [*await self._ledger.log(drill.id), *await self._done_elsewhere(drill.id)]
            steps = step_times(plan, drill.began_at, drill.ended_at or self._clock.now(), lines)
            data["measures"] |= measures(drill, (), steps, only_steps=True)
            data["measures"]["messages"] = await self._messages(data.pop("alerts"))
            self._ledger.add(drill.id, drill.ended_at or 0.0, ENDED, drill.ended_by or FLOOR, text, data)
            await self._ledger.flush()

    async def _done_elsewhere(self, drill: str) -> Sequence[dict[str, Any]]:
        """Steps that people ticked on the drill's incident rather than on the drill."""
        lines = []
        for incident in await self._incidents.list(self._records.drill(drill).began_at):
            if incident.drill == drill:
                _, entries = await self._incidents.get(incident.id)
                lines += [
                    {"kind": "step", "at": one.at, "actor": one.actor, "data": one.data}
                    for one in entries
                    if one.kind == "step"
                ]
        return lines

    def _settle(self, alert: Alert) -> None:
        if self._sink is not None and alert.stage is not AlertStage.RESOLVED:
            fine = Signal(alert.rule, alert.subject, Standing.FINE, self._clock.now(), drill=alert.drill)
            self._sink.signal(fine)

    def _say(self, drill: Drill, kind: str, actor: str, text: Text, **data: Any) -> None:
        self._ledger.add(drill.id, self._clock.now(), kind, actor, text, data)

    def _tell(self, drill: Drill) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(drill)
            except Exception:
                log.exception("listener failed", listener=repr(listener))


def _is_emergency(alert: Alert) -> bool:
    return alert.severity is Severity.EMERGENCY or casefile.suggestion(replace(alert, parent=None)) is not None


def _notice(drill: Drill) -> Notice:
    titles = {language: drill.title.get(language, drill.plan) for language in ("en", "zh")}
    return Notice({"en": f"DRILL: {titles['en']}", "zh": f"演练:{titles['zh']}"}, "warn")


_KINDS_ZH = {"tabletop": "桌面推演", "simulated": "模拟演练", "live": "实战演练"}
