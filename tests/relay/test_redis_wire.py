"""The way back over a Redis that goes away, or says nothing; what it has of every wire is in ``test_wire``."""

from __future__ import annotations

import asyncio

import pytest

from floor.relay.ports import RelayAwayError
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
