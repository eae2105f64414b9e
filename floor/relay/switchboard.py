"""Switchboard on a node: every command is an order to the process that holds the exchange.

It answers as :class:`asterisk.console.Console` does there; what cannot be sent is refused at once, and what was sent
without an answer is ``lost``: whether it took effect is not known, and the effect comes back as a fact if it did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from floor.ports import Announced, Answer, Reached
from floor.relay.orders import ACT_S, line
from floor.relay.sender import NotSentError, Sender, UnansweredError

PLAY_S = 60.0
"""No sound lasts longer."""


class RemoteSwitchboard:
    """Implements :class:`floor.ports.Switchboard` over the relay."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def originate(
        self,
        pbx: str,
        channel: str,
        *,
        application: str,
        data: str = "",
        caller_id: str = "",
        timeout_s: float = 30.0,
        variables: dict[str, str] | None = None,
    ) -> Answer:
        what = {"application": application, "data": data, "timeout_s": timeout_s}
        return await self._ask(
            pbx, "originate", {"channel": channel, "caller_id": caller_id, "variables": dict(variables or {}), **what}
        )

    async def announce(
        self,
        pbx: str,
        channel: str,
        sounds: Sequence[str],
        *,
        caller_id: str = "",
        ring_s: float = 30.0,
        times: int = 2,
        key_s: int = 10,
        variables: dict[str, str] | None = None,
    ) -> Announced:
        fields: dict[str, Any] = {"channel": channel, "caller_id": caller_id, "variables": dict(variables or {})}
        fields |= {"sounds": list(sounds), "ring_s": ring_s, "times": times, "key_s": key_s}
        try:
            said = await self._sender.order(pbx, "announce", fields, ACT_S + ring_s + times * (PLAY_S + key_s))
        except NotSentError as error:
            return Announced(Reached.FAILED, said=str(error))
        except UnansweredError as error:
            return Announced(Reached.UNKNOWN, said=str(error))
        return announced(said)

    async def pause(self, pbx: str, interface: str, paused: bool, *, queue: str = "", reason: str = "") -> Answer:
        fields = {"interface": interface, "paused": paused, "queue": queue, "reason": reason}
        return await self._ask(pbx, "pause", fields)

    async def set_variable(self, pbx: str, channel: str, name: str, value: str) -> Answer:
        return await self._ask(pbx, "set_variable", {"channel": channel, "name": name, "value": value})

    async def hang_up(self, pbx: str, channel: str) -> Answer:
        return await self._ask(pbx, "hang_up", {"channel": channel})

    async def redirect(self, pbx: str, channel: str, context: str, exten: str) -> Answer:
        return await self._ask(pbx, "redirect", {"channel": channel, "context": context, "exten": exten})

    async def bridge(
        self, pbx: str, phone: str, channel: str, *, caller_id: str = "", timeout_s: float = 30.0
    ) -> Answer:
        fields = {"phone": phone, "channel": channel, "caller_id": caller_id, "timeout_s": timeout_s}
        return await self._ask(pbx, "bridge", fields)

    async def dial(self, pbx: str, phone: str, to: str, *, caller_id: str = "", timeout_s: float = 30.0) -> Answer:
        return await self._ask(pbx, "dial", {"phone": phone, "to": to, "caller_id": caller_id, "timeout_s": timeout_s})

    async def add_member(
        self,
        pbx: str,
        queue: str,
        interface: str,
        *,
        name: str = "",
        state_interface: str = "",
        penalty: int = 0,
    ) -> Answer:
        fields = {"queue": queue, "interface": interface, "name": name}
        return await self._ask(pbx, "add_member", {**fields, "state_interface": state_interface, "penalty": penalty})

    async def remove_member(self, pbx: str, queue: str, interface: str) -> Answer:
        return await self._ask(pbx, "remove_member", {"queue": queue, "interface": interface})

    async def set_penalty(self, pbx: str, queue: str, interface: str, penalty: int) -> Answer:
        return await self._ask(pbx, "set_penalty", {"queue": queue, "interface": interface, "penalty": penalty})

    async def _ask(self, pbx: str, name: str, fields: Mapping[str, Any]) -> Answer:
        try:
            return answer(await self._sender.order(pbx, name, fields, ACT_S))
        except NotSentError as error:
            return Answer(False, str(error))
        except UnansweredError as error:
            return Answer(False, str(error), lost=True)


def answer(said: Mapping[str, Any]) -> Answer:
    """Of whatever came; only a plain yes is one."""
    order = line(said.get("order"))
    return Answer(said.get("ok") is True, line(said.get("message")), lost=said.get("lost") is True, order=order)


def announced(said: Mapping[str, Any]) -> Announced:
    """Of whatever came; a way to end that is not known is told as such."""
    key = said.get("key")
    try:
        reached = Reached(str(said.get("reached")))
    except ValueError:
        reached = Reached.UNKNOWN
    return Announced(reached, key if isinstance(key, str) and len(key) == 1 else None, line(said.get("said")))
