"""Switchboard: commands to the exchanges, over the links that also listen.

Every field is checked before anything is sent: a line break would begin a header of somebody else's choosing, a comma
in a variable another variable. Nothing raises: whatever goes wrong is an answer that says so.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from asterisk import orders
from asterisk.link import Link
from asterisk.placed import KEY, PlacedCalls
from asterisk.records import ORDER
from asterisk.wire import Headers
from floor.ports import Announced, Answer, Reached

AT_ONCE = 16
"""Announcements under way at once, over all exchanges; one more is refused and its sender tries again later."""
PLAY_S = 60.0
"""No sound lasts longer."""
_APPLICATION = re.compile(r"[A-Za-z0-9_]{1,80}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\([A-Za-z0-9_,-]*\))?")
_VALUE = re.compile(r"[^,\\\"]*")
"""Originate reads variables as a list with commas, quotes and backslashes."""
_SOUND = re.compile(r"[A-Za-z0-9_./-]{1,200}")

Token = Callable[[], str]


class Console:
    """Implements :class:`floor.ports.Switchboard` over the existing links."""

    def __init__(
        self, links: Mapping[str, Link], calls: PlacedCalls, *, token: Token = lambda: secrets.token_hex(8)
    ) -> None:
        """``calls`` must hear what the links hear (:meth:`PlacedCalls.ear`)."""
        self._links = links
        self._calls = calls
        self._token = token

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
        """Originate, asynchronously: the answer says that the exchange took the order, not that anybody answered; that
        is told by a fact under the answer's ``order``."""
        headers = _call(channel, application, data, caller_id, timeout_s, variables or {})
        if isinstance(headers, Answer):
            return headers
        order = f"{ORDER}{self._token()}"
        answer = await self._act(pbx, "Originate", {**headers, "ActionID": order})
        return replace(answer, order=order) if answer.ok else answer

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
        """Originate with the application Read; see :mod:`asterisk.placed`."""
        if not sounds or not all(_SOUND.fullmatch(sound) for sound in sounds):
            return Announced(Reached.FAILED, said="a sound's name is not allowed")
        if len(self._calls) >= AT_ONCE:
            return Announced(Reached.UNANSWERED, said=f"{AT_ONCE} calls of ours are under way already")
        data = f"{KEY},{'&'.join(sounds)},1,,{times},{key_s}"
        headers = _call(channel, "Read", data, caller_id, ring_s, variables or {})
        if isinstance(headers, Answer):
            return Announced(Reached.FAILED, said=headers.message)
        return await self._place(pbx, headers, ring_s + times * (PLAY_S + key_s))

    async def _place(self, pbx: str, headers: dict[str, str | list[str]], within_s: float) -> Announced:
        call = self._calls.open(pbx, f"floor-{self._token()}")
        try:
            answer = await self._act(pbx, "Originate", {**headers, "ActionID": call.id, "ChannelId": call.id})
            if not answer.ok:
                return Announced(Reached.FAILED if pbx in self._links else Reached.UNKNOWN, said=answer.message)
            async with asyncio.timeout(within_s):
                return await call.over
        except TimeoutError:
            return Announced(Reached.UNKNOWN, said="the exchange did not say how the call ended")
        finally:
            self._calls.forget(call)

    async def pause(self, pbx: str, interface: str, paused: bool, *, queue: str = "", reason: str = "") -> Answer:
        """QueuePause, in one queue or in all; needs the write class ``agent``."""
        if not orders.CHANNEL.fullmatch(interface):
            return Answer(False, "this is no member's interface")
        headers: dict[str, str | list[str]] = {"Interface": interface, "Paused": "true" if paused else "false"}
        headers |= {"Queue": queue} if queue else {}
        return await self._act(pbx, "QueuePause", headers | ({"Reason": reason} if reason else {}))

    async def set_variable(self, pbx: str, channel: str, name: str, value: str) -> Answer:
        """Setvar, on a channel or (``channel`` empty) for the whole exchange; needs the write class ``call``."""
        if (channel and not orders.CHANNEL.fullmatch(channel)) or not _VARIABLE.fullmatch(name):
            return Answer(False, "the channel's or variable's name is not allowed")
        where = {"Channel": channel} if channel else {}
        return await self._act(pbx, "Setvar", {**where, "Variable": name, "Value": value})

    async def hang_up(self, pbx: str, channel: str) -> Answer:
        """Hangup; needs the write class ``call``."""
        return await self._order(pbx, "Hangup", lambda: orders.hang_up(channel))

    async def redirect(self, pbx: str, channel: str, context: str, exten: str) -> Answer:
        """Redirect; needs the write class ``call``."""
        return await self._order(pbx, "Redirect", lambda: orders.redirect(channel, context, exten))

    async def bridge(
        self, pbx: str, phone: str, channel: str, *, caller_id: str = "", timeout_s: float = 30.0
    ) -> Answer:
        """Originate with the application Bridge, which takes a channel out of any call or queue."""
        try:
            data = orders.bridged(channel)
        except orders.UnsafeFieldError as error:
            return Answer(False, str(error))
        return await self.originate(
            pbx, phone, application="Bridge", data=data, caller_id=caller_id, timeout_s=timeout_s
        )

    async def dial(self, pbx: str, phone: str, to: str, *, caller_id: str = "", timeout_s: float = 30.0) -> Answer:
        """Originate with the application Dial."""
        try:
            data = orders.dialled(to, timeout_s)
        except orders.UnsafeFieldError as error:
            return Answer(False, str(error))
        return await self.originate(pbx, phone, application="Dial", data=data, caller_id=caller_id, timeout_s=timeout_s)

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
        """QueueAdd; this and the two below need the write class ``agent``."""
        return await self._order(
            pbx, "QueueAdd", lambda: orders.add_member(queue, interface, name, state_interface, penalty)
        )

    async def remove_member(self, pbx: str, queue: str, interface: str) -> Answer:
        """QueueRemove; static members are refused."""
        return await self._order(pbx, "QueueRemove", lambda: orders.remove_member(queue, interface))

    async def set_penalty(self, pbx: str, queue: str, interface: str, penalty: int) -> Answer:
        """QueuePenalty."""
        return await self._order(pbx, "QueuePenalty", lambda: orders.set_penalty(queue, interface, penalty))

    async def _order(self, pbx: str, action: str, headers: Callable[[], Headers]) -> Answer:
        try:
            checked = headers()
        except orders.UnsafeFieldError as error:
            return Answer(False, str(error))
        return await self._act(pbx, action, checked)

    async def _act(self, pbx: str, action: str, headers: Headers) -> Answer:
        link = self._links.get(pbx)
        return await link.act(action, headers) if link is not None else Answer(False, f"there is no exchange {pbx!r}")


def _call(
    channel: str, application: str, data: str, caller_id: str, timeout_s: float, variables: Mapping[str, str]
) -> dict[str, str | list[str]] | Answer:
    """The headers of an Originate, or why it may not be sent; control characters are refused by the link."""
    if not orders.CHANNEL.fullmatch(channel):
        return Answer(False, "the channel to call is not of the form TECHNOLOGY/NUMBER")
    if not _APPLICATION.fullmatch(application):
        return Answer(False, "the application's name is not allowed")
    for name, value in variables.items():
        if not _VARIABLE.fullmatch(name) or not _VALUE.fullmatch(value):
            return Answer(False, f"the variable {name[:40]!r} is not allowed")
    headers: dict[str, str | list[str]] = {"Channel": channel, "Application": application, "Async": "true"}
    headers |= {"Timeout": str(max(1, round(timeout_s * 1000)))}
    optional = {"Data": data, "CallerID": caller_id}
    headers |= {key: value for key, value in optional.items() if value}
    return headers | ({"Variable": [f"{name}={value}" for name, value in variables.items()]} if variables else {})
