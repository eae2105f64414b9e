"""Lines to the outside: lost (R-EMG-22), failing (R-EMG-25), silent calls (R-HUP-11), callers refused (R-ANS-9)."""

from __future__ import annotations

import pytest

from alerts.conditions import trunks
from alerts.conditions.contract import Level
from alerts.conditions.subjects import SITE, the_trunk
from floor.state import facts as f
from floor.state.model import Reach
from tests.support.scene import BEGIN, A, B, Scene, one

LOST = one(trunks.CONDITIONS, "trunk_lost")
CARRIER = the_trunk(A, "me@carrier")

WORDS = (
    ("Registered", Reach.REACHABLE, None),
    ("Rejected", Reach.UNREACHABLE, 30),
    ("Failed", Reach.UNREACHABLE, 30),
    ("Unregistered", Reach.UNREACHABLE, 30),
    ("Whatever", Reach.UNKNOWN, None),
)


@pytest.mark.parametrize(("word", "reach", "said"), WORDS)
def test_registration(word: str, reach: Reach, said: float | None) -> None:
    """A registration that is refused or gone is lost; a word we do not know says nothing."""
    scene = Scene(LOST).up().tell(f.TrunkSeen(A, BEGIN, "me@carrier", reach, word))
    assert scene.at(30).value(CARRIER) == said
    assert CARRIER in scene.touched
    if said:
        assert scene.proof(CARRIER)["status"] == word


def test_endpoint_of_a_trunk() -> None:
    """A qualified endpoint without a registration counts the same, and its return ends it."""
    trunk = the_trunk(A, "PJSIP/carrier")
    scene = Scene(LOST).up().tell(f.TrunksSynced(A, BEGIN, (("PJSIP/carrier", Reach.REACHABLE, "Not in use"),)))
    scene.at(5).tell(f.EndpointSeen(A, BEGIN + 5, "PJSIP/carrier", Reach.UNREACHABLE))
    assert scene.at(35).value(trunk) == 30
    scene.tell(f.EndpointSeen(A, BEGIN + 35, "PJSIP/carrier", Reach.REACHABLE))
    assert scene.value(trunk) is None


def test_repeats_and_other_words_make_it_no_younger() -> None:
    """Rejected, then Unregistered, then Rejected again: one loss."""
    scene = Scene(LOST).up()
    for at, word in ((0, "Rejected"), (10, "Unregistered"), (20, "Rejected")):
        scene.at(at).tell(f.TrunkSeen(A, BEGIN + at, "me@carrier", Reach.UNREACHABLE, word))
    assert scene.at(30).value(CARRIER) == 30


def test_removed_trunk() -> None:
    """What is no longer configured is not lost."""
    scene = Scene(LOST).up().tell(f.TrunkSeen(A, BEGIN, "me@carrier", Reach.UNREACHABLE, "Failed"))
    assert scene.tell(f.TrunkGone(A, BEGIN + 1, "me@carrier")).value(CARRIER) is None


def test_trunks_of_two_exchanges() -> None:
    """The same account on two exchanges is two trunks."""
    scene = Scene(LOST).up(A, B)
    for pbx, reach in ((A, Reach.REACHABLE), (B, Reach.UNREACHABLE)):
        scene.tell(f.TrunkSeen(pbx, BEGIN, "me@carrier", reach, "x"))
    assert (scene.at(9).value(CARRIER), scene.value(the_trunk(B, "me@carrier"))) == (None, 9)


# R-EMG-25

FAILED = one(trunks.CONDITIONS, "calls_failed")
LINE = the_trunk(A, "PJSIP/carrier")


def call(scene: Scene, number: int, cause: int | None, *, up: bool = False, state: str = "down", pbx: str = A) -> None:
    """A call over the carrier, from beginning to end."""
    uniqueid, at = f"{scene.clock.at}.{number}", scene.clock.at
    scene.tell(f.ChannelOpened(pbx, at, uniqueid, f"PJSIP/carrier-{number:08x}", uniqueid, state))
    if up:
        scene.tell(f.ChannelChanged(pbx, at, uniqueid, "up"))
    scene.tell(f.ChannelClosed(pbx, at, uniqueid, cause))


CAUSES = (
    *((cause, False, 1) for cause in (34, 38, 41, 42, 44, 102)),
    *((cause, False, 0) for cause in (16, 17, 19, 21, 1, 127, None)),
    (34, True, 0),
)


@pytest.mark.parametrize(("cause", "up", "failed"), CAUSES)
def test_which_calls_have_failed(cause: int | None, up: bool, failed: int) -> None:
    """For want of a way; busy, no answer and refused are the other side's affair, and an answered call had a way."""
    scene = Scene(FAILED).up()
    call(scene, 1, cause, up=up)
    assert scene.value(LINE) == failed
    assert scene.touched == [LINE]


SHARES = ((10, 1, 0.1), (10, 2, 0.2), (9, 2, 2 / 9), (50, 10, 0.2))


@pytest.mark.parametrize(("calls", "failed", "share"), SHARES)
def test_share_of_failed_calls(calls: int, failed: int, share: float) -> None:
    """Of all calls on the line; the number of calls is the sample a rule asks for."""
    scene = Scene(FAILED).up()
    for number in range(calls):
        call(scene, number, 34 if number < failed else 16)
    reading = scene.read(LINE)
    assert isinstance(reading, Level)
    assert reading.value == pytest.approx(share)
    assert reading.sample == calls
    assert reading.review_at == BEGIN + 300
    assert scene.at(299.9).value(LINE) is not None
    assert scene.at(300).value(LINE) is None


def test_phones_of_the_floor_are_no_lines() -> None:
    """A colleague's phone that cannot be reached is not a carrier; two exchanges are two."""
    scene = Scene(FAILED).up(A, B).sits("Ann").phone(Reach.REACHABLE, "office")
    for name in ("PJSIP/Ann-1", "PJSIP/office-1", "Local/1@queue-1;1", "AudioSocket/host-1"):
        scene.tell(f.ChannelOpened(A, BEGIN, name, name, name, "down"), f.ChannelClosed(A, BEGIN, name, 34))
    assert scene.touched == []
    call(scene, 1, 34, pbx=B)
    assert scene.touched == [the_trunk(B, "PJSIP/carrier")]


def test_strangers_that_knock_are_forgotten() -> None:
    """Thousands of made-up senders do not fill the memory."""
    scene = Scene(FAILED).up()
    for number in range(trunks.LINES + 5):
        scene.tell(
            f.ChannelOpened(A, BEGIN, "1", f"SIP/10.{number}-1", "1", "dialling"), f.ChannelClosed(A, BEGIN, "1", 21)
        )
    assert len(scene.notes["calls_failed", SITE]["lines"]) == trunks.LINES
    assert scene.value(the_trunk(A, "SIP/10.0")) is None
    assert scene.value(the_trunk(A, f"SIP/10.{trunks.LINES}")) == 0


REFUSED = one(trunks.CONDITIONS, "line_refused")

TURNED_AWAY = (
    (17, "dialling", False, 1),
    (34, "dialling", False, 1),
    (42, "dialling", False, 1),
    (16, "dialling", False, 0),
    (34, "down", False, 0),
    (17, "dialling", True, 0),
)


@pytest.mark.parametrize(("cause", "state", "up", "times"), TURNED_AWAY)
def test_turned_away_before_any_queue(cause: int, state: str, up: bool, times: int) -> None:
    """Calls from outside that met busy or congestion (R-ANS-9); our own calls and answered ones do not count."""
    scene = Scene(REFUSED).up()
    call(scene, 1, cause, up=up, state=state)
    assert [one.subject for one in scene.occurred] == [LINE] * times


def test_who_was_in_a_queue_is_the_queue_s() -> None:
    """He is counted once, with the queue that lost him."""
    scene = Scene(REFUSED).up()
    scene.tell(f.ChannelOpened(A, BEGIN, "C1", "PJSIP/carrier-1", "C1", "dialling"))
    scene.tell(f.DialplanMoved(A, BEGIN, "C1", "Queue", "sales"), f.ChannelClosed(A, BEGIN, "C1", 17))
    assert scene.occurred == []


# R-HUP-11

SILENT = one(trunks.CONDITIONS, "silent_call")


def answered(scene: Scene, caller: str, *, heard: bool, talk_s: int = 20) -> None:
    """A caller with an agent, heard or not."""
    scene.joins(caller)
    at = scene.clock.at
    scene.tell(f.OfferAnswered(A, at, "sales", "Ann", "PJSIP/Ann", caller, f"{caller}.leg", 1, 1))
    if heard:
        scene.tell(f.TalkingBegan(A, at + 1, caller), f.TalkingEnded(A, at + 2, caller, 1.0))
    scene.tell(f.CallCompleted(A, at + talk_s, "sales", "Ann", "PJSIP/Ann", caller, f"{caller}.leg", 1, talk_s, None))


def test_silent_calls_where_callers_are_listened_to() -> None:
    """The second caller is not heard; the first proves that he would have been."""
    scene = Scene(SILENT).up().sits("Ann")
    answered(scene, "C1", heard=True)
    answered(scene, "C2", heard=False)
    assert [(one.subject, one.about.call) for one in scene.occurred] == [(LINE, "C2")]


def test_who_was_heard_while_waiting_is_not_silent() -> None:
    """He talks on without a new beginning; and he proves as well that callers are listened to."""
    scene = Scene(SILENT).up().sits("Ann").joins("C1")
    at = scene.clock.at
    scene.tell(f.TalkingBegan(A, at, "C1"))
    scene.tell(f.OfferAnswered(A, at + 5, "sales", "Ann", "PJSIP/Ann", "C1", "C1.leg", 1, 1))
    scene.tell(f.CallCompleted(A, at + 25, "sales", "Ann", "PJSIP/Ann", "C1", "C1.leg", 1, 20, None))
    assert scene.occurred == []
    answered(scene, "C2", heard=False)
    assert [(one.subject, one.about.call) for one in scene.occurred] == [(LINE, "C2")]


def test_without_talk_detection_no_call_is_silent() -> None:
    """Nobody is ever heard: nothing is known; voices of agents prove nothing about callers."""
    scene = Scene(SILENT).up(A, B).sits("Ann")
    scene.tell(f.TalkingBegan(A, BEGIN, "agent.leg"))
    answered(scene, "C1", heard=False)
    assert scene.occurred == []


@pytest.mark.parametrize(("talk_s", "times"), [(4, 0), (5, 1)])
def test_short_calls_are_not_silent(talk_s: int, times: int) -> None:
    """Who is gone before he could speak is no silent call."""
    scene = Scene(SILENT).up().sits("Ann")
    answered(scene, "C1", heard=True)
    answered(scene, "C2", heard=False, talk_s=talk_s)
    assert len(scene.occurred) == times
