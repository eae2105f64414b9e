"""Leave as the floor shows it: taken, ended, who else is away, who may be."""

from __future__ import annotations

import pytest

from floor.history.database import Database
from floor.requests.model import Leave, Stage
from floor.state.model import AgentState
from tests.requests.seats import ANN, BOB, LEADER, PBX, Seats, signed


async def approved(seats: Seats) -> Leave:
    leave = await seats.room.ask_leave(signed(ANN), "toilet", 5)
    done = await seats.room.decide(signed(LEADER), leave.id, approved=True)
    assert isinstance(done, Leave)
    return done


@pytest.mark.parametrize(
    ("state", "reason", "logged_in", "stage"),
    [
        (AgentState.PAUSED, "toilet", True, Stage.LEFT),
        (AgentState.PAUSED, "unheard of", True, Stage.LEFT),
        (AgentState.PAUSED, "acw", True, Stage.APPROVED),
        (AgentState.LOGGED_OUT, None, False, Stage.LEFT),
        (AgentState.TALKING, None, True, Stage.APPROVED),
    ],
)
async def test_approved_leave_begins_when_he_goes(
    seats: Seats, state: AgentState, reason: str | None, logged_in: bool, stage: Stage
) -> None:
    """Paused with an away reason, or logged off; work is not leave."""
    await approved(seats)
    seats.clock.pass_by(60)
    seats.is_("Ann", state, reason, logged_in=logged_in)
    leave = seats.only()
    assert isinstance(leave, Leave)
    assert leave.stage is stage
    if stage is Stage.LEFT:
        assert leave.due_at == seats.clock.now() + 300


async def test_leave_ends_when_he_is_back(seats: Seats) -> None:
    """Ready or at work again; what he asked is over, and he may ask anew."""
    await approved(seats)
    seats.is_("Ann", AgentState.PAUSED, "toilet")
    seats.clock.pass_by(200)
    seats.is_("Ann", AgentState.READY)
    assert seats.only().stage is Stage.BACK
    assert not seats.room.leaves.granted((PBX, "Ann"))
    await seats.room.ask_leave(signed(ANN), "meal", 30)


async def test_who_else_of_the_group_is_away(seats: Seats) -> None:
    """R-PRS-8: the desk hears of it as soon as somebody of the group goes or comes back, and of nobody else's group."""
    leave = await seats.room.ask_leave(signed(ANN), "toilet", 5)
    assert seats.room.away(leave) == ()
    seats.heard.clear()
    seats.is_("Cui", AgentState.PAUSED, "meal")
    assert (seats.heard, seats.room.away(leave)) == ([], ())
    seats.is_("Bob", AgentState.PAUSED, "meal")
    assert seats.heard == [leave]
    assert seats.room.away(leave) == ("Bob",)
    seats.is_("Bob", AgentState.PAUSED, "training")
    assert (len(seats.heard), seats.room.away(leave)) == (2, ())
    seats.is_("Ann", AgentState.PAUSED, "meal")
    assert seats.room.away(leave) == ()


async def test_who_logged_off_with_leave_is_away(seats: Seats) -> None:
    """R-PRS-10 lets them log off to leave."""
    await approved(seats)
    seats.is_("Ann", AgentState.LOGGED_OUT, logged_in=False)
    other = await seats.room.ask_leave(signed(BOB), "meal", 30)
    assert seats.room.away(other) == ("Ann",)


async def test_granted(seats: Seats) -> None:
    """From the leader's word until he is back; asking alone is not enough."""
    leave = await seats.room.ask_leave(signed(ANN), "toilet", 5)
    assert not seats.room.leaves.granted((PBX, "Ann"))
    await seats.room.decide(signed(LEADER), leave.id, approved=True)
    assert seats.room.leaves.granted((PBX, "Ann"))
    assert seats.room.leaves.granted(("pbx2", "Ann"))  # the same person elsewhere
    assert not seats.room.leaves.granted((PBX, "Bob"))
    assert not seats.room.leaves.granted((PBX, "Eve"))
    seats.passes(15 * 60)
    assert not seats.room.leaves.granted((PBX, "Ann"))


async def test_until_when_he_may_be_away(seats: Seats) -> None:
    """As many minutes as he was given, from leaving on; before that from the word; nothing without a word."""
    leave = await seats.room.ask_leave(signed(ANN), "toilet", 5)
    assert seats.room.leaves.due((PBX, "Ann")) is None
    seats.passes(60)
    await seats.room.decide(signed(LEADER), leave.id, approved=True)
    given = seats.clock.now()
    assert seats.room.leaves.due((PBX, "Ann")) == given + 300
    seats.passes(20)
    seats.is_("Ann", AgentState.PAUSED, "toilet")
    assert seats.room.leaves.due((PBX, "Ann")) == given + 320
    assert seats.room.leaves.due((PBX, "Bob")) is None


def test_approval_mode_is_a_setting(seats: Seats, sqlite_database: Database) -> None:
    """Off unless the site turns it on (C-9)."""
    assert not seats.room.leaves.needed
    assert Seats(sqlite_database, leave_approval=True).room.leaves.needed
