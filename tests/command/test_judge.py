"""Right, scope, and is it possible now: whoever asks and whatever he guesses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floor.command.judge import PLANS, judge
from floor.command.model import (
    KINDS,
    CallAgent,
    Command,
    HangUp,
    LogOff,
    LogOn,
    Pause,
    PickCaller,
    SetPenalty,
    TakeOver,
    Transfer,
    Unpause,
)
from floor.command.ports import NotAllowedError
from floor.people.model import Role
from floor.people.rights import RIGHTS
from floor.state.model import LinkState, Pbx
from tests.command.floor import LIN, NOW, busy_floor, house


def judged(command: Command, role: Role) -> int | None:
    """The status of the refusal, if there is one."""
    try:
        judge(replace(LIN, role=role), command, house())
    except NotAllowedError as error:
        return error.status
    return None


ABOUT = {
    "pause": lambda agent: Pause("pbx", agent, "meal"),
    "unpause": lambda agent: Unpause("pbx", agent),
    "log_on": lambda agent: LogOn("pbx", agent, "support"),
    "log_off": lambda agent: LogOff("pbx", agent),
    "penalty": lambda agent: SetPenalty("pbx", agent, "support", 3),
    "call_agent": lambda agent: CallAgent("pbx", agent),
    "hang_up": lambda agent: HangUp("pbx", agent, "1.0"),
    "transfer": lambda agent: Transfer("pbx", agent, "1.0", "number:1"),
    "take_over": lambda agent: TakeOver("pbx", agent, "1.0"),
    "pick": lambda agent: PickCaller("pbx", "support", agent),
}


def refusal(command: Command, role: Role = Role.LEADER, **more: object) -> tuple[int, str]:
    with pytest.raises(NotAllowedError) as error:
        judge(replace(LIN, role=role), command, house(**more))  # type: ignore[arg-type]
    assert set(error.value.words) == {"en", "zh"}
    return error.value.status, str(error.value)


def test_every_kind_is_told_apart() -> None:
    """Each command has a name of its own, and the table of this test knows them all."""
    assert {kind.act for kind in KINDS.values()} == set(ABOUT)
    assert PLANS.keys() == KINDS.keys()


@pytest.mark.parametrize("act", ABOUT)
@pytest.mark.parametrize("role", Role)
def test_rights(role: Role, act: str) -> None:
    """Who has not the right is refused, whatever he asks; who has it is not refused for that."""
    kind = next(kind for kind in KINDS.values() if kind.act == act)
    if kind.right in RIGHTS[role]:
        assert judged(ABOUT[act]("Ann"), role) != 403
    else:
        assert refusal(ABOUT[act]("Ann"), role)[0] == 403


@pytest.mark.parametrize("act", ABOUT)
@pytest.mark.parametrize("name", ["Cho", "Nobody", "", "Ann\r\nAction: Command"])
def test_scope(act: str, name: str) -> None:
    """Another leader's agent and one who does not exist are told apart by nothing."""
    if act == "pick" and not name:
        return  # his own phone is meant
    assert refusal(ABOUT[act](name)) == (404, "there is no such agent of yours")


@pytest.mark.parametrize(
    "command",
    [
        PickCaller("pbx", "sales"),
        PickCaller("pbx", "nowhere"),
        LogOn("pbx", "Ann", "sales"),
        SetPenalty("pbx", "Bob", "sales", 1),
        Pause("pbx", "Bob", "meal", "sales"),
    ],
)
def test_scope_of_queues(command: Command) -> None:
    """The same for queues."""
    assert refusal(command) == (404, "there is no such queue of yours")


@pytest.mark.parametrize("act", ABOUT)
def test_without_a_link_nothing_is_done(act: str) -> None:
    """Nobody would see what came of it."""
    view = busy_floor()
    view.put(Pbx("pbx", LinkState.DOWN, NOW))
    assert refusal(ABOUT[act]("Ann"), view=view)[0] == 409
