"""Which alert explains which: one cause is one alert, and what follows from it is hidden behind it.

Two kinds of parents. A lost exchange (R-EMG-20, R-EMG-21) explains everything of that exchange, which is unknown
meanwhile, not fine. An alert that names its single cases (``Signal.causes``: R-EMG-24, R-HLD-12) explains the alerts of
those. Drills explain only what belongs to the same drill, so that a real alarm is never hidden behind one.
"""

from __future__ import annotations

from collections.abc import Iterable

from alerts.case import Case
from alerts.lifecycle import TOLD
from alerts.model import Alert

EXCHANGE_LOST = ("R-EMG-20", "R-EMG-21")
"""Rules whose alert says that an exchange cannot be seen."""

EXPLAINS: dict[str, tuple[str, ...]] = {
    "R-EMG-24": ("R-EMG-23",),
    "R-HLD-12": ("R-HLD-",),
}
"""Of which rules a cause explains the single cases, by their beginnings; a rule that is not here: of all."""


def of_rule(rule: str, base: str) -> bool:
    """Whether the rule is ``base`` or a variant of it, such as ``R-EMG-20-night`` or ``R-EMG-20.2``."""
    return rule == base or (rule.startswith(base) and not rule[len(base)].isdigit())


def loses_exchange(alert: Alert) -> bool:
    """Whether this alert means that its exchange cannot be seen."""
    return any(of_rule(alert.rule, base) for base in EXCHANGE_LOST)


def explains(parent: Case, child: Alert) -> bool:
    """Whether the child follows from the parent as it stands."""
    cause = parent.alert
    if cause.stage not in TOLD or cause.id == child.id or cause.drill != child.drill:
        return False
    if loses_exchange(cause) and child.subject.pbx == cause.subject.pbx:
        return not loses_exchange(child) or (cause.raised_at, cause.id) < (child.raised_at, child.id)
    if child.subject not in parent.pace.causes:
        return False
    wanted = next((ones for base, ones in EXPLAINS.items() if of_rule(cause.rule, base)), None)
    return wanted is None or child.rule.startswith(wanted)


def parent_of(child: Alert, candidates: Iterable[Case]) -> Case | None:
    """The one that explains it: a lost exchange before anything else, then the oldest; never in a circle."""
    found = [one for one in candidates if explains(one, child) and one.alert.parent != child.id]
    return min(found, key=lambda one: (not loses_exchange(one.alert), one.alert.raised_at, one.alert.id), default=None)


def may_explain(case: Case) -> bool:
    """Whether it can be anybody's parent at all."""
    return loses_exchange(case.alert) or bool(case.pace.causes)
