"""The exchange's clock: what the first picture dated by ours is moved when the first stamp comes, once."""

from __future__ import annotations

from floor.state import facts
from floor.state.floor import Floor
from floor.state.model import Caller, CallerStage, Device, LinkState, Member
from floor.state.reduce import reduce
from floor.store import FloorStore
from tests.support.replay import TapeClock

OURS, AHEAD = 1_000_000.0, 3600.0


def pictured() -> Floor:
    """A floor whose first picture came before any stamp: one ready agent, one caller who has waited 20 s."""
    floor = Floor()
    member = Member("support", "Ann", "PJSIP/1", "PJSIP/1", device=Device.IDLE)
    caller = facts.PictureCaller("support", "c.1", 1, None, None, wait_s=20)
    for fact in (
        facts.LinkChanged("p", OURS - 60, LinkState.DOWN, "first_start"),
        facts.LinkChanged("p", OURS, LinkState.SYNCING),
        facts.QueuesSynced("p", OURS, (facts.PictureQueue("support"),), (member,), (caller,)),
        facts.LinkChanged("p", OURS, LinkState.UP),
    ):
        reduce(floor, fact)
    return floor


def test_first_stamp_moves_the_picture() -> None:
    """With an exchange an hour ahead, everything pictured is an hour later as soon as its own time is seen."""
    floor = pictured()
    reduce(floor, facts.ClockMeasured("p", OURS + AHEAD + 1, AHEAD, timestamps=True))
    assert floor.callers["p", "support", "c.1"].joined_at == OURS + AHEAD - 20
    assert floor.queues["p", "support"].oldest_joined_at == OURS + AHEAD - 20
    assert floor.agents["p", "Ann"].since == OURS + AHEAD
    assert floor.pbxs["p"].since == OURS + AHEAD


def test_later_measurements_move_nothing() -> None:
    """A better offset, measured later, corrects how ages are counted and leaves every moment where it is."""
    floor = pictured()
    reduce(floor, facts.ClockMeasured("p", OURS + AHEAD + 1, AHEAD, timestamps=True))
    before = dict(floor.callers), dict(floor.agents)
    reduce(floor, facts.ClockMeasured("p", OURS + AHEAD + 2, AHEAD + 0.4, timestamps=True))
    assert (dict(floor.callers), dict(floor.agents)) == before
    assert floor.pbxs["p"].clock_offset_s == AHEAD + 0.4


def test_without_stamps_nothing_moves() -> None:
    """An exchange that does not stamp its events is dated by our clock, however far off its own is."""
    floor = pictured()
    reduce(floor, facts.ClockMeasured("p", OURS + 1, AHEAD, timestamps=False))
    assert floor.callers["p", "support", "c.1"].joined_at == OURS - 20


def test_visits_from_the_record_stay_where_they_are() -> None:
    """They were dated when the exchange's clock was known."""
    store = FloorStore(TapeClock(OURS))
    store.restore([Caller("p", "support", "c.0", CallerStage.WAITING, OURS + AHEAD - 99)])
    waits = facts.PictureCaller("support", "c.0", 1, None, None, 99)
    store.apply(facts.LinkChanged("p", OURS - 60, LinkState.DOWN, "restart"))
    store.apply(facts.QueuesSynced("p", OURS, (facts.PictureQueue("support"),), (), (waits,)))
    store.apply(facts.ClockMeasured("p", OURS + AHEAD + 1, AHEAD, timestamps=True))
    assert store.snapshot().callers["p", "support", "c.0"].joined_at == OURS + AHEAD - 99
