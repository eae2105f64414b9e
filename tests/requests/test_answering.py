"""What leaders do, and which of them may."""

from __future__ import annotations

import pytest

from floor.audit.ports import AuditUnwritableError
from floor.people.model import Person
from floor.requests.model import About, Answer, Help, Leave, Stage
from floor.requests.ports import NotAdmittedError
from tests.requests.seats import ADMIN, ANN, BOB, CHIEF, COACH, LEADER, OTHER, QA, Seats, signed

SIGHT = {
    ANN: (0, 0),
    BOB: (0, 0),
    LEADER: (1, 1),
    OTHER: (0, 0),
    COACH: (1, 0),
    CHIEF: (1, 1),
    QA: (0, 0),
    ADMIN: (0, 0),
}


@pytest.mark.parametrize("who", SIGHT, ids=lambda who: who.login)
async def test_who_sees_and_answers(seats: Seats, who: Person) -> None:
    """His leaders, coaches and the chiefs help; his leaders and the chiefs decide; to others it is not there."""
    asked = await seats.room.ask_help(signed(ANN), About.QUESTION)
    leave = await seats.room.ask_leave(signed(ANN), "meal", 30)
    helps, decides = SIGHT[who]
    assert [seats.room.sees(who.id, one) for one in (asked, leave)] == [bool(helps), bool(decides)]
    for allowed, done in (
        (helps, seats.room.answer(signed(who), asked.id, Answer.COMING)),
        (decides, seats.room.decide(signed(who), leave.id, approved=True)),
    ):
        if allowed:
            await done
            continue
        with pytest.raises(NotAdmittedError) as refused:
            await done
        assert refused.value.status == 404


async def test_answer_and_close_are_named(seats: Seats) -> None:
    """By whom and when stays with the request, and stands in the audit under one thread."""
    asked = await seats.room.ask_help(signed(ANN), About.TECHNICAL)
    seats.passes(20)
    answered = await seats.room.answer(signed(LEADER), asked.id, Answer.ADVICE, "restart it", address="10.0.0.1")
    assert isinstance(answered, Help)
    assert answered.answered_by is not None
    assert (answered.answered_by.name, answered.advice, answered.escalated_at) == ("Wang Li", "restart it", None)
    closed = await seats.room.close_help(signed(COACH), asked.id)
    assert isinstance(closed, Help)
    assert closed.ended_by is not None
    assert (closed.stage, closed.ended_by.name) == (Stage.CLOSED, "He Ping")
    acts = [("ask_help", "Ann Li"), ("answer_help", "Wang Li"), ("close_help", "He Ping")]
    assert [(one.act, one.by.name) for one in seats.audit.entries] == acts
    assert {one.thread for one in seats.audit.entries} == {asked.id}
    assert seats.audit.entries[1].by.address == "10.0.0.1"


async def test_leave_is_decided_once(seats: Seats) -> None:
    """With a word; a second decision is refused, whoever makes it."""
    leave = await seats.room.ask_leave(signed(ANN), "smoke", 5)
    refused = await seats.room.decide(signed(LEADER), leave.id, approved=False, word="in ten minutes")
    assert isinstance(refused, Leave)
    assert (refused.stage, refused.word) == (Stage.REFUSED, "in ten minutes")
    with pytest.raises(NotAdmittedError, match="refused"):
        await seats.room.decide(signed(CHIEF), leave.id, approved=True)
    assert seats.audit.told()[-1] == ("decide_leave", "Wang Li", "refused")


async def test_nothing_is_decided_off_the_record(seats: Seats) -> None:
    """The audit cannot be written: it stays as it was."""
    leave = await seats.room.ask_leave(signed(ANN), "smoke", 5)
    seats.audit.refuses = True
    with pytest.raises(AuditUnwritableError):
        await seats.room.decide(signed(LEADER), leave.id, approved=True)
    assert seats.only().stage is Stage.OPEN


async def test_what_does_not_fit(seats: Seats) -> None:
    """Advice without words, help that is leave, leave that is help."""
    asked = await seats.room.ask_help(signed(ANN), About.QUESTION)
    leave = await seats.room.ask_leave(signed(BOB), "meal", 30)
    for refused, status in (
        (seats.room.answer(signed(LEADER), asked.id, Answer.ADVICE, " "), 422),
        (seats.room.answer(signed(LEADER), leave.id, Answer.COMING), 409),
        (seats.room.decide(signed(LEADER), asked.id, approved=True), 409),
    ):
        with pytest.raises(NotAdmittedError) as error:
            await refused
        assert error.value.status == status
