"""Plugs pulled during a load, and what two Floorwatches make of it: one alone, one that may read the queue_log.

Both hear the exchange through the same wire. Afterwards the first is stopped, `floor backfill` is given the queue_log,
and a new one looks at what is on record.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from floor.state.model import Caller, CallerStage, Gap
from floor.store import FloorView
from tests.asterisk.ami import Ami, RefusedError
from tests.asterisk.compare import Wrong, figures_apart, slack, visits_apart
from tests.asterisk.exchange import Exchange
from tests.asterisk.judge import Visit, judge_file, visits_file
from tests.asterisk.load import HURRIED, load_plan, mixed_load
from tests.asterisk.product import Product
from tests.asterisk.recorder import Recorder
from tests.asterisk.truth import agreed
from tests.support.proxy import Proxy

AGENTS = 20
CALLS = 70
AFTERWARDS = 20
WATCHDOG_S = 5
FINISHED = 6
"""Calls that must be over before a plug is pulled."""
BLIND_S = 3.0
"""How long a wire stays cut or Floorwatch away: long enough for whole calls to go unseen."""


@dataclass
class Report:
    """What was seen; moments are seconds since the epoch."""

    began: float
    """The plug was pulled."""
    lost: float = 0.0
    """Nothing was heard any more: later than that when the exchange goes down in good order."""
    ended: float = 0.0
    """It was possible again to see the exchange."""
    noticed_s: float = 0.0
    """From the plug to the floor saying that it does not see the exchange."""
    right_s: float = 0.0
    """From its being possible again to a floor that is as the exchange says."""
    before: list[Caller] = field(default_factory=list)
    """Finished visits on record when it happened."""
    alone: list[Caller] = field(default_factory=list)
    """Visits on record afterwards, with nothing but AMI."""
    alone_gaps: list[Gap] = field(default_factory=list)
    shown_gaps: list[list[float]] = field(default_factory=list)
    """As /api/v1/today tells them."""
    logged: list[Visit] = field(default_factory=list)
    healed: list[Caller] = field(default_factory=list)
    healed_gaps: list[Gap] = field(default_factory=list)
    healed_apart: Wrong = field(default_factory=list)
    healed_visits_apart: Wrong = field(default_factory=list)
    backfill: str = ""
    filled: list[Caller] = field(default_factory=list)
    filled_gaps: list[Gap] = field(default_factory=list)
    filled_apart: Wrong = field(default_factory=list)
    refused: int = 0


class Scene:
    """An exchange, the wire to it, and the two that watch."""

    def __init__(self, exchange: Exchange, proxy: Proxy, folder: Path) -> None:
        self.exchange = exchange
        self.proxy = proxy
        self.alone: Product
        self.heals: Product
        self.on_return: Callable[[], Awaitable[None]]
        self._folder = folder
        self._running = AsyncExitStack()

    async def watch(self) -> None:
        """Start both; on the same folders as before, if they ran before."""
        self.alone = await self._running.enter_async_context(self._product("alone"))
        self.heals = await self._running.enter_async_context(self._product("heals", heals=True))

    def _product(self, name: str, *, heals: bool = False) -> Product:
        folder = self._folder / name
        return Product(self.exchange, folder, ami_port=self.proxy.port, heals=heals, watchdog_s=WATCHDOG_S)

    async def leave(self) -> None:
        """Stop both."""
        await self._running.aclose()

    async def up(self) -> None:
        """Wait until both see the exchange."""
        await asyncio.gather(self.alone.up(), self.heals.up())

    async def quiet(self) -> None:
        """Wait until neither has a caller left."""
        await asyncio.gather(self.alone.quiet(), self.heals.quiet())


Fault = Callable[[Scene, Report], Awaitable[None]]
"""Pulls a plug and puts it back; fills in when."""


async def restarted(scene: Scene, report: Report) -> None:
    """`core restart now`: for a second it still tells what it ends."""
    noticing = asyncio.create_task(_notice(scene, report))
    await scene.exchange.restart_now()
    report.ended = time.time()
    await noticing
    report.lost = report.began + report.noticed_s


async def killed(scene: Scene, report: Report) -> None:
    """`kill -9`, and somebody starts it again."""
    noticing = asyncio.create_task(_notice(scene, report))
    await scene.exchange.kill()
    await scene.exchange.boot()
    report.ended = time.time()
    await noticing


async def cut(scene: Scene, report: Report) -> None:
    """The wire is cut, and for a while nothing gets through."""
    scene.proxy.refuse()
    scene.proxy.cut()
    await _notice(scene, report)
    await asyncio.sleep(BLIND_S)
    scene.proxy.accept()
    report.ended = time.time()


async def silenced(scene: Scene, report: Report) -> None:
    """Something on the way forgets the connection: nothing is said, nothing is closed."""
    scene.proxy.stall()
    await _notice(scene, report)
    await asyncio.sleep(BLIND_S)
    # What was held back is of a connection that nobody has any more.
    scene.proxy.cut()
    scene.proxy.resume()
    report.ended = time.time()


async def left(scene: Scene, report: Report) -> None:
    """Floorwatch itself is stopped and started again."""
    await scene.leave()
    await asyncio.sleep(BLIND_S)
    report.ended = time.time()
    await scene.watch()


FAULTS: dict[str, Fault] = {"restart": restarted, "kill": killed, "cut": cut, "silence": silenced, "absence": left}
EXCHANGE_DIES = ("restart", "kill")


async def _notice(scene: Scene, report: Report) -> None:
    await asyncio.gather(scene.alone.down(), scene.heals.down())
    report.noticed_s = time.time() - report.began


async def play(version: str, folder: Path, name: str, seed: int) -> Report:
    """Pull one plug during a load on an exchange of its own."""
    async with Exchange(version, load_plan(AGENTS)) as exchange, Proxy(exchange.ami_port) as proxy:
        scene = Scene(exchange, proxy, folder)
        await scene.watch()
        try:
            # The tapes stay in the test's folder: with them a difference can be looked at in peace.
            async with Recorder(exchange, folder, name) as recorder:
                scene.on_return = recorder.open
                report = await _pulled(scene, name, seed)
            await _collect(scene, report)
        finally:
            await scene.leave()
        report.logged = visits_file(exchange.queue_log)
        report.backfill = await _backfill(scene, folder / "alone")
        async with Product(exchange, folder / "alone", ami_port=proxy.port) as filled:
            report.filled, report.filled_gaps = await filled.visits(), await filled.gaps()
            off = slack(report.filled, report.logged)
            report.filled_apart = figures_apart(await filled.today(), judge_file(exchange.queue_log), off)
        return report


async def _pulled(scene: Scene, name: str, seed: int) -> Report:
    load = asyncio.create_task(mixed_load(scene.exchange, seed, CALLS, AGENTS, manners=HURRIED))
    try:
        await scene.alone.seen(lambda floor: _busy(floor) and scene.alone.finished >= FINISHED)
        report = Report(began=0.0, before=[one for one in await scene.alone.visits() if one.ending is not None])
        report.began = report.lost = time.time()
        await FAULTS[name](scene, report)
        await scene.up()
        async with _session(scene.exchange) as ami:
            await agreed(scene.alone, ami)
            report.right_s = time.time() - report.ended
            await agreed(scene.heals, ami)
        if name in EXCHANGE_DIES:
            with contextlib.suppress(ConnectionError, RefusedError):
                await load
            await scene.on_return()
            await mixed_load(scene.exchange, seed + 1, AFTERWARDS, AGENTS, manners=HURRIED)
        else:
            await load
    finally:
        load.cancel()
        await asyncio.gather(load, return_exceptions=True)
    await scene.quiet()
    return report


def _busy(floor: FloorView) -> bool:
    stages = [caller.stage for caller in floor.callers.values()]
    return stages.count(CallerStage.TALKING) >= 3 and CallerStage.WAITING in stages


@asynccontextmanager
async def _session(exchange: Exchange) -> AsyncIterator[Ami]:
    ami = await Ami.connect(exchange)
    try:
        yield ami
    finally:
        await ami.close()


async def _collect(scene: Scene, report: Report) -> None:
    log = scene.exchange.queue_log
    report.alone, report.alone_gaps = await scene.alone.visits(), await scene.alone.gaps()
    report.shown_gaps = (await scene.alone.today())["gaps"]["pbx"]
    await scene.heals.healed(report.began)
    report.healed, report.healed_gaps = await scene.heals.visits(), await scene.heals.gaps()
    logged = visits_file(log)
    report.healed_visits_apart = visits_apart(report.healed, logged)
    off = slack(report.healed, logged)
    report.healed_apart = figures_apart(await scene.heals.today(), judge_file(log), off)
    report.refused = scene.alone.watch.store.refused + scene.heals.watch.store.refused


async def _backfill(scene: Scene, data_dir: Path) -> str:
    """Run the command as an operator would; what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *(
            "-c",
            "from floor.cli import main; main()",
            "backfill",
            "--queue-log",
            str(scene.exchange.queue_log),
            "--data-dir",
            str(data_dir),
        ),
        *("--ami-port", str(scene.exchange.ami_port)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return output.decode(errors="replace")
