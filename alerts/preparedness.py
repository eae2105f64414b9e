"""Incidents, plans, drills and evacuation of one floor, put together: what the assembly builds, loads and runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import tzinfo
from functools import partial
from typing import Any

import structlog

from alerts.aftermath import IncidentAftermath, Offsets
from alerts.announcements import Announcements
from alerts.conditions.contract import FloorView
from alerts.drill_records import DrillRecords
from alerts.drills import Drills
from alerts.evacuation import EvacuationOrder
from alerts.incidents import Incidents
from alerts.ledger.drills import DrillLedger
from alerts.ledger.incidents import IncidentLedger
from alerts.ledger.plans import PlanLedger
from alerts.ledger.shelf import Shelf
from alerts.model import Alert, Text
from alerts.outages import Outage
from alerts.phone_reports import PhoneReports
from alerts.plan_model import Plan
from alerts.plans import Plans
from alerts.ports import Alarms, Raises, SignalSink
from alerts.rehearsal import Ground, Rehearsal
from alerts.response_ports import Past
from floor.errors import FloorError
from floor.history.database import Database
from floor.people.model import Person
from floor.people.ports import People
from floor.ports import Clock, Outcome, Switchboard, hears
from floor.state.facts import EmergencyReported

log = structlog.get_logger(__name__)

FOLLOW_S = 2.0


class Preparedness:
    """``ground``: a fresh copy to play outages on, at every call; without it, drills play none."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        floor: Callable[[], FloorView],
        people: People,
        switchboard: Switchboard,
        past: Past,
        *,
        zone: tzinfo | None,
        answer_s: float,
        exit_order: Text,
        offsets: Offsets = dict,
        ground: Callable[[], Ground] | None = None,
        alarms: Alarms | None = None,
        raises: Raises | None = None,
        sink: SignalSink | None = None,
        acting: Callable[[], bool] = lambda: True,
        tell: Callable[[str], None] = lambda _kind: None,
    ) -> None:
        """``acting``: whether this one, of several on one database, acts; ``tell`` hears of every record, by kind."""
        self._people, self._alarms, self._acting, self._stale = people, alarms, acting, False
        shelf = Shelf(database, acting=lambda: self.ready, tell=tell)
        ledger, drill_ledger = IncidentLedger(shelf), DrillLedger(shelf)
        self.announcements = Announcements()
        self.incidents = Incidents(ledger, clock, plan_of=self._plan_of, alarms=alarms, raises=raises)
        self._records = records = DrillRecords(drill_ledger, clock, self.incidents.list, self._version_of)
        self.plans = Plans(PlanLedger(shelf), records, clock, self._everybody)
        self.aftermath = IncidentAftermath(
            self.incidents, ledger, past, clock, answer_s=answer_s, zone=zone, offsets=offsets
        )
        self.evacuation = EvacuationOrder(
            switchboard, lambda: floor().agents, self.announcements, self.incidents, clock, exit_order
        )
        rehearse = partial(_rehearse, floor, ground, sink, clock) if ground is not None and sink is not None else None
        self.drills = Drills(
            drill_ledger, records, self.plans, self.incidents, self.announcements, clock, zone=zone,
            rehearse=rehearse, alarms=alarms, sink=sink,
        )  # fmt: skip
        self._reports = PhoneReports(self.incidents)

    @property
    def ready(self) -> bool:
        """Whether anything may be recorded here: we act, and know what the one before us recorded."""
        return self._acting() and not self._stale

    async def load(self) -> None:
        """From the record; plans first, for incidents name them. The database must be open and upgraded. Who stands by
        only looks; he loads in earnest when he takes over."""
        if not self._acting():
            self._stale = True
            await self.look()
            await self.incidents.load()
            return
        self._stale = False
        await self.plans.load()
        await self.incidents.load()
        await self.drills.load()
        await self.evacuation.restore()
        for alert in list(self._alarms.live.values()) if self._alarms is not None else []:
            self.incidents.hear(alert)

    async def follow(self) -> None:
        """While another Floorwatch acts, keep up with its record; take over when it is our turn."""
        while True:
            await asyncio.sleep(FOLLOW_S)
            if not self.ready:
                try:
                    await self.load()
                except FloorError as error:
                    log.warning("record of incidents not followed", reason=str(error))

    async def look(self) -> None:
        """Only what is needed to read plans and drills: nothing is begun, ended or written, for another process may be
        running them."""
        await self.plans.look()
        await self._records.load()

    def hear(self, alert: Alert) -> None:
        """A listener of :class:`alerts.ports.Alarms`. A real emergency ends a drill before anything else."""
        if self.ready:
            self.drills.hear(alert)
            self.incidents.hear(alert)

    @hears(EmergencyReported)
    def listen(self, outcome: Outcome) -> None:
        """A listener of the real floor's store."""
        if self.ready:
            self._reports.listen(outcome)

    def works(self) -> Sequence[tuple[str, Callable[[], Coroutine[Any, Any, None]]]]:
        """What must run meanwhile, by name."""
        return (
            ("incidents", self.incidents.run),
            ("drills", self.drills.run),
            ("phone reports", self._reports.run),
            ("record followed", self.follow),
        )

    # Plans are built after what asks for them

    def _plan_of(self, name: str, version: int | None) -> Plan | None:
        return self.plans.in_force(name, version)

    def _version_of(self, plan: str) -> int:
        return self.plans.version_in_force(plan)

    def _everybody(self) -> Iterable[Person]:
        return self._people.persons.values()


def _rehearse(
    floor: Callable[[], FloorView],
    ground: Callable[[], Ground],
    sink: SignalSink,
    clock: Clock,
    drill: str,
    outage: Outage,
    lasts_s: float,
) -> Rehearsal:
    return Rehearsal(drill, outage, floor(), ground(), sink, clock, lasts_s)
