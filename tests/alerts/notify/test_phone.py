"""Phone calls, over a switchboard that notes them; real phones ring in tests/asterisk/test_telling.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.model import Occasion
from alerts.notify.errors import PassingError, PermanentError
from alerts.notify.phone import Phone
from alerts.notify.speech import Speech
from alerts.notify.templates import sounds
from floor.ports import Announced, Reached
from floor.sections.notify import PhoneSettings
from tests.alerts.notify.cast import Board, message

SETTINGS = PhoneSettings(pbx="hq", channel="PJSIP/{number}@carrier", caller_id="Floor <99>", ring_s=20, attempts=2)


class TakenOver:
    def __init__(self) -> None:
        self.by: list[tuple[str, int]] = []

    async def __call__(self, alert: str, person: int) -> bool:
        self.by.append((alert, person))
        return True


def phone(board: Board, taken: TakenOver | None = None, folder: Path | None = None) -> Phone:
    return Phone(board, SETTINGS, Speech(folder, program="no-such-program"), taken or TakenOver())


async def test_it_calls_as_the_settings_say() -> None:
    """Exchange, channel, caller id, and the exchange's own sounds where nothing can speak."""
    board, taken = Board(), TakenOver()
    told = message(kind="phone", address="13800138000")
    await phone(board, taken).tell(told)
    [(pbx, channel, played, how)] = board.asked
    assert (pbx, channel) == ("hq", "PJSIP/13800138000@carrier")
    assert list(played) == sounds(told)
    assert (how["caller_id"], how["ring_s"], how["times"]) == ("Floor <99>", 20, 2)
    assert taken.by == [("a1", 7)]


@pytest.mark.parametrize("key", [None, "2", "#"])
async def test_only_key_one_takes_over(key: str | None) -> None:
    """Whoever heard it has been told; a mailbox presses nothing."""
    taken = TakenOver()
    await phone(Board(Announced(Reached.ANSWERED, key)), taken).tell(message(kind="phone", address="1001"))
    assert not taken.by


async def test_what_is_over_rings_no_phone() -> None:
    """Nobody is called at night to hear that he need not do anything."""
    board = Board()
    await phone(board).tell(message(kind="phone", address="1001", occasion=Occasion.RESOLVED))
    assert not board.asked


class Voice(Speech):
    def __init__(self) -> None:
        super().__init__(None)

    async def say(self, text: str, language: str) -> str | None:
        return f"/sounds/{language}"


@pytest.mark.parametrize(("drill", "tone"), [(None, "beep"), ("d1", "beeperr")])
async def test_a_tone_before_the_voice(drill: str | None, tone: str) -> None:
    """Where the exchange cannot read the file there is at least a sign, and a drill has another."""
    board = Board()
    told = message(kind="phone", address="1001", language="zh", drill=drill)
    await Phone(board, SETTINGS, Voice(), TakenOver()).tell(told)
    assert board.asked[0][2] == ("silence/1", tone, "/sounds/zh")


@pytest.mark.parametrize("changes", [{"person": None}, {"alert": None}])
async def test_nothing_to_take_over(changes: dict[str, object]) -> None:
    """A key pressed on such a call means nothing."""
    taken = TakenOver()
    await phone(Board(), taken).tell(message(kind="phone", address="1001", **changes))
    assert not taken.by


@pytest.mark.parametrize("reached", [Reached.BUSY, Reached.UNANSWERED, Reached.FAILED, Reached.UNKNOWN])
async def test_not_reached(reached: Reached) -> None:
    """It is tried again after the settings' wait, as often as they say."""
    with pytest.raises(PassingError) as raised:
        await phone(Board(Announced(reached))).tell(message(kind="phone", address="1001"))
    assert (raised.value.after_s, raised.value.attempts) == (30, 2)


@pytest.mark.parametrize("number", ["", "1001&1002", "1001@evil", "1001/x", "1 2", "1001\r\nX: y", "9" * 41])
async def test_what_is_no_number(number: str) -> None:
    """A contact cannot choose another channel."""
    board = Board()
    with pytest.raises(PermanentError):
        await phone(board).tell(message(kind="phone", address=number))
    assert not board.asked
