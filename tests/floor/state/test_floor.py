"""The floor's tables and drafts: all of a fact or nothing of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floor.state import facts as f
from floor.state.floor import REMEMBERED, Draft, Floor
from floor.state.model import Agent, AgentState, Caller, CallerStage, Ending, Member
from floor.state.reduce import REDUCERS, reduce
from tests.support.replay import PBX, Stage
from tests.support.stories import BEGIN

WAITING = Caller(PBX, "sales", "C1", CallerStage.WAITING, BEGIN)


def test_draft_reads_its_own_writes_and_touches_nothing() -> None:
    """Until it is committed, a draft is nobody's business but its own."""
    floor = Floor()
    draft = Draft(floor)
    draft.put_caller(WAITING)
    assert draft.caller(PBX, "sales", "C1") == WAITING
    assert draft.visits(PBX, "C1") == [WAITING]
    assert not floor.callers
    draft.commit()
    assert floor.callers[WAITING.key] == WAITING


def test_fact_that_fails_half_way_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reducer that raises after writing leaves the floor as it was."""
    floor = Floor()

    def half(draft: Draft, _: f.Fact) -> None:
        draft.put_caller(WAITING)
        raise RuntimeError

    monkeypatch.setitem(REDUCERS, f.CallerLeft, half)
    with pytest.raises(RuntimeError):
        reduce(floor, f.CallerLeft(PBX, BEGIN, "sales", "C1"))
    assert not floor.callers
    assert not floor.queues


def test_ending_and_beginning_under_one_key_are_two_visits() -> None:
    """Told as one that ended and one that began, in this order; the old one is not what the new one was before."""
    floor = Floor()
    draft = Draft(floor)
    draft.put_caller(WAITING)
    draft.commit()
    draft = Draft(floor)
    over = replace(WAITING, stage=CallerStage.ENDED, ending=Ending.ABANDONED, ended_at=BEGIN + 5)
    again = replace(WAITING, joined_at=BEGIN + 5)
    draft.put_caller(over)
    draft.put_caller(again)
    assert [change for change in draft.commit() if isinstance(change[1], Caller)] == [(WAITING, over), (None, again)]


def test_equal_is_silent() -> None:
    """Writing what is there already is no change."""
    floor = Floor()
    for _ in range(2):
        draft = Draft(floor)
        draft.put_caller(WAITING)
        changes = draft.commit()
    assert changes == []


def test_only_so_many_endings_are_remembered() -> None:
    """The memory of visits that are over has a size, and forgets the oldest first."""
    floor = Floor()
    for number in range(REMEMBERED + 10):
        draft = Draft(floor)
        draft.put_caller(replace(WAITING, uniqueid=str(number), stage=CallerStage.ENDED, ending=Ending.UNKNOWN))
        draft.commit()
    assert len(floor.over) == REMEMBERED
    assert (PBX, "sales", "0") not in floor.over


def test_queue_of_one_agent_in_many_queues() -> None:
    """Every queue he serves counts him in his one state."""
    stage = Stage(BEGIN)
    for queue in ("a", "b", "c"):
        stage.tell(f.MemberSeen(PBX, BEGIN, Member(queue, "Ann", "PJSIP/1", "PJSIP/1")))
    queues = stage.store.snapshot().queues.values()
    assert [dict(queue.states) for queue in queues] == [{AgentState.READY: 1}] * 3


class Counting(dict):  # type: ignore[type-arg]
    """A table that counts how often it is walked through."""

    walks = 0

    def __iter__(self):  # type: ignore[no-untyped-def]
        Counting.walks += 1
        return super().__iter__()

    def items(self):  # type: ignore[no-untyped-def]
        Counting.walks += 1
        return super().items()

    def values(self):  # type: ignore[no-untyped-def]
        Counting.walks += 1
        return super().values()


def test_no_event_walks_through_the_floor() -> None:
    """Whatever the size of the floor, an event looks up what it names and nothing else."""
    stage = Stage(BEGIN)
    stage.tell(f.MemberSeen(PBX, BEGIN, Member("sales", "Ann", "PJSIP/1", "PJSIP/1")))
    floor = stage.store._floor
    for table in (
        "queues",
        "agents",
        "callers",
        "channels",
        "endpoints",
        "trunks",
        "seats",
        "visits",
        "names",
        "phones",
    ):
        setattr(floor, table, Counting(getattr(floor, table)))
    Counting.walks = 0
    leg = "1.2"
    for fact in (
        f.ChannelOpened(PBX, BEGIN, "1.1", "PJSIP/9-1", "1.1", "dialling"),
        f.CallerJoined(PBX, BEGIN, "sales", "1.1"),
        f.ChannelOpened(PBX, BEGIN, leg, "PJSIP/1-2", "1.1", "ringing"),
        f.OfferBegan(PBX, BEGIN, "sales", "Ann", "PJSIP/1", "1.1", leg),
        f.ChannelChanged(PBX, BEGIN + 2, leg, "up"),
        f.CallerLeft(PBX, BEGIN + 2, "sales", "1.1"),
        f.OfferAnswered(PBX, BEGIN + 2, "sales", "Ann", "PJSIP/1", "1.1", leg, 2, 2),
        f.HoldBegan(PBX, BEGIN + 4, leg),
        f.HoldEnded(PBX, BEGIN + 5, leg),
        f.CallCompleted(PBX, BEGIN + 9, "sales", "Ann", "PJSIP/1", "1.1", leg, 2, 7, None),
        f.ChannelClosed(PBX, BEGIN + 9, leg),
        f.ChannelClosed(PBX, BEGIN + 9, "1.1"),
    ):
        reduce(floor, fact)
    assert Counting.walks == 0
    assert floor.agents[PBX, "Ann"] == Agent(
        PBX,
        "Ann",
        AgentState.READY,
        BEGIN + 9,
        before=AgentState.TALKING,
        members=floor.agents[PBX, "Ann"].members,
        acw_queue="sales",
        acw_call="1.1",
    )
