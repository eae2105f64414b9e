"""What collectors of earlier versions said, as recorded then, is understood to the last word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from floor.relay.memory import MemoryRelay
from floor.relay.ports import Entry, Position
from tests.relay.floors import Following
from tests.relay.recording import EARLIER, PBX, facts, plain, unpacked

RECORDINGS = sorted(EARLIER.glob("*.jsonl"))


def rows(file: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """(what the floor was in the end, messages)."""
    end, *said = (json.loads(row) for row in file.read_text(encoding="utf-8").splitlines())
    return end, said


async def say(relay: MemoryRelay, row: dict[str, Any]) -> None:
    entry = Entry(PBX, Position(*row["at"]), unpacked(row["entry"]))
    if "checkpoint" in row:
        assert await relay.keep(entry, unpacked(row["checkpoint"]))
    else:
        assert not await relay.publish([entry])


@pytest.mark.parametrize("whole", [True, False], ids=["from the beginning", "joined later"])
@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
async def test_floor_is_what_it_was(file: Path, whole: bool) -> None:
    """Whoever follows from the beginning, entry by entry, and whoever comes later and takes a checkpoint have the floor
    that the collector had by its own account; nothing is passed over."""
    end, said = rows(file)
    relay = MemoryRelay()
    first = next(number for number, row in enumerate(said, 1) if "checkpoint" in row)
    begun = first if whole else len(said)
    for row in said[:begun]:
        await say(relay, row)
    following = Following(relay, [PBX])
    following.start()
    await following.until(lambda floor: PBX in floor.pbxs and following.reader.feeds[PBX].position is not None)
    for row in said[begun:]:
        await say(relay, row)
    last = Position(*said[-1]["at"])
    await following.until(lambda _: following.reader.feeds[PBX].position == last)
    assert json.loads(json.dumps(plain(following.store.snapshot()))) == end
    assert (following.reader.unread, following.reader.garbled) == ({}, 0)
    assert (following.reader.feeds[PBX].facts > 0) == whole
    await following.stop()


def test_recordings_say_something() -> None:
    """There are some, with calls on them; and what is recorded is what happens."""
    assert RECORDINGS
    assert all(rows(file)[0]["channels"] for file in RECORDINGS)
    assert len({type(fact) for fact in facts()}) > 10
