"""Who listens to an agent, as desks tell it: to those who may know, and to everybody else only by setting."""

from __future__ import annotations

import pytest

from floor.listening.model import ListeningStage, Mode
from floor.people.model import Role
from tests.support.people import person
from tests.web.doubles import agent
from tests.web.listening_double import ListeningsDouble
from web.heard import heard_by

LISTENER, OTHER = 2, 99

KNOWS = {Role.CHIEF, Role.MANAGER}
"""They may see the audit."""


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("mine", [True, False])
@pytest.mark.parametrize("notice", [True, False])
def test_who_is_told(role: Role, mine: bool, notice: bool) -> None:
    """The listener himself, and who may see the audit, by name; with the notice all, without it nobody else."""
    listenings = ListeningsDouble()
    listenings.put(LISTENER, mode=Mode.WHISPER)
    told = heard_by(agent("Ann"), listenings, person(role, LISTENER if mine else OTHER), notice=notice)
    if mine or role in KNOWS:
        assert [(one.name, one.mode, one.way, one.since) for one in told] == [("Li Wei", "whisper", "browser", 100.0)]
    else:
        assert [one.name for one in told] == ([None] if notice else [])


@pytest.mark.parametrize("stage", [ListeningStage.OPENING, ListeningStage.WAITING, ListeningStage.ENDED])
def test_only_while_something_is_heard(stage: ListeningStage) -> None:
    """Not while it is being opened, nor between two calls."""
    listenings = ListeningsDouble()
    listenings.put(LISTENER, stage=stage)
    assert heard_by(agent("Ann"), listenings, person(Role.CHIEF), notice=True) == ()


def test_others_and_nobody() -> None:
    """Of another agent there is nothing to tell, and without listening neither."""
    listenings = ListeningsDouble()
    listenings.put(LISTENER)
    assert heard_by(agent("Bob"), listenings, person(Role.CHIEF), notice=True) == ()
    assert heard_by(agent("Ann"), None, person(Role.CHIEF), notice=True) == ()
