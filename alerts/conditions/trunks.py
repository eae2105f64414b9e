"""Conditions about the lines to the outside: a trunk that is lost (R-EMG-22)."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.conditions.contract import About, Condition, Lasting, Params, Reading, World
from alerts.conditions.subjects import changed, said, the_trunk
from alerts.model import Subject, SubjectKind
from floor.ports import Outcome
from floor.state.model import Reach, Trunk


def trunk_touched(outcome: Outcome, _world: World) -> Iterator[Subject]:
    """The trunk that came, went or changed."""
    for before, after in changed(outcome, Trunk):
        one = after or before
        if one is not None:
            yield the_trunk(one.pbx, one.name)


def trunk_lost(subject: Subject, world: World, _params: Params, _now: float) -> Reading:
    """Since its registration was refused or lost, or its endpoint does not answer."""
    trunk = world.floor.trunks.get((subject.pbx, subject.name))
    if trunk is None or trunk.reach is not Reach.UNREACHABLE:
        return None
    since = world.ours(trunk.pbx, trunk.since)
    return Lasting(since, About(evidence=(said(since, "TrunkSeen", status=trunk.status),)), raw=trunk.since)


CONDITIONS = (
    Condition(
        name="trunk_lost",
        subject=SubjectKind.TRUNK,
        params={},
        help="Seconds for which a trunk is not registered or its endpoint not reachable (R-EMG-22).",
        touched=trunk_touched,
        read=trunk_lost,
    ),
)
