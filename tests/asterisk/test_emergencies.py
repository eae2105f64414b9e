"""Emergencies on real Asterisk 22 and 16 with real phones: the floor is left and entered again, a fire is reported by a
feature code, and silent lines are told from callers who speak (R-EMG-16, R-EMG-1, R-HUP-2, R-HUP-11)."""

from __future__ import annotations

import pytest

from alerts.evacuation import REASON
from alerts.model import Severity
from floor.state.model import AgentState
from tests.asterisk.cast import VERSIONS
from tests.asterisk.emergency_stage import ANN, CALLS, SILENT, TALK_S, Played, play
from tests.asterisk.versions import Played as OnBoth
from tests.asterisk.versions import side_by_side

pytestmark = [pytest.mark.asterisk, pytest.mark.slow, pytest.mark.timeout(300)]
on_both = pytest.mark.parametrize("version", VERSIONS)
SOON_S = 2.0
"""Generous: a busy machine runs two exchanges and ten phones."""


@pytest.fixture(scope="module")
def plays(tmp_path_factory: pytest.TempPathFactory) -> OnBoth[Played]:
    """Played once, on both versions at the same time."""
    one = side_by_side(play, tmp_path_factory.mktemp("emergencies"))
    for played in one.results.values():
        if isinstance(played, Played):
            print(
                f"\nAsterisk {played.version}: all paused {1000 * played.pause_s:.0f} ms after the order; "
                f"fire reported {1000 * played.fire_s:.0f} ms after the code was dialled; "
                f"silent line told {1000 * played.line_s:.0f} ms after its third call; "
                f"a bystander was at worst {1000 * played.late_s:.0f} ms late"
            )
    return one


@pytest.fixture
def played(version: str, plays: OnBoth[Played]) -> Played:
    """What came of it on this version."""
    return plays.on(version)


@on_both
def test_everybody_is_paused_for_an_evacuation(played: Played) -> None:
    """Every member in every queue, with the reason that exempts from rules (R-EMG-16, R-EMG-17); who was on a break
    keeps his reason; nobody was refused."""
    assert played.ordered is not None
    assert (played.ordered.active, played.ordered.refused) == (True, ())
    reasons = {(name, m.queue): m.reason for name, agent in played.left.items() for m in agent.members if m.paused}
    assert reasons == {
        ("Ann", "hotline"): REASON,
        ("Bob", "hotline"): REASON,
        ("Bob", "helpline"): "meal",
        ("Cho", "helpline"): REASON,
    }
    assert played.left["Ann"].state is AgentState.EMERGENCY
    assert played.pause_s < SOON_S


@on_both
def test_lifting_brings_back_what_was_before(played: Played) -> None:
    """Those whom the order paused are ready; who was at table is at table."""
    assert played.lifted is not None
    assert (played.lifted.active, played.lifted.refused) == (False, ())
    assert {name: agent.state for name, agent in played.after.items()} == {
        name: agent.state for name, agent in played.before.items()
    }
    paused = {(name, m.queue) for name, agent in played.after.items() for m in agent.members if m.paused}
    assert paused == {("Bob", "helpline")}


@on_both
def test_a_fire_is_reported_by_a_code_dialled_on_a_phone(played: Played) -> None:
    """The alert of its type stands with seat and caller, an incident is open, and it took no longer than the call."""
    assert played.fire is not None
    assert played.fire.severity is Severity.EMERGENCY
    assert played.incident is not None
    assert played.incident.details["seat"] == f"PJSIP/{ANN}"
    assert played.incident.details["name"] == ANN
    assert played.fire_s < SOON_S


@on_both
def test_a_silent_line_is_told_after_three_calls(played: Played) -> None:
    """Of the line that is silent, and of no other (R-HUP-11)."""
    (line,) = played.lines
    assert (line.subject.name, line.severity, line.value) == (f"PJSIP/{SILENT}", Severity.WARN, CALLS)
    assert played.line_s < SOON_S


@on_both
def test_who_hangs_up_on_silence_too_early_breaks_the_rule(played: Played) -> None:
    """Each of the silent calls, with its real length and the limit (R-HUP-2); the caller who spoke hung up himself."""
    early = sorted((one for one in played.breaches if one.rule == "R-HUP-2"), key=lambda one: one.began_at)
    assert [(one.subject.name, one.limit) for one in early] == [("Ann", 15.0)] * CALLS
    assert [one.value for one in early] == played.talked_s
    assert min(played.talked_s) >= TALK_S - 1


@on_both
def test_the_check_says_whether_commands_would_be_done(played: Played) -> None:
    """With the addition to the account all is well; without it the check says so."""
    assert played.acts == ["acts_fine", "acts_missing"]
