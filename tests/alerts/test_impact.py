"""Impact and whom to call back, against examples counted by hand (R-EMG-13)."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.impact import Window, impact
from floor.state.model import AgentState, Caller, CallerStage, CompletedBy, Ending, Gap, Span

SINCE, UNTIL = 1000.0, 1600.0
WINDOW = Window(SINCE, UNTIL)


def visit(
    number: str | None, joined: float, *, answered: float | None = None, ended: float | None = None, **more: Any
) -> Caller:
    known: dict[str, Any] = {"ending": Ending.ANSWERED if answered is not None else Ending.ABANDONED}
    if ended is None:
        known = {}
    elif answered is not None:
        known["completed_by"] = CompletedBy.CALLER
    return Caller(
        "pbx1", "support", f"{number}-{joined}", CallerStage.ENDED if ended else CallerStage.WAITING, joined,
        number=number, answered_at=answered, ended_at=ended, **(known | more),
    )  # fmt: skip


def span(agent: str, state: AgentState, began: float, ended: float, **more: Any) -> Span:
    return Span("pbx1", agent, state, began, ended, **more)


def test_an_hour_on_paper() -> None:
    """Ten visits: of the seven that were in the line during the incident three were lost and one answered late."""
    visits = [
        visit("13800000001", 900, answered=905, ended=1100),  # before: he talked already
        visit("13800000002", 990, answered=1010, ended=1100),  # waited 20 s: late
        visit("13800000003", 1100, answered=1110, ended=1200),  # in time
        visit("13800000004", 1200, ended=1230),  # lost
        visit("13800000004", 1300, ended=1330),  # lost again, the same man
        visit(None, 1400, ended=1410, ending=Ending.TIMED_OUT),  # lost, no number
        visit("13800000005", 1500, answered=1515, ended=1700),  # exactly 15 s: in time
        visit("13800000006", 1590, answered=1604, ended=1700),  # answered after the end
        visit("13800000007", 1700, ended=1720),  # after it
        visit("13800000004", 1800, answered=1805, ended=1900),  # the man of 1200 gets through at last
    ]
    did = impact(WINDOW, visits, (), (), answer_s=15)
    assert (did.callers, did.lost, did.late, did.cut_off) == (7, 3, 1, 0)
    assert did.lost_by == {"abandoned": 2, "timed_out": 1}
    assert [(row.number, row.attempts, row.answered_at) for row in did.callbacks] == [
        ("13800000004", 2, 1805),
        (None, 1, None),
    ]


@pytest.mark.parametrize(
    ("ending", "lost"),
    [
        (Ending.ABANDONED, 1), (Ending.TIMED_OUT, 1), (Ending.EXIT_KEY, 1), (Ending.EXIT_EMPTY, 1),
        (Ending.JOIN_EMPTY, 1), (Ending.QUEUE_FULL, 1), (Ending.WITHDRAWN, 1), (Ending.UNKNOWN, 1),
        (Ending.TRANSFERRED_AWAY, 0),
    ],
)  # fmt: skip
def test_which_endings_are_losses(ending: Ending, lost: int) -> None:
    """Who was never answered is lost, however he left; who was passed on is counted where he went."""
    did = impact(WINDOW, [visit("13800000001", 1100, ended=1130, ending=ending)], (), (), answer_s=15)
    assert did.lost == lost


def test_cut_off_in_a_gap() -> None:
    """A conversation that ended unexplained in a gap was cut off; the man is owed a call."""
    cut = visit("13800000001", 900, answered=910, ended=1001, gap=True, completed_by=None)
    whole = visit("13800000002", 900, answered=910, ended=1200, gap=True)
    did = impact(WINDOW, [cut, whole], (), (), answer_s=15)
    assert (did.cut_off, did.lost) == (1, 0)
    assert [(row.number, row.how) for row in did.callbacks] == [("13800000001", "cut_off")]


def test_agents_and_minutes() -> None:
    """Ann works 10 min, her phone gone for 4; Bob is on a break; Cy is logged out; Di works before and after."""
    spans = [
        span("Ann", AgentState.READY, 900, 1100),
        span("Ann", AgentState.UNREACHABLE, 1100, 1340),
        span("Ann", AgentState.TALKING, 1340, 1700),
        span("Bob", AgentState.PAUSED, 800, 2000, reason="meal"),
        span("Cy", AgentState.LOGGED_OUT, 0, 5000),
        span("Di", AgentState.READY, 500, 1000),
        span("Di", AgentState.READY, 1600, 1900),
        span("Ed", AgentState.PAUSED, 1000, 1060, reason="emergency"),
    ]
    did = impact(WINDOW, (), spans, (), answer_s=15)
    assert [(one.agent, one.on_duty_s, one.hit_s) for one in did.agents] == [
        ("Ann", 600, 240),
        ("Bob", 600, 0),
        ("Ed", 60, 60),
    ]
    assert (did.agents_on_duty, did.minutes_on_duty) == (3, 21.0)
    assert (did.agents_hit, did.minutes_hit) == (2, 5.0)


def test_a_gap_counts_for_who_was_there() -> None:
    """While the exchange could not be seen, whoever was logged in when it began is hit, once per minute."""
    spans = [
        span("Ann", AgentState.READY, 900, 1000, gap=True),
        span("Ann", AgentState.READY, 1300, 1700),
        span("Cy", AgentState.LOGGED_OUT, 900, 1000, gap=True),
    ]
    did = impact(WINDOW, (), spans, [Gap("pbx1", 1000, 1300, "lost")], answer_s=15)
    assert [(one.agent, one.on_duty_s, one.hit_s) for one in did.agents] == [("Ann", 600, 300)]
    open_gap = impact(WINDOW, (), spans[:1], [Gap("pbx1", 1000, None, "lost")], answer_s=15)
    assert open_gap.agents[0].hit_s == 600


def test_the_exchange_has_its_own_clock() -> None:
    """An exchange that is an hour ahead is measured on its own clock."""
    ahead = Window(SINCE, UNTIL, offsets={"pbx1": 3600.0})
    did = impact(
        ahead, [visit("13800000001", 4700, ended=4800), visit("13800000002", 1100, ended=1200)], (), (), answer_s=15
    )
    assert [row.number for row in did.callbacks] == ["13800000001"]
