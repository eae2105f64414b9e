"""What a node may order of listening: exactly that, whatever the order holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from asterisk.spying import SpyOrders
from floor.state.model import SPY
from tests.asterisk_link.listened import Listened

ID = f"{SPY}{'a' * 32}"
SPYING: dict[str, Any] = {
    "id": ID,
    "channel": f"AudioSocket/127.0.0.1:4000/{'a' * 8}",
    "application": "ChanSpy",
    "data": "1.1,uqESD",
    "caller_id": "",
    "ring_s": 5.0,
}


@pytest.fixture
async def exchange() -> AsyncIterator[Listened]:
    made = Listened()
    made.how = lambda _: None
    yield made
    await made.stop()


async def test_an_order_is_built_anew(exchange: Listened) -> None:
    """From its fields, never taken over."""
    said = await SpyOrders(exchange.links).works()["spy"]("pbx", SPYING)
    assert said == {"response": "Success", "message": "Originate successfully queued"}
    (order,) = exchange.orders
    assert order == {
        "ActionID": ID,
        "ChannelId": ID,
        "Channel": SPYING["channel"],
        "Application": "ChanSpy",
        "Data": "1.1,uqESD",
        "Async": "true",
        "Timeout": "5000",
    }


WRONG: list[dict[str, Any]] = [
    {"id": "floor-1"},
    {"id": f"{SPY}x"},
    {"channel": "PJSIP/1&PJSIP/2"},
    {"channel": "PJSIP"},
    {"application": "System"},
    {"data": "PJSIP/10,uq"},
    {"data": ",q"},
    {"data": "1.1,uq,(x)"},
    {"application": "AudioSocket"},
]


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_is_no_order_to_listen(exchange: Listened, wrong: dict[str, Any]) -> None:
    """Nothing is sent; who ordered is told so."""
    said = await SpyOrders(exchange.links).works()["spy"]("pbx", {**SPYING, **wrong})
    assert said["error"] == "invalid"
    assert exchange.orders == []


async def test_a_phone_whose_sound_comes_to_a_node(exchange: Listened) -> None:
    """It runs the other application, with an address and nothing else."""
    data = f"{'0' * 8}-0000-0000-0000-{'0' * 12},10.0.0.5:4000"
    fields = {**SPYING, "channel": "PJSIP/1900", "application": "AudioSocket", "data": data}
    assert (await SpyOrders(exchange.links).works()["spy"]("pbx", fields))["response"] == "Success"


async def test_other_modules_and_channels(exchange: Listened) -> None:
    """Only modules that listening needs are asked for; what is no name of a channel is not hung up."""
    works = SpyOrders(exchange.links).works()
    assert (await works["module"]("pbx", {"module": "app_system"}))["error"] == "invalid"
    assert (await works["module"]("pbx", {"module": "app_chanspy"}))["response"] == "Success"
    assert (await works["hush"]("pbx", {"id": "/.*/"}))["error"] == "invalid"
    assert exchange.hung_up == []


async def test_where_the_exchange_is(exchange: Listened) -> None:
    """Told while there is a link."""
    able = SpyOrders(exchange.links).works()["able"]
    assert await able("pbx", {}) == {"theirs": "127.0.0.1"}
    exchange.down = True
    assert await able("pbx", {}) == {"theirs": None}
