"""The hub levels every board's readers with the floor: coalesced, consecutive, and nobody waits for anybody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.model import AlertStage
from floor.clock import SystemClock
from floor.ports import Outcome
from floor.settings import BoardSettings, PbxSettings, Settings
from floor.state.facts import Fact
from floor.state.figures import TOTAL
from floor.state.model import AgentState, CallerStage
from tests.web.alarm_doubles import AlarmsDouble, AnnouncementsDouble, ClocksDouble, Order, RunningClock, alert
from tests.web.doubles import (
    NOON,
    FloorDouble,
    HealthDouble,
    MeasuresDouble,
    Screen,
    StillClock,
    agent,
    caller,
    member,
    pbx,
    queue,
    trunk,
)
from web.alarms import Sources
from web.boards import Boards
from web.hub import BEAT_S, FIGURES_S, Hub
from web.outbox import HIGH_BYTES, PATIENCE_S
from web.ports import WINDOWS
from web.traffic import Traffic
from web.turns import COALESCE_S, MOST_S, SCREEN_S

BOARDS = (
    BoardSettings(id="all"),
    BoardSettings(id="sales", queues=("sales",)),
    BoardSettings(id="lobby", public=True),
)


class Desk:
    """A hub with everything around it."""

    def __init__(self, *entities: object, clock: object = None) -> None:
        self.clock = clock or StillClock()
        self.store = FloorDouble(pbx(), queue("support"), queue("sales"), *entities)
        self.measures = MeasuresDouble()
        boards = Boards(Settings(board=BOARDS, pbx=(PbxSettings(name="pbx1"),)), self.measures, b"salt")
        self.hub = Hub(
            store=self.store,
            measures=self.measures,
            health=HealthDouble(),
            clock=self.clock,
            audiences=boards.audiences,
            build="1+ab",
            traffic=Traffic(),
        )
        self.store.subscribe(self.hub.hear)

    def join(self, board: str = "all") -> Screen:
        screen = Screen()
        screen.outbox = self.hub.join(board, screen)
        return screen

    def level(self, seconds: float = FIGURES_S) -> None:
        self.clock.pass_(seconds)
        self.hub.flush()


@pytest.fixture
def desk() -> Desk:
    return Desk(agent(), trunk(), caller())


def test_a_reader_has_the_snapshot_at_once(desk: Desk) -> None:
    """Joining is one step: the whole floor, all its kinds, and the build to compare with."""
    screen = desk.join()
    (snapshot,) = screen.messages
    assert (snapshot["t"], snapshot["build"], snapshot["now"]) == ("snapshot", "1+ab", NOON)
    assert list(screen.floor) == "pbxs queues agents callers trunks figures history notices alerts requests".split()
    assert [len(screen.floor[kind]) for kind in ("pbxs", "queues", "agents", "callers", "trunks")] == [1, 2, 1, 1, 1]
    assert set(screen.floor["figures"]) == {"total", "queue:pbx1/sales", "queue:pbx1/support"}
    assert set(screen.floor["figures"]["total"]) == set(WINDOWS)
    assert len(screen.floor["history"]["total"]) == 12


def test_many_outcomes_make_one_patch(desk: Desk) -> None:
    """What happened between two flushes is one patch, with the last word on each entity."""
    screen = desk.join()
    for waiting in range(5):
        desk.store.put(queue("support", waiting=waiting))
    desk.store.put(agent(state=AgentState.RINGING))
    desk.hub.flush()
    assert screen.kinds() == ["snapshot", "patch"]
    assert screen.floor["queues"]["pbx1/support"]["waiting"] == 4
    assert next(iter(screen.floor["agents"].values()))["state"] == "ringing"


def test_what_comes_back_to_what_it_was_is_silent(desk: Desk) -> None:
    """A change undone before anybody was told is no news."""
    screen = desk.join()
    desk.store.put(agent(state=AgentState.RINGING))
    desk.store.put(agent())
    desk.hub.flush()
    assert screen.kinds() == ["snapshot"]


def test_a_caller_who_stops_waiting_leaves_the_board(desk: Desk) -> None:
    """Answered or gone, he is deleted by id."""
    screen = desk.join()
    desk.store.put(caller(stage=CallerStage.TALKING))
    desk.hub.flush()
    assert screen.messages[-1]["del"] == {"callers": ["pbx1/support/1.1"]}
    assert screen.floor["callers"] == {}


def test_readers_of_one_board_share_revisions(desk: Desk) -> None:
    """A patch is encoded once per board; a newcomer starts at the revision of the others."""
    first = desk.join()
    desk.store.put(queue("support", waiting=1))
    desk.hub.flush()
    second = desk.join()
    desk.store.put(queue("support", waiting=2))
    desk.hub.flush()
    assert desk.hub.traffic.patches == 2
    assert (first.rev, first.floor) == (second.rev, second.floor)


def test_a_newcomer_does_not_wait_for_the_flush(desk: Desk) -> None:
    """His snapshot holds what is not yet told to the others, and they are told then too."""
    first = desk.join()
    desk.store.put(queue("support", waiting=7))
    second = desk.join()
    assert second.floor["queues"]["pbx1/support"]["waiting"] == 7
    assert first.floor == second.floor


def test_boards_see_their_own(desk: Desk) -> None:
    """A change that a board does not show costs it nothing."""
    sales, everything = desk.join("sales"), desk.join("all")
    desk.store.put(queue("support", waiting=3))
    desk.hub.flush()
    assert sales.kinds() == ["snapshot"]
    assert everything.kinds() == ["snapshot", "patch"]


def test_a_board_nobody_looks_at_costs_nothing(desk: Desk) -> None:
    """Without readers outcomes are not even noted."""
    screen = desk.join()
    desk.hub.leave("all", screen.outbox)
    desk.store.put(queue("support", waiting=3))
    desk.hub.flush()
    assert desk.hub.traffic.flushes == 0
    assert desk.hub.clients == {}


def test_a_new_queue_is_a_new_picture(desk: Desk) -> None:
    """A board of all queues gets a snapshot when one comes into use, and again when it goes."""
    screen = desk.join()
    desk.clock.pass_(2)
    desk.store.put(queue("night"))
    desk.hub.flush()
    assert screen.kinds() == ["snapshot", "snapshot"]
    assert screen.board["queues"] == ["pbx1/night", "pbx1/sales", "pbx1/support"]
    desk.clock.pass_(2)
    desk.store.drop(queue("night"))
    desk.hub.flush()
    assert screen.board["queues"] == ["pbx1/sales", "pbx1/support"]


def test_figures_follow(desk: Desk) -> None:
    """Changed figures are told within a quarter of a second, per queue, agent and total."""
    screen = desk.join()
    desk.measures.set(TOTAL, offered=1)
    desk.measures.set(("queue", "pbx1", "support"), offered=1)
    desk.measures.set(("agent", "pbx1", "Ann"), answered=1)
    desk.level()
    assert screen.floor["figures"]["total"]["m30"]["offered"] == 1
    assert screen.floor["figures"]["queue:pbx1/support"]["today"]["offered"] == 1
    ann = next(iter(screen.floor["agents"]))
    assert screen.floor["figures"][f"agent:{ann}"] == {"today": screen.floor["figures"][f"agent:{ann}"]["today"]}


def test_an_agents_figures_leave_and_return_with_him(desk: Desk) -> None:
    """No figures stay behind of somebody the board no longer shows."""
    desk.measures.set(("agent", "pbx1", "Ann"), answered=1)
    screen = desk.join()
    assert len([s for s in screen.floor["figures"] if s.startswith("agent:")]) == 1
    desk.store.drop(agent())
    desk.hub.flush()
    assert not [s for s in screen.floor["figures"] if s.startswith("agent:")]
    desk.store.put(agent())
    desk.hub.flush()
    assert len([s for s in screen.floor["figures"] if s.startswith("agent:")]) == 1


def test_a_beat_every_two_seconds(desk: Desk) -> None:
    """The beat says how old each exchange's word is, and carries what follows at leisure: charts and gaps."""
    screen = desk.join()
    desk.measures.set(TOTAL, offered=1)
    desk.measures.breaks["pbx1"] = [(1.0, 2.0)]
    desk.clock.pass_(BEAT_S)
    desk.hub.tick()
    assert screen.messages[-1]["t"] == "beat"
    assert screen.messages[-1]["heard"] == {"pbx1": 0.4}
    assert screen.floor["history"]["total"][0]["offered"] == 1
    assert screen.floor["pbxs"]["pbx1"]["gaps"] == [[1.0, 2.0]]
    desk.hub.tick()
    assert screen.kinds().count("beat") == 1


def test_a_chart_is_new_to_whoever_comes_later(desk: Desk) -> None:
    """What moved while nobody looked at any board is in the first picture of the next who does."""
    desk.hub._scores = desk.hub._audiences["all"]._scores  # one for all, as in the product
    screen = desk.join()
    assert screen.floor["history"]["total"][0]["offered"] == 0
    desk.hub.leave("all", screen.outbox)
    desk.measures.set(TOTAL, offered=7)
    for _ in range(2):
        desk.clock.pass_(BEAT_S)
        desk.hub.tick()
    assert desk.join().floor["history"]["total"][0]["offered"] == 7


def test_the_round_trip_is_measured(desk: Desk) -> None:
    """The first of every fifteen beats asks; only the answer to that one counts."""
    screen = desk.join()
    for _ in range(16):
        desk.clock.pass_(BEAT_S)
        desk.hub.tick()
    asked = [message["n"] for message in screen.messages if "n" in message]
    assert asked == [1, 16]
    desk.clock.pass_(0.25)
    desk.hub.answered("all", 1)
    desk.hub.answered("all", 16)
    assert list(desk.hub.traffic.round_trips) == [0.25]


def test_a_slow_reader_is_brought_level_later(desk: Desk) -> None:
    """He misses patches, not the truth; the others notice nothing."""
    slow, quick = desk.join(), desk.join()
    slow.backlog = HIGH_BYTES + 1
    for waiting in (1, 2, 3):
        desk.store.put(queue("support", waiting=waiting))
        desk.level()
    assert len(quick.messages) == 4
    assert len(slow.messages) == 1
    slow.backlog = 0
    desk.clock.pass_(1)
    desk.hub.tick()
    assert slow.kinds() == ["snapshot", "snapshot"]
    assert (slow.rev, slow.floor) == (quick.rev, quick.floor)
    assert desk.hub.traffic.skipped == 3


def test_a_stalled_reader_is_cut(desk: Desk) -> None:
    """After half a minute nobody believes any more that he reads."""
    stalled = desk.join()
    stalled.backlog = HIGH_BYTES + 1
    desk.store.put(queue("support", waiting=1))
    desk.hub.flush()
    desk.clock.pass_(PATIENCE_S + 1)
    desk.hub.tick()
    assert stalled.cuts == 1


def test_resync_gives_a_snapshot(desk: Desk) -> None:
    """Who lost the thread is level again; asking at once again waits a second."""
    screen = desk.join()
    desk.clock.pass_(5)
    for _ in range(3):
        desk.hub.resync("all", screen.outbox)
    assert screen.kinds() == ["snapshot", "snapshot"]
    desk.clock.pass_(1)
    desk.hub.tick()
    assert screen.kinds()[:3] == ["snapshot", "snapshot", "snapshot"]


def test_an_entity_that_cannot_be_shown_is_left_out(desk: Desk) -> None:
    """It is counted, and the rest of the board lives."""
    screen = desk.join()
    desk.store.put(replace(agent("Bob"), members=None))
    desk.store.put(queue("sales", waiting=5))
    desk.hub.flush()
    assert desk.hub.traffic.failures > 0
    assert screen.floor["queues"]["pbx1/sales"]["waiting"] == 5


ENTITIES = st.one_of(
    st.builds(lambda n, w: queue(n, waiting=w), st.sampled_from(["support", "sales", "night"]), st.integers(0, 3)),
    st.builds(
        lambda name, q, s: agent(name, member(q, name), state=s),
        st.sampled_from(["Ann", "Bob"]),
        st.sampled_from(["support", "sales"]),
        st.sampled_from(AgentState),
    ),
    st.builds(lambda u, s: caller(u, stage=s), st.sampled_from(["1.1", "1.2"]), st.sampled_from(CallerStage)),
    st.just(trunk()),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), ENTITIES),
        st.tuples(st.just("drop"), ENTITIES),
        st.tuples(st.just("score"), st.sampled_from(["support", "sales"])),
        st.tuples(st.sampled_from(["join", "tick", "flush", "slow", "quick"]), st.none()),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_every_reader_ends_with_the_truth(steps: list[tuple[str, object]]) -> None:
    """Whatever happened to the floor and to the line: once quiet, every reader holds what a newcomer gets."""
    desk = Desk()
    screens = {board.id: [desk.join(board.id)] for board in BOARDS}
    deeds: dict[str, Callable[[object], object]] = {
        "put": desk.store.put,
        "drop": desk.store.drop,
        "score": lambda q: desk.measures.set(("queue", "pbx1", str(q)), offered=desk.store.view.revision),
        "join": lambda _: [screens[board].append(desk.join(board)) for board in screens],
        "tick": lambda _: (desk.clock.pass_(0.5), desk.hub.tick()),
        "flush": lambda _: desk.hub.flush(),
        "slow": lambda _: setattr(screens["all"][0], "backlog", HIGH_BYTES + 1),
        "quick": lambda _: setattr(screens["all"][0], "backlog", 0),
    }
    for deed, what in steps:
        deeds[deed](what)
    screens["all"][0].backlog = 0
    for _ in range(5):
        desk.clock.pass_(BEAT_S)
        desk.hub.tick()
    for board, readers in screens.items():
        newcomer = Screen()
        fresh = Desk(clock=desk.clock)
        fresh.store.view = desk.store.view
        fresh.measures.sums = desk.measures.sums
        fresh.hub.join(board, newcomer)
        for reader in readers:
            assert reader.floor == newcomer.floor
            assert reader.board == newcomer.board


async def test_the_loop_tells_soon() -> None:
    """Once started, a change reaches the screen by itself within the coalescing time, not with the next tick."""
    desk = Desk(clock=SystemClock())
    desk.hub.start()
    screen, told = desk.join(), asyncio.Event()
    deliver = screen.deliver
    screen.deliver = lambda message: (deliver(message), told.set())[0]
    desk.hub.flush()
    began = asyncio.get_running_loop().time()
    desk.store.put(queue("support", waiting=1))
    async with asyncio.timeout(2):
        await told.wait()
    assert asyncio.get_running_loop().time() - began < 0.2
    await desk.hub.stop()
    assert desk.store.listeners == [desk.hub.hear]  # only the desk's own ear is left


def test_a_busy_floor_is_told_less_often() -> None:
    """Flushes take a quarter of the core at most, and nobody waits longer than a tenth of a second."""
    desk = Desk()
    desk.join()
    assert desk.hub.pause_s == COALESCE_S
    for took_s, pause_s in ((0.001, COALESCE_S), (0.015, 0.045), (0.5, MOST_S)):
        desk.hub._go_on = lambda took_s=took_s: desk.clock.pass_(took_s)
        desk.hub.flush()
        assert desk.hub.pause_s == pytest.approx(pause_s, abs=1e-4)


def test_many_screens_are_told_less_often() -> None:
    """A patch is one write per screen: a hundred wait a little longer for each other, and a thousand no longer than a
    tenth of a second."""
    desk = Desk()
    pauses = []
    for _ in range(100):
        desk.join()
        pauses.append(desk.hub.pause_s)
    assert pauses[:50] == [COALESCE_S] * 50
    assert pauses[-1] == pytest.approx(100 * SCREEN_S)
    for _ in range(400):
        desk.join()
    assert desk.hub.pause_s == MOST_S


async def test_figures_alone_are_told_soon() -> None:
    """What moves figures and nothing a board shows is told by itself within their quarter of a second."""
    desk = Desk(clock=SystemClock())
    desk.hub.start()
    screen = Watched()
    desk.hub.join("all", screen)
    try:
        desk.hub.flush()
        desk.measures.set(TOTAL, offered=3)
        desk.hub.hear(Outcome(1, Fact("pbx1", NOON), [], []))
        assert desk.hub._turns._soon is None
        await _until(screen, lambda s: s.floor["figures"]["total"]["today"]["offered"] == 3)
    finally:
        await desk.hub.stop()


def test_a_clock_shows_its_agent_as_he_is_now() -> None:
    """Of an agent who has changed since he is told what he is; of one who is gone nothing."""
    desk = Desk(agent())
    screen = desk.join()
    desk.hub.hear_clock(("pbx1", "Ann"))
    desk.store.put(agent(state=AgentState.RINGING))
    desk.hub.hear_clock(("pbx1", "nobody"))
    desk.hub.flush()
    assert [one["state"] for one in screen.floor["agents"].values()] == ["ringing"]
    desk.hub.hear_clock(("pbx1", "Ann"))
    desk.store.drop(agent())
    desk.hub.flush()
    assert screen.floor["agents"] == {}


class Raised(Desk):
    """The same with alerts, clocks and announcements."""

    def __init__(self) -> None:
        super().__init__(agent())
        self.alarms, self.clocks, self.told = AlarmsDouble(), ClocksDouble(), AnnouncementsDouble()
        sources = Sources(self.alarms, self.clocks, announcements=self.told)
        boards = Boards(Settings(board=BOARDS, pbx=(PbxSettings(name="pbx1"),)), self.measures, b"salt", sources)
        self.hub = Hub(
            store=self.store, measures=self.measures, health=HealthDouble(), clock=SystemClock(),
            audiences=boards.audiences, build="1+ab", traffic=Traffic(), sources=sources,
        )  # fmt: skip


class Watched(Screen):
    """A screen one can wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.told = asyncio.Event()

    def hear(self, told: dict[str, object]) -> None:
        super().hear(told)
        self.told.set()


async def _until(screen: Watched, done: Callable[[Watched], bool]) -> None:
    async with asyncio.timeout(5):
        while not done(screen):
            screen.told.clear()
            await screen.told.wait()


async def test_alerts_clocks_and_orders_reach_the_board_at_once() -> None:
    """Each within a flush, without a word of the floor; a drill brings a new snapshot, as the board itself changes.
    Visitors are told of no fault (R-EMG-12)."""
    raised = Raised()
    raised.hub.start()
    screen, lobby = Watched(), Watched()
    raised.hub.join("all", screen)
    raised.hub.join("lobby", lobby)
    try:
        raised.alarms.put(alert())
        await _until(screen, lambda s: len(s.floor["alerts"]) == 1)
        raised.hub.hear_clock(raised.clocks.run("pbx1", "Ann", RunningClock()))
        await _until(screen, lambda s: next(iter(s.floor["agents"].values()))["clocks"] != [])
        raised.told.notices |= {"e": Order(), "ill": Order(evacuation=False, public=False, desks=True)}
        raised.told.tell()
        await _until(lobby, lambda s: "e" in s.floor["notices"])
        await _until(screen, lambda s: list(s.floor["notices"]) == ["e"])  # the other is for desks
        raised.told.drill = "d1"
        raised.told.notices.clear()
        raised.told.tell()
        await _until(screen, lambda s: s.board["drill"])
        raised.alarms.put(replace(alert(), stage=AlertStage.RESOLVED))
        await _until(screen, lambda s: s.floor["alerts"] == {})
    finally:
        await raised.hub.stop()
    assert lobby.floor["alerts"] == {}
    assert not lobby.board["drill"]
    assert lobby.floor["notices"] == {}
    assert not raised.alarms.listeners + raised.told.listeners


async def test_news_of_the_record_goes_to_desks_and_no_board() -> None:
    """At once, several kinds in one word, and the next word only after a rest; a board never hears of it."""
    raised = Raised()
    raised.hub.start()
    screen = Watched()
    raised.hub.join("all", screen)
    live = raised.hub._lives["all"]
    try:
        raised.hub.hear_news("drills")
        raised.hub.flush()
        assert screen.kinds() == ["snapshot"]
        live.audience.follows_record = True
        raised.hub._news_at -= 1
        raised.hub.hear_news("drills")
        raised.hub.hear_news("breaches")
        raised.hub.flush()
        raised.hub.hear_news("silences")
        raised.hub.flush()
        told = [message["of"] for message in screen.messages if message["t"] == "news"]
        assert told == [["breaches", "drills"]]
        await _until(screen, lambda s: s.kinds().count("news") == 2)
    finally:
        await raised.hub.stop()
