"""What every act goes through: one at a time, on record, and not lost while the record is away."""

from __future__ import annotations

import asyncio

import pytest

from floor.history.database import Database
from floor.requests.model import About, Answer, Help, Stage
from floor.requests.ports import NotAdmittedError
from floor.state.facts import HelpAsked
from tests.requests.seats import ANN, CHIEF, LEADER, OTHER, PBX, Seats, signed


async def test_two_who_decide_at_once(seats: Seats) -> None:
    """One of them decides; the other is told that it is decided."""
    leave = await seats.room.ask_leave(signed(ANN), "meal", 30)
    both = (
        seats.room.decide(signed(LEADER), leave.id, approved=True),
        seats.room.decide(signed(CHIEF), leave.id, approved=False),
    )
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(isinstance(one, NotAdmittedError) for one in done) == [False, True]
    assert [one for one in seats.audit.told() if one[0] == "decide_leave"] == [("decide_leave", "Wang Li", "approved")]


async def test_what_telephones_say_reaches_the_audit(seats: Seats) -> None:
    """At once in sight, then on record under the agent's name."""
    seats.tells(HelpAsked(PBX, 1.0, agent="Ann", note="abusive"))
    assert (len(seats.heard), seats.audit.entries) == (1, [])
    await seats.room.close()
    (entry,) = seats.audit.entries
    assert (entry.act, entry.by.name, entry.by.person, entry.agent, entry.more["group"]) == (
        "ask_help",
        "Ann Li",
        ANN.id,
        "Ann",
        "early",
    )


async def test_what_time_does_is_nobodys_act(seats: Seats) -> None:
    """Escalated and lapsed by the product itself."""
    await seats.room.ask_help(signed(ANN), About.QUESTION)
    seats.passes(60)
    seats.passes(3600)
    await seats.room.close()
    assert seats.audit.told()[1:] == [("escalated", "Floorwatch", ""), ("lapsed", "Floorwatch", "")]


async def test_history_is_of_ones_scope(seats: Seats) -> None:
    """The record of the own groups, ended long ago or not; nobody else's."""
    asked = await seats.room.ask_help(signed(ANN), About.QUESTION)
    await seats.room.answer(signed(LEADER), asked.id, Answer.COMING)
    seats.passes(3600)
    seats.passes(3600)
    assert not seats.room.shown
    (found,) = await seats.room.history(signed(LEADER), 0.0)
    assert isinstance(found, Help)
    assert (found.id, found.stage) == (asked.id, Stage.LAPSED)
    assert await seats.room.history(signed(OTHER), 0.0) == []
    assert await seats.room.history(signed(LEADER), seats.clock.now() + 1) == []


async def test_a_database_that_is_away_keeps_nobody_from_acting(seats: Seats, sqlite_database: Database) -> None:
    """Done in sight of everybody; written once it can be."""
    with sqlite_database.writing():
        asked = await seats.room.ask_help(signed(ANN), About.QUESTION)
        await seats.room.answer(signed(LEADER), asked.id, Answer.COMING)
        assert seats.only().stage is Stage.ANSWERED
    (found,) = await seats.room.history(signed(LEADER), 0.0)
    assert found.stage is Stage.ANSWERED


@pytest.mark.parametrize("id_", ["", "none", "../x", "h' OR 1=1"])
async def test_invented_ids(seats: Seats, id_: str) -> None:
    """There is no such request."""
    with pytest.raises(NotAdmittedError) as refused:
        await seats.room.close_help(signed(CHIEF), id_)
    assert refused.value.status == 404
