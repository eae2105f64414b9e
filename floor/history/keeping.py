"""Which changes of the floor are worth a row. Pure."""

from __future__ import annotations

from floor.ports import Change
from floor.state.model import Caller, CallerStage

_TELLING = (
    "joined_at agent answered_at wait_s ring_s talk_s hold_s holds ended_at ending completed_by transfer gap".split()
)


def worth_keeping(change: Change) -> Caller | None:
    """The visit to store: when it is new, answered, ended or corrected; not when only his place in the line changed.

    Leaving the line is the moment before being answered or ended, so it is no stage of its own here.
    """
    before, after = change.before, change.after
    if not isinstance(after, Caller):
        return None
    if not isinstance(before, Caller) or _stage(before) is not _stage(after):
        return after
    differs = any(getattr(before, name) != getattr(after, name) for name in _TELLING)
    return after if differs else None


def _stage(visit: Caller) -> CallerStage:
    return CallerStage.WAITING if visit.stage is CallerStage.LEAVING else visit.stage
