"""What a restart leaves of breaches: open ones end where their proof ends, today's are counted again. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

from alerts.conditions.contract import About, Occurrence
from alerts.model import Breach

KEPT_OPEN_S = 7 * 86400.0
"""Nothing of the floor is open for longer; what is older was ended by an earlier start."""


def cut_short(recorded: Iterable[Breach], known: Container[str], at: float) -> Iterator[Breach]:
    """Breaches nobody watches any more (``known``: ids of those somebody does). When they ended is not known, so they
    end with the last fact that proves them; the value stays the worst that was measured."""
    for breach in recorded:
        if breach.ended_at is None and breach.drill is None and breach.id not in known:
            proven = [float(fact["at"]) for fact in breach.evidence if isinstance(fact.get("at"), int | float)]
            ended = max([breach.began_at, *(moment for moment in proven if moment <= at)])
            left = {"at": at, "fact": "FloorwatchRestarted"}
            yield replace(breach, ended_at=ended, evidence=(*breach.evidence, left))


def counted_again(recorded: Iterable[Breach]) -> Iterator[tuple[str, Occurrence]]:
    """(rule, what happened), oldest first, so that "more than three a day" does not begin at zero."""
    told = [one for one in recorded if one.excused_by is None and one.drill is None]
    for breach in sorted(told, key=lambda one: one.began_at):
        about = About(breach.queue, breach.call, breach.agent, breach.evidence)
        yield breach.rule, Occurrence(breach.subject, breach.began_at, None, about)
