"""Exchanges as a node has them for listening: another process holds the link, ours are the audio and the right to it.

Stands where a link stands for :class:`asterisk.ears.ExchangeEars`. The exchange brings the audio to this node itself:
to the address that leads from here to it, or to the one that is set (``[listening] host``, ``address``).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Collection, Mapping
from typing import Any, Protocol

import structlog

from asterisk.deliveries import CloseReason, EventArrived, LinkClosed, LinkOpened, Sink
from asterisk.spies import Spies
from asterisk.spying import ERRORS, KEYS, TOLD
from asterisk.wire import Headers, Message, first
from floor.errors import ActionInvalidError, ActionTimeoutError, AnswerLostError, LinkDownError, LinkError
from floor.ports import Answer, Outcome
from floor.state.model import LinkState, Pbx

log = structlog.get_logger(__name__)

AGAIN_S = 2.0
"""An exchange that could not be asked is asked again this soon."""
ASK_S = 6.0
DISCARD = 9
"""Any port: nothing is sent there."""


class Order(Protocol):
    """Has an order carried out where the link is (:meth:`floor.relay.sender.Sender.order`)."""

    def __call__(
        self, pbx: str, name: str, fields: Mapping[str, Any], within_s: float
    ) -> Awaitable[Mapping[str, Any]]: ...


class FarLink:
    """Implements :class:`asterisk.ears.Exchange` by orders."""

    def __init__(self, pbx: str, order: Order) -> None:
        self.theirs: str | None = None
        """The exchange's address; ``None``: it cannot be listened to now."""
        self._pbx = pbx
        self._order = order

    def ends(self) -> tuple[str, str] | None:
        ours = own_address(self.theirs) if self.theirs is not None else None
        return (ours, self.theirs) if ours is not None and self.theirs is not None else None

    async def able(self) -> str | None:
        """The exchange's address as the process with the link knows it. Raises :class:`floor.errors.LinkError`."""
        theirs = (await self._said("able", {})).get("theirs")
        return theirs if isinstance(theirs, str) and own_address(theirs) is not None else None

    async def ask(self, action: str, headers: Headers | None = None, within_s: float = ASK_S) -> Message:
        """Of the actions that listening needs, no other; raises :class:`floor.errors.LinkError`."""
        asked = {key: value for key, value in (headers or {}).items() if isinstance(value, str)}
        if action == "ModuleCheck":
            return _message(await self._said("module", {"module": asked["Module"]}, within_s))
        if action == "Hangup":
            return _message(await self._said("hush", {"id": asked["Channel"]}, within_s))
        if action != "Originate":
            raise ActionInvalidError(f"nobody listens by {action}")
        fields = {
            "id": asked["ChannelId"],
            "channel": asked["Channel"],
            "application": asked["Application"],
            "data": asked["Data"],
            "caller_id": asked.get("CallerID", ""),
            "ring_s": int(asked["Timeout"]) / 1000,
        }
        return _message(await self._said("spy", fields, within_s))

    async def act(self, action: str, headers: Headers | None = None, within_s: float = ASK_S) -> Answer:
        try:
            message = await self.ask(action, headers, within_s)
        except LinkError as error:
            return Answer(False, str(error), lost=isinstance(error, ActionTimeoutError))
        return Answer(first(message, "Response") == "Success", first(message, "Message"))

    async def _said(self, name: str, fields: Mapping[str, Any], within_s: float = ASK_S) -> Mapping[str, Any]:
        try:
            said = await self._order(self._pbx, name, fields, within_s)
        except AnswerLostError as error:
            raise ActionTimeoutError(str(error)) from error
        if said.get("error") is not None or said.get("refused") is True:
            raise ERRORS.get(str(said.get("error")), LinkDownError)(_text(said, "message"))
        return said


class FarLinks:
    """All of them; ``keep`` must run, ``hear`` is to be told what the floor is told."""

    def __init__(self, pbxs: Collection[str], order: Order, spies: Spies) -> None:
        self.links = {pbx: FarLink(pbx, order) for pbx in pbxs}
        self._sinks: dict[str, Sink] = {pbx: spies.ear(pbx, lambda _: None) for pbx in pbxs}
        self._up: set[str] = set()
        self._asked: set[str] = set()
        self._news = asyncio.Event()

    def hear(self, outcome: Outcome) -> None:
        """Listener of the floor's store: whether an exchange is seen."""
        for change in outcome.changes:
            if isinstance(change.after, Pbx) and change.after.pbx in self.links:
                self._note(change.after)

    def _note(self, pbx: Pbx) -> None:
        if pbx.link is LinkState.UP and pbx.pbx not in self._up:
            self._up.add(pbx.pbx)
            self._asked.discard(pbx.pbx)
            self._news.set()
        elif pbx.link is not LinkState.UP and pbx.pbx in self._up:
            self._up.discard(pbx.pbx)
            self.links[pbx.pbx].theirs = None
            self._sinks[pbx.pbx](LinkClosed(pbx.since, CloseReason.CLOSED, "", None))

    async def keep(self) -> None:
        """Ask each exchange, once it is seen, where it is; for ever."""
        while True:
            self._news.clear()
            for pbx in sorted(self._up - self._asked):
                await self._learn(pbx)
            try:
                async with asyncio.timeout(AGAIN_S if self._up - self._asked else None):
                    await self._news.wait()
            except TimeoutError:
                pass

    async def _learn(self, pbx: str) -> None:
        try:
            theirs = await self.links[pbx].able()
        except LinkError as error:
            log.info("listening: the exchange cannot be asked yet", pbx=pbx, why=str(error))
            return
        if theirs is not None and pbx in self._up:
            self._asked.add(pbx)
            self.links[pbx].theirs = theirs
            self._sinks[pbx](LinkOpened(0.0, ""))

    def told(self, pbx: str, said: Mapping[str, Any]) -> None:
        """What was heard of a spying channel; whatever is none is passed over."""
        event, id = _text(said, "event"), _text(said, "id")
        if (key := KEYS.get(event)) is not None:
            message: Message = {"Event": event, key: id, **{word: _text(said, word) for word in TOLD}}
            self._sinks[pbx](EventArrived(message, 0.0))


def own_address(theirs: str) -> str | None:
    """Our address on the way to theirs; nothing is sent. ``None``: theirs is no address, or no way leads there."""
    try:
        family = socket.AF_INET6 if ":" in theirs else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            socket.inet_pton(family, theirs)
            probe.connect((theirs, DISCARD))
            return str(probe.getsockname()[0])
    except OSError:
        return None


def _message(said: Mapping[str, Any]) -> Message:
    return {"Response": _text(said, "response"), "Message": _text(said, "message")}


def _text(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""
