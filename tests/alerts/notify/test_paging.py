"""Paging a group, over a switchboard that notes the calls."""

from __future__ import annotations

import pytest

from alerts.notify.errors import PassingError, PermanentError
from alerts.notify.paging import Paging
from alerts.notify.speech import Speech
from floor.ports import Announced, Reached
from floor.sections.notify import PagingSettings, PhoneSettings
from tests.alerts.notify.cast import Board, message

HALL = PagingSettings(groups={"hall": ("1001", "1002")})
PAGE = message(kind="paging", address="hall")


def paging(board: Board, channel: str = "PJSIP/{number}", settings: PagingSettings = HALL) -> Paging:
    return Paging(board, PhoneSettings(pbx="hq", channel=channel), settings, Speech(None))


async def test_every_phone_of_the_group_says_it() -> None:
    """Once, by itself, and without asking for a key."""
    board = Board()
    await paging(board).tell(PAGE)
    assert [asked[1] for asked in board.asked] == ["PJSIP/1001", "PJSIP/1002"]
    for _, _, sounds, how in board.asked:
        assert "vm-press" not in sounds
        assert how["times"] == 1
        assert how["variables"] == {"PJSIP_HEADER(add,Call-Info)": "<sip:floor>;answer-after=0"}


async def test_channels_that_take_no_header() -> None:
    """Such a phone rings."""
    board = Board()
    await paging(board, "Local/{number}@from-internal").tell(PAGE)
    assert board.asked[0][3]["variables"] == {}


async def test_one_that_says_it_is_enough() -> None:
    """A phone that is busy does not have the others say it twice."""
    await paging(Board(Announced(Reached.BUSY), Announced(Reached.ANSWERED))).tell(PAGE)


async def test_none_that_says_it() -> None:
    """Tried again a little later."""
    with pytest.raises(PassingError, match="none of 2"):
        await paging(Board(Announced(Reached.BUSY))).tell(PAGE)


async def test_a_group_that_is_not_set_up() -> None:
    """Contacts name groups of the settings only."""
    with pytest.raises(PermanentError):
        await paging(Board()).tell(message(kind="paging", address="cellar"))
