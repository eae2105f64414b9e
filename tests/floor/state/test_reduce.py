"""The whole reducer under a bad day: facts lost, doubled, out of order, from nowhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floor.state import facts as f
from floor.state.lifecycle import CALLER_STEPS
from floor.state.model import Caller, CallerStage, LinkState
from floor.state.reduce import REDUCERS
from tests.support.facts_at_random import BEGIN, KINDS, QUEUES, channels_synced, histories, queues_synced
from tests.support.replay import Stage

quickly = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
LATER = BEGIN + 100.0


def played(history: list[f.Fact], *, in_order: bool = True) -> Stage:
    """The floor after a history; every invariant is checked after every fact."""
    stage = Stage(BEGIN)
    for fact in sorted(history, key=lambda one: one.at) if in_order else history:
        stage.at(max(stage.clock.at, fact.at))
        stage.tell(fact)
    return stage


def test_every_fact_has_its_reducer() -> None:
    """No kind of fact is without a reducer, and the random histories know them all."""
    kinds = {
        kind for kind in vars(f).values() if isinstance(kind, type) and issubclass(kind, f.Fact) and kind is not f.Fact
    }
    assert set(REDUCERS) == kinds == set(KINDS)


@quickly
@given(histories, st.booleans())
def test_nothing_breaks_the_floor(history: list[f.Fact], in_order: bool) -> None:
    """Whatever comes in whatever order: no fact is refused, every derived number and index is right after each."""
    stage = played(history, in_order=in_order)
    stage.wait(120)
    assert stage.store.refused == 0


@quickly
@given(histories, st.data())
def test_said_twice_is_said_once(history: list[f.Fact], data: st.DataObject) -> None:
    """Facts that come twice end no caller twice: there are never more endings than joinings."""
    doubles = data.draw(st.lists(st.sampled_from(history), max_size=20))
    stage = played([*history, *doubles])
    stage.wait(120)
    joined = Counter((one.pbx, one.queue, one.uniqueid) for one in history if isinstance(one, f.CallerJoined))
    joined.update(
        (one.pbx, seen.queue, seen.uniqueid)
        for one in [*history, *doubles]
        if isinstance(one, f.QueuesSynced)
        for seen in one.callers
    )
    turned_away = Counter(visit.key for visit in stage.endings if visit.joined_at is None)
    for key, count in Counter(visit.key for visit in stage.endings).items():
        assert count <= joined[key] + 1 + turned_away[key]


@quickly
@given(histories)
def test_figures_are_the_sum_of_what_happened(history: list[f.Fact]) -> None:
    """Figures kept step by step equal figures added up from all visits, rings and spans."""
    stage = played([fact for fact in history if not isinstance(fact, f.ClockMeasured)])
    stage.wait(30)
    for subject, figures in stage.ledger.figures().items():
        ours = stage.figures(subject)
        assert ours == pytest.approx({name: getattr(figures, name) for name in ours}, abs=0.01)


def one_picture(queues: f.QueuesSynced, channels: f.ChannelsSynced) -> tuple[f.QueuesSynced, f.ChannelsSynced]:
    """Lists that fit together: whoever waits has a channel, and it runs Queue() alone."""
    callers = {caller.uniqueid: caller for caller in queues.callers}
    waiting = [
        f.PictureChannel(
            one, f"PJSIP/caller{one}-0", one, "up", None, "Queue", f"{caller.queue},t", float(caller.wait_s)
        )
        for one, caller in callers.items()
    ]
    others = [one for one in channels.channels if one.uniqueid not in callers]
    return (
        replace(
            queues, pbx="p", at=LATER + 1, queues=tuple(map(f.PictureQueue, QUEUES)), callers=tuple(callers.values())
        ),
        replace(channels, pbx="p", at=LATER + 1, channels=(*others, *waiting)),
    )


@quickly
@given(histories, st.builds(one_picture, queues_synced(), channels_synced()))
def test_the_picture_heals_everything(history: list[f.Fact], lists: tuple[f.QueuesSynced, f.ChannelsSynced]) -> None:
    """After a gap and a full picture nothing is left that is not in it, and saying it again changes nothing."""
    stage = played(history)
    stage.at(LATER)
    picture = (*lists, f.PhonesSynced("p", LATER + 1), f.TrunksSynced("p", LATER + 1))
    stage.tell(f.LinkChanged("p", LATER, LinkState.DOWN), *picture)
    told = stage.store.revision
    stage.tell(*picture)
    assert stage.store.revision == told
    stage.tell(f.LinkChanged("p", LATER + 2, LinkState.UP))
    stage.wait(30)
    _nothing_else_is_there(stage, *lists)


def _nothing_else_is_there(stage: Stage, queues: f.QueuesSynced, channels: f.ChannelsSynced) -> None:
    floor = stage.store._floor
    listed = {channel.uniqueid for channel in channels.channels}
    assert {key[1] for key in floor.channels if key[0] == "p"} == listed
    waiting = {("p", caller.queue, caller.uniqueid) for caller in queues.callers}
    for key, caller in floor.callers.items():
        if key[0] == "p":
            heirs = {one for (_, one), was in floor.aliases.items() if was == key[2]} | {key[2]}
            orphaned = key[2] in {one for ones in floor.orphans.values() for one in ones}
            assert (caller.stage is CallerStage.WAITING and key in waiting) or heirs & listed or orphaned
            assert caller.stage in (CallerStage.WAITING, CallerStage.TALKING)
    members = {(member.queue, member.agent, member.interface) for member in queues.members}
    for agent in floor.agents.values():
        if agent.pbx == "p":
            assert {(member.queue, member.agent, member.interface) for member in agent.members} <= members
            assert {leg.uniqueid for leg in agent.legs} <= listed
            assert agent.members or agent.legs
    assert not [key for key in (*floor.trunks, *floor.endpoints) if key[0] == "p"]


@quickly
@given(histories)
def test_visits_go_by_the_table(history: list[f.Fact]) -> None:
    """A visit's stage changes only in the steps that the lifecycle table names."""
    stage = Stage(BEGIN)
    steps: set[tuple[CallerStage, str, CallerStage]] = set()

    def note(outcome: object) -> None:
        for change in outcome.changes:  # type: ignore[attr-defined]
            if isinstance(change.before, Caller) and isinstance(change.after, Caller):
                steps.add((change.before.stage, type(outcome.fact).__name__, change.after.stage))  # type: ignore[attr-defined]

    stage.store.subscribe(note)
    for fact in history:
        stage.tell(fact)
    for before, fact_name, after in steps:
        assert before is after or after in CALLER_STEPS.get((before, fact_name), ()), (before, fact_name, after)
