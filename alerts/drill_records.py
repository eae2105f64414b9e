"""What came of drills and real activations: evaluations, improvements, and what of that is due (R-PLN-5, R-PLN-6)."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from alerts.casefile import AHEAD_S, label, words
from alerts.ledger.drills import ENDED, DrillLedger
from alerts.model import Incident, IncidentStage
from alerts.plan_model import VERDICTS, Drill, Due, Evaluation, Improvement
from alerts.refusals import InvalidError, UnknownError, WrongMomentError
from floor.people.model import Person
from floor.ports import Clock

DAY_S = 86400.0
EVALUATE_WITHIN_S = 7 * DAY_S
"""R-PLN-5."""
IMPROVE_WITHIN_S = 30 * DAY_S
"""R-PLN-6."""

Activations = Callable[[], Awaitable[Sequence[Incident]]]
"""Incidents, for which a plan was used in earnest."""
VersionOf = Callable[[str], int]
"""The version of a plan that is in force."""


class DrillRecords:
    """Drills that were, and what was learnt; all of it is little, and held in memory."""

    def __init__(
        self,
        ledger: DrillLedger,
        clock: Clock,
        activations: Activations,
        version_of: VersionOf,
        new_id: Callable[[], str] = lambda: f"A-{secrets.token_hex(5)}",
    ) -> None:
        self._ledger, self._clock = ledger, clock
        self._activations, self._version_of, self._new_id = activations, version_of, new_id
        self._drills: dict[str, Drill] = {}
        self._evaluations: dict[str, Evaluation] = {}
        self._improvements: dict[str, Improvement] = {}

    async def load(self) -> None:
        """From the record; a drill that has no end there is one that a restart cut off."""
        ends = {line["drill"]: line for line in await self._ledger.log(kind=ENDED)}
        self._drills.clear()
        for drill in await self._ledger.all():
            end = ends.get(drill.id)
            self._drills[drill.id] = drill if end is None else ended(drill, end["at"], end["actor"], end["data"]["end"])
        self._evaluations = await self._ledger.evaluations()
        self._improvements = {one.id: one for one in await self._ledger.improvements()}

    # Drills

    def put(self, drill: Drill) -> None:
        """A drill began or ended."""
        if drill.id not in self._drills:
            self._ledger.begin(drill)
        self._drills[drill.id] = drill

    def drill(self, id_: str) -> Drill:
        if id_ not in self._drills:
            raise UnknownError("there is no such drill")
        return self._drills[id_]

    def drills(self, since: float = 0.0) -> Sequence[Drill]:
        """Newest first."""
        known = [drill for drill in self._drills.values() if drill.began_at >= since]
        return sorted(known, key=lambda drill: drill.began_at, reverse=True)

    def drilled(self) -> Mapping[str, float]:
        """Plan -> when a drill of it was last carried through."""
        whole = [drill for drill in self._drills.values() if drill.end == "completed"]
        return {drill.plan: drill.began_at for drill in sorted(whole, key=lambda one: one.began_at)}

    # Evaluations and improvements

    def evaluation(self, about: str) -> Evaluation | None:
        return self._evaluations.get(about)

    def of(self, about: str) -> Sequence[Improvement]:
        return [one for one in self._improvements.values() if one.about == about]

    def improvements(self, *, pending: bool = False) -> Sequence[Improvement]:
        """The earliest due first."""
        known = [one for one in self._improvements.values() if one.done_at is None or not pending]
        return sorted(known, key=lambda one: one.due_at)

    async def evaluate(self, about: str, actor: Person, form: Mapping[str, Any]) -> Evaluation:
        """R-PLN-5. Written anew it stands beside the older one, which stays on record."""
        plan, version = await self._subject(about)
        verdict = form.get("verdict")
        if verdict not in VERDICTS:
            raise InvalidError(f"verdict: one of {', '.join(VERDICTS)}", ["verdict"])
        said = {name: words(name, form.get(name, ""), empty=True) for name in ("went_well", "went_badly", "lessons")}
        evaluation = Evaluation(about, plan, version, self._clock.now(), label(actor), str(verdict), **said)
        self._ledger.add_evaluation(evaluation)
        self._evaluations[about] = evaluation
        await self._ledger.flush()
        return evaluation

    async def improve(
        self, about: str, actor: Person, text: str, owner: str, due_at: float | None = None
    ) -> Improvement:
        plan, _ = await self._subject(about)
        now = self._clock.now()
        due = now + IMPROVE_WITHIN_S if due_at is None else due_at
        if isinstance(due, bool) or not isinstance(due, int | float) or due < now - AHEAD_S:
            raise InvalidError("due_at: seconds since the epoch, in the future", ["due_at"])
        said, who = words("text", text), words("owner", owner, 120)
        made = Improvement(self._new_id(), about, plan, said, who, float(due), now, label(actor))
        self._ledger.add_improvement(made)
        self._improvements[made.id] = made
        await self._ledger.flush()
        return made

    async def improved(self, improvement: str, actor: Person, how: str) -> Improvement:
        known = self._improvements.get(improvement)
        if known is None:
            raise UnknownError("there is no such improvement")
        if known.done_at is not None:
            raise WrongMomentError("it is done already")
        done = replace(known, done_at=self._clock.now(), done_by=label(actor), done_how=words("how", how))
        self._ledger.add_result(done.id, done.done_at or 0.0, done.done_by or "", done.done_how or "")
        self._improvements[done.id] = done
        await self._ledger.flush()
        return done

    async def due(self) -> Sequence[Due]:
        """Evaluations of drills and closed incidents, and improvements that are not done."""
        now = self._clock.now()
        subjects: list[tuple[str | None, str, float | None]] = [
            (d.plan, d.id, d.ended_at) for d in self._drills.values() if d.end in ("completed", "stopped")
        ]
        subjects += [(i.plan, i.id, i.closed_at) for i in await self._activations() if _activated(i)]
        evaluations = [
            _due("evaluation", plan, about, at + EVALUATE_WITHIN_S, now, _EVALUATE)
            for plan, about, at in subjects
            if at is not None and about not in self._evaluations
        ]
        return [*evaluations, *(_pending(one, now) for one in self.improvements(pending=True))]

    async def _subject(self, about: str) -> tuple[str, int]:
        """(plan, version) that a drill rehearsed or an incident used."""
        if about in self._drills:
            return self._drills[about].plan, self._drills[about].version
        incident = next((one for one in await self._activations() if one.id == about), None)
        if incident is None or incident.plan is None:
            raise UnknownError("there is no drill or incident with a plan of this id", ["about"])
        return incident.plan, self._version_of(incident.plan)


def ended(drill: Drill, at: float, by: str, end: str) -> Drill:
    return replace(drill, ended_at=at, ended_by=by, end=end)


def sorted_due(dues: Iterable[Due]) -> list[Due]:
    """What is overdue first, then by date; what has no date is due at once."""
    return sorted(dues, key=lambda due: (not due.overdue, due.due_at or 0.0, due.kind, due.plan or ""))


def _activated(incident: Incident) -> bool:
    return incident.drill is None and incident.stage is IncidentStage.CLOSED and incident.plan is not None


def _pending(one: Improvement, now: float) -> Due:
    text = {"en": one.text, "zh": one.text}
    return Due("improvement", one.plan, one.id, text, one.due_at, one.owner, now > one.due_at)


def _due(kind: str, plan: str | None, about: str, at: float, now: float, text: dict[str, str]) -> Due:
    return Due(kind, plan, about, text, at, None, now > at)


_EVALUATE = {"en": "Evaluate how effective the plan was", "zh": "评估预案的有效性"}
