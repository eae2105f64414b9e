"""What agents do from their pages."""

from __future__ import annotations

import pytest

from floor.audit.ports import AuditUnwritableError
from floor.people.model import Person
from floor.requests.model import About, EndReason, Help, Leave, Stage, Way
from floor.requests.ports import NotAdmittedError
from floor.state.model import AgentState, CallKind, Channel, Leg, LegStage
from tests.requests.seats import ANN, BOB, LEADER, PBX, Seats, signed


async def test_help_is_seen_at_once(seats: Seats) -> None:
    """Whoever listens has heard of it when asking returns; it knows agent, group, call, and is in the audit."""
    seats.view.channels[PBX, "7.7"] = Channel(PBX, "7.7", "PJSIP/x-1", "7.0", 0.0)
    leg = Leg("8.8", LegStage.UP, CallKind.QUEUE, 0.0)
    seats.is_("Ann", AgentState.TALKING, queue="support", call="7.7", legs=(leg,))
    asked = await seats.room.ask_help(signed(ANN), About.QUESTION, "how do I\u202e refund")
    assert seats.heard == [asked]
    assert isinstance(asked, Help)
    assert (asked.by.agent, asked.by.group, asked.by.number, asked.way) == ("Ann", "early", "1001", Way.PAGE)
    assert (asked.queue, asked.call, asked.text) == ("support", "7.0", "how do I refund")
    assert asked.escalated_at is None
    assert seats.audit.told() == [("ask_help", "Ann Li", "question")]


async def test_asking_twice_is_one_request(seats: Seats) -> None:
    """A second trigger updates, it never doubles; an abusive caller escalates the one there is."""
    first = await seats.room.ask_help(signed(ANN), About.QUESTION)
    assert await seats.room.ask_help(signed(ANN), About.QUESTION) == first
    graver = await seats.room.ask_help(signed(ANN), About.ABUSIVE)
    assert isinstance(graver, Help)
    assert (graver.id, graver.about, graver.escalated_at) == (first.id, About.ABUSIVE, seats.clock.now())
    assert list(seats.room.shown) == [first.id]


async def test_help_waits_for_no_record(seats: Seats) -> None:
    """Neither audit nor database: leaders see it all the same, and the audit has it as soon as it can."""
    seats.audit.refuses = True
    await seats.room.ask_help(signed(ANN), About.ABUSIVE)
    assert len(seats.heard) == 1
    assert seats.audit.entries == []
    seats.audit.refuses = False
    await seats.room.close()
    assert seats.audit.told() == [("ask_help", "Ann Li", "abusive")]


async def test_leave_is_recorded_first(seats: Seats) -> None:
    """What nobody's safety waits for is not done when it cannot be put on record."""
    seats.audit.refuses = True
    with pytest.raises(AuditUnwritableError):
        await seats.room.ask_leave(signed(ANN), "toilet", 5)
    assert seats.heard == []


@pytest.mark.parametrize(
    ("reason", "minutes", "status"),
    [("toilet", 1, 0), ("meal", 240, 0), ("toilet", 0, 422), ("toilet", 241, 422), ("holiday", 5, 422), ("", 5, 422)],
)
async def test_what_leave_may_be_asked_for(seats: Seats, reason: str, minutes: int, status: int) -> None:
    """One of the away reasons, from a minute to four hours."""
    if not status:
        leave = await seats.room.ask_leave(signed(ANN), reason, minutes)
        assert isinstance(leave, Leave)
        assert (leave.reason, leave.minutes, leave.stage) == (reason, minutes, Stage.OPEN)
        return
    with pytest.raises(NotAdmittedError) as refused:
        await seats.room.ask_leave(signed(ANN), reason, minutes)
    assert refused.value.status == status


async def test_one_leave_at_a_time(seats: Seats) -> None:
    """Withdrawn, the next may be asked for; another agent's is another matter."""
    first = await seats.room.ask_leave(signed(ANN), "meal", 30)
    await seats.room.ask_leave(signed(BOB), "meal", 30)
    with pytest.raises(NotAdmittedError, match="already"):
        await seats.room.ask_leave(signed(ANN), "toilet", 5)
    assert (await seats.room.withdraw(signed(ANN), first.id)).stage is Stage.WITHDRAWN
    await seats.room.ask_leave(signed(ANN), "toilet", 5)


@pytest.mark.parametrize("who", [BOB, LEADER])
async def test_only_ones_own(seats: Seats, who: Person) -> None:
    """Another's request is as if there were none, also to his leader: that is what answers are for."""
    asked = await seats.room.ask_help(signed(ANN), About.QUESTION)
    seats.hangs_up("Ann")
    owed = next(one for one in seats.room.shown.values() if isinstance(one, EndReason))
    for refused in (seats.room.withdraw(signed(who), asked.id), seats.room.give_reason(signed(who), owed.id, "noise")):
        with pytest.raises(NotAdmittedError) as error:
            await refused
        assert error.value.status == 404


async def test_who_is_no_agent_asks_nothing(seats: Seats) -> None:
    """A leader without a seat of his own is told why."""
    with pytest.raises(NotAdmittedError, match="no exchange knows you"):
        await seats.room.ask_help(signed(LEADER), About.QUESTION)


@pytest.mark.parametrize(("seconds", "status"), [(179.9, 0), (180.0, 409), (200.0, 409)])
async def test_a_reason_within_its_time(seats: Seats, seconds: float, status: int) -> None:
    """R-HUP-1: just before the limit it is given, at it and later it is too late."""
    seats.hangs_up("Ann")
    owed = seats.only()
    seats.passes(seconds)
    if status:
        with pytest.raises(NotAdmittedError) as refused:
            await seats.room.give_reason(signed(ANN), owed.id, "nuisance")
        assert refused.value.status == status
        return
    given = await seats.room.give_reason(signed(ANN), owed.id, "nuisance")
    assert isinstance(given, EndReason)
    assert (given.reason, given.visit, given.call, given.way, given.talk_s) == ("nuisance", "1.1", "L1", Way.PAGE, 50)


async def test_only_the_fixed_codes(seats: Seats) -> None:
    """And help is not given a reason, nor a reason withdrawn."""
    seats.hangs_up("Ann")
    owed = seats.only()
    asked = await seats.room.ask_help(signed(ANN), About.QUESTION)
    wrong = (
        (seats.room.give_reason(signed(ANN), owed.id, "bored"), 422),
        (seats.room.give_reason(signed(ANN), asked.id, "noise"), 409),
        (seats.room.withdraw(signed(ANN), owed.id), 409),
    )
    for refused, status in wrong:
        with pytest.raises(NotAdmittedError) as error:
            await refused
        assert error.value.status == status


async def test_who_stands_by_takes_nothing(seats: Seats) -> None:
    """Another Floorwatch acts: its pages are to be used, ours say so."""
    seats.acts = False
    for refused in (
        seats.room.ask_help(signed(ANN), About.QUESTION),
        seats.room.ask_leave(signed(ANN), "meal", 5),
        seats.room.withdraw(signed(ANN), "x"),
    ):
        with pytest.raises(NotAdmittedError, match="another Floorwatch"):
            await refused
