"""Recorded calls of real exchanges, played through the core: our figures equal what queue_log says, to the second."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from floor.state.figures import TOTAL, Subject
from floor.state.model import AgentState
from tests.asterisk.judge import Day, judge_file
from tests.support.replay import PBX, Played, play, sessions

TAPES = Path(__file__).parent.parent / "tapes"
LOGS = sorted(TAPES.glob("*/*.queue_log"))
BUSY = (AgentState.RINGING, AgentState.TALKING, AgentState.HOLDING, AgentState.OUTBOUND, AgentState.OFFHOOK)


def name_of(log: Path) -> str:
    return f"{log.parent.name}/{log.stem}"


@pytest.fixture(params=LOGS, ids=name_of)
def log(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def subjects(day: Day) -> dict[Subject, dict[str, int]]:
    """The judge's figures by our subjects."""
    return (
        {TOTAL: day.total.as_dict()}
        | {("queue", PBX, queue): figures.as_dict() for queue, figures in day.queues.items()}
        | {("agent", PBX, agent): figures.as_dict() for agent, figures in day.agents.items()}
    )


def differences(played: Played, day: Day) -> list[tuple[str, str, float, float]]:
    """(subject, figure, ours, queue_log's) wherever they differ; queue_log offers nothing to agents."""
    found: list[tuple[str, str, float, float]] = []
    for subject, figures in subjects(day).items():
        ours = played.stage.figures(subject)
        for figure, value in figures.items():
            if ours[figure] != value and not (subject[0] == "agent" and figure == "offered"):
                found.append(("/".join(subject), figure, ours[figure], value))
    return found


@cache
def played_tape(log: Path) -> Played:
    """Played once for all tests; the invariants of tests.support.invariants are checked after every fact."""
    return play(sessions(log.parent, log.stem))


def test_figures_equal_queue_log(log: Path) -> None:
    """Every figure of every queue, every agent and the total is what the exchange itself wrote down."""
    played = played_tape(log)
    assert differences(played, judge_file(log)) == []


def test_everything_comes_to_an_end(log: Path) -> None:
    """After the tape nobody waits or talks any more, no fact was refused, and every caller ended exactly once."""
    stage = played_tape(log).stage
    assert stage.store.refused == 0
    floor = stage.store.snapshot()
    assert not floor.callers
    assert [agent.name for agent in floor.agents.values() if agent.state in BUSY or agent.legs] == []
    assert all(queue.waiting == 0 for queue in floor.queues.values())
    keys = [(visit.key, visit.joined_at) for visit in stage.endings]
    assert len(keys) == len(set(keys))


def test_figures_equal_their_own_sum(log: Path) -> None:
    """What the figures gathered step by step is what all visits, rings and spans add up to."""
    stage = played_tape(log).stage
    for subject, figures in stage.ledger.figures().items():
        ours = stage.figures(subject)
        assert ours == pytest.approx({name: getattr(figures, name) for name in ours}, abs=0.01)


def test_every_ring_has_one_result(log: Path) -> None:
    """As many rings are recorded as members were called."""
    called = sum(path.read_bytes().count(b"Event: AgentCalled\r\n") for path in sessions(log.parent, log.stem))
    stage = played_tape(log).stage
    assert len(stage.offers) == called
