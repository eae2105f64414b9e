"""At the exchange: an order is carried out at most once, soon or never, and only when it is one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from floor.clock import SystemClock
from floor.relay import clerk as clerks
from floor.relay.orders import START_WITHIN_S, Order, heard, written
from floor.relay.ports import RelayAwayError
from floor.relay.wire import MemoryWire
from tests.relay.board import PBX, Both

ID = "a" * 32


class Heard(MemoryWire):
    """A wire whose answers to ``node-2`` can be waited for."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.answers: asyncio.Queue[bytes] = asyncio.Queue()
        self.loses = self.unclaimed = False

    async def tell(self, name: str, message: bytes) -> int:
        if name == "answers:node-2":
            if self.loses:
                raise RelayAwayError("away")
            self.answers.put_nowait(message)
        return await super().tell(name, message)

    async def claim(self, id: str, for_s: float) -> bool:
        if self.unclaimed:
            raise RelayAwayError("away")
        return await super().claim(id, for_s)

    async def answered(self) -> str:
        said = heard(await asyncio.wait_for(self.answers.get(), 10)).said
        return str(said["message"])


@pytest.fixture
async def wire() -> Heard:
    return Heard()


@pytest.fixture
async def both(wire: Heard) -> AsyncIterator[Both]:
    async with Both(wire, wire) as made:
        yield made


async def order(wire: Heard, *, age_s: float = 0.0, pbx: str = PBX, id: str = ID) -> bytes:
    at = await wire.now() - age_s
    return written(Order(id, "node-2", pbx, at, "hang_up", {"channel": "PJSIP/1-1"}))


async def send(wire: Heard, message: bytes) -> None:
    await wire.tell(f"orders:{PBX}", message)


async def test_an_order_is_carried_out_once(wire: Heard, both: Both) -> None:
    """However often it is said, and however many hold the exchange."""
    both.second_clerk()
    await asyncio.sleep(0)
    message = await order(wire)
    for _ in range(3):
        await send(wire, message)
    await send(wire, await order(wire, id="b" * 32))
    assert [await wire.answered() for _ in range(2)] == ["done", "done"]
    assert len(both.told.got) == 2


@pytest.mark.parametrize("age_s", [START_WITHIN_S + 0.5, 3600.0, -3600.0])
async def test_an_old_order_is_refused(wire: Heard, both: Both, age_s: float) -> None:
    """We may have been stopped while it waited; one from the future is as strange."""
    await send(wire, await order(wire, age_s=age_s))
    assert "too late" in await wire.answered()
    assert both.told.got == []


async def test_an_order_for_another_exchange(wire: Heard, both: Both) -> None:
    """Whoever says it under this name."""
    await send(wire, await order(wire, pbx="other"))
    assert "somebody else" in await wire.answered()
    assert both.told.got == []


async def test_a_later_version(wire: Heard, both: Both) -> None:
    """Half understood is not understood: refused with what to do; what comes after is carried out."""
    body = json.loads(await order(wire))
    for later in ({**body, "v": 2}, {**body, "order": "teleport"}, {**body, "with": {**body["with"], "softly": True}}):
        await send(wire, json.dumps(later).encode())
        assert "update" in (said := await wire.answered()) or "fields" in said
    await send(wire, await order(wire))
    assert await wire.answered() == "done"


async def test_noise(wire: Heard, both: Both) -> None:
    """What has no sender is answered to nobody, and ends nothing."""
    for noise in (b"", b"\xff", b"[]", b"{}", json.dumps({"id": ID, "node": "a b"}).encode()):
        await send(wire, noise)
    await send(wire, await order(wire))
    assert await wire.answered() == "done"


async def test_too_many(wire: Heard, both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more is told so; of a flood not even that is said."""
    monkeypatch.setattr(clerks, "AT_ONCE", 1)
    both.told.may.clear()
    await send(wire, await order(wire))
    await both.told.came.wait()
    await send(wire, await order(wire, id="b" * 32))
    assert "too many" in await wire.answered()
    both.told.may.set()
    assert await wire.answered() == "done"


async def test_a_relay_that_goes_away(wire: Heard, both: Both) -> None:
    """An order that cannot be claimed is not carried out; an answer that cannot be sent ends nothing."""
    wire.unclaimed = True
    await send(wire, await order(wire))
    await asyncio.sleep(0.01)
    assert both.told.got == []
    wire.unclaimed, wire.loses = False, True
    await send(wire, await order(wire))
    await asyncio.wait_for(both.told.came.wait(), 10)
    wire.loses = False
    await send(wire, await order(wire, id="b" * 32))
    assert await wire.answered() == "done"


async def test_a_long_answer_is_cut(wire: Heard, both: Both) -> None:
    """It says yes or no all the same."""
    both.told.answer = type(both.told.answer)(True, "x" * 20_000)
    await send(wire, await order(wire))
    assert heard(await asyncio.wait_for(wire.answers.get(), 10)).said["ok"] is True
