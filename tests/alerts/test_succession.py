"""Of several nodes one acts, whatever becomes of database and relay; judged over histories of faults at random."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine

from alerts.ledger import leases
from alerts.ledger.leases import ENGINE, Lease
from alerts.ledger.tables import leases as table
from alerts.succession import FOLLOW_S, LEASE_S, RENEW_S, Succession
from floor.errors import FloorError
from floor.history.errors import DatabaseUnusableError
from floor.ports import Light
from floor.relay.beacon import MemoryBeacon


class Moment:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.at = 1_000_000.0

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at


@dataclass
class Node:
    """One Floorwatch: what it reaches, and whether it acts."""

    holder: str
    clock: Moment
    connection: Connection
    shared: MemoryBeacon
    database: bool = True
    relay: bool = True
    alive: bool = True
    held: Lease | None = None
    sought_at: float = 0.0
    began_at: float = 0.0
    reached: frozenset[str] = frozenset()
    """When it last asked."""
    due: float = 0.0
    succession: Succession = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """A new process of the same name."""
        self.alive, self.held, self.due = True, None, self.clock.at
        self.succession = Succession(self, self)

    async def lease(self, for_s: float, *, anew: bool = False) -> Lease | None:
        if not self.database:
            raise DatabaseUnusableError("away")
        return leases.take(self.connection, ENGINE, self.holder, self.clock.now(), for_s, anew=anew)

    async def show(self, light: Light, for_s: float) -> Light:
        self._reach()
        return await self.shared.show(light, for_s)

    async def look(self) -> Light | None:
        self._reach()
        return await self.shared.look()

    async def put_out(self, holder: str) -> None:
        self._reach()
        await self.shared.put_out(holder)

    def _reach(self) -> None:
        if not self.relay:
            raise FloorError("away")

    async def seek(self) -> None:
        """As the engine does."""
        acted = self.held is not None
        try:
            self.held = await self.succession.seek(self.held)
        except DatabaseUnusableError:
            assert self.database is False
        self.sought_at = self.clock.at
        self.due = self.clock.at + self.succession.rest_s
        self.reached = frozenset(what for what in ("database", "relay") if getattr(self, what))
        if not acted and self.held is not None:
            self.began_at = self.clock.at
            assert self.database, "begun without the database"
            assert self.relay, "begun without the relay"
        if acted and not self.database and not self.relay:
            assert self.held is not None, "who is cut off from both goes on"


class Floor:
    """Some nodes on one database and one relay."""

    def __init__(self, connection: Connection, nodes: int = 3) -> None:
        self.clock = Moment()
        beacon = MemoryBeacon(self.clock)
        self.nodes = [Node(f"n{n}", self.clock, connection, beacon) for n in range(nodes)]

    async def pass_by(self, seconds: float) -> None:
        """Each seeks when it is due; after every step it is judged."""
        until = self.clock.at + seconds
        while (
            node := min((one for one in self.nodes if one.alive), key=lambda one: one.due, default=None)
        ) is not None:
            if node.due > until:
                break
            self.clock.at = max(self.clock.at, node.due)
            await node.seek()
            self.judge()
        self.clock.at = until

    def acting(self) -> list[Node]:
        return [one for one in self.nodes if one.alive and one.held is not None]

    def judge(self) -> None:
        """Whoever acts beside one of a greater number, and has asked since that one began, reaches nothing that both
        reach."""
        acting = sorted(self.acting(), key=lambda one: one.held.fence if one.held else 0)
        for one in acting[:-1]:
            if one.sought_at > acting[-1].began_at:
                assert "database" not in one.reached
                assert "relay" not in one.reached or "relay" not in acting[-1].reached


@pytest.fixture(scope="module")
def memory() -> Iterator[Engine]:
    engine = create_engine("sqlite://")
    table.create(engine)
    yield engine
    engine.dispose()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["database", "relay", "kill", "start", "wait"]),
        st.integers(0, 2),
        st.booleans(),
        st.floats(0.0, 45.0, allow_nan=False),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=40)
@given(steps=STEPS)
async def test_one_acts_whatever_happens(memory: Engine, steps: list[tuple[str, int, bool, float]]) -> None:
    """Nobody begins without both; who is cut off from both goes on; of two who act the one before cannot have heard of
    the one after him; and soon after one sees both again, exactly one acts."""
    with memory.connect() as connection, connection.begin() as transaction:
        floor = Floor(connection)
        await floor.pass_by(1)
        assert len(floor.acting()) == 1
        for what, which, reaches, seconds in steps:
            node = floor.nodes[which]
            if what in ("database", "relay"):
                setattr(node, what, reaches)
            elif what == "kill":
                node.alive, node.held = False, None
            elif what == "start" and not node.alive:
                node.start()
            await floor.pass_by(seconds)
        for node in floor.nodes:
            node.database = node.relay = True
        if not floor.nodes[0].alive:
            floor.nodes[0].start()
        await floor.pass_by(LEASE_S + RENEW_S + FOLLOW_S)
        assert len(floor.acting()) == 1
        transaction.rollback()


async def scene(memory: Engine, play: Callable[[Floor], object]) -> None:
    """Two nodes, of which the first acts."""
    with memory.connect() as connection, connection.begin() as transaction:
        floor = Floor(connection, 2)
        floor.nodes[1].due += 0.5
        await floor.pass_by(1)
        assert floor.acting() == [floor.nodes[0]]
        await play(floor)  # type: ignore[misc]
        transaction.rollback()


async def test_who_is_killed_is_followed(memory: Engine) -> None:
    """Within a lease's length and a look."""

    async def play(floor: Floor) -> None:
        floor.nodes[0].alive = False
        await floor.pass_by(LEASE_S + FOLLOW_S)
        assert floor.acting() == [floor.nodes[1]]

    await scene(memory, play)


async def test_who_is_started_anew_acts_at_once(memory: Engine) -> None:
    """Under a greater number: what the run before left unwritten is older."""

    async def play(floor: Floor) -> None:
        first = floor.nodes[0].held
        floor.nodes[0].start()
        await floor.pass_by(0.1)
        held = floor.nodes[0].held
        assert first is not None and held is not None and held.fence == first.fence + 1  # noqa: PT018

    await scene(memory, play)


async def test_cut_off_from_the_database_alone(memory: Engine) -> None:
    """For an hour the other sees the light, and does not begin: this is what the database alone could not tell."""

    async def play(floor: Floor) -> None:
        floor.nodes[0].database = False
        await floor.pass_by(3600)
        assert floor.acting() == [floor.nodes[0]]
        floor.nodes[0].database = True
        await floor.pass_by(RENEW_S)
        assert floor.acting() == [floor.nodes[0]]

    await scene(memory, play)


async def test_cut_off_from_the_relay_alone(memory: Engine) -> None:
    """He sees no floor: he acts until his light is out, and then one who sees takes over."""

    async def play(floor: Floor) -> None:
        floor.nodes[0].relay = False
        await floor.pass_by(RENEW_S)
        assert floor.acting() == [floor.nodes[0]]
        await floor.pass_by(LEASE_S + FOLLOW_S)
        assert floor.acting() == [floor.nodes[1]]

    await scene(memory, play)


async def test_nobody_has_the_relay(memory: Engine) -> None:
    """The one that acts goes on, and nobody begins beside him."""

    async def play(floor: Floor) -> None:
        for node in floor.nodes:
            node.relay = False
        await floor.pass_by(600)
        assert floor.acting() == [floor.nodes[0]]

    await scene(memory, play)


async def test_cut_off_from_both(memory: Engine) -> None:
    """He goes on, for perhaps nobody else can tell; the other begins; and as soon as he hears of him he stands by."""

    async def play(floor: Floor) -> None:
        first, second = floor.nodes
        first.relay = first.database = False
        await floor.pass_by(LEASE_S + FOLLOW_S)
        assert floor.acting() == [first, second]
        first.relay = True
        await floor.pass_by(FOLLOW_S)
        assert floor.acting() == [second]

    await scene(memory, play)


async def test_who_closes_is_followed_at_once(memory: Engine) -> None:
    """His light is out, his lease given up."""

    async def play(floor: Floor) -> None:
        first, second = floor.nodes
        leases.give_up(first.connection, ENGINE, first.holder, floor.clock.at)
        await first.succession.close()
        first.alive = False
        await floor.pass_by(FOLLOW_S + 0.1)
        assert floor.acting() == [second]

    await scene(memory, play)


async def test_nobody_acts_and_nobody_may_begin(memory: Engine) -> None:
    """The database is away for both, and the acting one dies: as long as his light is seen, all is well; once it is out
    the other says that nobody may be acting, and begins as soon as he can ask."""

    async def play(floor: Floor) -> None:
        first, second = floor.nodes
        first.database = second.database = False
        await floor.pass_by(600)
        assert floor.acting() == [first]
        assert not second.succession.vacant
        first.alive = False
        await floor.pass_by(LEASE_S + RENEW_S + FOLLOW_S)
        assert second.succession.vacant
        assert floor.acting() == []
        second.database = True
        await floor.pass_by(FOLLOW_S)
        assert floor.acting() == [second]
        assert not second.succession.vacant

    await scene(memory, play)


async def test_without_a_light_the_database_must_be_away_for_long(memory: Engine) -> None:
    """A database that is restarted is no reason to say that nobody may be acting; one that stays away is."""
    with memory.connect() as connection, connection.begin() as transaction:
        floor = Floor(connection, 2)
        for node in floor.nodes:
            node.succession = Succession(node)
        await floor.pass_by(1)
        (first,) = floor.acting()
        (other,) = [one for one in floor.nodes if one is not first]
        other.database = False
        await floor.pass_by(LEASE_S / 2)
        assert not other.succession.vacant
        await floor.pass_by(LEASE_S)
        assert other.succession.vacant
        transaction.rollback()


async def test_without_a_relay_the_database_decides(memory: Engine) -> None:
    """As ever: whoever has the lease, and the other when it has run out."""
    with memory.connect() as connection, connection.begin() as transaction:
        floor = Floor(connection, 2)
        for node in floor.nodes:
            node.succession = Succession(node)
        await floor.pass_by(60)
        (first,) = floor.acting()
        first.alive = False
        await floor.pass_by(LEASE_S + FOLLOW_S)
        (second,) = floor.acting()
        assert second is not first
        await second.succession.close()
        transaction.rollback()
