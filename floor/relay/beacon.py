"""The light of whoever acts on the alerts, on the relay: one mark with a number, which a smaller one never replaces."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from floor.ports import Clock, Light
from floor.relay.ports import RelayAwayError
from floor.tasks import heed

ANSWER_S = 2.0
NAME = "acts"

SHOW = """
local shines = redis.call('GET', KEYS[1])
if shines and (tonumber(string.match(shines, '^%d+')) or 0) > tonumber(ARGV[1]) then return shines end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PX', ARGV[3])
return ARGV[1] .. ' ' .. ARGV[2]
"""
PUT_OUT = """
local shines = redis.call('GET', KEYS[1])
if shines and string.match(shines, '^%d+ (.*)$') == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""


class MemoryBeacon:
    """Implements :class:`floor.ports.Beacon` inside one process."""

    def __init__(self, clock: Clock) -> None:
        self.away = False
        """Pretend that it cannot be reached."""
        self._clock = clock
        self._light: Light | None = None
        self._until = 0.0

    async def show(self, light: Light, for_s: float) -> Light:
        shines = await self.look()
        if shines is not None and shines.fence > light.fence:
            return shines
        self._light, self._until = light, self._clock.now() + for_s
        return light

    async def look(self) -> Light | None:
        if self.away:
            raise RelayAwayError("the relay is away")
        return self._light if self._clock.now() < self._until else None

    async def put_out(self, holder: str) -> None:
        shines = await self.look()
        if shines is not None and shines.holder == holder:
            self._light = None


class RedisBeacon:
    """Implements :class:`floor.ports.Beacon` over Redis: a key that expires."""

    def __init__(self, redis: Redis, *, prefix: str = "floor") -> None:
        self._redis = redis
        self._key = f"{prefix}:{NAME}"

    async def show(self, light: Light, for_s: float) -> Light:
        ends = max(1, round(for_s * 1000))
        shines = _light(await self._run(SHOW, str(light.fence), light.holder, str(ends)))
        return light if shines is None else shines

    async def look(self) -> Light | None:
        return _light(await self._asked(self._redis.get(self._key)))

    async def put_out(self, holder: str) -> None:
        await self._run(PUT_OUT, holder)

    async def _run(self, script: str, *arguments: str) -> Any:
        return await self._asked(self._redis.eval(script, 1, self._key, *arguments))

    async def _asked(self, question: Awaitable[Any]) -> Any:
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await question
            heed()
            return answer
        except (RedisError, OSError, TimeoutError) as error:
            raise RelayAwayError(f"the relay does not answer: {type(error).__name__}") from error


def _light(value: object) -> Light | None:
    """From what stands under the key; ``None``: nothing, or nothing of ours."""
    text = value.decode(errors="replace") if isinstance(value, bytes) else value
    if not isinstance(text, str):
        return None
    fence, _, holder = text.partition(" ")
    return Light(holder, int(fence)) if fence.isdecimal() and len(fence) < 19 and holder else None
