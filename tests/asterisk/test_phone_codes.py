"""What agents ask by dialling, on real exchanges with the shipped account and dialplan; and a Floorwatch that connects
while somebody already talks."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from floor.requests.model import Help, Leave, Request, Way
from floor.state.model import Caller
from tests.asterisk.ami import Ami
from tests.asterisk.cast import VERSIONS
from tests.asterisk.emergency_stage import configure
from tests.asterisk.exchange import Exchange
from tests.asterisk.phones import Phone
from tests.asterisk.plan import Plan, QueueSpec, Seat
from tests.asterisk.product import Product
from tests.asterisk.versions import Played, side_by_side

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]
on_both = pytest.mark.parametrize("version", VERSIONS)

ANN, CALLER = "1001", "13812345678"
PLAN = Plan(
    (QueueSpec("hotline", "7001", (Seat(f"PJSIP/{ANN}", "Ann"),)),),
    (ANN, CALLER),
    dialplan='[internal](+)\ninclude => floorwatch-reports\n#include "floorwatch-extensions.conf"',
)
CODES = {
    "help": "*90",
    "abusive": "*95",
    "needed no more": "*89",
    "leave": "*971*5",
}


@dataclass
class Seen:
    """What came of it on one exchange."""

    found: list[Caller] = field(default_factory=list)
    """Those on the floor of a Floorwatch that came late."""
    asked: dict[str, list[Request]] = field(default_factory=dict)
    """By code: all that Ann has asked for when it was heard."""


async def dial(code: str, ann: Phone, product: Product) -> list[Request]:
    """Until the request is other than before, and the phone was told so."""
    changed = asyncio.Event()
    forget = product.watch.requests.subscribe(lambda _: changed.set())
    closed = ann.seen("CALL_CLOSED") + 1
    try:
        await ann.start_dialling(code)
        async with asyncio.timeout(20):
            await changed.wait()
        await ann.event("CALL_CLOSED", closed)
    finally:
        forget()
    return list(product.watch.requests.shown.values())


async def play(version: str, folder: Path) -> Seen:
    seen = Seen()
    async with AsyncExitStack() as stack:
        exchange = Exchange(version, PLAN)
        configure(exchange)
        exchange.started_at = time.time()
        stack.push_async_callback(exchange.stop)
        await exchange.boot()
        ann, caller = (Phone(number, exchange.sip_port) for number in PLAN.phones)
        for phone in (ann, caller):
            stack.push_async_callback(phone.discard)
            await phone.register()
        ami = await Ami.connect(exchange)
        stack.push_async_callback(ami.close)
        accepting = asyncio.create_task(ann.accept())
        await caller.dial("7001")
        await accepting
        await ami.event("AgentConnect")
        product = await stack.enter_async_context(Product(exchange, folder))
        await product.seen(lambda floor: bool(floor.callers))
        seen.found = list(product.floor.callers.values())
        await caller.hangup()
        await product.quiet()
        for name, code in CODES.items():
            seen.asked[name] = await dial(code, ann, product)
    return seen


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played[Seen]:
    return side_by_side(play, tmp_path_factory.mktemp("codes"))


@on_both
def test_caller_found_talking_has_his_number(version: str, played: Played[Seen]) -> None:
    """He joined before Floorwatch was there; his number is that of his channel, as whoever joins later has his."""
    (caller,) = played.on(version).found
    assert (caller.queue, caller.agent, caller.number) == ("hotline", "Ann", CALLER)


def helped(requests: list[Request]) -> Help:
    (one,) = (one for one in requests if isinstance(one, Help))
    return one


@on_both
def test_help_asked_by_a_code(version: str, played: Played[Seen]) -> None:
    """Ann's request, from her phone: help; then the same one about an abusive caller; then closed by her."""
    asked = played.on(version).asked
    for name, about in (("help", "question"), ("abusive", "abusive")):
        one = helped(asked[name])
        assert (one.by.agent, one.way, str(one.about), str(one.stage)) == ("Ann", Way.PHONE, about, "open")
    assert helped(asked["needed no more"]).stage not in ("open", "answered")
    assert len({helped(asked[name]).id for name in ("help", "abusive", "needed no more")}) == 1


@on_both
def test_leave_asked_by_a_code(version: str, played: Played[Seen]) -> None:
    """Five minutes for a meal, waiting for her leader's word."""
    (one,) = (one for one in played.on(version).asked["leave"] if isinstance(one, Leave))
    assert (one.by.agent, one.way, one.reason, one.minutes, str(one.stage)) == ("Ann", Way.PHONE, "meal", 5, "open")
