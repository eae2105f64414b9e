"""The stage of a scenario: its phones registered, its hands on one exchange."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from tests.asterisk.ami import Ami, Message
from tests.asterisk.cast import Scenario
from tests.asterisk.exchange import Exchange
from tests.asterisk.phones import Phone
from tests.asterisk.plan import Seat


class Stage:
    """A scenario set up on a running exchange: phones registered, AMI logged in."""

    def __init__(self, scenario: Scenario, exchange: Exchange) -> None:
        self.scenario = scenario
        self.exchange = exchange
        self.queue, self.second = scenario.name, scenario.second
        self.number, self.second_number = scenario.number(7, 1), scenario.number(7, 2)
        self.trunk = scenario.trunk
        self.phones = {
            number: Phone(number, self.port(number), hertz=300 + 70 * place)
            for place, number in enumerate(scenario.phones())
        }
        self.seats = [self.phones.get(number) for number in scenario.agents + scenario.others]
        self.callers = [self.phones[number] for number in scenario.callers]
        self.ami: Ami
        self._logged_in = False
        self.on_return: Callable[[], Awaitable[None]] | None = None

    def port(self, number: str) -> int:
        """The exchange's SIP port for this phone."""
        chan_sip = self.scenario.technology(number) == "SIP"
        return self.exchange.chan_sip_port if chan_sip else self.exchange.sip_port

    async def __aenter__(self) -> Self:
        try:
            await self._log_in()
            await asyncio.gather(*(self.switch_on(phone) for phone in self.phones.values()))
        except BaseException:
            await self._leave()
            raise
        return self

    async def _leave(self) -> None:
        await self._discard_phones()
        if self._logged_in:
            await self.ami.close()

    async def _discard_phones(self) -> None:
        await asyncio.gather(*(phone.discard() for phone in self.phones.values()))

    async def _log_in(self) -> None:
        self.ami = await Ami.connect(self.exchange)
        self._logged_in = True
        await self.ami.action("Filter", Operation="Add", Filter="!Event: (TestEvent|RTCP|Newexten)")

    async def back(self) -> None:
        """The exchange has come back: log in anew, and let the recorder do the same."""
        await self.ami.close()
        await self._log_in()
        if self.on_return:
            await self.on_return()

    async def device(self, phone: Phone, state: str, after: int = 0) -> None:
        """Wait until the exchange sees a phone in this device state."""
        device = f"{self.scenario.technology(phone.number)}/{phone.number}"
        await self.event("DeviceStateChange", after, Device=device, State=state)

    async def switch_on(self, phone: Phone) -> None:
        """Register a phone and wait until the exchange holds it for usable."""
        after = self.ami.latest
        await phone.register()
        await self.device(phone, "NOT_INUSE", after)

    def another(self, phone: Phone) -> Phone:
        """A second phone with the same number."""
        return Phone(phone.number, phone.server_port, hertz=290)

    async def behave(self, place: int, how: str) -> None:
        """Tell a seat made of a Local channel what to do when called: answer, ignore or reject."""
        number = (self.scenario.agents + self.scenario.others)[place]
        await self.ami.action("Setvar", Variable=f"act_{number}", Value=how)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._leave()

    def phone(self, place: int) -> Phone:
        """The phone of the n-th seat: agents first, then the others."""
        phone = self.seats[place]
        assert phone is not None, "this seat is a Local channel"
        return phone

    @property
    def ann(self) -> Phone:
        """The first agent's phone."""
        return self.phone(0)

    @property
    def bob(self) -> Phone:
        """The second agent's phone."""
        return self.phone(1)

    @property
    def cho(self) -> Phone:
        """The third agent's phone."""
        return self.phone(2)

    @property
    def caller(self) -> Phone:
        """The first caller's phone."""
        return self.callers[0]

    def agent(self, place: int) -> Seat:
        """The n-th agent as a queue member."""
        return self.scenario.seat(place)

    async def event(self, name: str, after: int = 0, within: float = 20, **wanted: str) -> Message:
        """Wait for an event, come or to come."""
        return await self.ami.event(name, after, within, **wanted)

    async def joined(self, caller: Phone, queue: str = "") -> Message:
        """Wait until this caller waits in the queue."""
        return await self.event("QueueCallerJoin", Queue=queue or self.queue, CallerIDNum=caller.number)

    async def pass_time(self, seconds: float) -> None:
        """Let time pass because the scenario is about time."""
        await asyncio.sleep(seconds)

    async def calls(self, caller: Phone | None = None, number: str = "") -> Message:
        """A caller dials the queue and waits in it."""
        caller = caller or self.caller
        await caller.dial(number or self.number)
        return await self.joined(caller)

    async def connect(self) -> Message:
        """The first caller dials and Ann answers after a second; returns the AgentConnect."""
        await self.calls()
        await self.ann.ringing()
        await self.pass_time(1)
        await self.ann.accept()
        return await self.event("AgentConnect", Queue=self.queue)

    async def pause(self, place: int, reason: str = "", *, paused: bool = True, queue: str = "") -> None:
        """Pause or unpause the n-th agent, in all queues or in one."""
        where = {"Queue": queue} if queue else {}
        flag = "true" if paused else "false"
        await self.ami.action("QueuePause", Interface=self.agent(place).interface, Paused=flag, Reason=reason, **where)

    async def leg(self, phone: Phone) -> str:
        """The name of a phone's newest channel."""
        prefix = f"{self.scenario.technology(phone.number)}/{phone.number}-"
        channels = [m["Channel"] for m in self.ami.messages if m["Event"] == "Newchannel"]
        return next(channel for channel in reversed(channels) if channel.startswith(prefix))

    async def hold(self, seconds: float) -> None:
        """Ann holds the caller for some seconds and takes him back."""
        leg, after = await self.leg(self.ann), self.ami.latest
        await self.ann.hold()
        await self.event("Hold", after, Channel=leg)
        await self.pass_time(seconds)
        await self.ann.resume()
        await self.event("Unhold", after, Channel=leg)

    async def consult(self, number: str) -> None:
        """Ann begins an attended transfer: the caller hears music while she rings a number."""
        await self.ami.action("Atxfer", Channel=await self.leg(self.ann), Exten=number, Context="internal")

    async def redirect(self, channel: str) -> None:
        """A supervisor sends a channel aside."""
        await self.ami.action("Redirect", Channel=channel, Context="aside", Exten="s", Priority="1")

    async def press(self, channel: str, digit: str) -> None:
        """The person at this channel presses a key."""
        await self.ami.action("PlayDTMF", Channel=channel, Digit=digit, Receive="true")

    async def gone(self, caller: Phone | None = None) -> None:
        """Wait until the exchange has hung up on the caller."""
        await (caller or self.caller).event("CALL_CLOSED")

    async def quiet(self) -> None:
        """Wait until no channel of this scenario is left."""
        marks = [
            f"/{number}" for number in (*self.scenario.phones(), *self.scenario.agents, self.number, self.second_number)
        ]
        while True:
            after = self.ami.latest
            channels = [m["Channel"] for m in await self.ami.listing("CoreShowChannels")]
            if not any(mark in channel for channel in channels for mark in marks):
                return
            # A channel may be listed for a moment after its Hangup: then no further one comes.
            with contextlib.suppress(TimeoutError):
                await self.event("Hangup", after, within=1)
