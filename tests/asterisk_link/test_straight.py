"""What goes straight to the floor tells it what it would have been told by way of everybody who listens."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asterisk.deliveries import ClockCompared, Cut, EventArrived
from asterisk.placed import HEARD, PlacedCalls, wanted_too
from asterisk.reading import Reader
from asterisk.reporter import Reporter
from asterisk.spying import KEYS, SpyNews
from asterisk.straight import STRAIGHT, straight_to
from asterisk.translate import WANTED
from asterisk.wire import parse
from floor.state.facts import Fact

TAPES = Path(__file__).parent.parent / "tapes"
AT = 1_795_315_200.0


@cache
def frames(folder: str) -> list[bytes]:
    """Every event on the tapes of one version of Asterisk."""
    cut = (path.read_bytes().split(b"\r\n\r\n") for path in sorted((TAPES / folder).glob("*.ami")))
    return [frame for frames in cut for frame in (one.strip(b"\r\n") for one in frames) if frame[:7] == b"Event: "]


class Both:
    """The same events read the fast way, cut, and the slow way, parsed; told by a reporter each."""

    def __init__(self) -> None:
        self.fast: list[Fact] = []
        self.slow: list[Fact] = []
        self.cut = 0
        self._fast, self._slow = Reporter("hq", self.fast.append), Reporter("hq", self.slow.append)
        straight = straight_to(self._fast)
        self._reader, self._tell = Reader(wanted_too(WANTED), straight=straight.rows), straight.tell
        self._reference = Reader(wanted_too(WANTED))

    def compared(self, offset_s: float | None) -> None:
        for reporter in (self._fast, self._slow):
            reporter(ClockCompared(AT, offset_s, 0.001, timestamps=False))

    def hear(self, frames: list[bytes], at: float) -> None:
        """A chunk of events."""
        place = 0
        while place < len(frames):
            events, place = self._reader.read_on(frames, place, at, careful=False)
            for event in events:
                self._take(event)
            if place < len(frames) and (message := self._reader.read(frames[place])) is not None:
                self._fast(EventArrived(message, at))
            place += 1
        for frame in frames:
            if (message := self._reference.read_slowly(frame)) is not None:
                self._slow(EventArrived(message, at))

    def _take(self, event: EventArrived | Cut) -> None:
        if isinstance(event, EventArrived):
            self._fast(event)
        else:
            self.cut += 1
            self._tell(event)


@pytest.mark.parametrize("folder", ["22", "16"])
def test_every_tape_tells_the_same(folder: str) -> None:
    """Fact for fact, to the moment, with shapes learnt on the way; and nearly all of it goes straight."""
    both = Both()
    both.hear(frames(folder), AT)
    both.hear(frames(folder), AT + 1)
    assert both.fast == both.slow
    assert len(both.fast) > 1000
    assert both.cut / len(both.fast) > 0.8


PIECES = (
    b"\r\n",
    b"\n",
    b"\r",
    b": ",
    b":",
    b" ",
    b"\xe4\xbd",
    b"\xff",
    b"\x00",
    b"Uniqueid: 1.1",
    b"Timestamp: 0",
    b"1_0",
)


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """An event of a tape with some of its bytes exchanged, or its stamp gone, or lines repeated and moved."""
    frame = draw(st.sampled_from(frames("22")))
    for _ in range(draw(st.integers(0, 3))):
        rows = frame.split(b"\r\n")
        place = draw(st.integers(0, len(rows) - 1))
        match draw(st.integers(0, 4)):
            case 0:
                rows.insert(place, draw(st.sampled_from(rows)))
            case 1:
                rows = [row for row in rows if not row.startswith(b"Timestamp")]
            case 2:
                at = draw(st.integers(0, len(rows[place])))
                rows[place] = rows[place][:at] + draw(st.sampled_from(PIECES)) + rows[place][at:]
            case 3:
                del rows[place]
            case _:
                rows[place] = rows[place].partition(b": ")[0] + b": " + draw(st.binary(max_size=8))
        frame = b"\r\n".join(rows)
    return frame.strip(b"\r\n")


@given(st.lists(mangled(), min_size=1, max_size=12), st.none() | st.floats(-9, 9))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # the first draw reads the tapes
def test_mangled_streams_tell_the_same(frames: list[bytes], offset_s: float | None) -> None:
    """Whatever comes, stamped or not, whatever the clocks are."""
    both = Both()
    both.compared(offset_s)
    both.hear(frames, AT)
    both.hear(frames, AT + 1)
    assert both.fast == both.slow


def test_whoever_listens_misses_nothing() -> None:
    """What placed calls and spying channels are heard by does not go straight."""
    assert not STRAIGHT.keys() & {*HEARD, *KEYS}
    told: list[str] = []
    calls, news = PlacedCalls(), SpyNews(lambda _, said: told.append(said["event"]))
    reader = Reader(wanted_too(WANTED), straight=STRAIGHT)
    ear = news.ear("hq", calls.ear("hq", lambda _: None))
    for event, key in KEYS.items():
        frame = f"Event: {event}\r\n{key}: floor-spy-1\r\nActionID: floor-spy-1\r\nCause: 16".encode()
        for _ in range(2):
            for read in reader.read_on([frame], 0, AT, careful=False)[0]:
                assert isinstance(read, EventArrived)
                assert read.message == parse(frame) or read.message["Event"] == event
                ear(read)
    assert told == [event for event in KEYS for _ in range(2)]
