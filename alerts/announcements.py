"""What boards say beyond the floor: the drill that runs, the order to leave, announcements (R-EMG-16, R-PLN-8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import structlog

from alerts.plan_model import Notice

log = structlog.get_logger(__name__)


class Announcements:
    """Notices by id, and the id of the running drill; everything happens on one thread."""

    def __init__(self) -> None:
        self._notices: dict[str, Notice] = {}
        self._drill: str | None = None
        self._listeners: list[Callable[[], None]] = []

    @property
    def drill(self) -> str | None:
        return self._drill

    @property
    def notices(self) -> Mapping[str, Notice]:
        return MappingProxyType(self._notices)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Tell ``listener`` after any of it changed; call the result to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def post(self, id_: str, notice: Notice) -> None:
        """Show it, in place of what had this id."""
        self._notices[id_] = notice
        self._tell()

    def take_down(self, id_: str) -> None:
        if self._notices.pop(id_, None) is not None:
            self._tell()

    def mark_drill(self, drill: str | None) -> None:
        """Boards are marked as a drill's from now on; ``None``: not any more."""
        if self._drill != drill:
            self._drill = drill
            self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            try:
                listener()
            except Exception:
                log.exception("listener failed", listener=repr(listener))
