"""The product on a real exchange: a whole Floorwatch beside an Asterisk, asked over HTTP as a program would."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.request import urlopen

from pydantic import SecretStr

from floor.assembly import Floorwatch
from floor.settings import PbxSettings, Settings
from tests.asterisk.exchange import Exchange
from tests.asterisk.judge import Day

SECRET = "floor-secret"
Wrong = list[tuple[str, str, float, float]]
"""(subject, figure, ours, queue_log's)."""


class Product:
    """Floorwatch in this process, watching one exchange."""

    def __init__(self, exchange: Exchange, data_dir: Path, *, ami_port: int | None = None, **settings: Any) -> None:
        pbx = PbxSettings(
            name="pbx", port=ami_port or exchange.ami_port, user="floor", secret=SecretStr(SECRET), watchdog_s=3
        )
        self.watch = Floorwatch(Settings(pbx=(pbx,), data_dir=data_dir, port=0, **settings))
        self._stop = asyncio.Event()
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.watch.run(self._stop, self._ready.set))
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait([self._task, ready], return_when=asyncio.FIRST_COMPLETED)
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

    async def up(self, within: float = 30) -> None:
        """Wait until the exchange is seen."""
        async with asyncio.timeout(within):
            while self.watch.store.snapshot().pbxs["pbx"].link != "up":
                await asyncio.sleep(0.05)

    async def quiet(self, within: float = 20) -> None:
        """Wait until no caller is on the floor and every review is done."""
        async with asyncio.timeout(within):
            while self.watch.store.snapshot().callers:
                await asyncio.sleep(0.05)

    async def today(self) -> dict[str, Any]:
        """What /api/v1/today says."""
        return await asyncio.to_thread(_get, f"{self.watch.web.url}/api/v1/today")


def _get(url: str) -> dict[str, Any]:
    with urlopen(url, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def differences(today: dict[str, Any], day: Day) -> Wrong:
    """Where the product and the judge disagree; counts and seconds alike must be equal."""
    ours = {"total": today["total"]}
    ours |= {f"queue {one['name']}": one for one in today["queues"]}
    ours |= {f"agent {one['name']}": one for one in today["agents"]}
    theirs = {"total": day.total}
    theirs |= {f"queue {name}": figures for name, figures in day.queues.items()}
    theirs |= {f"agent {name}": figures for name, figures in day.agents.items()}
    wrong: Wrong = []
    for subject, figures in theirs.items():
        for name, value in figures.as_dict().items():
            if subject.startswith("agent") and name == "offered":
                continue
            found = ours.get(subject, {}).get(name, 0)
            if found != value:
                wrong.append((subject, name, found, value))
    return wrong
