"""What a node sends and waits for: refused at once when it cannot be sent, lost when no answer comes, never kept."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from floor.clock import SystemClock
from floor.ports import Answer
from floor.relay import sender as sending
from floor.relay.orders import Reply, replied
from floor.relay.ports import RelayAwayError
from floor.relay.sender import NotSentError, Sender
from floor.relay.switchboard import RemoteSwitchboard
from floor.relay.wire import Heard, MemoryWire, Take
from floor.tasks import Tasks
from tests.relay.board import PBX, Both
from tests.relay.test_wire import over
from tests.support.redis_server import RedisServer

HANG_UP = {"channel": "PJSIP/1-1"}


class Lossy(MemoryWire):
    """A wire on which things are lost."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.now_fails = self.tell_fails = self.loses = False
        self.deaf: list[Heard] = []

    async def now(self) -> float:
        if self.now_fails:
            raise RelayAwayError("away")
        return await super().now()

    async def tell(self, name: str, message: bytes) -> int:
        if self.tell_fails:
            raise RelayAwayError("away")
        return 1 if self.loses else await super().tell(name, message)

    async def hear(self, name: str, take: Take, heard: Heard = lambda _: None) -> None:
        self.deaf.append(heard)
        await super().hear(name, take, heard)


@pytest.fixture
async def wire() -> Lossy:
    return Lossy()


LOST = Answer(False, "sent, and no answer came", lost=True)


async def test_before_it_hears_nothing_is_sent(wire: Lossy) -> None:
    """An answer could not reach us."""
    board = RemoteSwitchboard(Sender(wire, "node-1"))
    assert await board.hang_up(PBX, "PJSIP/1-1") == Answer(False, sending.AWAY)


async def test_a_relay_that_is_away(wire: Lossy) -> None:
    """Before the order is sent: not sent. While it is sent: nobody knows."""
    async with Both(wire, wire) as both:
        wire.now_fails = True
        assert await both.board.hang_up(PBX, "PJSIP/1-1") == Answer(False, sending.AWAY)
        wire.now_fails, wire.tell_fails = False, True
        assert await both.board.hang_up(PBX, "PJSIP/1-1") == LOST
        assert both.told.got == []


async def test_an_order_whose_answer_never_comes(wire: Lossy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is lost in time, and a late answer changes nothing."""
    monkeypatch.setattr(sending, "START_WITHIN_S", -5.95)
    async with Both(wire, wire) as both:
        wire.loses = True
        assert await both.board.hang_up(PBX, "PJSIP/1-1") == LOST
        wire.loses = False
        for message in (replied(Reply("0" * 32, {"ok": True})), b"{}", b"\xff"):
            await wire.tell("answers:node-1", message)


async def test_a_node_that_does_not_hear_any_more(wire: Lossy) -> None:
    """What it waits for is lost at once; nothing is sent until it hears again."""
    async with Both(wire, wire) as both:
        both.told.may.clear()
        waiting = asyncio.create_task(both.board.hang_up(PBX, "PJSIP/1-1"))
        await both.told.came.wait()
        wire.deaf[0](False)
        assert await waiting == LOST
        assert await both.board.hang_up(PBX, "PJSIP/1-1") == Answer(False, sending.AWAY)
        both.told.may.set()


async def test_too_many_at_once(wire: Lossy, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more is refused with a sentence."""
    monkeypatch.setattr(sending, "AT_ONCE", 1)
    async with Both(wire, wire) as both:
        both.told.may.clear()
        waiting = asyncio.create_task(both.board.hang_up(PBX, "PJSIP/1-1"))
        await both.told.came.wait()
        with pytest.raises(NotSentError, match="too many"):
            await both.sender.order(PBX, "hang_up", HANG_UP, 1)
        both.told.may.set()
        assert (await waiting).ok


async def test_a_relay_that_is_stopped_and_started(redis_server: RedisServer) -> None:
    """Orders meanwhile are refused, not kept: when it is back, only new ones are carried out."""
    ends = over(redis_server), over(redis_server)
    async with Both(*ends) as both:
        await redis_server.stop()
        async with asyncio.timeout(20):
            refused = await both.board.hang_up(PBX, "PJSIP/old-1")
        assert not refused.ok
        await redis_server.start()
        async with asyncio.timeout(20):
            # A relay that is back announces itself to nobody.
            while not (await both.board.hang_up(PBX, "PJSIP/new-1")).ok:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    assert {fields["channel"] for _, _, fields in both.told.got} == {"PJSIP/new-1"}
    for end in ends:
        await end.close()


async def test_what_is_answered_is_handed_on(wire: Lossy) -> None:
    """Also what no switchboard answers."""
    tasks = Tasks()
    sender = Sender(wire, "node-1", token=lambda: "a" * 32)
    tasks.start("answers", sender.run())

    async def answer(_: bytes) -> None:
        await wire.tell("answers:node-1", replied(Reply("a" * 32, {"ends": ["a", "b"]})))

    tasks.start("exchange", wire.hear(f"orders:{PBX}", lambda message: void(tasks.start("answer", answer(message)))))
    await asyncio.sleep(0)
    assert await sender.order(PBX, "able", {}, 1.0) == {"ends": ["a", "b"]}
    await tasks.stop()


def void(_: Any) -> None:
    """Nobody waits for it."""
