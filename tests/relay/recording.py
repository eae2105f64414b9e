"""What a collector of this version says over the relay, written down: ``python -m tests.relay.recording > FILE``.

Recordings of versions that have been installed somewhere lie in ``tests/relay/earlier``; whoever changes what is said
adds one of the version before. First line: what the floor is in the end, in plain words. Then each message: an entry,
and with some of them the checkpoint that stands at it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import zlib
from base64 import b64decode, b64encode
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from asterisk.records import moment
from asterisk.translate import translate
from asterisk.wire import Framer, parse
from floor.relay.memory import MemoryRelay
from floor.relay.ports import Entry
from floor.relay.publisher import Publisher
from floor.state import facts as f
from floor.state.model import LinkState
from floor.store import FloorStore, FloorView
from tests.bench.traffic import Traffic
from tests.support.replay import TapeClock

EARLIER = Path(__file__).parent / "earlier"
PBX, BEGUN = "hq", 1_700_000_000.0
AGENTS, QUEUES, EVENTS, ALIVE, TURN, CHECKPOINTS = 12, 3, 900, 55, 15, 20


def plain(floor: FloorView) -> dict[str, Any]:
    """What a floor is, in words that every version has."""
    return {
        "link": floor.pbxs[PBX].link.value,
        "agents": {
            name: [str(one.state), sorted(member.queue for member in one.members), one.reachable]
            for (_, name), one in sorted(floor.agents.items())
        },
        "callers": sorted([key[1], key[2], str(one.stage)] for key, one in floor.callers.items()),
        "queues": {name: one.waiting for (_, name), one in sorted(floor.queues.items())},
        "channels": sorted(one.name for one in floor.channels.values()),
    }


def packed(body: bytes) -> str:
    """As text."""
    return b64encode(zlib.compress(body, 9)).decode()


def unpacked(text: str) -> bytes:
    """The same again."""
    return zlib.decompress(b64decode(text))


class Recorder(MemoryRelay):
    """Remembers all that it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[dict[str, Any]] = []

    async def publish(self, entries: Sequence[Entry]) -> Collection[str]:
        self.said += [{"at": list(one.position), "entry": packed(one.body)} for one in entries]
        return await super().publish(entries)

    async def keep(self, entry: Entry, checkpoint: bytes) -> bool:
        one = {"at": list(entry.position), "entry": packed(entry.body)}
        self.said.append({**one, "checkpoint": packed(checkpoint)})
        return await super().keep(entry, checkpoint)


def facts() -> list[f.Fact]:
    """A short while of a small floor; it ends in the middle of calls."""
    traffic = Traffic(AGENTS, QUEUES)
    stream = b"\r\n\r\n".join([*traffic.members(), *traffic.events(EVENTS), b""])
    messages = [parse(frame) for frame in Framer().feed(stream)]
    found = (translate(PBX, message, moment(message, "Timestamp") or BEGUN) for message in messages)
    return [fact for fact in found if fact is not None][:-ALIVE]


async def recorded() -> list[dict[str, Any]]:
    """In the words of this version."""
    clock, relay = TapeClock(BEGUN), Recorder()
    store = FloorStore(clock)
    publisher = Publisher(relay, store, [PBX], clock, checkpoint_every=CHECKPOINTS)
    store.on_fact = publisher.hear
    store.subscribe(publisher.note)
    await publisher._begin()
    store.apply(f.LinkChanged(PBX, BEGUN, LinkState.UP))
    told = facts()
    for first in range(0, len(told), TURN):
        for fact in told[first : first + TURN]:
            store.apply(fact)
        await publisher._turn()
    return [plain(store.snapshot()), *relay.said]


if __name__ == "__main__":
    for row in asyncio.run(recorded()):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
