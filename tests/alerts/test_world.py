"""The world as conditions see it."""

from __future__ import annotations

from alerts.conditions.subjects import the_agent
from alerts.world import MOMENTS, TALLIES, FloorWorld
from floor.day import Day
from floor.state import facts as f
from floor.state.figures import Figures
from floor.state.model import LinkState
from floor.store import FloorStore
from tests.alerts.stage import Register
from tests.support.replay import TapeClock
from tests.support.stories import told


class Windows:
    """Figures that say which window was asked for."""

    def figures(self, subject: object, window: str) -> Figures:
        return Figures(offered=int(window.removeprefix("m")))


class Clock(TapeClock):
    """With a steady hand of its own."""

    steady = 0.0

    def monotonic(self) -> float:
        return self.steady


def _world(clock: TapeClock, store: FloorStore | None = None) -> FloorWorld:
    store = store or FloorStore(clock)
    return FloorWorld(store.snapshot(), Windows(), Register(), clock, Day("UTC"))


def test_ours() -> None:
    """A stamp is moved by the measured offset; what bears no stamp is ours already; nothing is later than now."""
    clock = TapeClock(1000)
    store = FloorStore(clock)
    world = _world(clock, store)
    assert world.ours("p", 900) == 900
    store.apply(f.LinkChanged("p", 0, LinkState.UP))
    store.apply(f.ClockMeasured("p", 0, 60, True))
    assert (world.ours("p", 900), world.ours("p", 2000)) == (840, 1000)
    store.apply(f.ClockMeasured("p", 0, 60, False))
    assert world.ours("p", 900) == 900


def test_our_clock_is_set() -> None:
    """Until the clocks are compared again, the old comparison is moved along; after it the new one counts."""
    clock = Clock(1000)
    store = FloorStore(clock)
    world = _world(clock, store)
    store.apply(f.LinkChanged("p", 0, LinkState.UP))
    store.apply(f.ClockMeasured("p", 0, 0.0, True))
    assert world.stepped() == 0
    clock.at, clock.steady = 4601, 1
    assert world.stepped() == 3600
    assert world.stepped() == 0
    assert world.ours("p", 1000) == 4600
    store.apply(f.ClockMeasured("p", 0, -3600.0, True))
    assert world.ours("p", 1000) == 4600


def test_figures() -> None:
    """The shortest window that holds so many minutes."""
    world = _world(TapeClock())
    found = [world.figures(("total", "", ""), minutes).offered for minutes in (5, 15, 16, 30, 31, 60)]
    assert found == [15, 15, 30, 30, 60, 60]


def test_nothing_is_expected_without_a_forecast() -> None:
    """And with one, what it says."""
    clock = TapeClock()
    assert _world(clock).expected("p", "sales", 0) is None
    store = FloorStore(clock)
    known = FloorWorld(store.snapshot(), Windows(), Register(), clock, Day("UTC"), lambda *_: 12.0)
    assert known.expected("p", "sales", 0) == 12


def test_tallies_are_bounded() -> None:
    """Neither moments nor counters grow for ever; the counter in use is not the one forgotten."""
    world = _world(TapeClock())
    ann = the_agent("p", "Ann")
    for number in range(MOMENTS + 10):
        world.tally("t", ann).add(number, 2)
    assert world.tally("t", ann).within(0) == (2 * MOMENTS, MOMENTS)
    assert world.tally("t", ann).within(MOMENTS + 5) == (10, 5)
    for number in range(TALLIES + 10):
        world.tally("t", the_agent("p", str(number)))
        world.tally("t", ann)
    assert world.tally("t", ann).within(0)[1] == MOMENTS
    assert len(world._tallies) == TALLIES


def test_floor_is_live() -> None:
    """Its tables are those of the store, now and later."""
    story = told("at | what happens | Ann\n0 | Ann sits in sales | ready")
    world = _world(story.stage.clock, story.stage.store)
    assert len(world.floor.agents) == 1
    story.happens(1, "Bob sits in sales")
    assert len(world.floor.agents) == 2


def test_what_an_exchange_expects_is_summed_once_a_minute() -> None:
    """Of its own queues, for the quarter of an hour asked about; anew when a queue comes, or a minute has passed."""
    clock, asked = Clock(1000), list[str]()

    def expected(_pbx: str, queue: str, _at: float) -> float:
        asked.append(queue)
        return 6.0

    store = FloorStore(clock)
    world = FloorWorld(store.snapshot(), Windows(), Register(), clock, Day("UTC"), expected)
    assert world.expected_in_all("p", 900) is None
    store.apply(f.QueuesSynced("p", 0, (f.PictureQueue("sales"), f.PictureQueue("support"))))
    assert [world.expected_in_all("p", at) for at in (900, 1000, 1799)] == [12, 12, 12]
    assert asked == ["sales", "support"]
    clock.steady = 60
    assert (world.expected_in_all("p", 900), len(asked)) == (12, 4)
    assert world.expected_in_all("q", 900) is None
