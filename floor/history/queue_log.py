"""Reads Asterisk's queue_log: a text file with its rotated and compressed older parts, or a database table.

A file is read line by line however big it is, oldest part first; a table with the usual realtime columns
(``time callid queuename agent event data1…data5`` or ``data``) is read in order of time. What cannot be read raises
:class:`QueueLogUnreadableError` with a sentence; what cannot be understood is yielded as ``Unclassified``.
"""

from __future__ import annotations

import gzip
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import tzinfo
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from floor.history.errors import QueueLogUnreadableError
from floor.history.log_records import LogRecord, Unclassified, parse_line
from floor.history.log_table import read_table

MAX_LINE = 8192
MAX_PARTS = 400


@dataclass(frozen=True, slots=True)
class LogReading:
    """The records in order, and since when the source reaches back (``None``: it is empty)."""

    records: tuple[LogRecord, ...]
    reaches_back_to: float | None


def read_queue_log(source: str, since: float, until: float | None = None, zone: tzinfo | None = None) -> LogReading:
    """All records with ``since <= at < until``. ``zone``: of a table's dates without one; default: the machine's."""
    if "://" in source:
        first, records = read_table(source, since, until, zone)
        return LogReading(tuple(records), first)
    parts = _parts(Path(source))
    wanted = [part for _, written, part in parts if written >= since]
    found = (one for one in _joined(wanted) if one.at >= since and (until is None or one.at < until))
    return LogReading(tuple(found), parts[0][0] if parts else None)


def _joined(parts: list[Path]) -> Iterator[LogRecord]:
    """One part after the other, without what a part repeats: a copy left beside the log must not count twice."""
    last, lines_at_last = 0.0, set[bytes]()
    for part in parts:
        known, lines_known = last, frozenset(lines_at_last)
        for line, read in _records(part):
            record = replace(read, at=last) if read.at == 0.0 else read  # an unreadable one stands where it stands
            if record.at < known or (record.at == known and line in lines_known):
                continue
            if record.at > last:
                last, lines_at_last = record.at, set()
            if record.at == last:
                lines_at_last.add(line)
            yield record


def _parts(path: Path) -> list[tuple[float, float, Path]]:
    """(begins, last written, which) of the file and of what was rotated away from it, oldest first.

    Rotated parts are called ``queue_log.1``, ``queue_log-20261121.gz`` and the like.
    """
    try:
        beside = [one for one in path.parent.glob(f"{_escaped(path.name)}[.-]*") if one.is_file()]
        if not path.exists() and not beside:
            raise QueueLogUnreadableError(f"pbx.queue_log: there is no {path}")
        parts = [*([path] if path.exists() else []), *beside][:MAX_PARTS]
        written = {part: part.stat().st_mtime for part in parts}
    except OSError as error:
        raise QueueLogUnreadableError(f"pbx.queue_log: {path} cannot be read: {error.strerror}") from error
    return sorted((at, written[part], part) for part in parts if (at := _first_moment(part)) is not None)


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _first_moment(part: Path) -> float | None:
    """When a part begins; ``None`` for an empty one or something else that only has the name."""
    for _, record in islice(_records(part), 20):
        if not isinstance(record, Unclassified):
            return record.at
    return None


def _records(part: Path) -> Iterator[tuple[bytes, LogRecord]]:
    try:
        with _opened(part) as file:
            for line in _lines(file):
                if record := parse_line(line.decode("utf-8", "replace")):
                    yield line, record
    except (OSError, EOFError, zlib.error) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise QueueLogUnreadableError(f"pbx.queue_log: {part} cannot be read: {why}") from error


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Whole lines; of an endless one only the beginning; not the half line that is being written at the end."""
    while line := file.readline(MAX_LINE):
        if line.endswith(b"\n"):
            yield line
        elif len(line) == MAX_LINE:
            yield line
            while (rest := file.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                pass


@contextmanager
def _opened(part: Path) -> Iterator[BinaryIO]:
    if not stat.S_ISREG(part.stat().st_mode):  # a pipe would hang, a device never ends
        raise QueueLogUnreadableError(f"pbx.queue_log: {part} is not a file")
    with part.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not packed:
            yield raw
            return
        with gzip.GzipFile(fileobj=raw) as unpacked:
            yield unpacked  # type: ignore[misc]  # a GzipFile reads like a binary file
