"""Listening in the browser on real Asterisk: one call is heard, and the supervisor by whom he means (R-SEC-1)."""

from __future__ import annotations

import json
from statistics import median

import pytest

from floor.audit.model import Stage
from tests.asterisk.browser_stage import ANN, BOB, CALLER, OTHER, TIMES, Played, play
from tests.asterisk.versions import Played as OnBoth
from tests.asterisk.versions import side_by_side

pytestmark = [pytest.mark.alone, pytest.mark.asterisk, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
LOUD, SILENT = 0.08, 0.01
"""Of full scale; phones play their tones at 0.27."""


@pytest.fixture(scope="module")
def plays(tmp_path_factory: pytest.TempPathFactory) -> OnBoth[Played]:
    """Played once, on both versions at the same time."""
    one = side_by_side(play, tmp_path_factory.mktemp("browser"))
    played = one.results.get("22")
    if isinstance(played, Played):
        measured = {
            "begin_ms": round(1000 * played.begin_s),
            "phone_to_page_ms": [round(1000 * s) for s in played.to_page_s],
            "page_to_ear_ms": [round(1000 * s) for s in played.to_ear_s],
            "end_to_end_ms": round(
                1000 * median(a + b for a, b in zip(played.to_page_s, played.to_ear_s, strict=True))
            ),
            "shown_ms": played.shown_ms,
            "end_of_call_to_end_of_listening_ms": round(1000 * played.ended_s),
        }
        print(f"\nlistening in the browser, Asterisk 22: {json.dumps(measured)}")
    return one


@pytest.fixture
def played(plays: OnBoth[Played]) -> Played:
    return plays.on("22")


def test_each_side_is_heard_on_its_side(played: Played) -> None:
    """The agent's tone left, the caller's right, each at its own frequency, and nothing of one on the other's side."""
    left, right = played.heard[ANN]
    assert left > LOUD > SILENT > right
    left, right = played.heard[CALLER]
    assert right > LOUD > SILENT > left


def test_nothing_of_another_call_is_heard(played: Played) -> None:
    """Endpoint 100 talks while 10 is listened to: neither he nor his caller is heard."""
    assert max(played.heard[BOB] + played.heard[OTHER]) < SILENT


def test_whisper_reaches_the_agent_and_not_the_caller(played: Played) -> None:
    """In the first call the microphone's tone is in what the agent's phone heard, and not in what the caller's did."""
    assert played.agent_heard[0] > LOUD / 4
    assert played.caller_heard[0] < SILENT / 2


def test_barge_reaches_both(played: Played) -> None:
    """In the second call both phones heard it."""
    assert played.agent_heard[1] > LOUD / 4
    assert played.caller_heard[1] > LOUD / 4


def test_listening_ends_with_the_call_and_does_not_jump(played: Played) -> None:
    """Within two seconds of the hang-up the bar is gone, with its reason; the agent's next call is not heard."""
    assert played.ended == "The call ended, and the listening with it."
    assert played.ended_s < 2
    assert not played.jumped


def test_the_call_goes_on_when_the_listening_stops(played: Played) -> None:
    """Stopping a barge hangs up nobody."""
    assert played.talked_on


def test_delay_is_small(played: Played) -> None:
    """From the caller's mouth to the supervisor's ear in less than half a second, most times; the bar says about it."""
    whole = [a + b for a, b in zip(played.to_page_s, played.to_ear_s, strict=True)]
    assert len(whole) == TIMES
    assert median(whole) < 0.5
    assert 40 <= played.shown_ms <= 400


def test_it_stands_in_the_audit(played: Played) -> None:
    """Both listenings, who, whom, how and why, with their beginnings, the change of mode, and their ends."""
    acts = [(entry.stage, entry.agent) for entry in played.entries if entry.act == "listen"]
    assert {agent for _, agent in acts} == {"Ann"}
    stages = [stage for stage, _ in acts]
    assert stages.count(Stage.ASKED) == 2
    assert len({entry.thread for entry in played.entries if entry.act == "listen"}) == 2


def test_asterisk_16_says_that_it_cannot(plays: OnBoth[Played]) -> None:
    """It has no AudioSocket: the dialog says so in a sentence, and nothing begins."""
    said = plays.on("16").refused
    assert "AudioSocket" in said or "Neither this browser nor a phone" in said
