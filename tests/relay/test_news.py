"""News of listening: told in order to every node, lost rather than late, and never an error of anybody's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from floor.clock import SystemClock
from floor.relay import news
from floor.relay.news import Herald, hear_news
from floor.relay.ports import RelayAwayError
from floor.relay.wire import MemoryWire
from floor.tasks import Tasks


class Away(MemoryWire):
    """A wire that fails while ``away``."""

    away = False

    async def tell(self, name: str, message: bytes) -> int:
        if self.away:
            raise RelayAwayError("away")
        return await super().tell(name, message)


@pytest.fixture
async def wire() -> Away:
    return Away(SystemClock())


async def test_told_in_order(wire: Away) -> None:
    """What is no news is passed over, and so is what the relay does not take."""
    tasks, got = Tasks(), asyncio.Queue[tuple[str, Mapping[str, Any]]]()
    herald = Herald(wire)
    tasks.start("hear", hear_news(wire, "hq", lambda pbx, said: got.put_nowait((pbx, said))))
    tasks.start("tell", herald.run())
    await asyncio.sleep(0)
    for noise in (b"", b"[]", b'{"said": 1}', b"x" * 20_000):
        await wire.tell("news:hq", noise)
    wire.away = True
    herald.tell("hq", {"event": "lost"})
    await asyncio.sleep(0.01)
    wire.away = False
    for n in range(3):
        herald.tell("hq", {"event": str(n)})
    said = [await asyncio.wait_for(got.get(), 5) for _ in range(3)]
    assert said == [("hq", {"event": str(n)}) for n in range(3)]
    await tasks.stop()


async def test_more_than_it_takes(wire: Away, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest is lost, and nobody is held up."""
    monkeypatch.setattr(news, "WAITING", 1)
    herald = Herald(wire)
    for n in range(3):
        herald.tell("hq", {"event": str(n)})
