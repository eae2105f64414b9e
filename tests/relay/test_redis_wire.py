"""The way back over a Redis that goes away, or says nothing; what it has of every wire is in ``test_wire``."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from structlog.testing import capture_logs

from floor.relay.ports import RelayAwayError
from floor.relay.redis_wire import AGAIN
from floor.tasks import Tasks
from tests.relay.test_wire import Ear, over, tasks
from tests.support.redis_server import RedisServer

__all__ = ["tasks"]


async def test_a_relay_that_goes_away_is_sought_again(redis_server: RedisServer, tasks: Tasks) -> None:
    """Meanwhile whoever says something is told so at once; the listener knows that it does not hear."""
    wire = over(redis_server)
    ear = Ear(wire, "a", tasks)
    await ear.ready()
    await redis_server.stop()
    await asyncio.wait_for(ear.deaf.wait(), 10)
    for ask in (wire.now(), wire.tell("a", b"x"), wire.claim("c", 1)):
        with pytest.raises(RelayAwayError):
            await ask
    await redis_server.start()
    await ear.ready()
    assert await wire.tell("a", b"again") == 1
    assert await ear.next() == b"again"
    await tasks.stop()
    await wire.close()


async def test_failure_is_said_once_and_its_end_once(redis_server: RedisServer, tasks: Tasks) -> None:
    """However many names are heard, and however often they are tried; and who hears is told of each change once."""
    wire = over(redis_server)
    told: dict[str, list[bool]] = {name: [] for name in "abc"}
    again = asyncio.Event()

    def note(name: str, hears: bool) -> None:
        told[name].append(hears)
        if all(known[-1:] == [True] for known in told.values()):
            again.set()

    with capture_logs() as said:
        for name in told:
            tasks.start(name, wire.hear(name, lambda _: None, partial(note, name)))
        await asyncio.wait_for(again.wait(), 20)
        assert said == []
        await redis_server.stop()
        again.clear()
        await asyncio.sleep(6 * AGAIN.cap_s)  # so that it is tried several times
        await redis_server.start()
        await asyncio.wait_for(again.wait(), 20)
        await tasks.stop()
    assert [line["log_level"] for line in said] == ["warning", "info"]
    assert told == {name: [True, False, True, False] for name in told}
    await wire.close()


async def test_a_relay_that_says_nothing_is_found_out(redis_server: RedisServer, tasks: Tasks) -> None:
    """It keeps every connection open and answers nobody: it is away, for who says and for who hears."""
    wire = over(redis_server)
    ear = Ear(wire, "a", tasks)
    await ear.ready()
    redis_server.pause()
    with pytest.raises(RelayAwayError):
        await wire.now()
    await asyncio.wait_for(ear.deaf.wait(), 10)
    redis_server.resume()
    await ear.ready()
    await tasks.stop()
    await wire.close()
