"""The way back over Redis: publish and subscribe, which keep nothing; claims are keys that expire.

One connection hears, of its own for each name; others say. What is said is said once: the library's own retries are
off, for a message that was sent and not confirmed may have been heard. A connection that is open and brings nothing is
found dead by a ping of ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from floor.backoff import Backoff
from floor.relay.ports import RelayAwayError
from floor.relay.wire import Heard, Take
from floor.tasks import heed

log = structlog.get_logger(__name__)

ANSWER_S = 2.0
"""A relay that does not answer within this is away."""
PING_S = 1.0
AGAIN = Backoff(first_s=0.1, cap_s=1.0)
"""Sought again this soon: screens are to be right within 3 s of the cause being gone."""


class RedisWire:
    """Implements :class:`floor.relay.wire.Wire`."""

    def __init__(self, redis: Redis, *, prefix: str = "floor", random: Random | None = None) -> None:
        """``redis``: a client of our own that never sends anything twice."""
        self._redis = redis
        self._prefix = prefix
        self._draw = (random or Random()).random  # noqa: S311 - jitter, no secret
        self._deaf: dict[str, None] = {}
        """Names under which nothing is heard just now, since it was first said."""

    async def now(self) -> float:
        whole, micro = await self._ask(self._redis.time)
        return int(whole) + int(micro) / 1_000_000

    async def tell(self, name: str, message: bytes) -> int:
        return int(await self._ask(lambda: self._redis.publish(f"{self._prefix}:{name}", message)))

    async def claim(self, id: str, for_s: float) -> bool:
        return bool(
            await self._ask(
                lambda: self._redis.set(f"{self._prefix}:{id}", b"1", nx=True, px=max(1, round(for_s * 1000)))
            )
        )

    async def hear(self, name: str, take: Take, heard: Heard = lambda _: None) -> None:
        delays, known = AGAIN.delays(self._draw), False

        def hears(now: bool) -> None:
            nonlocal delays, known
            if now:
                delays = AGAIN.delays(self._draw)
                self._is_heard(name)
            if now != known:
                known = now
                heard(now)

        try:
            while True:
                try:
                    await self._hear_once(name, take, hears)
                except (RedisError, OSError, TimeoutError) as error:
                    self._is_not_heard(name, type(error).__name__)
                await asyncio.sleep(next(delays))
        finally:
            self._deaf.pop(name, None)

    def _is_not_heard(self, name: str, why: str) -> None:
        """Said once when it begins, whatever the number of names and tries."""
        if not self._deaf:
            log.warning("relay: nothing is heard; it is sought until it is", name=name, why=why)
        self._deaf[name] = None

    def _is_heard(self, name: str) -> None:
        """Said once when it is over."""
        if name in self._deaf:
            del self._deaf[name]
            if not self._deaf:
                log.info("relay: heard again")

    async def _hear_once(self, name: str, take: Take, heard: Heard) -> None:
        """:raises TimeoutError: it stays open and brings nothing, not even answers to pings."""
        ear = self._redis.pubsub()
        try:
            async with asyncio.timeout(ANSWER_S):
                await ear.subscribe(f"{self._prefix}:{name}")
            silent = 0.0
            while silent < ANSWER_S:
                message = await ear.get_message(timeout=PING_S)
                heed()
                if message is None:
                    silent += PING_S
                    await asyncio.wait_for(ear.ping(), ANSWER_S)
                    continue
                silent = 0.0
                if message["type"] == "subscribe":
                    heard(True)
                elif message["type"] == "message":
                    take(message["data"])
            raise TimeoutError
        finally:
            heard(False)
            await ear.aclose()  # type: ignore[no-untyped-call,unused-ignore]

    async def _ask(self, question: Callable[[], Awaitable[Any]]) -> Any:
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await question()
            heed()
            return answer
        except (RedisError, OSError, TimeoutError) as error:
            raise RelayAwayError(f"the relay does not answer: {type(error).__name__}") from error

    async def close(self) -> None:
        await self._redis.aclose()
