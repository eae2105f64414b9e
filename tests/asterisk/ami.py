"""A small AMI client for tests, independent of the product's own.

It keeps every event since login, so a scenario can wait for what has perhaps
already happened; with a tape it writes down every byte it receives.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from tests.asterisk.exchange import Exchange

_END = b"\r\n\r\n"


class RefusedError(Exception):
    """Asterisk answered an action with an error."""


@dataclass(frozen=True)
class Message:
    """One AMI message; `serial` is its place among all received on the connection."""

    serial: int
    headers: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.headers.get(name, "")

    def matches(self, wanted: Mapping[str, str]) -> bool:
        """Whether every wanted header has exactly the wanted value."""
        return all(self.headers.get(name) == value for name, value in wanted.items())


class Ami:
    """One logged-in AMI session."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tape: BinaryIO | None) -> None:
        self.messages: list[Message] = []
        self.lost = asyncio.Event()
        self._reader, self._writer, self._tape = reader, writer, tape
        self._arrived = asyncio.Condition()
        self._numbers = itertools.count(1)
        self._actions = itertools.count(1)
        self._task = asyncio.create_task(self._read(), name="ami")

    @classmethod
    async def connect(cls, exchange: Exchange, user: str = "stage", tape: Path | None = None) -> Self:
        """Log in as one of the users of `conf/manager.conf`."""
        reader, writer = await asyncio.open_connection("127.0.0.1", exchange.ami_port)
        await reader.readline()
        session = cls(reader, writer, tape.open("wb") if tape else None)
        try:
            await session.action("Login", Username=user, Secret=f"{user}-secret")
        except BaseException:
            await session.close()
            raise
        return session

    async def _read(self) -> None:
        rest = b""
        while data := await self._receive():
            *whole, rest = (rest + data).split(_END)
            async with self._arrived:
                self.messages += [self._parse(block) for block in whole]
                self._arrived.notify_all()
        self.lost.set()
        async with self._arrived:
            self._arrived.notify_all()

    async def _receive(self) -> bytes:
        try:
            data = await self._reader.read(65536)
        except ConnectionError:
            return b""
        if self._tape:
            self._tape.write(data)
        return data

    def _parse(self, block: bytes) -> Message:
        lines = block.decode(errors="replace").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return Message(next(self._numbers), {name: value.strip() for name, _, value in pairs})

    def send(self, name: str, **headers: str) -> str:
        """Send an action without waiting; returns its ActionID. A list value cannot be sent."""
        action_id = f"test-{next(self._actions)}"
        lines = [f"Action: {name}", f"ActionID: {action_id}", *(f"{k}: {v}" for k, v in headers.items())]
        self._writer.write("\r\n".join(lines).encode() + _END)
        return action_id

    async def action(self, name: str, **headers: str) -> Message:
        """Send an action and return its answer; raises `RefusedError` when it is an error."""
        action_id = self.send(name, **headers)
        answer = await self._first(lambda m: m["ActionID"] == action_id and "Response" in m.headers)
        if answer["Response"] == "Error":
            raise RefusedError(f"{name}: {answer['Message']}")
        return answer

    async def listing(self, name: str, **headers: str) -> list[Message]:
        """Send an action which answers with a list, and return the list's events."""
        action_id = (await self.action(name, **headers))["ActionID"]
        await self._first(lambda m: m["ActionID"] == action_id and m["EventList"].lower() == "complete")
        return [m for m in self.messages if m["ActionID"] == action_id and "Event" in m.headers][:-1]

    async def event(self, name: str, after: int = 0, within: float = 20, **wanted: str) -> Message:
        """The first event with these header values, come or to come; `after` is a serial."""
        match = {"Event": name, **wanted}
        return await self._first(lambda m: m.serial > after and m.matches(match), within, str(match))

    @property
    def latest(self) -> int:
        """The serial of the last message so far, as an `after` for `event`."""
        return self.messages[-1].serial if self.messages else 0

    async def follow(self, *names: str) -> AsyncIterator[Message]:
        """Every event of these names from now on, until the connection is lost."""
        seen = len(self.messages)
        while not self.lost.is_set():
            fresh, seen = self.messages[seen:], len(self.messages)
            for message in fresh:
                if message["Event"] in names:
                    yield message
            async with self._arrived:
                while len(self.messages) == seen and not self.lost.is_set():
                    await self._arrived.wait()

    def count(self, name: str, **wanted: str) -> int:
        """How many such events have come so far."""
        return sum(message.matches({"Event": name, **wanted}) for message in self.messages)

    async def _first(self, wanted: Callable[[Message], bool], within: float = 20, text: str = "an answer") -> Message:
        seen = 0
        try:
            async with asyncio.timeout(within), self._arrived:
                while True:
                    for message in self.messages[seen:]:
                        if wanted(message):
                            return message
                    seen = len(self.messages)
                    if self.lost.is_set():
                        raise ConnectionError(f"Asterisk closed the connection while a test waited for {text}")
                    await self._arrived.wait()
        except TimeoutError:
            raise TimeoutError(f"no {text} within {within} s") from None

    async def close(self) -> None:
        """Leave without logging off; the tape is complete afterwards."""
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()
        await self._task
        if self._tape:
            self._tape.close()
