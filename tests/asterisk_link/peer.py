"""A scripted AMI peer: the smallest thing that passes for an exchange, with every answer in the test's hand."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Self

Action = dict[str, str]
Answer = Callable[["Peer", Action], bytes | None]

SECRET = "well-kept-secret"
SINGLE = ("CoreSettings", "CoreStatus", "Ping", "Login")


def block(*lines: str) -> bytes:
    """One message of these lines."""
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def event(name: str, **headers: object) -> bytes:
    """One event."""
    return block(f"Event: {name}", *(f"{key}: {value}" for key, value in headers.items()))


def success(action: Action, *lines: str) -> bytes:
    """A plain response."""
    return block("Response: Success", f"ActionID: {action['ActionID']}", *lines)


def error(action: Action, said: str) -> bytes:
    """A refusal."""
    return block("Response: Error", f"ActionID: {action['ActionID']}", f"Message: {said}")


def listing(action: Action, *items: tuple[str, dict[str, object]]) -> list[bytes]:
    """Head, items and end of a list, apart, so that a test can put events between them."""
    stamp = f"ActionID: {action['ActionID']}"
    body = [event(name, ActionID=action["ActionID"], **headers) for name, headers in items]
    end = block(f"Event: {action['Action']}Complete", stamp, "EventList: Complete", f"ListItems: {len(items)}")
    return [success(action, "EventList: start", "Message: will follow"), *body, end]


class Peer:
    """Listens on a free port; answers logins, pings and lists unless ``answers`` says otherwise."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = answers
        self.actions: list[Action] = []
        self.sessions = 0
        self.port = 0
        self.tls: ssl.SSLContext | None = None
        self.greeting = b"Asterisk Call Manager/9.0.0\r\n"
        self.asked = asyncio.Event()
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    def names(self) -> list[str]:
        """The actions that came, by name."""
        return [action.get("Action", "") for action in self.actions]

    def say(self, data: bytes) -> None:
        """Send to the newest session."""
        self._writers[-1].write(data)

    def hang_up(self) -> None:
        """Close every session."""
        for writer in self._writers:
            writer.close()

    async def left(self) -> None:
        """Wait until every session is over."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def told(self, name: str) -> Action:
        """Wait until an action of this name has come; the newest one."""
        while name not in self.names():
            self.asked.clear()
            await self.asked.wait()
        return next(action for action in reversed(self.actions) if action["Action"] == name)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.append(writer)
        self.sessions += 1
        writer.write(self.greeting)
        try:
            while True:
                self._take(await reader.readuntil(b"\r\n\r\n"), writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._tasks.discard(task)

    def _take(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        lines = data.decode().strip().split("\r\n")
        action = dict(line.partition(": ")[::2] for line in lines)
        self.actions.append(action)
        self.asked.set()
        answer = self.answers.get(action["Action"], Peer.usual)(self, action)
        if answer is not None:
            writer.write(answer)

    def usual(self, action: Action) -> bytes:
        """What a quiet exchange would say."""
        if action["Action"] == "Login":
            if action.get("Secret") != SECRET:
                return error(action, "Authentication failed")
            return success(action, "Message: Authentication accepted") + event("FullyBooted", Privilege="system,all")
        if action["Action"] == "Ping":
            return success(action, "Ping: Pong", "Timestamp: 1795315210.250000")
        if action["Action"] in SINGLE:
            return success(action, "AsteriskVersion: 22.10.1")
        return b"".join(listing(action))


def silent(_peer: Peer, _action: Action) -> None:
    """No answer at all."""
