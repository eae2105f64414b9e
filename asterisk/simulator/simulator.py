"""The simulator as others use it: build a floor, warm it up, serve it, give it commands."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from asterisk.simulator import failures
from asterisk.simulator.failures import CommandError, Failures
from asterisk.simulator.people import People
from asterisk.simulator.scenario import FloorSettings, build
from asterisk.simulator.server import BACKLOG, Server
from asterisk.simulator.session import Account
from asterisk.simulator.world import World

USER, SECRET = "floor", "floor"


def usual_warmup_s(agents: int) -> float:
    """A quarter of an hour for a usual floor; four minutes for the largest, so that it opens within seconds."""
    return max(240.0, min(900.0, 600_000 / agents))


class Simulator:
    """One simulated exchange on a TCP port.

    It begins to listen at the moment that ``clock`` says (seconds since the epoch; default: now), with a floor that
    has been at work for ``warmup_s`` simulated seconds (default: a quarter of an hour, less for very large floors);
    ``speed`` is simulated seconds per real second, and event stamps follow the simulated clock. The same seed and
    clock give the same day. ``queue_log`` is a file to which every queue_log line is written, too.
    """

    def __init__(
        self,
        settings: FloorSettings | None = None,
        seed: int = 1,
        *,
        speed: float = 1.0,
        clock: Callable[[], float] = time.time,
        accounts: tuple[Account, ...] = (Account(USER, SECRET),),
        warmup_s: float | None = None,
        busy_at: int = 0,
        backlog: int = BACKLOG,
        queue_log: Path | None = None,
    ) -> None:
        self.settings = settings or FloorSettings()
        if warmup_s is None:
            warmup_s = usual_warmup_s(self.settings.agents)
        self.world = World(seed, clock() - warmup_s)
        self._log: TextIO | None = None
        if queue_log is not None:
            self._log = queue_log.open("a", buffering=1, encoding="utf-8")
            self.world.scribes.append(self._write)
        self.exchange = build(self.world, self.settings, busy_at=busy_at)
        self.people = People(self.exchange, self.settings)
        self.failures = Failures(self.exchange, self.people)
        self.exchange.control = self._control
        self.people.opens_at += warmup_s
        self.people.arrive()
        self.world.schedule.run_until(self.world.now + warmup_s)
        # Only now, for nobody listens while the floor warms up.
        self.server = Server(self.exchange, {account.user: account for account in accounts}, speed, backlog=backlog)

    def _write(self, line: str) -> None:
        if self._log is not None:
            self._log.write(line + "\n")

    @property
    def queue_log(self) -> list[str]:
        """What Asterisk would have written to queue_log so far, line by line."""
        return self.world.queue_log

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen; returns the port."""
        return await self.server.start(host, port)

    async def stop(self) -> None:
        """Stop listening; every connection ends at once."""
        await self.server.stop()
        if self._log is not None:
            self._log.close()
            self._log = None

    # Commands

    async def command(self, name: str, **arguments: object) -> object:
        """Do one of ``COMMANDS`` by name; raises ``CommandError`` with a sentence when it cannot be done."""
        verb = self.verb(name)
        try:
            inspect.signature(verb).bind(**arguments)
        except TypeError as error:
            raise CommandError(f"{name}: {error}") from None
        result = verb(**arguments)
        if inspect.isawaitable(result):
            result = await result
        self.server.flush()
        return result

    def verb(self, name: str) -> Callable[..., object]:
        """The function behind a command."""
        if name not in COMMANDS:
            raise CommandError(f"no command '{name}'; there are: {', '.join(COMMANDS)}")
        owner = self.failures if name in IN_THE_EXCHANGE else self
        verb: Callable[..., object] = getattr(owner, name)
        return verb

    async def restart(self, down_s: float = 3.0) -> None:
        """``core restart now``: calls end, Shutdown, the port is closed for ``down_s`` real seconds, back and empty."""
        failures.shut_down(self.exchange, self.people, restart=True)
        self.server.flush()
        await self._down(down_s)

    async def kill(self, down_s: float | None = None) -> None:
        """``kill -9``: connections break without a word; dead until ``boot``, or for ``down_s`` real seconds."""
        self.server.cut()
        failures.die(self.exchange, self.people)
        await self.server.close_port()
        if down_s is not None:
            await asyncio.sleep(down_s)
            await self.boot()

    async def boot(self) -> None:
        """A dead exchange is started."""
        failures.boot(self.exchange, self.people)
        await self.server.listen_again()

    async def _down(self, down_s: float) -> None:
        await self.server.close_port()
        self.world.schedule.clear()
        await asyncio.sleep(down_s)
        await self.boot()

    def cut(self) -> int:
        """Every connection is reset; the exchange lives on. Returns how many."""
        return self.server.cut()

    def silent(self) -> None:
        """Half-open: nothing is read or sent, connections stay, until ``resume``."""
        self.server.silent = True

    def slow(self, delay_s: float = 3.0) -> None:
        """Everything is said this many real seconds late, until ``resume``."""
        self.server.delay_s = delay_s

    def resume(self) -> None:
        """No longer silent or slow; what waited is sent."""
        self.server.resume()

    def _control(self, name: str, words: list[str]) -> list[str]:
        """``simulator VERB key=value…`` on the console: done in the background, since it may end the session."""
        try:
            self.verb(name)
            arguments = dict(_argument(word) for word in words)
        except CommandError as refusal:
            return [str(refusal)]
        self.server.spawn(self._do(name, arguments), f"simulator {name}")
        return [f"{name}: begun"]

    async def _do(self, name: str, arguments: dict[str, object]) -> None:
        try:
            await self.command(name, **arguments)
        except CommandError as refusal:
            self.world.emit("UserEvent", f"UserEvent: SimulatorRefused\r\nReason: {refusal}\r\n")


def _argument(word: str) -> tuple[str, object]:
    name, mark, value = word.partition("=")
    if not mark or not name.isidentifier():
        raise CommandError(f"'{word}' is not key=value")
    try:
        number = float(value)
    except ValueError:
        return name, value
    return name, int(number) if number.is_integer() else number


IN_THE_EXCHANGE = ("trunk_lost", "trunk_back", "phones_lost", "phones_back", "surge", "calm", "burst")

COMMANDS = (*IN_THE_EXCHANGE, "restart", "kill", "boot", "cut", "silent", "slow", "resume")
"""Everything ``Simulator.command`` understands; arguments and their meaning stand at the methods of these names."""


async def run(
    agents: int = 42,
    queues: int = 5,
    seed: int = 1,
    speed: float = 1.0,
    host: str = "127.0.0.1",
    port: int = 5038,
    *,
    user: str = USER,
    secret: str = SECRET,
    day_curve: bool = False,
    queue_log: Path | None = None,
) -> None:
    """Serve a simulated exchange until cancelled."""
    settings = FloorSettings(agents=agents, queue_count=queues, day_curve=day_curve)
    simulator = Simulator(settings, seed, speed=speed, accounts=(Account(user, secret),), queue_log=queue_log)
    await simulator.start(host, port)
    try:
        await asyncio.Event().wait()
    finally:
        await simulator.stop()
