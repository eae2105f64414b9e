"""Reading the text file: rotated, compressed, copied, torn and hostile."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from floor.history.errors import QueueLogUnreadableError
from floor.history.log_records import Unclassified
from floor.history.queue_log import read_queue_log

T = 1_795_315_000


def _line(at: int, call: int = 1, event: str = "ENTERQUEUE||1900|1") -> str:
    return f"{T + at}|{T}.{call}|support|NONE|{event}\n"


def _moments(source: Path, since: int = -10000, until: int | None = None) -> list[float]:
    reading = read_queue_log(str(source), T + since, None if until is None else T + until)
    return [record.at - T for record in reading.records]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "queue_log"


def test_window(log: Path) -> None:
    """Only what lies between the moments comes, and how far back the log reaches is told."""
    log.write_text(_line(0) + _line(10) + _line(20) + _line(30))
    assert _moments(log, 10, 30) == [10, 20]
    assert read_queue_log(str(log), T + 25).reaches_back_to == T


def test_rotated(log: Path) -> None:
    """What was rotated away comes first, by time and not by name, compressed or not."""
    log.write_text(_line(40))
    log.with_name("queue_log.1").write_text(_line(20) + _line(30))
    log.with_name("queue_log-20261121.gz").write_bytes(gzip.compress((_line(0) + _line(10)).encode()))
    assert _moments(log) == [0, 10, 20, 30, 40]
    assert read_queue_log(str(log), T + 35).reaches_back_to == T


def test_copy_beside(log: Path) -> None:
    """A copy somebody left beside the log counts nothing twice, and two equal entries in one second stay two."""
    ring = f"{T + 5}|{T}.1|support|Ann|RINGNOANSWER|5000\n"
    whole = _line(0) + ring + ring + _line(9)
    log.write_text(whole + _line(20))
    log.with_name("queue_log.bak").write_text(whole)
    log.with_name("queue_log.old").write_text(_line(0) + ring)
    assert _moments(log) == [0, 5, 5, 9, 20]


def test_same_copy(log: Path) -> None:
    """An identical copy counts nothing twice, its last second included."""
    for name in ("queue_log", "queue_log.1"):
        log.with_name(name).write_text(_line(0) + _line(9) + _line(9, call=2))
    assert _moments(log) == [0, 9, 9]


def test_rotated_within_a_second(log: Path) -> None:
    """Entries of the second in which the log was rotated are all kept."""
    log.with_name("queue_log.1").write_text(_line(0) + _line(5, call=1))
    log.write_text(_line(5, call=2) + _line(6))
    assert _moments(log) == [0, 5, 5, 6]


def test_half_line(log: Path) -> None:
    """The line that is being written is left for the next time."""
    log.write_text(_line(0) + _line(10)[:-1])
    assert _moments(log) == [0]


def test_hostile_bytes(log: Path) -> None:
    """Binary noise, endless lines and wrong letters are reported where they stand, and the rest is read."""
    noise = bytes(range(256)).replace(b"\n", b"") + b"\n"
    log.write_bytes(_line(0).encode() + noise + b"x" * 100_000 + b"\n" + _line(10).encode() + b"\n\n")
    reading = read_queue_log(str(log), T)
    assert [record.at - T for record in reading.records] == [0, 0, 0, 10]
    assert [isinstance(record, Unclassified) for record in reading.records] == [False, True, True, False]


def test_empty(log: Path) -> None:
    """An empty log reaches back to nowhere."""
    log.write_text("")
    reading = read_queue_log(str(log), 0)
    assert (reading.records, reading.reaches_back_to) == ((), None)


def test_only_older_parts(log: Path) -> None:
    """Right after a rotation there may be no current file."""
    log.with_name("queue_log.1").write_text(_line(0))
    assert _moments(log) == [0]


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "torn gzip"])
def test_unreadable(log: Path, kind: str) -> None:
    """What cannot be read is an error that names the key, not silence and not an endless wait."""
    if kind == "folder":
        log.mkdir()
    if kind == "pipe":
        os.mkfifo(log)
    if kind == "torn gzip":
        log.write_bytes(gzip.compress(_line(0).encode() * 1000)[:40])
    with pytest.raises(QueueLogUnreadableError, match=r"pbx\.queue_log: "):
        read_queue_log(str(log), 0)
