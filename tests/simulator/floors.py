"""Whole floors for tests: fast, without a network, and a small AMI client for those on one."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter

from asterisk.simulator import FloorSettings, Simulator
from tests.simulator.orders import messages

MIDDAY = 1_795_315_200.0

ENDINGS = set(
    "ABANDON EXITWITHTIMEOUT EXITWITHKEY EXITEMPTY WITHDRAW COMPLETECALLER COMPLETEAGENT BLINDTRANSFER "
    "ATTENDEDTRANSFER".split()
)


def floor(agents: int = 30, seed: int = 1, warmup_s: float = 60.0, load: float = 1.0) -> Simulator:
    """A busy floor that nobody has connected to, always at the same hour."""
    return Simulator(FloorSettings(agents=agents, load=load), seed, clock=lambda: MIDDAY, warmup_s=warmup_s)


def pass_time(simulator: Simulator, seconds: float) -> None:
    simulator.world.schedule.run_until(simulator.world.now + seconds)


def close_doors(simulator: Simulator) -> None:
    """No new calls; those under way come to their end."""
    simulator.people.go_home()
    for agent in simulator.world.agents.values():
        simulator.exchange.lines.pause(agent, paused=False)
    ends_at = simulator.world.now + 4 * 3600
    while simulator.exchange.calls and simulator.world.now < ends_at:
        pass_time(simulator, 10.0)
    assert not simulator.exchange.calls


def visits(log: list[str]) -> dict[str, Counter[str]]:
    """By Uniqueid and queue: how often it entered and how often it ended there."""
    seen: dict[str, Counter[str]] = {}
    for line in log:
        _, uniqueid, queue, _, verb, *_ = line.split("|")
        kind = "in" if verb == "ENTERQUEUE" else "out" if verb in ENDINGS else ""
        if kind:
            seen.setdefault(f"{uniqueid} {queue}", Counter())[kind] += 1
    return seen


class Client:
    """A small AMI client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.text = ""
        self._serial = 0

    @classmethod
    async def connect(cls, port: int) -> Client:
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 22))

    @classmethod
    async def logged_in(cls, port: int, user: str = "floor", secret: str = "floor") -> Client:
        client = await cls.connect(port)
        await client.ask("Login", Username=user, Secret=secret)
        return client

    def send(self, action: str, **headers: str) -> str:
        """An action without waiting; returns its ActionID."""
        self._serial += 1
        mark = f"t{self._serial}"
        lines = [f"Action: {action}", f"ActionID: {mark}", *(f"{name}: {value}" for name, value in headers.items())]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        return mark

    async def ask(self, action: str, **headers: str) -> dict[str, str]:
        """An action and its response."""
        mark = self.send(action, **headers)
        await self.until(f"ActionID: {mark}\r\n")
        await self.until("\r\n\r\n")
        return next(m for m in messages(self.text) if m.get("ActionID") == mark and "Response" in m)

    async def listing(self, action: str, **headers: str) -> list[dict[str, str]]:
        """An action that answers with a list, and its items."""
        mark = self.send(action, **headers)
        while True:
            found = [m for m in messages(self.text) if m.get("ActionID") == mark and "Event" in m]
            if found and found[-1].get("EventList") == "Complete":
                return found[:-1]
            await self._more()

    async def until(self, wanted: str, within_s: float = 10.0) -> None:
        """Until this text has come."""
        async with asyncio.timeout(within_s):
            while wanted not in self.text:
                await self._more()

    async def until_closed(self, within_s: float = 10.0) -> None:
        """Until the exchange has ended the connection."""
        async with asyncio.timeout(within_s):
            try:
                while True:
                    await self._more()
            except ConnectionError:
                await self.close()

    async def _more(self) -> None:
        data = await self.reader.read(1 << 20)
        if not data:
            raise ConnectionError("closed")
        self.text += data.decode()

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()
