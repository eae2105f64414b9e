"""Reporter: deliveries of a link told as facts, in their order, all on one clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk import deliveries as d
from asterisk.reporter import Reporter
from asterisk.sync import Defaults
from floor.state import facts as f
from floor.state.model import Caller, LinkState
from tests.support.replay import PBX, Stage, messages, play

OURS = 1_700_000_000.0
THEIRS = OURS + 3600.0
TAPES = Path(__file__).parent.parent / "tapes"
MEMBER: dict[str, Any] = {
    "Event": "QueueMemberPause",
    "Queue": "sales",
    "MemberName": "Ann",
    "Interface": "PJSIP/1",
    "Paused": "1",
    "LastPause": str(int(THEIRS) - 60),
}


class Ear:
    """A reporter and everything it said."""

    def __init__(self, **more: Any) -> None:
        self.facts: list[f.Fact] = []
        self.report = Reporter("p", self.facts.append, **more)

    def event(self, *, stamp: float | None = None, at: float = OURS, **headers: Any) -> f.Fact | None:
        """The fact an event told, if any."""
        stamped = {} if stamp is None else {"Timestamp": f"{stamp:.6f}"}
        count = len(self.facts)
        self.report(d.EventArrived({**headers, **stamped}, at))
        return self.facts[-1] if len(self.facts) > count else None

    def last(self, kind: type[f.Fact]) -> Any:
        return [fact for fact in self.facts if isinstance(fact, kind)][-1]


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine is west of Greenwich."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def compared(offset: float | None, *, stamped: bool = False, round_trip: float = 0.002) -> d.ClockCompared:
    return d.ClockCompared(OURS, offset, round_trip, stamped)


def test_stamped_event_is_dated_by_the_exchange(ear: Ear) -> None:
    """Its own time is the better one."""
    fact = ear.event(stamp=THEIRS, Event="Hangup", Uniqueid="1")
    assert fact == f.ChannelClosed("p", THEIRS, "1")


def test_unstamped_event_is_dated_by_us(ear: Ear) -> None:
    """And so are the moments in it: LastPause is the exchange's, moved by what its clock is ahead."""
    ear.report(compared(3600.0))
    fact = ear.event(**MEMBER)
    assert isinstance(fact, f.MemberSeen)
    assert (fact.at, fact.member.paused_at) == (OURS, OURS - 60)


def test_events_that_lost_their_stamps_stay_on_their_clock(ear: Ear) -> None:
    """timestampevents is switched off under way: what follows is not an hour before what was."""
    ear.event(stamp=THEIRS, Event="Hangup", Uniqueid="1")
    fact = ear.event(at=OURS + 5, Event="Hangup", Uniqueid="2")
    assert fact == f.ChannelClosed("p", THEIRS + 5, "2")


def test_events_before_the_first_comparison(ear: Ear) -> None:
    """The first stamp tells the offset well enough until a Ping says it better."""
    ear.event(stamp=THEIRS - 0.2, Event="Hangup", Uniqueid="1")
    assert ear.last(f.ClockMeasured).offset_s == pytest.approx(3599.8)
    ear.report(d.ListCollected("CoreShowChannels", [], OURS + 1))
    assert ear.last(f.ChannelsSynced).at == pytest.approx(THEIRS + 0.8)
    ear.report(compared(3600.0, stamped=True))
    assert ear.last(f.ClockMeasured) == f.ClockMeasured("p", THEIRS, 3600.0, True)


def test_list_is_dated_like_events(ear: Ear) -> None:
    """A list bears no stamp: it gets our moment, moved to the exchange's clock when that is what events bear."""
    ear.report(compared(3600.0, stamped=True))
    ear.report(d.ListCollected("CoreShowChannels", [], OURS))
    assert ear.last(f.ChannelsSynced).at == THEIRS


def test_first_picture_on_the_right_clock() -> None:
    """Whether or not events are stamped is known only with the first of them; the picture taken before is put right."""
    stage = Stage(OURS)
    report = Reporter(PBX, stage.tell)
    entry = {"Event": "QueueEntry", "Queue": "sales", "Uniqueid": "C1", "Wait": "20"}
    report(d.LinkOpened(OURS, "x"))
    report(compared(3600.0))
    report(d.ListCollected("QueueStatus", [{"Event": "QueueParams", "Queue": "sales"}, dict(entry)], OURS))
    report(d.ListCollected("CoreShowChannels", [], OURS))
    (caller,) = stage.store.snapshot().callers.values()
    assert caller.joined_at == THEIRS - 20
    report(d.EventArrived({"Event": "Hangup", "Uniqueid": "other"}, OURS + 1))
    moved = stage.store.snapshot().callers[PBX, "sales", "C1"]
    assert isinstance(moved, Caller)
    assert moved.joined_at == OURS - 20


def test_clock_is_told_when_it_moved(ear: Ear) -> None:
    """Small wobbles are kept quiet, and nothing within the uncertainty of the measurement is news."""
    ear.report(compared(0.30, stamped=True))
    ear.report(compared(0.33, stamped=True))
    ear.report(compared(0.45, stamped=True, round_trip=0.4))
    ear.report(compared(0.45, stamped=True))
    told = [fact.offset_s for fact in ear.facts if isinstance(fact, f.ClockMeasured)]
    assert told == [0.30, 0.45]


def test_slow_comparison_moves_nothing(ear: Ear) -> None:
    """A Ping that took seconds, because a machine was busy, is no reason to move every moment by seconds."""
    ear.report(compared(0.0, stamped=True))
    ear.report(compared(2.0, stamped=True, round_trip=4.0))
    assert [fact.offset_s for fact in ear.facts if isinstance(fact, f.ClockMeasured)] == [0.0]


def test_clock_that_nobody_tells(ear: Ear) -> None:
    """Without the exchange's time there is no offset to tell."""
    ear.report(compared(None))
    assert ear.facts == []


def test_stamps_are_told_at_once(ear: Ear) -> None:
    """The first unstamped event says that moments are ours; whoever counts from them learns it before it is told."""
    ear.report(compared(5.0))
    ear.event(Event="Hangup", Uniqueid="1")
    kinds = [(type(fact).__name__, getattr(fact, "timestamps", None)) for fact in ear.facts]
    assert kinds == [("ClockMeasured", True), ("ClockMeasured", False), ("ChannelClosed", None)]


def test_session(ear: Ear) -> None:
    """Opened, pictured, up with version and start; closed with the moment of the last word and the reason."""
    ear.report(d.LinkOpened(OURS, "Asterisk Call Manager/11"))
    ear.report(d.PictureBegan(OURS))
    ear.report(d.ListCollected("CoreSettings", [{"AsteriskVersion": "22.1"}], OURS))
    ear.report(d.ListCollected("CoreStatus", [{"CoreStartupDate": "2026-11-22", "CoreStartupTime": "05:07:37"}], OURS))
    ear.report(d.PictureComplete(OURS + 1))
    up = ear.last(f.LinkChanged)
    assert (up.link, up.version, up.at) == (LinkState.UP, "22.1", OURS + 1)
    assert up.booted_at is not None
    ear.report(d.LinkClosed(OURS + 20, d.CloseReason.SILENT, "nothing heard", OURS + 9))
    down = ear.last(f.LinkChanged)
    assert (down.link, down.reason, down.at) == (LinkState.DOWN, "silent", OURS + 9)
    ear.report(d.LinkClosed(OURS + 30, d.CloseReason.REFUSED, "no", None))
    assert ear.last(f.LinkChanged).link is LinkState.REFUSED


def test_refused_list_says_nothing(ear: Ear) -> None:
    """What was refused is not an empty list: nothing is gone because of it."""
    ear.report(d.PictureBegan(OURS))
    ear.report(d.ListCollected("QueueStatus", [], OURS, "Permission denied"))
    ear.report(d.ListCollected("CoreShowChannels", [], OURS, "Permission denied"))
    ear.report(d.PictureComplete(OURS, ("QueueStatus", "CoreShowChannels")))
    assert [type(fact) for fact in ear.facts] == [f.LinkChanged]


def test_nothing_of_an_older_picture_is_kept(ear: Ear) -> None:
    """A picture that was cut short leaves no list behind for the next."""
    ear.report(d.ListCollected("PJSIPShowEndpoints", [{"Event": "EndpointList", "ObjectName": "1"}], OURS))
    ear.report(d.PictureBegan(OURS))
    ear.report(d.PictureComplete(OURS))
    assert not [fact for fact in ear.facts if isinstance(fact, f.PhonesSynced)]


def test_what_the_exchange_does_not_tell() -> None:
    """After-call time of queues comes from our settings."""
    ear = Ear(defaults=Defaults(wrapup_s=30))
    ear.report(d.ListCollected("QueueStatus", [{"Event": "QueueParams", "Queue": "sales"}], OURS))
    assert ear.last(f.QueuesSynced).queues[0].wrapup_s == 30


@pytest.mark.parametrize("clock", ["", "x", "23:59:59"])
@pytest.mark.parametrize("day", ["", "x", "2026-13-40", "9999-12-31"])
@pytest.mark.usefixtures("in_new_york")
def test_start_that_is_no_date(ear: Ear, day: str, clock: str) -> None:
    """Right after boot CoreStatus may say nonsense; then the start is not known, and the link is up all the same."""
    ear.report(d.ListCollected("CoreStatus", [{"CoreStartupDate": day, "CoreStartupTime": clock}], OURS))
    ear.report(d.PictureComplete(OURS))
    assert ear.last(f.LinkChanged).booted_at is None


def test_captures_without_stamps() -> None:
    """A session recorded without timestampevents is dated by our clock and plays to the end."""
    tape = TAPES / "captures" / "basic_hold.ami"
    stage = play([tape]).stage
    (visit,) = stage.endings
    assert visit.holds == 1
    assert stage.store.snapshot().pbxs[PBX].clock_offset_s is None


MIXED = messages(TAPES / "22" / "hold-once.ami")
bad_headers = st.dictionaries(
    st.sampled_from(("Event", "Uniqueid", "Timestamp", "Queue", "Channel", "ActionID")),
    st.one_of(st.text(max_size=10), st.sampled_from(("Hangup", "QueueCallerJoin", "nan", "1e99"))),
)


@given(st.lists(st.one_of(st.sampled_from(MIXED), bad_headers), max_size=30))
def test_any_events_in_any_order(events: list[dict[str, Any]]) -> None:
    """Real events shuffled among broken ones: nothing raises, nothing is refused."""
    stage = Stage(OURS)
    report = Reporter(PBX, stage.tell)
    report(d.LinkOpened(OURS, "x"))
    for event in events:
        report(d.EventArrived(event, OURS))
    assert stage.store.refused == 0
