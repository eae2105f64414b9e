"""Living incidents in memory, written behind: the one place where a case changes and a line gets its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog

from alerts import casefile
from alerts.casefile import CLOSED, Case
from alerts.ledger.incidents import LIVE, IncidentLedger
from alerts.model import Entry, Incident, Text
from alerts.plan_model import Plan
from alerts.refusals import UnknownError
from alerts.response_ports import IncidentListener
from floor.ports import Clock

log = structlog.get_logger(__name__)

REMEMBERED = 50
"""Closed incidents kept in memory."""

PlanOf = Callable[[str, int | None], Plan | None]
"""(incident type or plan id, version) -> the plan in force: the approved version, else the newest."""


class Cases:
    """The incidents of one floor, and their record."""

    def __init__(self, ledger: IncidentLedger, clock: Clock, plan_of: PlanOf, new_id: Callable[[], str]) -> None:
        self.ledger = ledger
        self.plan_of = plan_of
        self._clock = clock
        self._new_id = new_id
        self._cases: dict[str, Case] = {}
        self._listeners: list[IncidentListener] = []

    def __iter__(self) -> Iterator[Case]:
        return iter(tuple(self._cases.values()))

    def get(self, incident: str) -> Case | None:
        """If it is in memory: every living one is."""
        return self._cases.get(incident)

    @property
    def live(self) -> Mapping[str, Incident]:
        return {id_: case.incident for id_, case in self._cases.items() if case.incident.stage in LIVE}

    def subscribe(self, listener: IncidentListener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def load(self) -> None:
        """Take up the living incidents from the record, in place of what was in memory."""
        self._cases.clear()
        for incident, version in await self.ledger.newest():
            if incident.stage in LIVE:
                self._take(await self._filed(incident, version))

    async def find(self, incident: str) -> Case:
        """From memory or from the record; raises :class:`alerts.refusals.UnknownError`."""
        if incident in self._cases:
            return self._cases[incident]
        found = await self.ledger.one(incident)
        if found is None:
            raise UnknownError("there is no such incident")
        return self._take(await self._filed(*found))

    def new_id(self) -> str:
        return self._new_id()

    def open(self, incident: Incident, actor: str, text: Text, kind: str = "opened", **data: Any) -> Case:
        """Begin its record, with the plan in force for its type."""
        plan = self.plan_of(incident.type, None)
        if plan is not None:
            incident = replace(incident, plan=plan.id)
            data |= {"plan": plan.id, "version": plan.version}
        case = self._take(Case(incident))
        line = casefile.entry(incident, incident.opened_at, kind, actor, text, **data)
        self.put(case, incident, [line], actor)
        return case

    def put(self, case: Case, after: Incident, lines: Sequence[Entry], actor: str) -> None:
        """The incident is like this from now on, and the lines tell why."""
        case.incident = after
        case.version += 1
        self.ledger.keep(after, case.version, self._clock.now(), actor)
        for line in lines:
            self.add(case, line)
        for listener in tuple(self._listeners):
            try:
                listener(after)
            except Exception:
                log.exception("listener failed", listener=repr(listener))

    def add(self, case: Case, line: Entry, mark: str | None = None) -> Entry:
        """A line of its timeline; what its mark stands for is told once."""
        if mark is not None and mark in case.marks:
            return line
        numbered = replace(line, id=len(case.entries) + 1)
        case.entries.append(numbered)
        if mark is not None:
            case.marks.add(mark)
        self.ledger.add(numbered, mark)
        return numbered

    def line(self, case: Case, kind: str, actor: str, text: Text, **data: Any) -> Entry:
        return casefile.entry(case.incident, self._clock.now(), kind, actor, text, **data)

    def plan(self, case: Case) -> Plan | None:
        """The version that was in force when the incident got it."""
        chosen = [line.data for line in case.entries if "plan" in line.data]
        if not chosen:
            return self.plan_of(case.incident.type, None)
        return self.plan_of(str(chosen[-1]["plan"]), int(chosen[-1]["version"]))

    def forget(self) -> None:
        """Closed incidents leave memory, the oldest first; to be called when all is written."""
        over = [id_ for id_, case in self._cases.items() if case.incident.stage in CLOSED]
        for id_ in over[: max(0, len(over) - REMEMBERED)]:
            del self._cases[id_]

    def _take(self, case: Case) -> Case:
        """Into memory; whoever was quicker wins."""
        return self._cases.setdefault(case.incident.id, case)

    async def _filed(self, incident: Incident, version: int) -> Case:
        lines = await self.ledger.entries(incident.id)
        return Case(incident, version, [line for line, _ in lines], {mark for _, mark in lines if mark is not None})
