"""First on record, then done, then on record what was answered; a lost answer is told as one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from floor.audit.model import Stage
from floor.command.commander import TRIES, Commands
from floor.command.model import HangUp, Pause, PickCaller
from floor.command.ports import NotAllowedError
from floor.ports import Answer, Outcome
from floor.state.facts import CallPlaced
from tests.command.floor import PHONE, Board, Book, busy_floor, house, signed
from tests.web.doubles import StillClock

HANG_UP = HangUp("pbx", "Ann", "1.0")


def commands(book: Book, board: Board, clock: StillClock | None = None, **more: Any) -> Commands:
    view = busy_floor()
    reasons = {"away": ("meal", "break"), "work": ("acw",)}
    return Commands(
        lambda: house(view, **more),
        book,
        board,
        clock or StillClock(),
        reasons,
        token=lambda: "t1",  # type: ignore[arg-type]
    )


async def test_asked_sent_answered() -> None:
    """Two entries of one thread, with who, from where, about whom, why, and the exchange's words."""
    book, board = Book(), Board(Answer(True, "Channel Hungup"))
    done = await commands(book, board).do(signed(), HANG_UP, confirmed=True, note="abusive", address="192.0.2.7")
    assert (done.ok, done.said, done.thread, done.lost) == (True, "Channel Hungup", "t1", False)
    assert board.told == [("hang_up", "pbx", "PJSIP/1001-00000002")]
    asked, answered = book.entries
    assert (asked.stage, asked.act, asked.reason, asked.queue, asked.call) == (
        Stage.ASKED, "hang_up", "abusive", "support", "1.0",
    )  # fmt: skip
    assert (asked.by.name, asked.by.person, asked.by.role, asked.by.address) == ("Lin", 1, "leader", "192.0.2.7")
    assert (answered.stage, answered.thread, answered.said) == (Stage.ANSWERED, "t1", "Channel Hungup")
    assert answered.more == {"channel": "8.2", "party": "1.1", "ok": True, "lost": False}
    assert "138" not in str(book.entries)


async def test_dangerous_wants_to_be_confirmed() -> None:
    """Nothing is sent and nothing put on record; what would happen comes with the refusal."""
    book, board = Book(), Board()
    with pytest.raises(NotAllowedError) as refused:
        await commands(book, board).do(signed(), HANG_UP)
    assert refused.value.foresee is not None
    assert "3:12" in refused.value.foresee["en"]
    assert (refused.value.status, board.told, book.entries) == (409, [], [])
    assert (await commands(book, board).do(signed(), Pause("pbx", "Bob", "meal"))).ok  # this is not


async def test_what_cannot_be_recorded_is_not_done() -> None:
    """503, and nothing reaches the exchange."""
    board = Board()
    with pytest.raises(NotAllowedError) as refused:
        await commands(Book(full=True), board).do(signed(), HANG_UP, confirmed=True)
    assert (refused.value.status, board.told) == (503, [])


@pytest.mark.parametrize("answer", [Answer(False, "Permission denied"), Answer(False, "no answer came", lost=True)])
async def test_refused_and_lost_answers(answer: Answer) -> None:
    """Told as what they are, and on record so."""
    book = Book()
    done = await commands(book, Board(answer)).do(signed(), HANG_UP, confirmed=True)
    assert (done.ok, done.said, done.lost) == (False, answer.message, answer.lost)
    assert (book.entries[-1].said, book.entries[-1].more["lost"]) == (answer.message, answer.lost)


async def test_refusals_are_on_record() -> None:
    """Who tries what he may not is written down, with what he asked for."""
    book, board = Book(), Board()
    with pytest.raises(NotAllowedError):
        await commands(book, board).do(signed(), HangUp("pbx", "Cho", "9.9"), confirmed=True)
    (entry,) = book.entries
    assert (entry.stage, entry.agent, entry.call) == (Stage.REFUSED, "Cho", "9.9")
    assert entry.said == "there is no such agent of yours"
    assert board.told == []


async def test_a_note_is_text() -> None:
    """Of bounded length, on one line."""
    for note in ("x" * 501, "a\nb"):
        with pytest.raises(NotAllowedError) as refused:
            await commands(Book(), Board()).do(signed(), HANG_UP, confirmed=True, note=note)
        assert refused.value.status == 422


async def test_not_too_often() -> None:
    """Who tries out names is stopped, and after a minute heard again."""
    clock = StillClock()
    desk = commands(Book(), Board(), clock)
    for _ in range(TRIES):
        await desk.do(signed(), Pause("pbx", "Bob", "meal"))
    with pytest.raises(NotAllowedError) as refused:
        await desk.do(signed(), Pause("pbx", "Bob", "meal"))
    assert refused.value.status == 429
    clock.pass_(61)
    assert (await desk.do(signed(), Pause("pbx", "Bob", "meal"))).ok


def test_foreseen() -> None:
    """What it would do, and what the page needs to ask for it."""
    desk = commands(Book(), Board())
    assert desk.foresee(signed(), HANG_UP)["en"].startswith("Ends Ann's call")
    assert desk.phone_of(signed(), "pbx") == PHONE
    assert desk.reasons() == {"away": ("meal", "break"), "work": ("acw",)}


async def test_what_becomes_of_a_phone_that_is_to_ring() -> None:
    """Placed is the first word; what the exchange says later is the second, on record and for him who commanded."""
    book = Book()
    one = commands(book, Board(Answer(True, "Originate successfully queued", order="floor-call-1")))
    done = await one.do(signed(), PickCaller("pbx", "support"), confirmed=True)
    assert (done.ok, done.placed, one.placed(signed(), "t1").reached) == (True, True, None)
    one.hear(Outcome(1, CallPlaced("pbx", 5.0, "floor-call-1", "busy"), (), ()))
    assert one.placed(signed(), "t1").words["en"].startswith("The phone is busy")
    async with asyncio.timeout(5):
        while len(book.entries) < 3:  # noqa: ASYNC110 - nothing to await but what runs
            await asyncio.sleep(0)
    assert [str(entry.stage) for entry in book.entries] == ["asked", "answered", "answered"]
    assert (book.entries[2].thread, book.entries[2].more["reached"]) == ("t1", "busy")
    with pytest.raises(NotAllowedError):
        one.placed(signed(), "t2")
    await one.close()


async def test_word_that_cannot_be_recorded() -> None:
    """Is told all the same: it has happened."""
    book = Book()
    one = commands(book, Board(Answer(True, "queued", order="floor-call-1")))
    await one.do(signed(), PickCaller("pbx", "support"), confirmed=True)
    book.full = True
    one.hear(Outcome(1, CallPlaced("pbx", 5.0, "floor-call-1", "answered"), (), ()))
    await asyncio.sleep(0)
    assert one.placed(signed(), "t1").reached == "answered"
    await one.close()
