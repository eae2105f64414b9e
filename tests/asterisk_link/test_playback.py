"""A past minute is shown again: wound at once, played in time, reviews at their moments."""

from __future__ import annotations

import asyncio
from pathlib import Path

from asterisk.deliveries import EventArrived, LinkOpened, PictureComplete
from asterisk.playback import PastClock, Playback
from floor.state.model import AgentState, CallerStage, LinkState
from floor.store import FloorStore
from tests.asterisk_link.test_tape import Hand

BEGIN = 1_000_000.0


def event(at: float, name: str, **headers: str) -> tuple[float, EventArrived]:
    message = {"Event": name, "Timestamp": f"{at:.6f}", **headers}
    return at, EventArrived(message, at)  # type: ignore[arg-type]


def joined(at: float, uniqueid: str) -> tuple[float, EventArrived]:
    return event(at, "QueueCallerJoin", Queue="sales", Uniqueid=uniqueid, Linkedid=uniqueid, Position="1", Count="1")


TAPE = [
    (BEGIN, LinkOpened(BEGIN, "")),
    (BEGIN + 1, PictureComplete(BEGIN + 1)),
    joined(BEGIN + 10, "C1"),
    joined(BEGIN + 20, "C2"),
    joined(BEGIN + 30, "C3"),
]


def test_wound_to_a_moment() -> None:
    """The floor stands as it stood then: what came later has not happened yet, and the clock says when."""
    clock = PastClock(Hand(), BEGIN)
    store = FloorStore(clock)
    playback = Playback({"pbx": iter(TAPE)}, store, clock)
    asyncio.run(playback.wind(BEGIN + 25))
    floor = store.snapshot()
    assert sorted(key[2] for key in floor.callers) == ["C1", "C2"]
    assert floor.pbxs["pbx"].link is LinkState.UP
    assert (clock.now(), playback.over) == (BEGIN + 25, False)
    assert all(caller.stage is CallerStage.WAITING for caller in floor.callers.values())
    assert AgentState.READY not in dict(floor.queues["pbx", "sales"].states)


def test_two_exchanges_in_the_order_of_time() -> None:
    """Feeds of several exchanges are laid beside one another."""
    clock = PastClock(Hand(), BEGIN)
    store = FloorStore(clock)
    playback = Playback({"a": iter(TAPE[:3]), "b": iter(TAPE[:2])}, store, clock)
    asyncio.run(playback.wind(BEGIN + 60))
    assert set(store.snapshot().pbxs) == {"a", "b"}
    assert playback.over


async def test_played_on_in_time() -> None:
    """From there it goes on by itself, at the speed asked for."""

    class Fast:
        """Each look at the clock is a second later."""

        time = 0.0

        def now(self) -> float:
            return self.time

        def monotonic(self) -> float:
            self.time += 1.0
            return self.time

    clock = PastClock(Fast(), BEGIN)
    store = FloorStore(clock)
    playback = Playback({"pbx": iter(TAPE)}, store, clock)
    await playback.wind(BEGIN + 15)
    assert len(store.snapshot().callers) == 1
    await playback.play(1000.0)
    assert len(store.snapshot().callers) == 3


def test_clock_stands_until_it_runs(tmp_path: Path) -> None:
    """It stands where it is put, runs at its speed, and stands again."""
    hand = Hand()
    clock = PastClock(hand, 50.0)
    hand.time += 10
    assert clock.now() == 50.0
    clock.run(2.0)
    hand.time += 10
    assert clock.now() == 70.0
    clock.run(0)
    hand.time += 10
    assert clock.now() == 70.0
