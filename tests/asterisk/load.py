"""A busy floor: hundreds of calls by Local channels, everything at random.

Agents answer, ignore, reject, pause, come and go; callers give up, run into the
timeout, press a key, are transferred, withdrawn or redirected. The seed decides
what is attempted; the exchange's own timing decides what comes of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable
from dataclasses import dataclass

from tests.asterisk.ami import Ami, Message, RefusedError
from tests.asterisk.exchange import Exchange
from tests.asterisk.plan import Plan, QueueSpec, Seat

QUEUES = ("load-support", "load-sales", "load-billing")
REASONS = ("break", "meal", "meeting", "training", "ticket")
MOST_AGENTS = 48
_OPTIONS = {"strategy": "rrmemory", "timeout": "3", "retry": "1", "context": "exits-load", "wrapuptime": "1"}


def seat(place: int) -> Seat:
    """The n-th agent: a Local channel with a Custom device state."""
    number = 1950 + place
    return Seat(f"Local/{number}@agents/n", f"Agent {number}", place % 3, f"Custom:a{number}")


def load_plan(agents: int = 20) -> Plan:
    """Three queues: everyone in the first, every second one in the others, the last two in none."""
    assert 4 < agents <= MOST_AGENTS, f"between 5 and {MOST_AGENTS} agents"
    seats = tuple(seat(place) for place in range(agents - 2))
    members = (seats, seats[::2], seats[1::2])
    entries = (
        (f"Queue({QUEUES[0]},t)", "Hangup()"),
        (f"Queue({QUEUES[1]},t,,,2)", f"Queue({QUEUES[0]},t)", "Hangup()"),
        (f"Queue({QUEUES[2]},tn)", "Wait(0.5)", "Hangup()"),
    )
    exits = ("[exits-load]\nexten => 1,1,Wait(0.5)", " same => n,Hangup()")
    queues = tuple(
        QueueSpec(name, f"799{place}", members[place], _OPTIONS, entries[place]) for place, name in enumerate(QUEUES)
    )
    return Plan(queues, dialplan="\n".join(exits))


@dataclass(frozen=True)
class Manners:
    """What people choose from, seconds: how long callers wait, agents let it ring, and both talk."""

    patience: tuple[float, ...] = (1.5, 4, 8, 20)
    ring: tuple[float, ...] = (0, 0.3, 1, 2)
    talk: tuple[float, ...] = (0.5, 1, 2, 30)


HURRIED = Manners(patience=(1.5, 5, 9), talk=(3, 4, 6))
"""Nobody has much time, so the floor is empty again soon; yet nobody talks for less than people do."""


@dataclass
class Floor:
    """The people of one load: a random source, an AMI session, and what they do."""

    ami: Ami
    chance: random.Random
    agents: int
    manners: Manners

    async def call(self, number: int) -> None:
        """One caller, with patience and perhaps a key to press; the agent's talk comes with him."""
        choose, manners = self.chance.choice, self.manners
        wishes = {"__A_RING": choose(manners.ring), "__A_TALK": choose(manners.talk)}
        wishes["PATIENCE"] = choose(manners.patience)
        if self.chance.random() < 0.1:
            wishes["KEY_AFTER"] = 1
        await self.ami.action(
            "Originate",
            Channel=f"Local/799{self.chance.randrange(3)}@internal/n",
            Context="caller-script",
            Exten="s",
            Priority="1",
            CallerID=f"Customer {number} <8{number:05}>",
            Variable=",".join(f"{name}={value}" for name, value in wishes.items()),
            Async="true",
        )

    async def change_seat(self) -> None:
        """Some agent changes behaviour, pauses, returns, signs in or signs out."""
        deed = self.chance.randrange(6)
        # Only the last two sign in and out; the others are static members.
        place = self.chance.randrange(self.agents if deed < 4 else 2) - (0 if deed < 4 else 2)
        place %= self.agents
        who = seat(place)
        queue = self.chance.choice(QUEUES)
        if deed == 0:
            await self.ami.action(
                "QueuePause", Interface=who.interface, Paused="true", Reason=self.chance.choice(REASONS)
            )
        elif deed <= 2:
            await self.ami.action("QueuePause", Interface=who.interface, Paused="false")
        elif deed == 3:
            behaviour = self.chance.choice(("answer", "answer", "answer", "answer", "ignore", "reject"))
            await self.ami.action("Setvar", Variable=f"act_{1950 + place}", Value=behaviour)
        elif deed == 4:
            add = {"Queue": queue, "Interface": who.interface, "MemberName": who.name, "StateInterface": who.state}
            await self.ami.action("QueueAdd", **add)
        else:
            await self.ami.action("QueueRemove", Queue=queue, Interface=who.interface)

    async def meddle(self, event: Message) -> None:
        """A supervisor's or agent's hand on one call out of five, a moment after an event."""
        if self.chance.random() > 0.2:
            return
        await asyncio.sleep(self.chance.choice((0.2, 0.6, 1)))
        if event["Event"] == "AgentConnect":
            await self._transfer(event)
        elif self.chance.random() < 0.5:
            await self.ami.action("QueueWithdrawCaller", Queue=event["Queue"], Caller=event["Channel"])
        else:
            await self.ami.action("Redirect", Channel=event["Channel"], Context="aside", Exten="brief", Priority="1")

    async def _transfer(self, event: Message) -> None:
        target = self.chance.choice(("7990", "7992", "1999"))
        kind = self.chance.choice(("BlindTransfer", "Atxfer"))
        context = "agents" if target.startswith("1") else "internal"
        await self.ami.action(kind, Channel=event["DestChannel"], Exten=target, Context=context)

    async def watch(self) -> None:
        """Meddle with calls as they join and connect, for as long as the load runs."""
        async with asyncio.TaskGroup() as hands:
            async for event in self.ami.follow("QueueCallerJoin", "AgentConnect"):
                hands.create_task(_quietly(self.meddle(event)))


async def _quietly(deed: Awaitable[None]) -> None:
    """What comes too late is refused; on a floor that is everyday."""
    with contextlib.suppress(RefusedError):
        await deed


async def mixed_load(
    exchange: Exchange,
    seed: int,
    calls: int = 200,
    agents: int = 20,
    per_second: float = 5,
    manners: Manners = Manners(),
) -> None:
    """Run the whole load and return when the last channel has gone; the plan must hold `load_plan`."""
    ami = await Ami.connect(exchange)
    floor = Floor(ami, random.Random(seed), agents, manners)
    watching = asyncio.create_task(floor.watch(), name="load-watch")
    try:
        for number in range(calls):
            await floor.call(number)
            await _quietly(floor.change_seat())
            await asyncio.sleep(floor.chance.expovariate(per_second))
        await _until_empty(ami)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await ami.close()


async def _until_empty(ami: Ami) -> None:
    async with asyncio.timeout(120):
        while await ami.listing("CoreShowChannels"):
            with contextlib.suppress(TimeoutError):
                await ami.event("Hangup", ami.latest, within=1)
