"""Tapes: what an exchange said, byte by byte, with its timing.

A tape is a text line of its own format and, after it, pieces: a line ``SECONDS KIND LENGTH`` and as many bytes, then a
newline. SECONDS count from the tape's beginning, KIND is ``opened``, ``heard`` or ``closed``. With a name that ends in
``.gz`` it is compressed. Only what was *heard* is written, so neither login nor secret can be on it; headers of
security events that would help to guess a secret are blackened. A tape cut off anywhere can be read up to there.

Plain captures (``*.ami``: the bytes alone) are read too; their timing is taken from the events' timestamps.
"""

from __future__ import annotations

import contextlib
import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import structlog

from floor.errors import FloorError
from floor.ports import Clock

log = structlog.get_logger(__name__)

FORMAT = b"floorwatch tape 1"
PIECE_CAP = 64_000_000
_KINDS = (b"opened", b"heard", b"closed")
_HINTS = re.compile(
    rb"(?im)^((?:[\w-]*(?:secret|password|challenge|md5)[\w-]*|ExpectedResponse|ReceivedHash):)[^\r\n]*", re.ASCII
)
_HINTED = (b"secret", b"password", b"challenge", b"md5", b"expectedresponse", b"receivedhash")
"""One of these is in everything :data:`_HINTS` could find, in small letters. Sought one after the other, at a
nanosecond a byte each: one pattern of them all goes through the bytes at fifteen."""
_HELD_CAP = 65_536


class TapeError(FloorError):
    """The file is no tape, or cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One read from the wire, or its beginning or end."""

    at: float
    """Seconds since the tape's beginning."""
    kind: str
    data: bytes = b""


def open_tape(path: Path, mode: str) -> BinaryIO:
    """The file, compressed when its name says so.

    :raises TapeError: it cannot be opened.
    """
    try:
        return cast(BinaryIO, gzip.open(path, mode) if path.suffix == ".gz" else path.open(mode))
    except OSError as error:
        raise TapeError(f"{path}: {error.strerror}") from error


class TapeWriter:
    """Records one link (give it as its ``tap``). At ``max_bytes`` the tape is put aside and a new one begun.

    ``keep`` older tapes stay (``x.1.tape`` is the youngest); ``turned`` is told when a new one begins, so that a fresh
    picture can be asked for and every tape can be played by itself. Trouble with the disk ends the recording, never
    the link.

    :raises TapeError: on creation, when the file cannot be written.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        max_bytes: int = 256_000_000,
        keep: int = 1,
        turned: Callable[[], None] = lambda: None,
    ) -> None:
        self.path = path
        self.trouble: str | None = None
        """Why nothing is recorded any more."""
        self.recorded = 0
        """Bytes heard, over all tapes."""
        self._clock = clock
        self._max = max_bytes
        self._keep = keep
        self._turned = turned
        self._held = b""
        self._file = self._begin()

    def _begin(self) -> BinaryIO:
        file = open_tape(self.path, "wb")
        self._began_at = self._clock.monotonic()
        self._size = file.write(b"%s %.6f\n" % (FORMAT, self._clock.now()))
        return file

    def opened(self) -> None:
        """A connection was made (Tap)."""
        self._write(b"opened", b"")

    def heard(self, data: bytes) -> None:
        """Bytes came (Tap); what is written ends with a line, for a header is blackened as a whole."""
        self.recorded += len(data)
        self._held += data
        end = len(self._held) if len(self._held) > _HELD_CAP else self._held.rfind(b"\n") + 1
        if end:
            lines, self._held = self._held[:end], self._held[end:]
            self._write(b"heard", lines)

    def closed(self) -> None:
        """The connection is gone (Tap)."""
        if self._held:
            self._write(b"heard", self._held)
            self._held = b""
        self._write(b"closed", b"")

    def close(self) -> None:
        """End the recording."""
        if self.trouble is None:
            self.closed()
            self.trouble = "closed"
            self._file.close()

    def leave_off(self) -> None:
        """End this tape while the link goes on: on it the link does not close."""
        if self.trouble is None:
            if self._held:
                self._write(b"heard", self._held)
                self._held = b""
            self.trouble = "left off"
            self._file.close()

    def _write(self, kind: bytes, data: bytes) -> None:
        if self.trouble is not None:
            return
        try:
            if self._size > self._max and kind != b"closed":
                self._turn()
            # Every byte of every exchange passes here: line by line only where there may be something to find.
            small = data.lower()
            if any(hint in small for hint in _HINTED):
                data = _HINTS.sub(rb"\1 (not recorded)", data)
            at = self._clock.monotonic() - self._began_at
            self._size += self._file.write(b"%.6f %s %d\n%s\n" % (at, kind, len(data), data))
            if self.path.suffix != ".gz":
                self._file.flush()
        except (OSError, TapeError) as error:
            self.trouble = f"{self.path}: {error}"
            with contextlib.suppress(OSError):
                self._file.close()
            log.error("recording ended", trouble=self.trouble)

    def _turn(self) -> None:
        self._file.close()
        for number in range(self._keep, 0, -1):
            older = aside(self.path, number - 1)
            if older.exists():
                older.replace(aside(self.path, number))
        self._file = self._begin()
        self._file.write(b"0.000000 opened 0\n\n")
        self._turned()


def aside(path: Path, number: int) -> Path:
    """The name of an older tape: ``x.tape``, ``x.1.tape``, ``x.2.tape`` …"""
    if number == 0:
        return path
    stem, dot, rest = path.name.partition(".")
    return path.with_name(f"{stem}.{number}{dot}{rest}")


def began_at(path: Path) -> float:
    """When the tape was begun, seconds since the epoch.

    :raises TapeError: it is no tape.
    """
    with open_tape(path, "rb") as file:
        return _began_at(file, path)


def pieces(path: Path) -> Iterator[Piece]:
    """The pieces of a tape in order, up to where it is whole.

    :raises TapeError: it is no tape.
    """
    with open_tape(path, "rb") as file:
        _began_at(file, path)
        while (piece := _piece(file)) is not None:
            yield piece


def _began_at(file: BinaryIO, path: Path) -> float:
    try:
        return float(file.readline(80).removeprefix(FORMAT + b" "))
    except (ValueError, EOFError, OSError, zlib.error):
        raise TapeError(f"{path} is no tape") from None


def is_tape(path: Path) -> bool:
    """Whether the file says that it is a tape (anything else is taken for a plain capture)."""
    with open_tape(path, "rb") as file:
        try:
            return file.read(len(FORMAT)) == FORMAT
        except (EOFError, OSError, zlib.error):
            return False


def _piece(file: BinaryIO) -> Piece | None:
    """The next piece; ``None`` at the end, or where the tape was cut off or damaged."""
    try:
        at, kind, length = file.readline(80).split()
        size = int(length)
        if kind not in _KINDS or not 0 <= size <= PIECE_CAP:
            return None
        data = file.read(size + 1)
        return Piece(float(at), kind.decode(), data[:-1]) if len(data) == size + 1 else None
    except (ValueError, EOFError, OSError, zlib.error):
        return None
