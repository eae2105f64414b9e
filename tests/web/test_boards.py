"""Which boards there are."""

from __future__ import annotations

from floor.settings import BoardSettings, Settings
from tests.web.doubles import MeasuresDouble
from web.boards import Boards


def test_without_any_there_is_the_default_one() -> None:
    """Nothing configured: one board of all queues that names nobody."""
    boards = Boards(Settings(), MeasuresDouble(), b"salt")
    assert list(boards.by_id) == ["default"]
    assert boards.by_id["default"].queues == ()
    assert boards.by_id["default"].agents == "number"


def test_defined_boards_replace_it() -> None:
    """In the order of the settings."""
    boards = Boards(Settings(board=(BoardSettings(id="b"), BoardSettings(id="a"))), MeasuresDouble(), b"salt")
    assert list(boards.by_id) == ["b", "a"]
    assert boards.audience("nowhere") is None


def test_a_look_does_not_disturb_the_readers() -> None:
    """Whoever looks once gets an audience of his own; without a board it sees everything."""
    boards = Boards(Settings(), MeasuresDouble(), b"salt")
    assert boards.audience("default") is not boards.audiences["default"]
    everything = boards.audience(None)
    assert everything is not None
    assert everything.board.agents == "name"
