"""Taking the full picture: every list asked for in turn, its answer told at its own place in the stream."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from asterisk.collect import PICTURE, Collection, Listing
from asterisk.deliveries import Delivery, ListCollected, PictureBegan, PictureComplete
from asterisk.session import Session
from floor.ports import Clock

Put = Callable[[Delivery], None]


async def take_picture(session: Session, clock: Clock, put: Put, silence_s: float) -> tuple[str, ...]:
    """Ask for every list; the actions that were refused. A list silent for ``silence_s`` seconds is given up."""
    put(PictureBegan(clock.now()))
    refused = [listing.action for listing in PICTURE if not await _take(session, listing, clock, put, silence_s)]
    put(PictureComplete(clock.now(), tuple(refused)))
    return tuple(refused)


async def _take(session: Session, listing: Listing, clock: Clock, put: Put, silence_s: float) -> bool:
    whole = asyncio.Event()

    def told(collected: Collection) -> None:
        # Called in the read loop, so that the marker stands where the list's last line stood among the events.
        put(ListCollected(listing.action, collected.messages, clock.now(), collected.refused))
        whole.set()

    collection = session.collect(listing, told)
    counted = -1
    while not whole.is_set() and counted != len(collection.messages):
        counted = len(collection.messages)
        await wait_within(whole, silence_s)
    collection.give_up("no answer")
    return collection.refused is None


async def wait_within(event: asyncio.Event, seconds: float | None) -> bool:
    """Wait for an event, not longer than ``seconds``; whether it came."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
