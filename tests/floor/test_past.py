"""A past minute is opened from the recorder's tapes and the record of calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from asterisk.flight import folder_of
from asterisk.tape import TapeWriter
from floor.day import Day
from floor.history import History
from floor.past import Archive, NotOnTapeError
from floor.sections.flight import FlightSettings
from floor.settings import PbxSettings, Settings
from floor.state.figures import TOTAL, Limits
from floor.state.model import LinkState

NOON = 1_795_348_800.0


class Clock:
    """Both clocks in one, moved by hand."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at


def event(at: float, name: str, **headers: str) -> bytes:
    lines = [f"Event: {name}", f"Timestamp: {at:.6f}", *(f"{key}: {value}" for key, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def joined(at: float, uniqueid: str) -> bytes:
    return event(at, "QueueCallerJoin", Queue="sales", Uniqueid=uniqueid, Linkedid=uniqueid, Position="1", Count="1")


def write_tape(data_dir: Path, clock: Clock) -> None:
    """A tape from noon on: C1 joins after 10 s, C2 after 40 s."""
    folder = folder_of(data_dir, "pbx")
    folder.mkdir(parents=True)
    tape = TapeWriter(folder / "a.tape", clock)
    tape.opened()
    tape.heard(b"Asterisk Call Manager/9.0.0\r\n")
    for after, uniqueid in ((10, "C1"), (40, "C2")):
        clock.at = NOON + after
        tape.heard(joined(clock.at, uniqueid))
    clock.at = NOON + 50
    tape.close()


@asynccontextmanager
async def archive(data_dir: Path, clock: Clock, **flight: float) -> AsyncIterator[Archive]:
    settings = Settings(data_dir=data_dir, pbx=(PbxSettings(),), flight=FlightSettings.model_validate(flight))
    history = History(settings.database_url, data_dir, clock)
    await history.open()
    try:
        yield Archive(settings, history, clock, Day("UTC"), Limits())
    finally:
        await history.close()


async def test_as_it_was(tmp_path: Path) -> None:
    """The minute is shown as it stood, and goes on from there when it is let run."""
    clock = Clock()
    write_tape(tmp_path, clock)
    clock.at = NOON + 1000
    async with archive(tmp_path, clock) as past:
        assert past.begins_at() == pytest.approx(NOON)
        floor = await past.open(NOON + 30)
        assert [key[2] for key in floor.store.snapshot().callers] == ["C1"]
        assert floor.clock.now() == NOON + 30
        assert floor.measures.figures(TOTAL).offered == 1
        assert floor.store.snapshot().pbxs["pbx"].link is not LinkState.DOWN
        await floor.playback.wind(NOON + 45)
        assert len(floor.store.snapshot().callers) == 2
        floor.close()
        assert floor.playback.over


async def test_not_on_tape(tmp_path: Path) -> None:
    """A minute before the first tape, or still to come, is refused with a sentence."""
    clock = Clock()
    write_tape(tmp_path, clock)
    async with archive(tmp_path, clock) as past:
        with pytest.raises(NotOnTapeError, match="not on any tape"):
            await past.open(NOON - 60)
        with pytest.raises(NotOnTapeError, match="not come yet"):
            await past.open(NOON + 9999)


async def test_off_by_setting(tmp_path: Path) -> None:
    """Nothing is recorded where the setting says so."""
    async with archive(tmp_path, Clock(), record=False) as past:
        assert past.recorders == {}
        assert past.begins_at() is None
