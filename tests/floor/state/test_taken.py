"""A floor taken over is the floor it was taken from, and goes on as that one does."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from floor.ports import Outcome
from floor.state import facts as f
from floor.state import taken
from floor.state.floor import Floor
from floor.state.model import Caller, CallerStage, Ending, LinkState, Pbx
from floor.state.reduce import reduce
from floor.state.taken import FloorTaken, PartTaken, PbxShown, floor_of, take, take_in_steps
from tests.support.facts_at_random import BEGIN, any_fact, histories
from tests.support.replay import PBX

JOINED = f.CallerJoined(PBX, BEGIN, "sales", "C1")


def told(floor: Floor) -> dict[str, Any]:
    """Everything a floor holds, where order says nothing in any order."""
    values = {field.name: getattr(floor, field.name) for field in fields(Floor)}
    values["seats"] = {device: sorted(names) for device, names in floor.seats.items()}
    values["visits"] = {channel: sorted(queues) for channel, queues in floor.visits.items()}
    values["tallies"] = {queue: +tally for queue, tally in floor.tallies.items() if +tally}
    return values


def built(history: list[f.Fact]) -> Floor:
    floor = Floor()
    for fact in history:
        reduce(floor, fact)
    return floor


@settings(max_examples=150, deadline=None)
@given(histories, histories, any_fact)
def test_taken_floor_is_the_same(history: list[f.Fact], other: list[f.Fact], after: f.Fact) -> None:
    """Whatever was there before: afterwards every table and every index is equal, and so is what the next fact does."""
    source, target = built(history), built(other)
    for pbx in ("p", "q"):
        take(target, floor_of(source, pbx, BEGIN))
    assert told(target) == told(source)
    changed, records, happenings = reduce(target, after)
    assert (records, happenings) == reduce(source, after)[1:]
    assert told(target) == told(source)
    assert all(before != now for before, now in changed)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories, histories, any_fact)
def test_taken_in_steps_is_the_same(
    monkeypatch: pytest.MonkeyPatch, history: list[f.Fact], other: list[f.Fact], after: f.Fact
) -> None:
    """However small the steps are; and after each of them every queue counts who waits and serves there by then."""
    monkeypatch.setattr(taken, "STEP", 1)
    source, target = built(history), built(other)
    for pbx in ("p", "q"):
        for _ in take_in_steps(target, floor_of(source, pbx, BEGIN)):
            counted = {key: queue.waiting for key, queue in target.queues.items() if queue.waiting}
            assert counted == {key: len(line) for key, line in target.lines.items()}
    assert told(target) == told(source)
    _, records, happenings = reduce(target, after)
    assert (records, happenings) == reduce(source, after)[1:]
    assert told(target) == told(source)


@settings(max_examples=60, deadline=None)
@given(histories)
def test_taking_the_same_is_no_change(history: list[f.Fact]) -> None:
    """What is known already is not told again."""
    floor = built(history)
    assert take(floor, floor_of(floor, "p", BEGIN)) == []


@settings(max_examples=60, deadline=None)
@given(histories, histories)
def test_other_exchanges_are_left_alone(history: list[f.Fact], other: list[f.Fact]) -> None:
    """Only the one exchange is replaced."""
    target = built(other)
    before = floor_of(target, "q", BEGIN)
    take(target, floor_of(built(history), "p", BEGIN))
    assert floor_of(target, "q", BEGIN) == before


def test_visit_that_is_gone_ends() -> None:
    """As it was seen to end; where nobody knows, its ending is unknown and it fell into a gap."""
    floor, ended = built([JOINED]), FloorTaken(PBX, BEGIN + 9)
    caller = floor.callers[PBX, "sales", "C1"]
    over = Caller(PBX, "sales", "C1", CallerStage.ENDED, caller.joined_at, ending=Ending.ABANDONED, ended_at=BEGIN + 3)
    known = take(floor, FloorTaken(PBX, BEGIN + 9, ended=(over,)))
    assert (caller, over) in known
    floor = built([JOINED])
    ((_, unknown),) = [one for one in take(floor, ended) if isinstance(one[1], Caller)]
    assert isinstance(unknown, Caller)
    assert (unknown.ending, unknown.ended_at, unknown.gap) == (Ending.UNKNOWN, BEGIN + 9, True)
    assert floor.callers == {}


def test_same_channel_in_a_new_visit() -> None:
    """Whoever came back meanwhile is two visits: one that ended, one that lasts."""
    floor = built([JOINED])
    later = built([f.CallerJoined(PBX, BEGIN + 60, "sales", "C1")])
    visits = [one for one in take(floor, floor_of(later, PBX, BEGIN + 61)) if isinstance(one[1], Caller)]
    assert [(before is None, after.ending) for before, after in visits if isinstance(after, Caller)] == [
        (False, Ending.UNKNOWN),
        (True, None),
    ]
    assert floor.callers == later.callers


def test_shown_exchange_opens_no_gap() -> None:
    """That our own picture is old says nothing of the record."""
    floor = built([f.LinkChanged(PBX, BEGIN, LinkState.UP)])
    old = Pbx(PBX, LinkState.DOWN, BEGIN + 5, "collector_silent")
    ((before, after),) = take(floor, PbxShown(PBX, BEGIN + 5, old))
    assert (after, floor.gaps) == (old, {})
    assert isinstance(before, Pbx)
    assert take(floor, PbxShown(PBX, BEGIN + 6, before)) == [(old, before)]


def test_store_tells_it_once() -> None:
    """One change under one revision, whatever it replaces."""
    from floor.store import FloorStore  # noqa: PLC0415 - the one test that goes through the gate
    from tests.support.replay import TapeClock  # noqa: PLC0415

    clock = TapeClock(BEGIN)
    source, target = FloorStore(clock), FloorStore(clock)
    facts: list[f.Fact] = []
    source.on_fact = facts.append
    source.apply(JOINED)
    outcomes: list[Outcome] = []
    target.subscribe(outcomes.append)
    target.take(source.part(PBX, BEGIN))
    assert (facts, target.revision, len(outcomes)) == ([JOINED], 1, 1)
    assert target.snapshot().callers == source.snapshot().callers


def test_store_tells_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each under a revision of its own, nothing before it is so; that all is taken is told last, and the exchange is
    seen by then only."""
    from floor.store import FloorStore  # noqa: PLC0415 - the one test that goes through the gate
    from tests.support.replay import TapeClock  # noqa: PLC0415

    monkeypatch.setattr(taken, "STEP", 2)
    source, target = FloorStore(TapeClock(BEGIN)), FloorStore(TapeClock(BEGIN))
    source.apply(f.LinkChanged(PBX, BEGIN, LinkState.UP))
    for number in range(9):
        source.apply(f.CallerJoined(PBX, BEGIN, "sales", f"C{number}"))
    outcomes: list[Outcome] = []
    target.subscribe(outcomes.append)
    for _ in target.take_in_steps(source.part(PBX, BEGIN)):
        told = [change.after for outcome in outcomes for change in outcome.changes if isinstance(change.after, Caller)]
        assert told == list(target.snapshot().callers.values())
        assert bool(target.snapshot().pbxs) == isinstance(outcomes[-1].fact, FloorTaken)
    assert [type(outcome.fact) for outcome in outcomes] == [*[PartTaken] * (len(outcomes) - 1), FloorTaken]
    assert [outcome.revision for outcome in outcomes] == list(range(1, len(outcomes) + 1))
    assert target.snapshot().callers == source.snapshot().callers
