"""What ended lately is kept for a while, and no longer."""

from __future__ import annotations

from floor.relay.lately import KEPT_S, Lately
from floor.state import facts as f
from floor.state.model import Caller, Gap, LinkState, Offer
from floor.store import FloorStore
from tests.support.replay import TapeClock
from tests.support.stories import BEGIN

JOINED = f.CallerJoined("a", BEGIN, "sales", "1")
GONE = (f.CallerGaveUp("a", BEGIN + 3, "sales", "1", 3), f.ChannelClosed("a", BEGIN + 3, "1", 16))


def test_kept_told_and_forgotten() -> None:
    """Visits and records of each exchange; a floor that tells them hands them on; then they are old."""
    clock = TapeClock(BEGIN)
    store, lately = FloorStore(clock), Lately(clock)
    store.subscribe(lately.hear)
    for fact in (JOINED, *GONE, f.LinkChanged("b", BEGIN, LinkState.DOWN, "lost")):
        store.apply(fact)
    assert [visit.uniqueid for visit in lately.of(Caller, "a")] == ["1"]
    assert [gap.pbx for gap in lately.of(Gap)] == ["b"]
    assert list(lately.of(Gap, "a")) == list(lately.of(Offer)) == []
    taken = lately.added(store.part("a", BEGIN))
    assert ([one.uniqueid for one in taken.ended], taken.gaps) == (["1"], ())
    other, after = FloorStore(clock), Lately(clock)
    other.subscribe(after.hear)
    other.take(taken)
    assert after.added(other.part("a", BEGIN)).ended == taken.ended
    clock.at += KEPT_S + 1
    store.apply(f.CallerJoined("a", BEGIN + 60, "sales", "2"))
    assert list(lately.of(Caller)) == []
