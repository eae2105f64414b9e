"""Whether all is well: what the outside is told by a heartbeat, and by its absence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from floor.ports import Clock
from floor.state.model import LinkState

LATE_S = 30.0
"""Alerts whose clock is behind by more than this are not judged any more, whatever else runs."""


class HasState(Protocol):
    """A link."""

    @property
    def state(self) -> LinkState: ...


class Judges(Protocol):
    """The engine of alerts."""

    @property
    def acting(self) -> bool: ...

    def next_due(self) -> float | None: ...

    def health(self) -> str | None: ...


def ailing(links: Mapping[str, HasState], engine: Judges, clock: Clock) -> str | None:
    """Why no heartbeat may be sent, in a few words; ``None``: all is well."""
    for name, link in links.items():
        if link.state not in (LinkState.UP, LinkState.SYNCING):
            return f"the exchange {name} is not seen"
    if not engine.acting:
        return "another Floorwatch acts; the heartbeat is its"
    due = engine.next_due()
    if due is not None and clock.now() - due > LATE_S:
        return "alerts are judged late"
    return engine.health()
