"""Traffic: too few agents (R-ANS-8), lost callers (R-ANS-9), no calls (R-EMG-26), too many (R-EMG-28)."""

from __future__ import annotations

import pytest

from alerts.conditions import traffic
from alerts.conditions.contract import Level
from alerts.conditions.subjects import SITE, the_pbx, the_queue
from floor.state import facts as f
from floor.state.model import Ending, LinkState
from tests.support.scene import BEGIN, A, B, Scene, one

BEYOND = one(traffic.CONDITIONS, "callers_without_agent")
LONGEST = one(traffic.CONDITIONS, "longest_wait")
SALES = the_queue(A, "sales")

DEPTHS = ((0, 0, None), (0, 2, None), (1, 0, 1), (2, 2, 0), (3, 2, 1), (5, 2, 3))


@pytest.mark.parametrize(("waiting", "ready", "said"), DEPTHS)
def test_depth_against_ready_agents(waiting: int, ready: int, said: int | None) -> None:
    """As many ready as waiting is enough; who is paused is not ready."""
    scene = Scene(BEYOND).up().sits(*(f"a{n}" for n in range(ready))).pauses("Bob", "meal")
    scene.joins(*(f"C{n}" for n in range(waiting)))
    assert scene.value(SALES) == said
    assert (SALES in scene.touched) is (said is not None)
    if said:
        assert scene.proof(SALES) == {"at": BEGIN, "fact": "Queue", "waiting": waiting, "ready": ready}


def test_agent_who_leaves_makes_the_difference() -> None:
    """Nobody joined, but somebody paused."""
    scene = Scene(BEYOND).up().sits("Ann").joins("C1")
    assert scene.value(SALES) == 0
    scene.touched.clear()
    assert scene.pauses("Ann", "smoke").value(SALES) == 1
    assert SALES in scene.touched


def test_longest_wait_is_that_of_the_head_of_the_line() -> None:
    """When the first has gone the second counts, from when he joined."""
    scene = Scene(LONGEST).up().joins("C1").at(20).joins("C2")
    assert scene.at(60).value(SALES) == 60
    scene.tell(f.CallerLeft(A, BEGIN + 60, "sales", "C1"))
    assert scene.value(SALES) == 40
    scene.tell(f.CallerLeft(A, BEGIN + 60, "sales", "C2"))
    assert scene.value(SALES) is None


def test_queues_and_exchanges_apart() -> None:
    """Queues of one name on two exchanges, and two queues of one."""
    scene = Scene(LONGEST).up(A, B).joins("C1").at(10).joins("C2", pbx=B).joins("C3", queue="support")
    scene.at(20)
    asked = (SALES, the_queue(B, "sales"), the_queue(A, "support"), the_queue(B, "support"))
    assert [scene.value(queue) for queue in asked] == [20, 10, 10, None]


def test_wait_on_a_clock_of_its_own() -> None:
    """An exchange half an hour ahead: ages are ours."""
    scene = Scene(LONGEST).up().tell(f.ClockMeasured(A, BEGIN + 1800, 1800.0, timestamps=True))
    scene.tell(f.CallerJoined(A, BEGIN + 1800, "sales", "C1"))
    assert scene.at(61).value(SALES) == 61


# R-ANS-9

LOST = one(traffic.CONDITIONS, "callers_lost")

ENDINGS = (
    ("timed_out", True),
    ("exit_empty", True),
    ("exit_key", False),
    ("withdrawn", False),
    ("continued", False),
)


@pytest.mark.parametrize(("ending", "lost"), ENDINGS)
def test_which_endings_are_lost_callers(ending: str, lost: bool) -> None:
    """Sent away by the queue, not by the caller's own key or a person's hand."""
    scene = Scene(LOST).up().joins("C1").at(30)
    if ending == "exit_key":
        scene.tell(f.CallerLeft(A, BEGIN + 30, "sales", "C1"), f.DialplanMoved(A, BEGIN + 30, "C1", "Playback"))
    else:
        scene.tell(f.QueueReleased(A, BEGIN + 30, "C1", Ending(ending)))
    assert [one.subject for one in scene.occurred] == ([SALES] if lost else [])


def test_caller_who_never_got_in() -> None:
    """Queue full, nobody there: he did not join, and is lost all the same."""
    for ending in (Ending.QUEUE_FULL, Ending.JOIN_EMPTY):
        scene = Scene(LOST).up()
        scene.tell(f.ChannelOpened(A, BEGIN, "C1", "PJSIP/carrier-1", "C1", "dialling"))
        scene.tell(f.DialplanMoved(A, BEGIN, "C1", "Queue", "sales"), f.QueueReleased(A, BEGIN + 1, "C1", ending))
        assert [(one.subject, one.at) for one in scene.occurred] == [(SALES, BEGIN + 1)]
        assert scene.occurred[0].about.evidence[0]["ending"] == ending.value


def test_caller_who_hangs_up_is_not_sent_away() -> None:
    """Abandoned or answered: no loss of this kind."""
    scene = Scene(LOST).up().sits("Ann").joins("C1", "C2")
    scene.at(9).tell(f.CallerGaveUp(A, BEGIN + 9, "sales", "C1", 9), f.ChannelClosed(A, BEGIN + 9, "C1"))
    scene.tell(f.OfferAnswered(A, BEGIN + 9, "sales", "Ann", "PJSIP/Ann", "C2", "1.1", 9, 1))
    scene.tell(f.CallCompleted(A, BEGIN + 20, "sales", "Ann", "PJSIP/Ann", "C2", "1.1", 9, 11, None))
    assert scene.occurred == []


# R-EMG-26

NONE = one(traffic.CONDITIONS, "no_inbound_call")
EXPECTED = one(traffic.CONDITIONS, "calls_expected")
NORTH = the_pbx(A)


def test_no_call_since_the_last_one() -> None:
    """A caller in a queue, or any line taken from outside."""
    scene = Scene(NONE).up()
    scene.forecast[A, "sales"] = 12.0
    scene.joins("C1").at(60)
    scene.tell(f.ChannelOpened(A, BEGIN + 60, "9", "PJSIP/carrier-9", "9", "dialling"))
    assert scene.at(960).value(NORTH) == 900
    assert NORTH in scene.touched


def test_own_calls_are_no_calls() -> None:
    """A line we take ourselves proves nothing about calls from outside."""
    scene = Scene(NONE).up().joins("C1")
    scene.forecast[A, "sales"] = 12.0
    scene.at(60).tell(f.ChannelOpened(A, BEGIN + 60, "9", "PJSIP/carrier-9", "9", "down"))
    assert scene.at(100).value(NORTH) == 100


def test_where_nothing_is_expected_nothing_is_missing() -> None:
    """Below ten an hour, and where no forecast is known."""
    for forecast in (None, 9.9):
        scene = Scene(NONE).up().joins("C1")
        if forecast is not None:
            scene.forecast[A, "sales"] = forecast
        assert scene.at(3600).value(NORTH) == 0


def test_expected_is_the_sum_of_the_queues() -> None:
    """Of one exchange: six and six are twelve; the other's are not ours. It is asked again at the quarter."""
    scene = Scene(EXPECTED).up(A, B).sits("Ann").sits("Ann", queue="support").sits("Ann", pbx=B)
    assert scene.value(NORTH) == 0
    scene.forecast.update({(A, "sales"): 6.0, (A, "support"): 6.0, (B, "sales"): 50.0})
    assert scene.value(NORTH) == 12
    reading = scene.read(NORTH)
    assert isinstance(reading, Level)
    assert reading.review_at == BEGIN - BEGIN % 900 + 900


def test_a_gap_is_no_silence_of_callers() -> None:
    """While the link was down nobody knows who called."""
    scene = Scene(NONE).up().joins("C1")
    scene.forecast[A, "sales"] = 60.0
    scene.at(10).link(LinkState.DOWN, reason="silent").at(2000).link(LinkState.SYNCING).at(2001).up()
    assert scene.at(2061).value(NORTH) == 60


def test_silence_begins_with_the_expectation() -> None:
    """What was quiet before anybody was expected to call does not count."""
    scene = Scene(NONE).up().joins("C1")
    noon = BEGIN - BEGIN % 900 + 4 * 900

    def expected(pbx: str, queue: str, at: float) -> float:
        return 40.0 if at >= noon else 2.0

    scene.expected = expected  # type: ignore[method-assign]
    assert scene.at(noon - BEGIN + 300).value(NORTH) == 300


# R-EMG-28

SURGE = one(traffic.CONDITIONS, "surge")


def flooded(calls: int, forecast: float | None, *, queue: str = "sales") -> Scene:
    scene = Scene(SURGE).up()
    if forecast is not None:
        scene.forecast[A, queue] = forecast
    return scene.joins(*(f"C{n}" for n in range(calls)), queue=queue)


FLOODS = ((19, 12, 0), (20, 120, 2), (21, 120, 2.1), (30, 120, 3), (20, 0, 20), (60, None, 0))
"""Calls in five minutes, calls expected per hour, times as many."""


@pytest.mark.parametrize(("calls", "forecast", "times"), FLOODS)
def test_surge(calls: int, forecast: float | None, times: float) -> None:
    """Offered by expected, from twenty calls on; without a forecast nothing is too much."""
    assert flooded(calls, forecast).value(SITE) == pytest.approx(times)


def test_surge_is_over_after_five_minutes() -> None:
    """The window slides by itself and says when."""
    scene = flooded(30, 60)
    assert scene.value(SITE) == 6
    reading = scene.at(100).read(SITE)
    assert isinstance(reading, Level)
    assert reading.review_at == BEGIN + 300
    assert scene.at(300).value(SITE) is None


def test_surge_of_two_exchanges() -> None:
    """The floods of one storm add up; the queue that is called most is named first."""
    scene = flooded(15, 60).up(B)
    scene.forecast[B, "sales"] = 60.0
    scene.joins(*(f"D{n}" for n in range(25)), pbx=B)
    assert scene.at(1).value(SITE) == 4
    assert scene.proof(SITE)["queues"][0] == f"{B}/sales"
