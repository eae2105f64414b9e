"""The queue between reading and applying: bounded, in slices, unhurt by its sink."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator

from asterisk.deliveries import (
    CloseReason,
    Delivery,
    EventArrived,
    PictureBegan,
)
from asterisk.inbox import BETWEEN, SLICE_S, Inbox
from asterisk.link import Pace
from floor.state.model import LinkState
from tests.asterisk_link.conftest import FAST, Ear, Start
from tests.asterisk_link.peer import Peer, event


async def test_an_overflow_ends_in_a_new_picture(start: Start) -> None:
    """More events than may wait: they are dropped as a whole, the session ends, and a new picture is taken."""
    ear = Ear()

    def slow(delivery: Delivery) -> None:
        if isinstance(delivery, EventArrived) and delivery.message["Event"] == "Flood":
            time.sleep(0.002)
        ear(delivery)

    pace = Pace(retry=FAST.retry, booted_s=0.05, queue_limit=500)
    async with Peer() as peer:
        link = start(peer.port, slow, pace)
        await ear.pictures()
        peer.say(b"".join(event("Flood", Serial=n) for n in range(3000)))
        closed = await ear.closed(CloseReason.OVERFLOW)
        await ear.pictures(2)
        assert link.state is LinkState.UP
    assert link.health().overflows == 1
    after = ear.heard[ear.heard.index(closed) :]
    assert not [one for one in after if isinstance(one, EventArrived) and one.message["Event"] == "Flood"]


async def test_a_burst_leaves_the_event_loop_to_others(start: Start) -> None:
    """While twenty thousand events are applied, nobody else waits for more than 50 ms of our work."""
    ear, worst = Ear(), [0.0]

    def busy(delivery: Delivery) -> None:
        if isinstance(delivery, EventArrived):
            until = time.thread_time() + 0.00003
            while time.thread_time() < until:
                pass
        ear(delivery)

    async def ticker() -> None:
        # Processor time, not wall time: other programs on the machine are no fault of ours.
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            worst[0] = max(worst[0], time.thread_time() - before)

    async with Peer() as peer:
        start(peer.port, busy)
        await ear.pictures()
        peer.say(b"".join(event("Flood", Serial=n, Filler="x" * 300) for n in range(20_000)))
        gc.collect()
        gc.freeze()  # what other tests left in memory is not searched again on our time
        ticking = asyncio.create_task(ticker())
        await ear.until(lambda: len(ear.heard) >= 20_000, within_s=20)
        ticking.cancel()
        gc.unfreeze()
    assert worst[0] < 0.05


async def test_a_sink_that_raises_costs_one_delivery(start: Start) -> None:
    """What cannot be applied is counted and logged; the link and the next event go on."""
    ear = Ear()

    def touchy(delivery: Delivery) -> None:
        if isinstance(delivery, EventArrived) and delivery.message["Event"] == "Bad":
            raise ValueError("cannot be applied")
        ear(delivery)

    async with Peer() as peer:
        link = start(peer.port, touchy)
        await ear.pictures()
        peer.say(event("Bad") + event("Good"))
        await ear.until(lambda: ear.events() == ["Good"])
        assert link.health().sink_errors == 1
        assert peer.sessions == 1


def test_a_slice_is_measured_in_our_own_work() -> None:
    """A slice ends with the work it was given, looked at every few events, and at once after anything longer."""
    worked, taken = [0.0], list[str]()

    def sink(delivery: Delivery) -> None:
        taken.append(type(delivery).__name__)
        worked[0] += 0.001 if isinstance(delivery, EventArrived) else 1.0

    inbox = Inbox(sink, 1000, lambda: worked[0], lambda: None, lambda _: None)
    for _ in range(100):
        inbox.put_events([EventArrived({"Event": "Hangup"}, 1.0)])
    inbox._slice(SLICE_S)
    assert SLICE_S / 0.001 <= inbox.delivered <= SLICE_S / 0.001 + BETWEEN
    inbox._slice(1000.0)
    inbox.put(PictureBegan(1.0))
    inbox.put_events([EventArrived({"Event": "Hangup"}, 1.0)])
    inbox._slice(SLICE_S)
    assert taken[-1] == "PictureBegan"
    assert len(inbox) == 1


def an_inbox(sink: Callable[[Delivery], None], worked: Callable[[], float] = lambda: 0.0) -> Inbox:
    return Inbox(sink, 100, worked, lambda: None, lambda _event: None)


def test_what_is_long_is_done_before_the_next_delivery() -> None:
    """A sink may leave work for later turns: it is gone on with first, so that the order stays."""
    done: list[str] = []

    def sink(delivery: Delivery) -> None:
        assert isinstance(delivery, EventArrived)
        name = str(delivery.message["Event"])
        done.append(name)
        if name == "Long":
            inbox.go_on_with(work())

    def work() -> Iterator[None]:
        for part in range(3):
            done.append(f"part {part}")
            yield

    inbox = an_inbox(sink)
    for name in ("Long", "Next"):
        inbox.put_events([EventArrived({"Event": name}, 0.0)])
    inbox.drain()
    assert done == ["Long", "part 0", "part 1", "part 2", "Next"]


def test_long_work_is_let_go_of_when_the_slice_is_over() -> None:
    """Of work that never ends no slice does more than its time, and the next one goes on with it."""
    now, turns = [0.0], [0]

    def endless() -> Iterator[None]:
        while True:
            turns[0] += 1
            now[0] += SLICE_S
            yield

    inbox = an_inbox(lambda _delivery: inbox.go_on_with(endless()), lambda: now[0])
    inbox.put_events([EventArrived({"Event": "Long"}, 0.0)])
    inbox._slice(SLICE_S)
    inbox._slice(SLICE_S)
    assert turns == [2]


def test_work_that_fails_is_over() -> None:
    """It is counted like a delivery that failed, and the next delivery comes through."""
    heard: list[Delivery] = []

    def broken() -> Iterator[None]:
        yield
        raise RuntimeError

    def sink(delivery: Delivery) -> None:
        heard.append(delivery)
        if len(heard) == 1:
            inbox.go_on_with(broken())

    inbox = an_inbox(sink)
    for name in ("Long", "Next"):
        inbox.put_events([EventArrived({"Event": name}, 0.0)])
    inbox.drain()
    assert (len(heard), inbox.sink_errors) == (2, 1)
