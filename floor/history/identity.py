"""When two descriptions are of one visit, and what is true when they differ. Pure.

A visit is (pbx, queue, Uniqueid, when it was joined). The joining moment comes from three places that agree only
roughly: the event (microseconds), the waiting time in a full picture (whole seconds, counted back) and queue_log
(whole seconds). So equal moments are the same visit, moments within ``TOLERANCE_S`` are too, unless one visit had
ended before the other began: the same call may come back to the same queue at once.
"""

from __future__ import annotations

from dataclasses import replace

from floor.state.model import Caller, CallerStage, CompletedBy, Ending

TOLERANCE_S = 2.0
COUNTED_BACK_S = 10.0
"""The same where we came in the middle: his joining was counted back from a list that may have been under way long."""
_SAME_S = 0.0005
_RANK = {stage: rank for rank, stage in enumerate(CallerStage)}
_KEPT = "joined_at linkedid number name priority agent answered_at wait_s ring_s talk_s completed_by transfer".split()
_GROWS = ("hold_s", "holds", "healed", "gap")
"""Of these the greater is true; of two flags, the one that is set."""
_UNTIMED = frozenset({Ending.JOIN_EMPTY, Ending.QUEUE_FULL})


def settled(visit: Caller) -> bool:
    """Whether it is known how this visit ended."""
    return visit.stage is CallerStage.ENDED and visit.ending not in (None, Ending.UNKNOWN)


def complete(visit: Caller) -> bool:
    """Whether nothing that is counted is missing: ending, joining, waiting and talking time, who ended it and how."""
    if not settled(visit):
        return False
    if visit.ending in _UNTIMED:
        return True
    talked = visit.answered_at is None or (visit.talk_s is not None and visit.completed_by is not None)
    passed_on = visit.completed_by is not CompletedBy.TRANSFER or visit.transfer is not None
    return visit.joined_at is not None and visit.wait_s is not None and talked and passed_on


def distance(one: Caller, other: Caller) -> float | None:
    """How far apart two descriptions with the same key are, in seconds; ``None``: two visits."""
    if one.joined_at is not None and other.joined_at is not None:
        near = COUNTED_BACK_S if one.gap or other.gap else TOLERANCE_S
        return _joined_distance((one.joined_at, one.ended_at), (other.joined_at, other.ended_at), near)
    if one.stage is not CallerStage.ENDED or one.ending is Ending.UNKNOWN:
        return TOLERANCE_S  # the floor knows one open visit per queue and channel, so this is it
    for a, b in ((one.answered_at, other.answered_at), (one.ended_at, other.ended_at)):
        if a is not None and b is not None:
            return abs(a - b) if abs(a - b) <= TOLERANCE_S else None
    return None


def _joined_distance(one: tuple[float, float | None], other: tuple[float, float | None], near: float) -> float | None:
    """Distance of two (joined, ended), as far as ``near``."""
    apart = abs(one[0] - other[0])
    if apart < _SAME_S:
        return 0.0
    (_, ended), (joined, _) = (one, other) if one[0] < other[0] else (other, one)
    if ended is not None and joined >= ended:
        return None
    return apart if apart <= near else None


def nearest(candidates: list[Caller], visit: Caller) -> int | None:
    """Index of the candidate that is this visit, the nearest if several could be."""
    found = [(apart, i) for i, one in enumerate(candidates) if (apart := distance(one, visit)) is not None]
    return min(found)[1] if found else None


def merged(stored: Caller, seen: Caller) -> Caller:
    """What is to be stored after ``seen``: later stages win, nothing known becomes unknown, an ending stays.

    Safe to repeat: ``merged(merged(a, b), b) == merged(a, b)``, and an older description changes nothing that counts.
    """
    if settled(stored) and not settled(seen):
        return stored
    if stored.stage is not CallerStage.ENDED and _RANK[seen.stage] < _RANK[stored.stage]:
        return stored
    kept = {
        name: known for name in _KEPT if getattr(seen, name) is None and (known := getattr(stored, name)) is not None
    }
    kept |= {name: known for name in _GROWS if (known := getattr(stored, name)) > getattr(seen, name)}
    if stored.joined_at is not None and stored.joined_at != seen.joined_at:
        kept["joined_at"] = stored.joined_at
    return replace(seen, **kept) if kept else seen  # hardly ever; a copy costs more than all the rest here
