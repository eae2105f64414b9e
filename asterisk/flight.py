"""The flight recorder: what an exchange said lately, in tapes of some minutes each, the oldest forgotten.

Every tape begins with a full picture, so any minute can be shown again from the tape it lies on. Names are the moment
at which a tape was begun (UTC), so that they sort; a finished tape is compressed later, off the event loop.
"""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from asterisk.tape import TapeError, TapeWriter, began_at
from floor.ports import Clock

log = structlog.get_logger(__name__)

SEGMENT_S = 600.0
PICTURE_S = 5.0
"""A tape can be shown from this long after its beginning: then its picture is there."""
_PLAIN, _PRESSED = ".tape", ".tape.gz"
_MOMENT = "%Y%m%dT%H%M%S.%f"
_UNSAFE = re.compile(r"[^\w.-]")


@dataclass(frozen=True, slots=True)
class Segment:
    """One tape of the recorder."""

    path: Path
    began_at: float
    size: int


class FlightRecorder:
    """One exchange's recorder (give it to the link as its ``tap``).

    ``turned`` is told when a new tape begins, so that a fresh picture is asked for. Trouble with the disk ends this
    tape, never the link; the next one is tried after ``segment_s``.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        segment_s: float = SEGMENT_S,
        turned: Callable[[], None] = lambda: None,
    ) -> None:
        self.turned = turned
        self.folder = folder
        self._clock = clock
        self._segment_s = segment_s
        self._writer: TapeWriter | None = None
        self._turn_at = 0.0
        self._whole = True
        """Whether the last bytes ended a message: tapes are cut between messages only."""

    @property
    def trouble(self) -> str | None:
        """Why nothing is recorded at present."""
        return self._writer.trouble if self._writer is not None else None

    @property
    def writing(self) -> Path | None:
        """The tape that is being written."""
        return self._writer.path if self._writer is not None else None

    def opened(self) -> None:
        """A connection was made (Tap): it gets a tape of its own."""
        self._begin()

    def heard(self, data: bytes) -> None:
        """Bytes came (Tap)."""
        if self._whole and self._clock.monotonic() >= self._turn_at:
            self._begin()
            self.turned()
        self._whole = data.endswith(b"\r\n\r\n")
        if self._writer is not None:
            self._writer.heard(data)

    def closed(self) -> None:
        """The connection is gone (Tap)."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _begin(self) -> None:
        if self._writer is not None:
            self._writer.leave_off()
            self._writer = None
        self._turn_at = self._clock.monotonic() + self._segment_s
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._writer = TapeWriter(self.folder / _name(self._clock.now()), self._clock)
            self._writer.opened()
        except (OSError, TapeError) as error:
            log.error("flight recorder cannot write", folder=str(self.folder), reason=str(error))


def folder_of(data_dir: Path, pbx: str) -> Path:
    """Where the tapes of an exchange lie."""
    return data_dir / "flight" / _UNSAFE.sub("_", pbx)


def segments(folder: Path) -> list[Segment]:
    """All tapes, oldest first; what is none is left out. Its name says when a tape was begun, so none is opened."""
    found = []
    for path in folder.glob(f"*{_PLAIN}*") if folder.is_dir() else ():
        try:
            found.append(Segment(path, _moment(path), path.stat().st_size))
        except (TapeError, OSError):
            continue  # being compressed or deleted at this moment
    return sorted(found, key=lambda one: one.began_at)


def segment_at(folder: Path, at: float) -> Segment | None:
    """The tape from which this moment can be shown, if there is one that had its picture by then."""
    past = [one for one in segments(folder) if one.began_at + PICTURE_S <= at]
    return past[-1] if past else None


def tidy(folder: Path, writing: Path | None, *, keep_after: float, keep_bytes: int) -> list[Path]:
    """Compress what is finished, delete what is too old or too much; what was deleted. Does I/O: call in a thread."""
    for one in segments(folder):
        if one.path != writing and one.path.suffix == _PLAIN:
            _press(one.path)
    gone: list[Path] = []
    total = 0
    for one in reversed(segments(folder)):
        total += one.size
        if one.path != writing and (one.began_at < keep_after or total > keep_bytes):
            one.path.unlink(missing_ok=True)
            gone.append(one.path)
    return gone


def _press(path: Path) -> None:
    """Written beside and renamed, so that a kill leaves the old one whole."""
    beside = path.with_suffix(".part")
    with path.open("rb") as plain, gzip.open(beside, "wb", compresslevel=6) as pressed:
        shutil.copyfileobj(plain, pressed)
    beside.replace(path.with_name(path.stem + _PRESSED))
    path.unlink()


def _name(now: float) -> str:
    return f"{datetime.fromtimestamp(now, UTC):{_MOMENT}}{_PLAIN}"


def _moment(path: Path) -> float:
    """When a tape was begun: by its name, and what was named otherwise by its head. Raises ``TapeError``."""
    try:
        return datetime.strptime(path.name.partition(_PLAIN)[0], _MOMENT).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return began_at(path)
