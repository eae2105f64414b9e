"""The fast path reads what the slow way reads: on every tape, and on tapes mangled in every way a peer might."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asterisk.placed import wanted_too
from asterisk.reading import LESSONS, LESSONS_IN_ALL, USED, Reader
from asterisk.translate import TRANSLATORS, WANTED, translate
from asterisk.wire import Message, first

TAPES = Path(__file__).parent.parent / "tapes"
ALL = wanted_too(WANTED)


@cache
def events(folder: str) -> list[bytes]:
    """Every event on the tapes of one version of Asterisk."""
    cut = (path.read_bytes().split(b"\r\n\r\n") for path in sorted((TAPES / folder).glob("*.ami")))
    return [frame for frames in cut for frame in (one.strip(b"\r\n") for one in frames) if frame[:7] == b"Event: "]


def agree(reader: Reader, frame: bytes) -> Message | None:
    """Both ways want the event or both do not, and the used headers are the same."""
    read, reference = reader.read(frame), reader.read_slowly(frame)
    assert (read is None) == (reference is None), frame
    if read is None or reference is None:
        return None
    name = first(reference, "Event")
    for header in USED.get(name, reference):
        assert (header in read) == (header in reference), (header, frame)
        assert first(read, header) == first(reference, header), (header, frame)
    assert translate("hq", read, 1.0) == translate("hq", reference, 1.0)
    return read


@pytest.mark.parametrize("folder", ["22", "16"])
def test_every_tape_is_read_alike(folder: str) -> None:
    """Every event of every tape, with shapes learnt on the way; and nearly all of them on the fast path."""
    reader, fast, wanted = Reader(ALL), 0, 0
    for frame in events(folder) * 2:
        message = agree(reader, frame)
        wanted += message is not None
        fast += message is not None and "Privilege" not in message
    assert wanted > 1000
    assert fast / wanted > 0.9
    assert reader.lessons < 80


PIECES = (b"\r\n", b"\n", b"\r", b": ", b":", b" ", b"\xe4\xbd", b"\xff", b"x", b"ChanVariable: a=b", b"Event: Hangup")
HEADERS = sorted({name for names in USED.values() for name in names} | {"ChanVariable", "Event"})


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """An event of a tape with lines repeated, moved, cut, joined and smeared."""
    frame = draw(st.sampled_from(events("22")))
    for _ in range(draw(st.integers(0, 4))):
        rows = frame.split(b"\r\n")
        place = draw(st.integers(0, len(rows) - 1))
        match draw(st.integers(0, 6)):
            case 0:
                rows.insert(place, rows[draw(st.integers(0, len(rows) - 1))])
            case 1:
                del rows[place]
            case 2:
                name, value = draw(st.sampled_from(HEADERS)), draw(st.sampled_from(PIECES))
                rows.insert(place, name.encode() + draw(st.sampled_from([b": ", b":", b":  ", b" : "])) + value)
            case 3:
                rows[place] = rows[place].replace(b": ", draw(st.sampled_from(PIECES)), 1)
            case 4:
                at = draw(st.integers(0, len(rows[place])))
                rows[place] = rows[place][:at] + draw(st.sampled_from(PIECES)) + rows[place][at:]
            case 5:
                rows = [draw(st.sampled_from(PIECES)).join(rows)]
            case _:
                rows[place] = rows[place][: draw(st.integers(0, len(rows[place])))]
        frame = b"\r\n".join(rows)
    return frame.strip(b"\r\n")


@given(st.lists(mangled(), min_size=1, max_size=12))
@settings(max_examples=100)
def test_mangled_streams_are_read_alike(frames: list[bytes]) -> None:
    """Whatever is learnt from whatever comes first, later events are read as the slow way reads them."""
    reader = Reader(ALL)
    for frame in [*frames, *frames]:
        if frame[:7] == b"Event: ":
            agree(reader, frame)


@given(st.lists(st.lists(st.sampled_from([*PIECES, *map(str.encode, HEADERS)]), max_size=12), max_size=8))
def test_noise_is_read_alike(parts: list[list[bytes]]) -> None:
    """Events made of nothing but what makes lines strange."""
    reader = Reader(ALL)
    for part in [*parts, *parts]:
        for name in (b"Hangup", b"QueueMemberStatus"):
            agree(reader, b"Event: " + name + b"".join(part))


class Asked(dict[str, str]):
    """Headers that complain when one is asked for that the table of used headers does not list."""

    def __init__(self, headers: Mapping[str, str], listed: tuple[str, ...]) -> None:
        super().__init__(headers)
        self.listed = {"Event", *listed}

    def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
        return super().get(key, default) if key in self.listed else self._unlisted(key)

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) if key in self.listed else self._unlisted(key)

    def __getitem__(self, key: str) -> NoReturn:
        raise AssertionError(f"{key} is taken without asking")

    def _unlisted(self, key: object) -> NoReturn:
        raise AssertionError(f"{key} is asked for and not in USED")


def cases() -> Iterator[tuple[str, dict[str, str]]]:
    """Every event with every header alone missing, and with every header alone there."""
    for name, listed in USED.items():
        full = dict.fromkeys(listed, "1") | {"Event": name, "Paused": "1", "Application": "Queue"}
        yield name, full
        for header in listed:
            yield name, {key: value for key, value in full.items() if key != header}
            yield name, {"Event": name, header: "1"}


def test_no_header_is_asked_for_that_is_not_read() -> None:
    """The table of used headers is whole: no translator asks for another one, whatever is missing."""
    for name, headers in cases():
        translate("hq", Asked(headers, USED[name]), 1.0)
    assert USED.keys() <= TRANSLATORS.keys()


EXAMPLE = "Event: Hangup\r\nPrivilege: call,all\r\nUniqueid: 1.1\r\nChanVariable: a=b\r\nCause: 16"


def test_what_is_learnt_is_bounded() -> None:
    """A peer that never repeats itself is read the slow way, and costs no more than a few shapes."""
    reader = Reader(ALL)
    for name in USED:
        for number in range(LESSONS + 3):
            texts = "Variable: QUEUESTATUS\r\n" if name == "VarSet" else ""
            agree(reader, f"Event: {name}\r\nUniqueid: 1.1\r\n{texts}X{number}: 1".encode())
    assert reader.lessons == LESSONS_IN_ALL


def test_a_long_hostile_event_takes_time_in_proportion() -> None:
    """A megabyte that almost fits is refused by a pattern that never goes back (it would take hours if it did)."""
    reader = Reader(ALL)
    reader.read(EXAMPLE.encode())
    message: Message | None = reader.read(EXAMPLE.encode() + b"\r\nChanVariable: a=b" * 60_000)
    assert message is not None
    assert first(message, "Cause") == "16"


def test_events_are_wanted_by_name_and_text() -> None:
    """Only wanted names pass, and of those with texts only the ones that hold one of them."""
    reader = Reader({"Hangup": (), "VarSet": ("Variable: QUEUESTATUS", "Variable: ABANDONED")})
    for frame, passes in (
        (b"Event: Hangup\r\nUniqueid: 1", True),
        (b"Event: Hangup\nUniqueid: 1", True),
        (b"Event: Hangup", True),
        (b"Event: VarSet\r\nVariable: QUEUESTATUS\r\nValue: TIMEOUT", True),
        (b"Event: VarSet\r\nVariable: other", False),
        (b"Event: RTCPSent", False),
        (b"Event: HangupRequest\r\nUniqueid: 1", False),
    ):
        assert (reader.read(frame) is not None) is passes
        assert (reader.read_slowly(frame) is not None) is passes
