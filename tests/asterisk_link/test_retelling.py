"""A tape told again is what the link told then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from asterisk import deliveries as d
from asterisk.reporter import Reporter
from asterisk.retelling import SILENCE_S, chained, retold
from asterisk.tape import Piece
from asterisk.wire import Framer, Message, parse, seconds_of
from floor.state.figures import TOTAL
from tests.support.replay import PBX, Stage, play, sessions

TAPES = Path(__file__).parents[1] / "tapes"
NAMES = ("22/abandon-waiting", "16/abandon-waiting", "captures/basic_hold", "captures/blind_transfer")


def pieces_of(data: bytes, size: int) -> Iterator[Piece]:
    """The bytes as a link may have read them."""
    yield Piece(0.0, "opened")
    for start in range(0, len(data), size):
        yield Piece(start / 1e6, "heard", data[start : start + size])
    yield Piece(len(data) / 1e6, "closed")


def messages_of(data: bytes) -> list[Message]:
    return [parse(frame) for frame in Framer().feed(data + b"\r\n\r\n")]


def stamp_of(message: Message) -> float | None:
    return seconds_of(message, "Timestamp")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [97, 8192])
def test_same_floor_and_figures(name: str, size: int) -> None:
    """Told again in whatever chunks, a tape makes the same figures as it did through the link."""
    folder, _, tape = name.partition("/")
    known = play(sessions(TAPES / folder, tape)).stage
    data = b"".join(path.read_bytes() for path in sessions(TAPES / folder, tape))
    stage = Stage(next((stamp for stamp in map(stamp_of, messages_of(data)) if stamp is not None), known.clock.at))
    reporter = Reporter(PBX, stage.tell)
    for _, delivery in retold(stage.clock.at, pieces_of(b"Asterisk Call Manager/9.0.0\r\n" + data, size)):
        if isinstance(delivery, d.EventArrived):
            stage.at(max(stage.clock.at, stamp_of(delivery.message) or 0.0))
        closed = d.LinkClosed(stage.clock.at + 0.1, d.CloseReason.CLOSED, "", stage.clock.at)
        reporter(closed if isinstance(delivery, d.LinkClosed) else delivery)
    stage.wait(60)
    figures, expected = stage.figures(TOTAL), known.figures(TOTAL)
    assert figures == pytest.approx(expected, abs=0.05)


def test_picture_is_whole() -> None:
    """Every list of a full picture stands between its beginning and its end, once."""
    data = (TAPES / "captures" / "basic_hold.ami").read_bytes()
    told = [delivery for _, delivery in retold(0.0, pieces_of(data, 4096))]
    kinds = [type(one).__name__ for one in told if not isinstance(one, d.EventArrived)]
    assert kinds[0] == "LinkOpened"
    assert kinds[-1] == "LinkClosed"
    began, ended = kinds.index("PictureBegan"), kinds.index("PictureComplete")
    assert set(kinds[began + 1 : ended]) == {"ListCollected"}
    actions = [one.action for one in told if isinstance(one, d.ListCollected)]
    assert "QueueStatus" in actions
    assert actions[-1] == "CoreShowChannels" or "CoreShowChannels" in actions


def test_garbage_ends_one_session_only() -> None:
    """What is no AMI is not told, and the session after it is."""
    endless = Piece(0.1, "heard", b"Asterisk Call Manager/9\r\n" + b"x" * 20_000_000)
    tape = [Piece(0.0, "opened"), endless, Piece(1.0, "closed"), Piece(2.0, "opened"), Piece(3.0, "closed")]
    told = [type(one).__name__ for _, one in retold(0.0, tape)]
    assert told == ["LinkOpened", "LinkClosed", "LinkOpened", "LinkClosed"]


PING = b"Response: Success\r\nPing: Pong\r\n\r\n"


def left_off(at: float = 0.0) -> list[Piece]:
    return [Piece(at, "opened"), Piece(at + 1, "heard", PING)]


def test_tapes_that_follow_one_another() -> None:
    """Where only the tape was changed the link went on; where the recorder was away it is told as lost."""
    ended = [*left_off(), Piece(2.0, "closed")]
    told = [
        (at, type(one).__name__)
        for at, one in chained([(0.0, left_off()), (10.0, ended), (20.0, left_off()), (25.0 + SILENCE_S, ended)])
    ]
    assert told == [
        (0.0, "LinkOpened"),
        (1.0, "ClockCompared"),
        (11.0, "ClockCompared"),
        (12.0, "LinkClosed"),
        (20.0, "LinkOpened"),
        (21.0, "ClockCompared"),
        (21.0, "LinkClosed"),
        (55.0, "LinkOpened"),
        (56.0, "ClockCompared"),
        (57.0, "LinkClosed"),
    ]
