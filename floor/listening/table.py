"""All listenings that are under way, from wherever, and for a minute those that are over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import structlog

from floor.listening.model import Listening

REMEMBERED_S = 60.0
MOST = 5000
"""Over or not; the oldest that are over make room."""

log = structlog.get_logger(__name__)


class Kept(Protocol):
    """One of them."""

    @property
    def now(self) -> Listening: ...

    def end(self, why: str, said: str = "") -> None:
        """Over from this moment on."""


class Table:
    """By id; whoever subscribed is told of every change of any."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}
        self._listeners: list[Callable[[Listening], None]] = []

    def __iter__(self) -> Iterator[Kept]:
        """Those that are not over."""
        return iter([one for one in self._kept.values() if not one.now.over])

    @property
    def under_way(self) -> list[Listening]:
        return [one.now for one in self]

    def get(self, id: str) -> Kept | None:
        """Also one that was over a moment ago."""
        return self._kept.get(id)

    def all(self) -> list[Kept]:
        return list(self._kept.values())

    def put(self, kept: Kept) -> None:
        if len(self._kept) >= MOST:
            over = next((id for id, one in self._kept.items() if one.now.over), None)
            if over is not None:
                del self._kept[over]
        self._kept[kept.now.id] = kept

    def forget(self, now: float) -> None:
        """Those that were over long enough ago."""
        for id, one in list(self._kept.items()):
            if one.now.over and not now - REMEMBERED_S < (one.now.ended_at or 0.0) <= now:
                del self._kept[id]

    def subscribe(self, hear: Callable[[Listening], None]) -> Callable[[], None]:
        self._listeners.append(hear)
        return lambda: self._listeners.remove(hear)

    def tell(self, listening: Listening) -> None:
        """Never raises: who fails to hear is logged."""
        for hear in tuple(self._listeners):
            try:
                hear(listening)
            except Exception:
                log.exception("listener failed", listener=repr(hear))
