"""Our own absence is a gap, a quiet night is none."""

from __future__ import annotations

from floor.history.presence import DOUBT_S, RESTARTED, Presence
from floor.history.rows import Seen
from floor.ports import Change, Outcome
from floor.state.facts import CallerLeft, Fact, LinkChanged, ReviewDue
from floor.state.model import Gap, LinkState, Pbx
from tests.history.entities import NOW, gap


def _link(link: LinkState, at: float, *, offset_s: float | None = None) -> Outcome:
    pbx = Pbx("pbx", link, at, clock_offset_s=offset_s, timestamps=offset_s is not None)
    return Outcome(1, LinkChanged("pbx", at, link), [Change(None, pbx)], [])


def _fact(fact: Fact) -> Outcome:
    return Outcome(1, fact, [], [])


def test_first_start() -> None:
    """A floor never seen before has no gap."""
    assert Presence({}, ()).note(_link(LinkState.UP, NOW)) == []


def test_restart() -> None:
    """From the last moment on record to the first complete picture there was nobody to listen: one gap, once."""
    presence = Presence({"pbx": NOW - 40}, ())
    assert presence.note(_link(LinkState.SYNCING, NOW - 1)) == []
    assert presence.note(_link(LinkState.UP, NOW)) == [Gap("pbx", NOW - 40, NOW, RESTARTED)]
    assert presence.note(_link(LinkState.UP, NOW + 9)) == []


def test_stopped_during_a_gap() -> None:
    """A gap that was open when we stopped goes on until we are back; it does not become two."""
    presence = Presence({"pbx": NOW - 50}, [gap(NOW - 40, None), gap(NOW - 40, None, pbx="other")])
    assert presence.note(_link(LinkState.UP, NOW)) == [gap(NOW - 40, NOW)]


def test_quiet_night() -> None:
    """Without a single call the record stays current as long as the link is up, less the time a dead link may hide."""
    presence = Presence({}, ())
    presence.note(_link(LinkState.UP, NOW))
    assert presence.pulse(NOW + 3600) == [Seen("pbx", NOW + 3600 - DOUBT_S)]


def test_exchange_clock() -> None:
    """The pulse is on the exchange's clock when that is known to differ."""
    presence = Presence({}, ())
    presence.note(_link(LinkState.UP, NOW, offset_s=100.0))
    assert presence.pulse(NOW + 60) == [Seen("pbx", NOW + 160 - DOUBT_S)]


def test_link_down() -> None:
    """While the link is down nothing counts as heard, our own reviews least of all."""
    presence = Presence({}, ())
    presence.note(_link(LinkState.UP, NOW))
    presence.note(_fact(CallerLeft("pbx", NOW + 5, "support", "1.1")))
    presence.note(_link(LinkState.DOWN, NOW + 5))
    presence.note(_fact(ReviewDue("pbx", NOW + 500)))
    assert presence.pulse(NOW + 600) == [Seen("pbx", NOW + 5)]


def test_our_own_reviews() -> None:
    """A moment that we ourselves named is no word from the exchange, even while the link is up."""
    presence = Presence({}, ())
    presence.note(_link(LinkState.UP, NOW))
    presence.note(_fact(ReviewDue("pbx", NOW + 500)))
    assert presence.pulse(NOW + 1) == [Seen("pbx", NOW)]


def test_never_up() -> None:
    """An exchange that has not been reached since our start keeps its old mark."""
    presence = Presence({"pbx": NOW - 40}, ())
    presence.note(_link(LinkState.DOWN, NOW))
    assert presence.pulse(NOW + 600) == []
