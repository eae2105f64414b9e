"""Faults the exchange itself reports (R-EMG-27): voice quality, alarms of lines, limits."""

from __future__ import annotations

import pytest

from alerts.conditions import faults
from alerts.conditions.contract import Level
from alerts.conditions.subjects import the_pbx, the_trunk
from floor.state import facts as f
from floor.state.model import LinkState
from tests.support.scene import BEGIN, A, B, Scene, one

VOICE = one(faults.CONDITIONS, "bad_voice")
ALARM = one(faults.CONDITIONS, "line_alarm")
LIMIT = one(faults.CONDITIONS, "limit_reached")
NORTH, SPAN = the_pbx(A), the_trunk(A, "span 1")

REPORTS = (
    (0.0, 0, 0),
    (0.05, 0, 0),
    (0.051, 0, 1),
    (0.0, 400, 0),
    (0.0, 401, 1),
    (None, 401, 1),
    (0.5, None, 1),
)


@pytest.mark.parametrize(("loss", "jitter", "bad"), REPORTS)
def test_which_calls_sound_bad(loss: float | None, jitter: int | None, bad: int) -> None:
    """More than 5 % lost, or more than 50 ms of jitter: 400 units of narrow band."""
    scene = Scene(VOICE).up().tell(f.VoiceReported(A, BEGIN, "1.1", loss, jitter))
    assert scene.value(NORTH) == bad
    assert scene.touched == [NORTH]


def test_jitter_of_wide_band() -> None:
    """The same jitter is six times as many units at 48 kHz."""
    scene = Scene(VOICE, clock_hz=48000).up().tell(f.VoiceReported(A, BEGIN, "1.1", 0.0, 401))
    assert scene.value(NORTH) == 0


def test_share_of_the_calls_of_five_minutes() -> None:
    """Each call by its latest report; calls of two exchanges apart; old ones are forgotten."""
    scene = Scene(VOICE).up(A, B)
    for number in range(5):
        scene.tell(f.VoiceReported(A, BEGIN, f"1.{number}", 0.2, 0))
        scene.tell(f.VoiceReported(A, BEGIN, f"1.{number}", 0.2 if number == 0 else 0.0, 0))
    scene.tell(f.VoiceReported(B, BEGIN, "1.0", 0.2, 0))
    reading = scene.read(NORTH)
    assert isinstance(reading, Level)
    assert (reading.value, reading.sample) == (0.2, 5)
    scene.at(200).tell(f.VoiceReported(A, BEGIN + 200, "1.9", 0.0, 0))
    assert scene.at(300).value(NORTH) == 0
    assert scene.at(600).value(NORTH) == 0


def test_reports_by_the_thousand_cost_one_look_in_five_seconds() -> None:
    """The share is reckoned anew every five seconds, and says when."""
    scene = Scene(VOICE).up().tell(f.VoiceReported(A, BEGIN, "1.1", 0.0, 0))
    assert scene.value(NORTH) == 0
    scene.at(1).tell(f.VoiceReported(A, BEGIN + 1, "1.1", 0.9, 0))
    reading = scene.read(NORTH)
    assert isinstance(reading, Level)
    assert (reading.value, reading.review_at) == (0, BEGIN + 5)
    assert scene.at(5).value(NORTH) == 1


def test_alarm_until_it_is_cleared() -> None:
    """A repeat makes it no younger."""
    scene = Scene(ALARM).up(A, B).tell(f.AlarmRaised(A, BEGIN, "span 1", "Red Alarm"))
    scene.tell(f.AlarmRaised(A, BEGIN + 5, "span 1", "Red Alarm"))
    assert scene.at(9).value(SPAN) == 9
    assert scene.proof(SPAN)["word"] == "Red Alarm"
    assert scene.value(the_trunk(B, "span 1")) is None
    assert scene.tell(f.AlarmCleared(A, BEGIN + 9, "span 1")).value(SPAN) is None
    assert set(scene.touched) == {SPAN}


def test_alarm_of_an_exchange_that_started_anew() -> None:
    """It says again what is in alarm; a reconnect alone ends none."""
    scene = Scene(ALARM).tell(f.LinkChanged(A, BEGIN, LinkState.UP, booted_at=1.0))
    scene.tell(f.AlarmRaised(A, BEGIN, "span 1", "Red Alarm"))
    scene.link(LinkState.DOWN, reason="closed").tell(f.LinkChanged(A, BEGIN + 5, LinkState.UP, booted_at=1.0))
    assert scene.at(5).value(SPAN) == 5
    scene.link(LinkState.DOWN, reason="closed").tell(f.LinkChanged(A, BEGIN + 9, LinkState.UP, booted_at=8.0))
    assert scene.value(SPAN) is None


@pytest.mark.parametrize("limit", ["load", "memory", "sessions"])
def test_limits(limit: str) -> None:
    """Each is one occurrence at the exchange; a rule may leave some out."""
    fact = f.LimitReached(A, BEGIN, limit)
    assert [one.subject for one in Scene(LIMIT).up().tell(fact).occurred] == [NORTH]
    assert Scene(LIMIT, limits=[]).up().tell(fact).occurred == []
