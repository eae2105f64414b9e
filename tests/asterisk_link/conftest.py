"""What every test of the link needs: a link to a port, and an ear that keeps what it delivers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import pytest
from pydantic import SecretStr

from asterisk.deliveries import CloseReason, Delivery, EventArrived, LinkClosed, PictureComplete
from asterisk.link import Link, Pace
from floor.backoff import Backoff
from floor.clock import SystemClock
from floor.settings import PbxSettings
from tests.asterisk_link.peer import SECRET

D = TypeVar("D")

FAST = Pace(
    retry=Backoff(first_s=0.02, cap_s=0.05),
    refused=Backoff(first_s=0.02, cap_s=0.05),
    open_s=2.0,
    booted_s=0.05,
    list_s=1.0,
)
"""A link that loses no time between attempts."""


def settings(port: int, **more: object) -> PbxSettings:
    """An exchange on loopback with the peer's secret."""
    values: dict[str, object] = {"name": "hq", "port": port, "secret": SecretStr(SECRET)}
    return PbxSettings.model_validate(values | more)


class Ear:
    """A sink that keeps everything and can be waited on."""

    def __init__(self) -> None:
        self.heard: list[Delivery] = []
        self._news = asyncio.Event()

    def __call__(self, delivery: Delivery) -> None:
        self.heard.append(delivery)
        self._news.set()

    def all(self, kind: type[D]) -> list[D]:
        """Everything of one kind."""
        return [one for one in self.heard if isinstance(one, kind)]

    def events(self) -> list[str]:
        """Names of the events, in order, without the greeting of a booted exchange."""
        names = [str(one.message.get("Event")) for one in self.all(EventArrived)]
        return [name for name in names if name != "FullyBooted"]

    async def until(self, true: Callable[[], bool], within_s: float = 5.0) -> None:
        """Wait until something holds of what was heard."""
        async with asyncio.timeout(within_s):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def pictures(self, count: int = 1) -> None:
        """Wait for this many complete pictures."""
        await self.until(lambda: len(self.all(PictureComplete)) >= count)

    async def closed(self, reason: CloseReason) -> LinkClosed:
        """Wait until the link was closed for this reason."""
        await self.until(lambda: reason in {one.reason for one in self.all(LinkClosed)})
        return next(one for one in self.all(LinkClosed) if one.reason is reason)


Start = Callable[..., Link]


@pytest.fixture
def ear() -> Ear:
    """A fresh ear."""
    return Ear()


@pytest.fixture
async def start(ear: Ear) -> AsyncIterator[Start]:
    """Starts links that are stopped when the test ends."""
    running: list[tuple[Link, asyncio.Task[None]]] = []

    def begin(port: int, sink: Callable[[Delivery], None] = ear, pace: Pace = FAST, **more: object) -> Link:
        tap = more.pop("tap", None)
        wanted = more.pop("wanted", None)
        link = Link(settings(port, **more), sink, SystemClock(), pace=pace, draw=lambda: 0.5, tap=tap, wanted=wanted)  # type: ignore[arg-type]
        running.append((link, asyncio.create_task(link.run())))
        return link

    before = asyncio.all_tasks()
    yield begin
    for link, task in running:
        link.stop()
        await asyncio.wait_for(task, 2)
    await asyncio.sleep(0)
    named = [task.get_name() for task in asyncio.all_tasks() - before if task.get_name().startswith("hq:")]
    assert not named, f"tasks left behind: {named}"
