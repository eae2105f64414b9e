"""The floor of one exchange as the relay holds it now, put together aside: checkpoint, and every entry after it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import NamedTuple

from floor.ports import Clock
from floor.relay import codec
from floor.relay.lately import Lately
from floor.relay.ports import Position, Relay
from floor.state.taken import FloorTaken
from floor.store import FloorStore


class Found(NamedTuple):
    """What the relay holds, and up to where."""

    taken: FloorTaken
    position: Position


async def found_in(
    relay: Relay, pbx: str, clock: Clock, emergency_numbers: Collection[str], unread: codec.Unread
) -> Found | None:
    """Nobody looks at the floor on which it is put together, so nothing that was over already is seen again.

    :returns: ``None``: there is no checkpoint, or the entries after it are not held any more; a newer one will come.
    :raises GarbledError: what is held was not written by a collector.
    :raises RelayAwayError: the relay cannot be read.
    """
    kept = await relay.checkpoint(pbx)
    if kept is None:
        return None
    aside, lately = FloorStore(clock, emergency_numbers), Lately(clock)
    aside.subscribe(lately.hear)
    # In a thread, row by row: a large floor takes a tenth of a second, for which no screen is to wait.
    await asyncio.to_thread(lambda: aside.take(codec.read_floor(kept.body, pbx, unread)))
    position = kept.position
    while entries := await relay.read({pbx: position}, 0.0):
        for entry in entries:
            if entry.position != position.next():
                return None
            for fact in codec.read(entry.body, pbx, unread).facts:
                aside.apply(fact)
            position = entry.position
            await asyncio.sleep(0)
    return Found(await asyncio.to_thread(lambda: lately.added(aside.part(pbx, clock.now()))), position)
