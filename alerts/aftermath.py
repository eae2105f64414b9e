"""What an incident did (R-EMG-13, R-OUT-8), whom to call back, its record to take away, and fault statistics (P-9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import tzinfo
from typing import Any

import structlog

from alerts import exports, faults
from alerts.casefile import CLOSED, label
from alerts.impact import Window, impact
from alerts.incidents import Incidents
from alerts.ledger.incidents import IncidentLedger
from alerts.model import Incident
from alerts.plan_model import Callback, Impact
from alerts.refusals import InvalidError, UnknownError
from alerts.response_ports import Past
from floor.people.model import Person
from floor.people.rights import Right, may
from floor.ports import Clock
from floor.state.conversation import masked

log = structlog.get_logger(__name__)

RESULTS = ("reached", "not_reached", "not_wanted")
FORMS = ("csv", "json")
BEFORE_S = 6 * 3600.0
"""A caller may have waited so long already when it began."""
AFTER_S = 7 * 86400.0
"""So long is looked for whether somebody was answered later."""

Offsets = Callable[[], Mapping[str, float]]
"""Exchange clock minus ours, per exchange."""


class IncidentAftermath:
    """Computed whenever it is asked, from the stored floor; drills did nothing to anybody."""

    def __init__(
        self,
        incidents: Incidents,
        ledger: IncidentLedger,
        past: Past,
        clock: Clock,
        *,
        answer_s: float,
        zone: tzinfo | None,
        offsets: Offsets = dict,
    ) -> None:
        self._incidents, self._ledger, self._past, self._clock = incidents, ledger, past, clock
        self._answer_s, self._zone, self._offsets = answer_s, zone, offsets

    async def impact(self, incident: str) -> Impact:
        found, _ = await self._incidents.get(incident)
        return await self._impact(found)

    async def callbacks(self, incident: str, actor: Person) -> Sequence[Callback]:
        """Numbers are masked unless he has the right to see them, and then his look is logged (R-SEC-2)."""
        rows = (await self.impact(incident)).callbacks
        if not may(actor, Right.SEE_NUMBERS):
            return [replace(row, number=masked(row.number)) for row in rows]
        log.info("customers' numbers seen", person=actor.id, incident=incident, rows=len(rows))
        return rows

    async def call_back(self, incident: str, actor: Person, visit: tuple[str, str, str], result: str) -> Callback:
        if result not in RESULTS:
            raise InvalidError(f"'{result}' is no result; there are: {', '.join(RESULTS)}", ["result"])
        row = next((one for one in (await self.impact(incident)).callbacks if _visit(one) == visit), None)
        if row is None:
            raise UnknownError("nobody is owed a call for this visit")
        now, who = self._clock.now(), label(actor)
        self._ledger.add_callback(incident, visit, now, who, result)
        text = {"en": f"Callback: {result}", "zh": f"回访:{_RESULTS_ZH[result]}"}
        self._incidents.act(incident, who, text, queue=visit[1], uniqueid=visit[2])
        await self._ledger.flush()
        number = row.number if may(actor, Right.SEE_NUMBERS) else masked(row.number)
        return replace(row, number=number, result=result, result_by=who, result_at=now)

    async def export(self, incident: str, form: str, actor: Person) -> str:
        if form not in FORMS:
            raise InvalidError(f"'{form}' is no format; there are: {', '.join(FORMS)}", ["format"])
        found, entries = await self._incidents.get(incident)
        did = await self._impact(found)
        numbers = may(actor, Right.SEE_NUMBERS)
        log.info("incident exported", person=actor.id, incident=incident, numbers=numbers)
        _, steps, sentence = await self._incidents.steps(incident)
        record = {
            "incident": found,
            "missing": self._incidents.missing(found),
            "times": self._incidents.times(found),
            "entries": entries,
            "versions": await self._incidents.versions(incident),
            "steps": steps,
            "sentence": sentence,
            "callbacks": [one if numbers else replace(one, number=masked(one.number)) for one in did.callbacks],
        }
        if form == "csv":
            return exports.as_csv(exports.incident_rows(record | {"impact": did}), self._zone)
        plain = {name: value for name, value in asdict(did).items() if name != "callbacks"}
        return exports.as_json(record | {"impact": plain})

    async def faults_csv(self, by: str, since: float, until: float) -> str:
        rows = await self.faults(by, since, until)
        return exports.as_csv(exports.fault_rows(rows, faults.COLUMNS), self._zone)

    async def faults(self, by: str, since: float, until: float) -> Sequence[Mapping[str, Any]]:
        if by not in faults.PERIODS:
            raise InvalidError(f"'{by}' is no period; there are: {', '.join(faults.PERIODS)}", ["by"])
        known = [one for one in await self._incidents.list() if since <= one.occurred_at < until]
        rows = [(one, await self._impact(one) if one.drill is None else None) for one in known]
        return faults.faults(by, rows, self._zone, self._clock.now())

    async def _impact(self, incident: Incident) -> Impact:
        now, offsets = self._clock.now(), self._offsets()
        end = incident.recovered_at if incident.recovered_at is not None else incident.closed_at
        until = now if end is None else max(end, incident.occurred_at)
        window = Window(incident.occurred_at, until, incident.stage not in CLOSED and end is None, offsets)
        if incident.drill is not None:
            return impact(window, (), (), (), answer_s=self._answer_s)
        slack = max((abs(shift) for shift in offsets.values()), default=0.0)
        visits = await self._past.visits_between(window.since - slack - BEFORE_S, min(now, until + AFTER_S) + slack)
        spans = await self._past.spans_between(window.since - slack, until + slack)
        gaps = await self._past.gaps_in(window.since - slack, until + slack)
        did = impact(window, visits, spans, gaps, answer_s=self._answer_s)
        results = await self._ledger.callbacks(incident.id)
        return replace(did, callbacks=tuple(_noted(one, results) for one in did.callbacks))


def _visit(row: Callback) -> tuple[str, str, str]:
    return row.pbx, row.queue, row.uniqueid


def _noted(row: Callback, results: Mapping[tuple[str, str, str], tuple[str, str, float]]) -> Callback:
    result, by, at = results.get(_visit(row), (None, None, None))
    return replace(row, result=result, result_by=by, result_at=at)


_RESULTS_ZH = {"reached": "已联系上", "not_reached": "未联系上", "not_wanted": "客户不需要"}
