"""Incidents, plans and drills put on the real floor, and the ground that drills are played on."""

from __future__ import annotations

from alerts.preparedness import Preparedness
from alerts.rehearsal import Ground
from alerts.room import AlertRoom, without_keep
from floor.day import Day
from floor.history import History
from floor.measures import Measures
from floor.people.ports import People
from floor.ports import Clock, Switchboard
from floor.settings import Settings
from floor.state.figures import Limits
from floor.store import FloorStore
from floor.stored import StoredFloor


def readiness_of(
    settings: Settings,
    store: FloorStore,
    history: History,
    alerts: AlertRoom,
    people: People,
    switchboard: Switchboard,
    clock: Clock,
) -> Preparedness:
    """Everything that answers to an emergency, on this floor and its record."""
    day = Day(settings.time_zone, settings.day_starts)
    stored = StoredFloor(history, store, clock)
    limits = Limits(settings.answer_s, settings.late_ring_s, settings.short_abandon_s)

    def ground() -> Ground:
        """A fresh floor with figures of its own; the rules are those in force at this moment."""
        copy, figures = FloorStore(clock), Measures(clock, day, limits)
        copy.subscribe(figures)
        return Ground(copy, figures, people, day, [without_keep(rule) for rule in alerts.rulebook.rules])

    engine, order = alerts.engine, settings.incidents.exit_order
    return Preparedness(
        history.database,
        clock,
        store.snapshot,
        people,
        switchboard,
        stored,
        zone=day.tz(),
        answer_s=settings.answer_s,
        exit_order={"en": order.en, "zh": order.zh},
        offsets=stored.offsets,
        ground=ground,
        alarms=engine,
        raises=engine,
        sink=engine,
        acting=lambda: engine.acting,
        tell=engine.news.tell,
    )
