"""Past minutes: the floor as it was, from the flight recorder's tapes and the record of calls.

The figures shown are those of that day up to that minute: what was over when the tape begins comes from the record,
everything after it from the tape.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from asterisk.flight import FlightRecorder, Segment, folder_of, segment_at, segments, tidy
from asterisk.playback import PastClock, Playback
from asterisk.retelling import Moment, chained
from asterisk.sync import Defaults
from asterisk.tape import Piece, TapeError, pieces
from floor.day import Day
from floor.errors import FloorError
from floor.history import History
from floor.measures import Measures
from floor.ports import Clock
from floor.settings import Settings
from floor.state.figures import Limits
from floor.state.model import Caller, Correction
from floor.store import FloorStore

TIDY_EVERY_S = 60.0
DAY_S = 86400.0
log = structlog.get_logger(__name__)


class NotOnTapeError(FloorError):
    """This minute was not recorded, or its tape is deleted already."""


@dataclass(slots=True)
class PastFloor:
    """One minute of the past, and from there on if it is let run."""

    store: FloorStore
    measures: Measures
    clock: PastClock
    playback: Playback
    at: float
    since: float
    """When the tapes used begin."""

    async def play(self, speed: float) -> None:
        """Go on in time; ends when the tapes do."""
        await self.playback.play(speed)

    def close(self) -> None:
        """Let go of the tapes."""
        self.playback.close()


class Archive:
    """The tapes of all exchanges: kept tidy, and opened at any moment they hold."""

    def __init__(self, settings: Settings, history: History, clock: Clock, day: Day, limits: Limits) -> None:
        self._settings, self._history, self._clock = settings, history, clock
        self._day, self._limits = day, limits
        self.recorders = (
            {
                pbx.name: FlightRecorder(self._folder(pbx.name), clock, segment_s=settings.flight.tape_minutes * 60)
                for pbx in settings.pbx
            }
            if settings.flight.record
            else {}
        )

    def _folder(self, pbx: str) -> Path:
        return folder_of(self._settings.data_dir, pbx)

    async def keep_tidy(self) -> None:
        """Compress and delete what is due, for ever; the disk's troubles are logged, nothing more."""
        flight = self._settings.flight
        while True:
            await asyncio.sleep(TIDY_EVERY_S)
            for recorder in self.recorders.values():
                keep_after = self._clock.now() - flight.keep_days * DAY_S
                try:
                    await asyncio.to_thread(
                        tidy,
                        recorder.folder,
                        recorder.writing,
                        keep_after=keep_after,
                        keep_bytes=flight.keep_mb * 1_000_000,
                    )
                except OSError as error:
                    log.warning("flight recorder: tapes not tidied", reason=str(error))

    def begins_at(self) -> float | None:
        """The oldest moment that can be shown; ``None``: nothing is recorded."""
        firsts = [found[0].began_at for pbx in self._settings.pbx if (found := segments(self._folder(pbx.name)))]
        return min(firsts, default=None)

    async def open(self, at: float) -> PastFloor:
        """The floor as it stood at ``at`` (our clock).

        :raises NotOnTapeError: no exchange has a tape of it, or it has not come yet.
        """
        if at > self._clock.now():
            raise NotOnTapeError("this minute has not come yet")
        chosen = await asyncio.to_thread(self._chosen, at)
        if not chosen:
            raise NotOnTapeError("this minute is not on any tape of the flight recorder")
        since = min(one[0].began_at for one in chosen.values())
        clock = PastClock(self._clock, since)
        store, measures = FloorStore(clock), Measures(clock, self._day, self._limits)
        await self._remember(measures, since)
        store.subscribe(measures)
        defaults = Defaults(wrapup_s=self._settings.wrapup_s)
        playback = Playback({pbx: _feed(tapes) for pbx, tapes in chosen.items()}, store, clock, defaults)
        await playback.wind(at)
        return PastFloor(store, measures, clock, playback, at, since)

    def _chosen(self, at: float) -> dict[str, list[Segment]]:
        chosen = {}
        for pbx in self._settings.pbx:
            folder = self._folder(pbx.name)
            first = segment_at(folder, at)
            if first is not None:
                chosen[pbx.name] = [one for one in segments(folder) if one.began_at >= first.began_at]
        return chosen

    async def _remember(self, measures: Measures, since: float) -> None:
        """The day's figures as they stood when the tape began; a visit that lasted then is told by the tape."""
        begin = self._day.begin(since)
        visits = [one for one in await self._history.visits_since(begin) if _over_by(one, since)]
        told = await self._history.records_since(begin)
        records = [one for one in told if not isinstance(one, Correction) and (one.ended_at or since) < since]
        measures.seed(visits, records)


def _over_by(visit: Caller, at: float) -> bool:
    return visit.ended_at is not None and visit.ended_at < at


def _feed(tapes: list[Segment]) -> Iterator[Moment]:
    return chained((one.began_at, _pieces(one)) for one in tapes)


def _pieces(segment: Segment) -> Iterator[Piece]:
    """One tape; it may have been compressed since it was chosen, and one that is deleted has nothing on it."""
    pressed = segment.path.with_name(segment.path.name + ".gz")
    with contextlib.suppress(TapeError):
        yield from pieces(pressed if pressed.exists() else segment.path)
