"""Scenarios: a simulated floor and what happens to it, told as a tape would."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from alerts.conditions.registry import CONDITIONS
from alerts.model import Severity, Standing
from alerts.rulebook import Rulebook
from asterisk.deliveries import LinkClosed, LinkOpened, PictureComplete
from floor.cli import main
from floor.errors import ConfigInvalidError
from floor.settings import Settings
from floor.verbs.scenario import BEGINS_AT, enacted, read_scenario
from floor.verbs.trial import Trial

TOML = """
agents = 10
queues = 2
seed = 7
minutes = 5

[[event]]
at = "1 min"
do = "trunk_lost"
with = { seconds = 60 }

[[event]]
at = "3 min"
do = "link_lost"
with = { seconds = 30 }
"""


def _written(toml: str, folder: Path) -> Path:
    file = folder / "scenario.toml"
    file.write_text(toml, encoding="utf-8")
    return file


def test_same_seed_gives_the_same_day(tmp_path: Path) -> None:
    """What is told is told again, word for word, in the order of time."""
    scenario = read_scenario(_written(TOML, tmp_path))
    one, other = list(enacted(scenario)), list(enacted(scenario))
    assert one == other
    times = [at for at, _ in one]
    assert times == sorted(times)
    assert BEGINS_AT <= times[0] < times[-1] <= BEGINS_AT + 300


def test_link_goes_and_comes_back(tmp_path: Path) -> None:
    """Each session has its picture; between them nothing is heard."""
    moments = list(enacted(read_scenario(_written(TOML, tmp_path))))
    kinds = [type(one) for _, one in moments if isinstance(one, LinkOpened | LinkClosed | PictureComplete)]
    assert kinds == [LinkOpened, PictureComplete, LinkClosed, LinkOpened, PictureComplete]
    closed = next(at for at, one in moments if isinstance(one, LinkClosed)) - BEGINS_AT
    silent = [at - BEGINS_AT for at, _ in moments if closed < at - BEGINS_AT < 210]
    assert 180 <= closed < 182
    assert silent == []


def test_rules_see_the_outages(tmp_path: Path) -> None:
    """The lost trunk is critical after 30 s and fine when it is back; the dead link after 10 s."""
    trial = Trial(Rulebook(CONDITIONS).rules, Settings(time_zone="UTC"), "p")
    trial.play(enacted(read_scenario(_written(TOML, tmp_path))))
    told = [
        (one.rule, round(one.at - BEGINS_AT), one.standing, one.severity)
        for one in trial.signals
        if one.rule in ("R-EMG-20", "R-EMG-22") and one.standing is Standing.BROKEN
    ]
    assert ("R-EMG-22", 90, Standing.BROKEN, Severity.CRIT) in told
    assert [rule for rule, _, _, _ in told if rule == "R-EMG-20"] == ["R-EMG-20"]
    assert trial.store.refused == trial.evaluator.refused == 0


def test_on_the_command_line(tmp_path: Path) -> None:
    """A scenario is given where a tape is."""
    told = CliRunner().invoke(main, ["rules", "test", str(_written(TOML, tmp_path))], env={"FLOOR_TIME_ZONE": "UTC"})
    assert told.exit_code == 3, told.output
    assert "R-EMG-22" in told.output


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("agnets = 3", "agnets: Extra inputs"),
        ("agents = 0", "agents: Input should be greater"),
        ('[[event]]\nat = "soon"\ndo = "calm"', "event.0.at"),
        ('[[event]]\nat = 1\ndo = "fire"', "'fire' cannot be done; there are trunk_lost"),
        ('[[event]]\nat = 1\ndo = "calm"\nwith = { x = 1 }', "calm has no 'x'; it has none"),
        ("[[", "not valid TOML"),
    ],
)
def test_mistake(toml: str, said: str, tmp_path: Path) -> None:
    """A mistake is a sentence with its key."""
    with pytest.raises(ConfigInvalidError) as invalid:
        read_scenario(_written(toml, tmp_path))
    assert said in invalid.value.errors[0]


def test_failure_that_this_floor_cannot_have(tmp_path: Path) -> None:
    """No trunk of that name."""
    scenario = read_scenario(_written('[[event]]\nat = 1\ndo = "trunk_lost"\nwith = { trunk = "x" }', tmp_path))
    with pytest.raises(ConfigInvalidError, match="trunk_lost"):
        list(enacted(scenario))


def test_no_file(tmp_path: Path) -> None:
    """A file that cannot be read."""
    with pytest.raises(ConfigInvalidError, match="cannot be read"):
        read_scenario(tmp_path / "none.toml")
