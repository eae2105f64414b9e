"""Lays the log's visits of one call beside ours, in order, at the least total distance. Pure.

Taking the nearest for each in turn would go wrong where a caller comes back within a second or two: the first visit of
the log would steal the row of the second. There are one to a handful of visits per call, so the table is tiny.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from floor.history.identity import TOLERANCE_S, distance
from floor.history.log_visits import LogVisit
from floor.state.model import Caller

ALONE = TOLERANCE_S + 1.0
"""Cost of leaving a visit without a partner: more than any distance at which two are one."""
LIMIT = 200
"""Visits of one call to one queue beyond which pairs are taken one after the other."""

Pair = tuple[LogVisit, Caller | None]


def align(logged: Sequence[LogVisit], stored: Sequence[Caller]) -> list[Pair]:
    """Every logged visit with its stored one or ``None``; both in order of joining."""
    if len(logged) > LIMIT or len(stored) > LIMIT:
        return _in_turn(logged, stored)

    @cache
    def best(i: int, j: int) -> tuple[float, tuple[Pair, ...]]:
        if i == len(logged):
            return 0.0, ()
        cost, rest = best(i + 1, j)
        found = (cost + ALONE, ((logged[i], None), *rest))
        if j == len(stored):
            return found
        cost, rest = best(i, j + 1)
        found = min(found, (cost, rest), key=lambda one: one[0])
        apart = _apart(logged[i].visit, stored[j])
        if apart is not None:
            cost, rest = best(i + 1, j + 1)
            found = min(found, (cost + apart, ((logged[i], stored[j]), *rest)), key=lambda one: one[0])
        return found

    return list(best(0, 0)[1])


def known_rings(logged: Sequence[float], stored: Sequence[float]) -> list[bool]:
    """For every ring of the log, by its whole second, whether one of ours is it; both in order of ending.

    Somebody who refuses every call is rung anew each second, so the nearest need not be the same: all are laid side by
    side in order, at the least total distance from within their seconds.
    """
    if len(logged) > LIMIT or len(stored) > LIMIT:
        return [any(_off(second, ours) <= TOLERANCE_S for ours in stored) for second in logged]
    rows: list[list[tuple[float, tuple[bool, ...]]]] = [[(0.0, ())] * (len(stored) + 1)]
    for second in reversed(logged):
        below = rows[-1]
        row = [(below[len(stored)][0] + ALONE, (False, *below[len(stored)][1]))]
        for j in range(len(stored) - 1, -1, -1):
            found = min(row[-1], (below[j][0] + ALONE, (False, *below[j][1])), key=lambda one: one[0])
            off = _off(second, stored[j])
            if off <= TOLERANCE_S:
                cost, rest = below[j + 1]
                found = min(found, (cost + off, (True, *rest)), key=lambda one: one[0])
            row.append(found)
        rows.append(row[::-1])
    return list(rows[-1][0][1])


def _off(second: float, ours: float) -> float:
    """How far our moment lies outside the second that the log tells."""
    return max(0.0, second - ours, ours - second - 1.0)


def _apart(logged: Caller, stored: Caller) -> float | None:
    """Distance in time, endings that differ making it longer; ``None``: too far to be one.

    Whether one ended before the other began is no argument here: the log has whole seconds, and a visit of less than
    one ends, by the log, before it began by ours. The order of the visits decides instead. A visit has one agent.
    """
    if None not in (logged.agent, stored.agent) and logged.agent != stored.agent:
        return None
    if logged.joined_at is None or stored.joined_at is None:
        apart = distance(stored, logged)
    else:
        apart = abs(logged.joined_at - stored.joined_at)
    if apart is None or apart > TOLERANCE_S:
        return None
    ended = 0.0
    if logged.ended_at is not None and stored.ended_at is not None:
        ended = min(0.5, abs(logged.ended_at - stored.ended_at) / 10)
    return apart + ended + (0.0 if logged.ending is stored.ending else 0.5)


def _in_turn(logged: Sequence[LogVisit], stored: Sequence[Caller]) -> list[Pair]:
    pairs: list[Pair] = []
    rest = list(stored)
    for one in logged:
        index = next((i for i, ours in enumerate(rest[:3]) if _apart(one.visit, ours) is not None), None)
        pairs.append((one, None if index is None else rest[index]))
        if index is not None:
            del rest[: index + 1]
    return pairs
