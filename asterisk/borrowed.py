"""What is used of panoramisk, and what of it is switched off.

Used: the connection, the login, action ids, the futures of answers and their routing. Switched off, because it loses
events, leaks, or repeats actions (each was observed with 1.4): the parsing, the dispatch to callbacks, the pings
nobody checks, the reconnect, and the re-sending of unanswered actions after it.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any, Protocol

from panoramisk import Manager
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol

from asterisk.wire import Message, first
from floor.errors import AnswerLostError

mute = logging.getLogger(f"{__name__}.panoramisk")
# What panoramisk would log is told by us, without the chance of a secret in a dumped action.
mute.disabled = True


def succeeded(answer: Message) -> bool:
    """Whether an action's answer is not an error."""
    return first(answer, "Response") in ("Success", "Follows", "Goodbye")


class Ask(Action):  # type: ignore[misc]  # panoramisk ships no types
    """An action whose first answer is its answer, as our own message."""

    def add_message(self, answer: Answer) -> bool:
        if not self.future.done():
            self.future.set_result(answer.message)
        return True


@dataclass(frozen=True, slots=True)
class Answer:
    """What panoramisk's routing needs to know of a message."""

    message: Message
    id: str

    @property
    def action_id(self) -> str:
        return self.id


class OneSession(Manager):  # type: ignore[misc]
    """panoramisk's manager without what it does by itself once the connection is made."""

    over = False

    def connection_made(self, dialled: asyncio.Task[Any]) -> None:
        if dialled.cancelled() or dialled.exception() is not None:
            return  # whoever awaits the dialling is told
        if self.over:
            dialled.result()[0].abort()
            return
        super().connection_made(dialled)

    def login(self, future: asyncio.Future[Message]) -> bool:
        self.authenticated_future = None
        self.authenticated = not future.cancelled() and future.exception() is None and succeeded(future.result())
        return self.authenticated

    def ping(self) -> None:
        """The watchdog pings, and awaits the answer."""

    async def send_awaiting_actions(self, *_: object) -> None:
        """No action is ever sent twice."""

    def connection_lost(self, exc: Exception | None) -> None:
        """No reconnect: the link opens a new session."""


class Ear(Protocol):
    """Who is told what happens on a line."""

    def connected(self, transport: asyncio.Transport) -> None: ...

    def received(self, data: bytes) -> None: ...

    def lost(self, error: Exception | None) -> None: ...


class Line(AMIProtocol):  # type: ignore[misc]
    """panoramisk's protocol with our ear."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        # A TLS handshake that fails ends a line that was never made.
        self.transport: asyncio.Transport | None = None
        self.responses: dict[str, Ask] = {}
        super().__init__()

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.log = mute
        self._ear.connected(transport)

    def data_received(self, data: bytes) -> None:
        self._ear.received(data)

    def send(self, data: Any, as_list: bool | None = False) -> asyncio.Future[Message]:
        action = data if isinstance(data, Ask) else Ask(data)
        answered: asyncio.Future[Message] = super().send(action, as_list=as_list)
        return answered

    def connection_lost(self, exc: Exception | None) -> None:
        self._ear.lost(exc)

    def close(self) -> None:
        """Fail what waits; panoramisk would keep it and send it over the next connection."""
        for action in {id(action): action for action in self.responses.values()}.values():
            if not action.future.done():
                action.future.set_exception(AnswerLostError("the link went down before the exchange answered"))
                action.future.exception()  # an answer nobody awaits any more is no error
        self.responses.clear()
        self.closed = True
        if self.transport is not None:
            self.transport.abort()
