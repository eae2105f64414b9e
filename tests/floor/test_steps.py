"""A full picture applied in steps: the floor comes to be the same, and is told bit by bit."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from floor.ports import Outcome
from floor.state import facts as f
from floor.state.floor import Floor
from floor.state.model import LinkState, Member, Reach
from floor.state.reduce import GRADUAL, exchange, found, synced
from floor.store import FloorStore
from tests.support.facts_at_random import BEGIN, histories
from tests.support.replay import PBX, TapeClock


@pytest.fixture(autouse=True)
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The smallest steps there are."""
    for module in (synced, found, exchange):
        monkeypatch.setattr(module, "STEP", 1)


def held(store: FloorStore) -> dict[str, Any]:
    """What the floor holds, but for the dates of states that were judged in between."""
    floor: Floor = store._floor
    tables = {field.name: getattr(floor, field.name) for field in fields(Floor)}
    tables["agents"] = {
        key: (one.state, one.queue, one.call, one.kind, one.reason, one.members, one.legs, one.serving, one.misses)
        for key, one in floor.agents.items()
    }
    tables["seats"] = {phone: sorted(names) for phone, names in floor.seats.items()}
    tables["visits"] = {channel: sorted(queues) for channel, queues in floor.visits.items()}
    tables["phones"] = {phone: sorted(channels) for phone, channels in floor.phones.items()}
    tables["queues"] = dict(floor.queues)
    return tables


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories)
def test_in_steps_or_at_once(history: list[f.Fact]) -> None:
    """Whatever was there before, whoever applies every list of a picture step by step has the same floor."""
    once, stepwise = FloorStore(TapeClock(BEGIN)), FloorStore(TapeClock(BEGIN))
    for fact in history:
        once.apply(fact)
        for _ in stepwise.apply_in_steps(fact):
            pass
    assert held(stepwise) == held(once)


def picture(names: int) -> f.QueuesSynced:
    """Everybody in one queue."""
    members = tuple(Member("sales", f"Agent {one}", f"PJSIP/{one}", f"PJSIP/{one}") for one in range(names))
    return f.QueuesSynced(PBX, BEGIN, (f.PictureQueue("sales"),), members)


def test_each_step_is_told_and_right() -> None:
    """Every step has its revision, names only what it changed, and leaves a floor that counts right."""
    store, outcomes = FloorStore(TapeClock(BEGIN)), list[Outcome]()
    store.subscribe(outcomes.append)
    for _ in store.apply_in_steps(picture(5)):
        queue = store.snapshot().queues[PBX, "sales"]
        assert sum(number for _, number in queue.states) == len(store.snapshot().agents)
    assert len(store.snapshot().agents) == 5
    assert [outcome.revision for outcome in outcomes] == list(range(1, len(outcomes) + 1))
    assert len(outcomes) >= 5
    assert all(isinstance(outcome.fact, f.QueuesSynced) and len(outcome.changes) <= 2 for outcome in outcomes)


def test_other_exchanges_go_on_between_steps() -> None:
    """What happens elsewhere meanwhile is applied at once, and neither floor disturbs the other."""
    store = FloorStore(TapeClock(BEGIN))
    for number, _ in enumerate(store.apply_in_steps(picture(3))):
        store.apply(f.MemberSeen("other", BEGIN, Member("help", f"Elsewhere {number}", "PJSIP/9", "PJSIP/9")))
    agents = store.snapshot().agents
    assert len([key for key in agents if key[0] == PBX]) == 3
    assert len([key for key in agents if key[0] == "other"]) >= 3


def test_step_that_fails_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """It changes nothing, is counted, and what was told before it stays."""

    def broken(draft, _fact):  # type: ignore[no-untyped-def]
        draft.touched.add((PBX, "sales"))
        yield
        raise RuntimeError

    monkeypatch.setitem(GRADUAL, f.QueuesSynced, broken)
    store = FloorStore(TapeClock(BEGIN))
    store.apply(f.MemberSeen(PBX, BEGIN, Member("sales", "Ann", "PJSIP/1", "PJSIP/1")))
    for _ in store.apply_in_steps(picture(1)):
        pass
    assert store.refused == 1
    store.apply(f.LinkChanged(PBX, BEGIN, LinkState.UP))
    assert list(store.snapshot().agents) == [(PBX, "Ann")]


def test_phones_are_told_in_steps_too() -> None:
    """Three phones, three steps at least."""
    store, outcomes = FloorStore(TapeClock(BEGIN)), list[Outcome]()
    store.subscribe(outcomes.append)
    phones = tuple((f"PJSIP/{one}", Reach.REACHABLE, None) for one in range(3))
    for _ in store.apply_in_steps(f.PhonesSynced(PBX, BEGIN, phones)):
        pass
    assert len(store.snapshot().endpoints) == len(outcomes) == 3
