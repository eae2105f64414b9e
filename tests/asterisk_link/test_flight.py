"""The flight recorder: tapes of some minutes each, every one playable by itself, the oldest forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from asterisk import flight
from asterisk.flight import FlightRecorder, folder_of, segment_at, segments, tidy
from asterisk.tape import pieces
from tests.asterisk_link.test_tape import Hand

PING = b"Response: Success\r\nPing: Pong\r\n\r\n"


def heard(path: Path) -> bytes:
    return b"".join(piece.data for piece in pieces(path))


def test_a_new_tape_after_its_time(tmp_path: Path) -> None:
    """After its minutes a new tape begins, between two messages, and a picture is asked for; no byte is lost."""
    clock, asked = Hand(), []
    recorder = FlightRecorder(tmp_path, clock, segment_s=60, turned=lambda: asked.append(clock.now()))
    recorder.opened()
    recorder.heard(PING)
    recorder.heard(b"Event: Hang")
    clock.time += 61
    recorder.heard(b"up\r\n\r\n")
    assert asked == []
    clock.time += 1
    recorder.heard(PING)
    recorder.closed()
    first, second = segments(tmp_path)
    assert heard(first.path) == PING + b"Event: Hangup\r\n\r\n"
    assert heard(second.path) == PING
    assert asked == [second.began_at]
    kinds = [[piece.kind for piece in pieces(one.path) if piece.kind != "heard"] for one in (first, second)]
    assert kinds == [["opened"], ["opened", "closed"]]


def test_every_connection_has_its_own(tmp_path: Path) -> None:
    """A lost link ends its tape, and the next one begins another."""
    clock = Hand()
    recorder = FlightRecorder(tmp_path, clock)
    for _ in range(2):
        recorder.opened()
        recorder.heard(PING)
        recorder.closed()
        clock.time += 1
    assert len(segments(tmp_path)) == 2
    assert recorder.writing is None


def test_which_tape_shows_a_moment(tmp_path: Path) -> None:
    """The youngest tape that had its picture by then; before the first there is none."""
    clock = Hand()
    recorder = FlightRecorder(tmp_path, clock, segment_s=60)
    recorder.opened()
    clock.time += 61
    recorder.heard(PING)
    recorder.closed()
    first, second = segments(tmp_path)
    assert segment_at(tmp_path, first.began_at + 1) is None
    assert segment_at(tmp_path, second.began_at + 1) == first
    assert segment_at(tmp_path, second.began_at + 10) == second


def test_no_tape_is_opened_to_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name says when it was begun; a tape that somebody named otherwise is looked into, and what is no tape is
    left out."""
    clock = Hand()
    recorder = FlightRecorder(tmp_path, clock)
    recorder.opened()
    recorder.closed()
    (one,) = segments(tmp_path)
    with monkeypatch.context() as shut:
        shut.setattr(flight, "began_at", lambda path: pytest.fail(f"{path} was opened"))
        assert segments(tmp_path) == [one]
    one.path.rename(tmp_path / "the-day-it-burned.tape")
    assert [found.began_at for found in segments(tmp_path)] == [one.began_at]
    (tmp_path / "notes.tape").write_text("no tape")
    assert len(segments(tmp_path)) == 1


def test_tidy(tmp_path: Path) -> None:
    """Finished tapes are compressed and stay readable; the old and the too many go, the one being written never."""
    clock = Hand()
    recorder = FlightRecorder(tmp_path, clock, segment_s=60)
    recorder.opened()
    for _ in range(3):
        recorder.heard(PING * 100)
        clock.time += 61
    whole = [one.began_at for one in segments(tmp_path)]
    assert tidy(tmp_path, recorder.writing, keep_after=0.0, keep_bytes=10**9) == []
    after = segments(tmp_path)
    assert [one.began_at for one in after] == whole
    assert [one.path.suffix for one in after] == [".gz", ".gz", ".tape"]
    assert heard(after[0].path) == PING * 100
    assert tidy(tmp_path, recorder.writing, keep_after=after[1].began_at, keep_bytes=10**9) == [after[0].path]
    assert tidy(tmp_path, recorder.writing, keep_after=0.0, keep_bytes=1) == [after[1].path]
    assert [one.path for one in segments(tmp_path)] == [recorder.writing]
    recorder.closed()


def test_disk_trouble_never_reaches_the_link(tmp_path: Path) -> None:
    """Where no tape can be written, the link goes on, and the recorder tries again with the next one."""
    place = tmp_path / "taken"
    place.write_text("a file, no folder")
    clock = Hand()
    recorder = FlightRecorder(place, clock, segment_s=60)
    recorder.opened()
    recorder.heard(PING)
    assert recorder.writing is None
    place.unlink()
    clock.time += 61
    recorder.heard(PING)
    recorder.closed()
    assert [heard(one.path) for one in segments(place)] == [PING]


def test_folders_are_safe(tmp_path: Path) -> None:
    """An exchange's name cannot lead anywhere else."""
    assert folder_of(tmp_path, "../../etc") == tmp_path / "flight" / ".._.._etc"
