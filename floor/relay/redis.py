"""The relay over Redis: a stream of entries and a hash with the checkpoint per exchange.

Positions are the stream's own ids (``term-number``), given by the collector: Redis itself refuses an id that is not
greater than the last, which is all the fencing there is. Everything is bounded: streams by their length, answers by
``most``, waiting by a time. One client waits, another one writes, so that a waiting read holds up nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from floor.relay.ports import Checkpoint, Entry, Position, RelayAwayError, RelayError
from floor.tasks import heed

ANSWERS_WITHIN_S = 1.5
"""Redis answers within a millisecond; who waits longer is cut off, and must say so while it still matters."""

KEEP = """
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], ARGV[2], 'b', ARGV[3])
redis.call('HSET', KEYS[2], 'position', ARGV[2], 'body', ARGV[4])
return 1
"""
"""A refused entry raises, and then nothing is kept: a collector that was put aside cannot overwrite the checkpoint of
the one that writes now."""

T = TypeVar("T")


class RedisRelay:
    """One Redis server (or its replacement behind the same address); keys begin with ``prefix``."""

    def __init__(
        self,
        url: str,
        *,
        password: str | None = None,
        tls_ca: Path | None = None,
        prefix: str = "floor",
        length: int = 20_000,
    ) -> None:
        """:raises RelayError: the address cannot be one of a Redis; a sentence without the password."""
        self.shown = shown(url)
        self._prefix, self._length = prefix, length
        options: dict[str, Any] = {"ssl_ca_certs": str(tls_ca)} if tls_ca and url.startswith("rediss:") else {}
        if password is not None:
            options["password"] = password
        self._new: Callable[[], Redis] = lambda: _client(
            url, options
        )  # closed over: whoever prints us sees no password
        try:
            self._writes, self._reads = self.client(), self.client()
        except ValueError as error:
            raise RelayError(f"relay.url: {self.shown} is no address of a Redis: {error}") from None

    def client(self) -> Redis:
        """One more client of this Redis, with connections of its own; whoever asks closes it."""
        return self._new()

    @property
    def shared(self) -> Redis:
        """The client that writes, for what is as short; ours to close."""
        return self._writes

    async def last(self, pbx: str) -> Position | None:
        found: Any = await self._asked(lambda: self._writes.xrevrange(self._entries(pbx), count=1))
        return _position(found[0][0]) if found else None

    async def publish(self, entries: Sequence[Entry]) -> Collection[str]:
        pipe = self._writes.pipeline(transaction=False)
        for one in entries:
            pipe.xadd(
                self._entries(one.pbx), {b"b": one.body}, id=_id(one.position), maxlen=self._length, approximate=True
            )
        answers = await self._asked(lambda: pipe.execute(raise_on_error=False))
        refused = {one.pbx for one, answer in zip(entries, answers, strict=True) if isinstance(answer, ResponseError)}
        said = next((answer for answer in answers if isinstance(answer, RedisError) and not _older(answer)), None)
        if said is not None:
            raise RelayAwayError(f"relay: {self.shown} takes nothing: {said}")
        return refused

    async def keep(self, entry: Entry, checkpoint: bytes) -> bool:
        try:
            await self._asked(
                lambda: self._writes.eval(
                    KEEP,
                    2,
                    self._entries(entry.pbx),
                    self._checkpoint(entry.pbx),
                    str(self._length),
                    _id(entry.position),
                    entry.body,
                    checkpoint,
                )
            )
        except RelayAwayError as error:
            if isinstance(error.__cause__, ResponseError) and _older(error.__cause__):
                return False
            raise
        return True

    async def checkpoint(self, pbx: str) -> Checkpoint | None:
        found: Any = await self._asked(lambda: self._writes.hmget(self._checkpoint(pbx), ["position", "body"]))
        position, body = found
        at = _position(position) if position is not None else None
        return Checkpoint(at, body) if at is not None and body is not None else None

    async def read(self, after: Mapping[str, Position], wait_s: float, most: int = 100) -> Sequence[Entry]:
        streams: dict[Any, Any] = {self._entries(pbx): _id(position) for pbx, position in after.items()}
        if not streams:
            return ()
        names = {self._entries(pbx).encode(): pbx for pbx in after}
        # ``BLOCK 0`` would wait for ever.
        block = max(1, int(wait_s * 1000)) if wait_s > 0 else None
        found: Any = await self._asked(lambda: self._reads.xread(streams, count=most, block=block), wait_s)
        return [
            Entry(names[stream], at, fields.get(b"b", b""))
            for stream, entries in found or ()
            for place, fields in entries
            if (at := _position(place)) is not None
        ]

    async def close(self) -> None:
        for client in (self._reads, self._writes):
            with suppress(RedisError, OSError):
                await client.aclose()

    def _entries(self, pbx: str) -> str:
        return f"{self._prefix}:{pbx}:entries"

    def _checkpoint(self, pbx: str) -> str:
        return f"{self._prefix}:{pbx}:checkpoint"

    async def _asked(self, ask: Callable[[], Awaitable[T]], wait_s: float = 0.0) -> T:
        """Ask, with every failure in our own words; the library's hold the address, never the password."""
        try:
            async with asyncio.timeout(wait_s + ANSWERS_WITHIN_S):
                answer = await ask()
            heed()
            return answer
        except (RedisError, OSError, TimeoutError) as error:
            what = type(error).__name__ if not str(error) else str(error)
            raise RelayAwayError(f"relay: {self.shown} does not answer: {what}") from error


def _client(url: str, options: Mapping[str, Any]) -> Redis:
    return Redis.from_url(
        url,
        **options,
        protocol=2,
        decode_responses=False,
        socket_connect_timeout=ANSWERS_WITHIN_S,
        # Longer than the longest wait of a read, which has a time of its own.
        socket_timeout=2 * ANSWERS_WITHIN_S,
        # Whoever calls tries again, and says meanwhile that the picture is old.
        retry=Retry(NoBackoff(), 0),
    )


def shown(url: str) -> str:
    """The address without user and password."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname or parts.path}{port}"
    except ValueError:
        return "relay.url"


def _id(position: Position) -> str:
    return f"{position.term}-{position.number}"


def _position(place: bytes | str) -> Position | None:
    """From a stream's id; ``None``: it is none of ours."""
    text = place.decode("ascii", "replace") if isinstance(place, bytes) else place
    term, _, number = text.partition("-")
    return Position(int(term), int(number)) if term.isdecimal() and number.isdecimal() else None


def _older(error: BaseException) -> bool:
    """Whether Redis refuses because a greater id was written already."""
    return "equal or smaller" in str(error)
