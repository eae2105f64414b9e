"""Where the product and the judge disagree: figure by figure, and visit by visit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from floor.state.model import Caller, CompletedBy, Ending
from tests.asterisk.judge import Day, Visit

Wrong = list[tuple[str, str, object, object]]
"""(subject, figure, ours, queue_log's)."""

_UNANSWERED = {
    Ending.ABANDONED: "ABANDON",
    Ending.TRANSFERRED_AWAY: "ABANDON",
    Ending.TIMED_OUT: "EXITWITHTIMEOUT",
    Ending.CONTINUED: "EXITWITHTIMEOUT",
    Ending.EXIT_KEY: "EXITWITHKEY",
    Ending.EXIT_EMPTY: "EXITEMPTY",
    Ending.WITHDRAWN: "WITHDRAW",
}
# Never joined, so queue_log has no line about them.
_TURNED_AWAY = (Ending.JOIN_EMPTY, Ending.QUEUE_FULL)
_ANSWERED = {CompletedBy.AGENT: "COMPLETEAGENT", CompletedBy.CALLER: "COMPLETECALLER"}
_TRANSFERS = {"blind": "BLINDTRANSFER", "attended": "ATTENDEDTRANSFER"}
# Ways out whose waiting time neither side adds up.
_UNTOLD = ("EXITWITHTIMEOUT", "EXITEMPTY", "EXITWITHKEY", "WITHDRAW")

Slack = dict[tuple[str, str], int]
"""By how much a figure of a subject may differ: as many seconds as the visits behind it do."""


def slack(stored: Sequence[Caller], logged: Sequence[Visit]) -> Slack:
    """Asterisk counts a call's seconds anew for its event and for its log, so that they may be one apart."""
    found: Slack = defaultdict(int)
    for _, ours, theirs in side_by_side(stored, logged):
        for mine, told in zip(ours, theirs, strict=False):
            waited = "wait_abandoned_s" if told.ending == "ABANDON" else "wait_answered_s"
            for figure, one, other in (("talk_s", mine.talk_s, told.talk), (waited, mine.wait_s, told.wait)):
                if one != other and told.ending not in _UNTOLD:
                    for subject in ("total", f"queue {told.queue}", f"agent {told.agent}"):
                        found[subject, figure] += 1
    return found


def figures_apart(today: dict[str, Any], day: Day, slack: Slack) -> Wrong:
    """Every figure of /api/v1/today that is not queue_log's: in total, per queue, per agent; counts are exact."""
    ours = {"total": today["total"]}
    ours |= {f"queue {one['name']}": one for one in today["queues"]}
    ours |= {f"agent {one['name']}": one for one in today["agents"]}
    theirs = {"total": day.total}
    theirs |= {f"queue {name}": figures for name, figures in day.queues.items()}
    theirs |= {f"agent {name}": figures for name, figures in day.agents.items()}
    wrong: Wrong = []
    for subject in ours.keys() | theirs.keys():
        told = theirs[subject].as_dict() if subject in theirs else dict.fromkeys(type(day.total)().as_dict(), 0)
        if subject.startswith("agent"):
            told.pop("offered")  # queue_log does not tell which phones it rang
        mine = ours.get(subject, {})
        for name, value in told.items():
            if abs(mine.get(name, 0) - value) > slack.get((subject, name), 0):
                wrong.append((subject, name, mine.get(name, 0), value))
    return sorted(wrong)


def visits_apart(stored: Sequence[Caller], logged: Sequence[Visit]) -> Wrong:
    """Every visit that is missing, invented, or of which something is told otherwise."""
    wrong: Wrong = []
    for key, ours, theirs in side_by_side(stored, logged):
        if len(ours) != len(theirs):
            wrong.append((key, "visits", len(ours), len(theirs)))
        for mine, told in zip(ours, theirs, strict=False):
            wrong += [(key, *one) for one in visit_apart(mine, told)]
    return wrong


def side_by_side(stored: Sequence[Caller], logged: Sequence[Visit]) -> list[tuple[str, list[Caller], list[Visit]]]:
    """Per call and queue both sides' visits, in the order of joining."""
    ours: dict[str, list[Caller]] = defaultdict(list)
    theirs: dict[str, list[Visit]] = defaultdict(list)
    for caller in stored:
        if caller.ending not in _TURNED_AWAY:
            ours[f"{caller.queue} {caller.uniqueid}"].append(caller)
    for visit in logged:
        theirs[f"{visit.queue} {visit.call}"].append(visit)
    return [(key, ours[key], theirs[key]) for key in sorted(ours.keys() | theirs.keys())]


def visit_apart(mine: Caller, told: Visit) -> list[tuple[str, object, object]]:
    """(what, ours, the log's) of everything that differs in one visit; of seconds, by more than one."""
    words = [("ending", says(mine), told.ending), ("agent", mine.agent or "", told.agent)]
    seconds = [("talk", mine.talk_s, told.talk), ("wait", mine.wait_s, told.wait)]
    return [
        *((what, one, other) for what, one, other in words if one != other),
        *((what, one, other) for what, one, other in seconds if not _near(one, other)),
    ]


def _near(one: int | None, other: int | None) -> bool:
    return one == other if one is None or other is None else abs(one - other) <= 1


def says(visit: Caller) -> str:
    """The word queue_log would have for the way this visit ended; empty when we do not know."""
    if visit.answered_at is None or visit.ending is not Ending.ANSWERED:
        return _UNANSWERED.get(visit.ending, "") if visit.ending is not None else ""
    if visit.completed_by is CompletedBy.TRANSFER:
        return _TRANSFERS.get(visit.transfer or "", "TRANSFER")
    return _ANSWERED[visit.completed_by] if visit.completed_by is not None else ""
