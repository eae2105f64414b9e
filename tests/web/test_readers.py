"""Those who come late, many at once or not at all: each is level, and the work is done once for all."""

from __future__ import annotations

import asyncio
import json

import pytest

from floor.ports import Change
from floor.state.model import Agent
from tests.web.conftest import House
from tests.web.doubles import NOON, Screen, StillClock, agent, member, queue
from tests.web.test_hub import Desk
from web import live, readers
from web.framing import Told
from web.outbox import Outbox
from web.readers import KEPT_S, Readers
from web.traffic import Traffic


class Encoder:
    """Makes snapshots, and counts them."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, now: float) -> bytes:
        self.made += 1
        told = {"t": "snapshot", "rev": 1, "now": now, "floor": {"queues": {}}, "board": {}, "made": self.made}
        return json.dumps(told).encode()


@pytest.fixture
def encoder() -> Encoder:
    return Encoder()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def all_of_them(clock: StillClock, encoder: Encoder) -> Readers:
    return Readers(clock, Traffic(), encoder)


def come(all_of_them: Readers) -> Screen:
    screen = Screen()
    outbox = Outbox(screen)
    all_of_them.outboxes.add(outbox)
    all_of_them.give(outbox)
    return screen


def patch(rev: int) -> bytes:
    told = {"t": "patch", "rev": rev, "now": NOON, "set": {"queues": {"pbx1/a": {"waiting": rev}}}}
    return json.dumps(told).encode()


def test_many_who_come_at_once_share_a_snapshot(all_of_them: Readers, encoder: Encoder) -> None:
    """Two thousand screens after a restart: one picture is encoded, and everybody has it."""
    screens = [come(all_of_them) for _ in range(2000)]
    assert encoder.made == 1
    assert all(screen.kinds() == ["snapshot"] for screen in screens)


def test_a_late_one_gets_the_patches_since(all_of_them: Readers, encoder: Encoder) -> None:
    """The shared snapshot and what came after it lead to the same floor as the others have."""
    first = come(all_of_them)
    all_of_them.patch(patch(2))
    all_of_them.patch(patch(3))
    late = come(all_of_them)
    assert late.kinds() == ["snapshot", "patch", "patch"]
    assert (late.rev, late.floor) == (first.rev, first.floor)
    all_of_them.patch(patch(4))
    assert (late.rev, late.floor) == (first.rev, first.floor)
    assert encoder.made == 1


def test_an_old_snapshot_is_not_given(all_of_them: Readers, encoder: Encoder, clock: StillClock) -> None:
    """Clients set their clocks by it; and it is not kept for nobody."""
    come(all_of_them)
    clock.pass_(KEPT_S)
    assert come(all_of_them).messages[0]["made"] == 2
    clock.pass_(KEPT_S)
    all_of_them.forget()
    assert all_of_them._kept is None


def test_a_new_picture_is_not_mixed_with_the_old(all_of_them: Readers) -> None:
    """Begun anew, everybody is owed a snapshot, and the one that was kept is no more."""
    screen = come(all_of_them)
    all_of_them.begin_anew()
    all_of_them.push(patch(2))
    assert screen.kinds() == ["snapshot"]
    assert come(all_of_them).messages[0]["made"] == 2


def test_a_stalled_one_is_not_looked_at_with_every_patch(all_of_them: Readers) -> None:
    """Once nobody is due, nobody is asked again until there may be somebody."""
    come(all_of_them)
    stalled = Screen()
    stalled.backlog = 10**9
    outbox = Outbox(stalled)
    all_of_them.outboxes.add(outbox)
    all_of_them.expected = True
    assert all_of_them.due() == []
    stalled.backlog = 0
    assert all_of_them.due() == []
    all_of_them.expected = True
    assert all_of_them.due() == [outbox]


def test_all_get_the_very_same_bytes(all_of_them: Readers) -> None:
    """A message is framed for all, so all are handed one object."""
    got: list[bytes] = []

    class Line(Screen):
        def deliver(self, message: bytes) -> None:
            got.append(message)

    for _ in range(2):
        outbox = Outbox(Line())
        all_of_them.outboxes.add(outbox)
        all_of_them.give(outbox)
    all_of_them.patch(patch(2))
    assert got[0] is got[1]
    assert got[2] is got[3]
    assert all(isinstance(one, Told) for one in got)


async def test_a_herd_is_served(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five hundred screens come back at once while the floor goes on: all are level, from a few pictures."""
    monkeypatch.setattr(readers, "KEPT_S", 60.0)  # whatever the machine's pace
    house.store.put(*(agent(f"agent {n}", member(agent=f"agent {n}")) for n in range(300)))
    made, encode = [], live.Stream.snapshot
    monkeypatch.setattr(live.Stream, "snapshot", lambda self, now: made.append(now) or encode(self, now))
    room = asyncio.Semaphore(100)

    async def come_back(number: int) -> Screen:
        screen = Screen()
        async with room, house.stream(open_timeout=60) as stream:
            house.store.put(queue("support", waiting=number))
            while not (screen.floor and screen.floor["queues"]["pbx1/support"]["waiting"] >= number):
                screen.hear(json.loads(await stream.recv()))
        return screen

    async with asyncio.timeout(60), house.stream() as stays:
        await stays.recv()
        screens = await asyncio.gather(*(come_back(number) for number in range(1, 501)))
    assert len(screens) == 500
    assert all(len(screen.floor["agents"]) == 301 for screen in screens)
    assert len(made) <= 3


def test_a_big_floor_is_shown_in_pieces() -> None:
    """The first picture of a big floor leaves the loop free between its pieces; readers get it whole, and what
    changed meanwhile is in it."""
    clock = StillClock()
    desk = Desk(*(agent(f"agent {n}", member(agent=f"agent {n}")) for n in range(500)), clock=clock)
    seen = live.Live(
        desk.hub._audiences["all"], "1", store=desk.store, measures=desk.measures, clock=clock, traffic=Traffic()
    )
    screen, pieces = Screen(), 0
    seen.join(Outbox(screen))
    while seen.busy:
        seen.go_on(until=clock.monotonic())
        pieces += 1
        if pieces == 3:
            gone, changed = agent("agent 0"), agent("agent 499", member(agent="agent 499"), misses=7)
            desk.store.drop(gone)
            desk.store.put(changed)
            told = {gone.key: Change(gone, None), changed.key: Change(None, changed)}
            seen.level({Agent: told}, set())
            assert screen.messages == []
    for outbox in seen.owes():
        seen.give(outbox)
    assert pieces > 500 / live.PIECE
    assert screen.kinds() == ["snapshot"]
    assert len(screen.floor["agents"]) == 499
    assert [one["misses"] for one in screen.floor["agents"].values()].count(7) == 1
