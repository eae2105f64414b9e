"""The product on a real exchange: a whole Floorwatch beside an Asterisk, asked over HTTP as a program would."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.request import urlopen

from pydantic import SecretStr

from alerts.engine import Engine
from floor.assembly import Floorwatch
from floor.ports import Outcome
from floor.settings import PbxSettings, Settings
from floor.state.facts import (
    ChannelsSynced,
    ClockMeasured,
    LinkChanged,
    PhonesSynced,
    QueuesSynced,
    ReviewDue,
    TrunksSynced,
)
from floor.state.figures import TOTAL
from floor.state.model import Caller, Gap
from floor.store import FloorView
from tests.asterisk.exchange import Exchange

SECRET = "floor-secret"


NO_EVENTS = (LinkChanged, ClockMeasured, ReviewDue, QueuesSynced, ChannelsSynced, PhonesSynced, TrunksSynced)
"""Facts that no stamped event told."""


class Product:
    """Floorwatch in this process, watching one exchange; on the same folder a second one takes up from the first."""

    def __init__(
        self,
        exchange: Exchange,
        data_dir: Path,
        *,
        ami_port: int | None = None,
        heals: bool = False,
        more: Mapping[str, Any] | None = None,
        **pbx: Any,
    ) -> None:
        """``heals``: it may read the exchange's queue_log; ``more``: further settings; ``pbx``: of the exchange."""
        self.pbx = PbxSettings(
            name="pbx",
            port=ami_port or exchange.ami_port,
            user="floor",
            secret=SecretStr(SECRET),
            queue_log=str(exchange.queue_log) if heals else None,
            **pbx,
        )
        fixed: dict[str, Any] = {"pbx": (self.pbx,), "data_dir": data_dir, "port": 0, "day_starts": _far_from_now()}
        settings = Settings.model_validate({**fixed, **(more or {})})
        # Before it was first started the exchange had no calls, so nothing is missing before that moment.
        self.watch = Floorwatch(settings, since=exchange.started_at)
        self.latencies: list[float] = []
        """Seconds from the exchange's stamp on an event to the floor changed by it; both on this machine's clock."""
        self.watch.store.subscribe(self._time)
        self._stop = asyncio.Event()
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.watch.run(self._stop, self._ready.set))
        ready = asyncio.create_task(self._ready.wait())
        try:
            await asyncio.wait([self._task, ready], return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if self._task.done():
            await self._task
        await self.up()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._task is not None:
            await self._task

    def _time(self, outcome: Outcome) -> None:
        if not isinstance(outcome.fact, NO_EVENTS):
            self.latencies.append(time.time() - outcome.fact.at)

    @property
    def floor(self) -> FloorView:
        """The floor as it is now."""
        return self.watch.store.snapshot()

    @property
    def alerts(self) -> Engine:
        """The living alerts, and the record of them."""
        return self.watch.alerts.engine

    @property
    def finished(self) -> int:
        """How many conversations of today are over."""
        total = self.watch.measures.figures(TOTAL)
        return total.completed_by_agent + total.completed_by_caller + total.transferred

    async def up(self, within: float = 60) -> None:
        """Wait until the exchange is seen."""
        await self._until(lambda: self.floor.pbxs["pbx"].link == "up", within)

    async def down(self, within: float = 60) -> None:
        """Wait until it is known that the exchange is not seen."""
        await self._until(lambda: self.floor.pbxs["pbx"].link != "up", within)

    async def quiet(self, within: float = 30) -> None:
        """Wait until no caller is on the floor, every review being done."""
        await self._until(lambda: not self.floor.callers, within)

    async def seen(self, holds: Callable[[FloorView], bool], within: float = 30) -> None:
        """Wait until the floor is so."""
        await self._until(lambda: holds(self.floor), within)

    async def healed(self, since: float, within: float = 30) -> None:
        """Wait until no gap that ended after this moment is shown any more."""
        async with asyncio.timeout(within):
            # Healing announces itself to no listener.
            while any(end is None or end >= since for _, end in self.watch.measures.gaps("pbx")):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def _until(self, holds: Callable[[], bool], within: float) -> None:
        changed = asyncio.Event()
        forget = self.watch.store.subscribe(lambda _: changed.set())
        try:
            async with asyncio.timeout(within):
                while not holds():
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            callers = list(self.floor.callers.values())[:5]
            raise TimeoutError(f"not so after {within} s: {self.floor.pbxs['pbx']}, {callers}") from None
        finally:
            forget()

    async def today(self) -> dict[str, Any]:
        """What /api/v1/today says."""
        return await asyncio.to_thread(_get, f"{self.watch.web.url}/api/v1/today")

    async def visits(self) -> list[Caller]:
        """The visits on record, by the moment they joined."""
        assert await self.watch.history.flush()
        return await self.watch.history.visits_since(0)

    async def gaps(self) -> list[Gap]:
        """The gaps on record."""
        assert await self.watch.history.flush()
        return await self.watch.history.gaps_in(0)


def _far_from_now() -> str:
    """A day that begins half a day away, so that no test crosses its boundary."""
    return (datetime.now(UTC).astimezone() + timedelta(hours=12)).strftime("%H:%M")


def _get(url: str) -> dict[str, Any]:
    with urlopen(url, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
        return found
