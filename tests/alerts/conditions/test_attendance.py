"""Attendance: kept in step with the floor, once per outcome, whoever asks first."""

from __future__ import annotations

import pytest

from alerts.conditions import attendance as module
from alerts.conditions.attendance import attendance
from alerts.conditions.presence import CONDITIONS
from floor.ports import Outcome
from floor.sections.presence import PresenceSettings, ShiftSettings
from floor.state import facts as f
from floor.state.model import AgentState
from tests.support.scene import BEGIN, A, B, Scene, one

AWAY = one(CONDITIONS, "away")


def test_equals_the_floor_at_every_moment() -> None:
    """Who is logged in and who is away, after each of many outcomes, is what counting all agents would say."""
    scene = Scene(AWAY).up(A, B)

    def check(outcome: Outcome) -> None:
        agents = scene.floor.agents.values()
        kept = attendance(scene)
        assert set(kept.present) == {("name", agent.name) for agent in agents if agent.members}
        assert {key for key, gone in kept.away.items() if not gone.logged_off} == {
            agent.key for agent in agents if agent.state is AgentState.PAUSED and agent.reason != "training"
        }

    scene.store.subscribe(check, happenings=True)
    scene.sits("Ann", "Bob").sits("Ann", pbx=B).pauses("Ann", "meal").pauses("Bob", "training")
    scene.pauses("Ann", "smoke").leaves("Ann").leaves("Ann", pbx=B).sits("Bob")
    scene.tell(f.QueuesSynced(A, BEGIN), f.TalkingBegan(A, BEGIN, "1.1"))


def test_asked_twice_it_counts_once() -> None:
    """Several conditions ask about the same outcome."""
    scene = Scene(AWAY).up()
    outcomes: list[Outcome] = []
    scene.store.subscribe(outcomes.append)
    scene.sits("Ann").sits("Bob").pauses("Ann", "meal")
    kept = attendance(scene)
    kept.take(outcomes[-1], scene)
    assert (dict(kept.present), [gone.key for gone in kept.went]) == (
        {("name", "Ann"): 1, ("name", "Bob"): 1},
        [(A, "Ann")],
    )
    kept.take(Outcome(kept.revision, f.TalkingBegan(A, BEGIN, "1.1"), (), ()), scene)
    assert (kept.went, kept.moved, kept.logged) == ((), frozenset(), False)


def test_who_logged_off_is_not_kept_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The earliest are forgotten."""
    monkeypatch.setattr(module, "KEPT", 2)
    hours = PresenceSettings(shift=(ShiftSettings(begin="00:00", end="00:00"),))
    scene = Scene(AWAY, presence=hours).up().sits("Ann", "Bob", "Cho").leaves("Ann").leaves("Bob").leaves("Cho")
    assert [key[1] for key in attendance(scene).away] == ["Bob", "Cho"]
