"""What the full picture lists: one queue, one waiting caller, one live channel."""

from __future__ import annotations

from dataclasses import dataclass

from floor.state.copying import quick


@quick
@dataclass(frozen=True, slots=True)
class PictureQueue:
    """One queue in the full picture: its parameters."""

    name: str
    strategy: str | None = None
    weight: int = 0
    max_callers: int = 0
    wrapup_s: int = 0


@quick
@dataclass(frozen=True, slots=True)
class PictureCaller:
    """One waiting caller in the full picture (QueueEntry)."""

    queue: str
    uniqueid: str
    position: int | None
    number: str | None
    name: str | None
    wait_s: int
    priority: int | None = None


@quick
@dataclass(frozen=True, slots=True)
class PictureChannel:
    """One live channel in the full picture (CoreShowChannel)."""

    uniqueid: str
    channel: str
    linkedid: str
    state: str
    bridge: str | None
    application: str
    data: str
    duration_s: float
    number: str | None = None
    name: str | None = None
