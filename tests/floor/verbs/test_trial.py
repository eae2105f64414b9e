"""Rules on trial: tapes in their own time."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.conditions.registry import CONDITIONS
from alerts.rulebook import Rulebook
from asterisk.deliveries import PictureComplete
from asterisk.tape import TapeError
from floor.settings import GroupSettings, Settings
from floor.verbs.trial import AFTER_S, Teams, Trial, moments_of

TAPES = Path(__file__).resolve().parents[2] / "tapes"


def _trial(name: str) -> Trial:
    trial = Trial(Rulebook(CONDITIONS).rules, Settings(time_zone="UTC"), "p")
    trial.play(moments_of(TAPES / name))
    return trial


def test_capture_is_told_in_its_time() -> None:
    """A plain capture runs by the stamps of its events, never backwards."""
    moments = list(moments_of(TAPES / "22" / "late-answer.ami"))
    times = [at for at, _ in moments]
    assert times == sorted(times)
    assert times[-1] - times[0] > 15
    assert any(isinstance(delivery, PictureComplete) for _, delivery in moments)


@pytest.mark.parametrize("version", ["16", "22"])
def test_late_answer(version: str) -> None:
    """The breach lasts as long as the phone really rang beyond the limit."""
    trial = _trial(f"{version}/late-answer.ami")
    (breach,) = [one for one in trial.breaches.values() if one.rule == "R-ANS-1"]
    assert breach.value is not None
    assert 15 < breach.value < 20
    assert trial.store.refused == trial.evaluator.refused == 0


def test_every_tape_plays() -> None:
    """No condition fails on anything a real exchange was heard to say."""
    for path in sorted((TAPES / "22").glob("*.ami")):
        if b"\r\nTimestamp: " not in path.read_bytes():
            continue  # lists only
        trial = Trial(Rulebook(CONDITIONS).rules, Settings(time_zone="UTC"), "p")
        trial.play(moments_of(path))
        assert (trial.store.refused, trial.evaluator.refused) == (0, 0), path.name
        late = [one for one in trial.breaches.values() if one.ended_at is not None and one.ended_at < one.began_at]
        assert late == [], path.name


def test_time_goes_on_after_the_tape() -> None:
    """What lasts when the tape ends comes to its limits."""
    trial = _trial("22/hold-once.ami")
    last = max(at for at, _ in moments_of(TAPES / "22" / "hold-once.ami"))
    assert trial.clock.now() == pytest.approx(last + AFTER_S)


def test_teams_of_the_settings() -> None:
    """Groups come from the settings; nobody is signed in."""
    teams = Teams.of(Settings(group=(GroupSettings(name="a", agents=("Ann",)),)), "p")
    assert (teams.group_of("p", "Ann"), teams.group_of("p", "Bob")) == ("a", None)
    assert teams.groups["a"].agents == (("p", "Ann"),)
    assert (teams.present(), teams.of_agent("p", "Ann")) == (frozenset(), None)


def test_nothing_to_hear(tmp_path: Path) -> None:
    """A file that cannot be read, or without any stamp."""
    with pytest.raises(TapeError, match="No such file"):
        moments_of(tmp_path / "none.ami")
    file = tmp_path / "no.ami"
    file.write_bytes(b"Event: FullyBooted\r\n\r\n")
    with pytest.raises(TapeError, match="no event with a time stamp"):
        moments_of(file)
