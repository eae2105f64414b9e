"""What nodes order of listening, carried out on our links; and what is heard of their spying channels, told to them.

The audio goes straight from the exchange to the node that asked for it; only orders and news take the relay. An order
is built anew from its fields, each of which must be what it is there for: a node can have a channel listened to, rung
or let go, and can say nothing else to the exchange.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from asterisk.deliveries import Delivery, EventArrived, Sink
from asterisk.ears import JOINS, MODULES, Exchange
from asterisk.wire import Message, first
from floor.errors import ActionInvalidError, ActionTimeoutError, AnswerLostError, LinkBusyError, LinkError
from floor.state.model import SPY

Work = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
Tell = Callable[[str, Mapping[str, str]], None]
"""Told the exchange and what was heard; must not block."""

ERRORS: Mapping[str, type[LinkError]] = {
    "timeout": ActionTimeoutError,
    "lost": AnswerLostError,
    "busy": LinkBusyError,
    "invalid": ActionInvalidError,
}
"""By word on the relay; every other is that there is no link."""
KEYS: Mapping[str, str] = {"OriginateResponse": "ActionID", "ChanSpyStart": "SpyerUniqueid", "Hangup": "Uniqueid"}
"""By event: what names the spying channel."""
TOLD = ("Response", "Reason", "Cause")

_ID = re.compile(re.escape(SPY) + r"[0-9a-f]{32}")
_UNIQUEID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,149}"
_PHONE = re.compile(r"[A-Za-z][A-Za-z0-9_]*/[^\s,&|^]{1,200}")
_DATA = {
    "ChanSpy": re.compile(rf"{_UNIQUEID},[A-Za-z]{{1,12}}"),
    "AudioSocket": re.compile(r"[0-9a-f-]{36},[A-Za-z0-9.:\[\]_-]{1,200}"),
}
"""The applications that a channel of ours may run, and what they may be told."""


class SpyOrders:
    """Carries out the orders ``able``, ``module``, ``spy`` and ``hush`` (:mod:`floor.relay.orders`)."""

    def __init__(self, links: Mapping[str, Exchange]) -> None:
        self._links = links

    def works(self) -> Mapping[str, Work]:
        """By name of the order."""
        return {"able": self._able, "module": self._module, "spy": self._spy, "hush": self._hush}

    async def _able(self, pbx: str, _: Mapping[str, Any]) -> Mapping[str, Any]:
        ends = self._links[pbx].ends()
        return {"theirs": ends[1] if ends is not None else None}

    async def _module(self, pbx: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        if fields["module"] not in (*MODULES.values(), JOINS):
            return {"error": "invalid", "message": "no module that listening needs"}
        return await self._ask(pbx, "ModuleCheck", {"Module": fields["module"]})

    async def _spy(self, pbx: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        id, channel, application, data = (fields[key] for key in ("id", "channel", "application", "data"))
        fits = _DATA.get(application)
        if not (_ID.fullmatch(id) and _PHONE.fullmatch(channel) and fits is not None and fits.fullmatch(data)):
            return {"error": "invalid", "message": "an order to listen that is none"}
        headers = {"ActionID": id, "ChannelId": id, "Channel": channel, "Application": application, "Data": data}
        headers |= {"Async": "true", "Timeout": str(max(1, round(fields["ring_s"] * 1000)))}
        headers |= {"CallerID": fields["caller_id"]} if fields["caller_id"] else {}
        headers |= {"OtherChannelId": f"{id}-2"} if channel.startswith("Local/") else {}
        return await self._ask(pbx, "Originate", headers)

    async def _hush(self, pbx: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        if not re.fullmatch(_UNIQUEID, fields["id"]):
            return {"error": "invalid", "message": "no channel"}
        answer = await self._links[pbx].act("Hangup", {"Channel": fields["id"], "Cause": "16"})
        if answer.lost:
            return {"error": "timeout", "message": answer.message}
        return {"response": "Success" if answer.ok else "Error", "message": answer.message}

    async def _ask(self, pbx: str, action: str, headers: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            said = await self._links[pbx].ask(action, headers)
        except LinkError as error:
            word = next((word for word, kind in ERRORS.items() if isinstance(error, kind)), "down")
            return {"error": word, "message": str(error)}
        return {"response": first(said, "Response"), "message": first(said, "Message")}


class SpyNews:
    """Tells what a link hears of spying channels, whichever node they are of."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def ear(self, pbx: str, sink: Sink) -> Sink:
        """``sink`` with us listening first."""

        def hear(delivery: Delivery) -> None:
            if isinstance(delivery, EventArrived):
                self._event(pbx, delivery.message)
            sink(delivery)

        return hear

    def _event(self, pbx: str, message: Message) -> None:
        event = first(message, "Event")
        key = KEYS.get(event)
        if key is not None and (id := first(message, key)).startswith(SPY):
            self._tell(pbx, {"event": event, "id": id, **{word: first(message, word) for word in TOLD}})
