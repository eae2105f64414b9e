"""What the web room asks of the core: the floor as it is, its figures, and the health of each link."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, Protocol

from floor.ports import Listener
from floor.state.figures import Figures, Subject
from floor.state.model import Agent, Caller, CallerKey, Endpoint, Key, Pbx, Queue, Trunk

Window = Literal["today", "m15", "m30", "m60"]
WINDOWS: tuple[Window, ...] = ("today", "m15", "m30", "m60")

Gaps = list[tuple[float, float | None]]
"""(from, until) on our clock; ``until is None``: still without a link."""


class FloorView(Protocol):
    """The floor at one revision; read-only."""

    @property
    def pbxs(self) -> Mapping[str, Pbx]: ...
    @property
    def queues(self) -> Mapping[Key, Queue]: ...
    @property
    def agents(self) -> Mapping[Key, Agent]: ...
    @property
    def callers(self) -> Mapping[CallerKey, Caller]: ...
    @property
    def trunks(self) -> Mapping[Key, Trunk]: ...
    @property
    def endpoints(self) -> Mapping[Key, Endpoint]: ...
    @property
    def revision(self) -> int: ...


class FloorStore(Protocol):
    """Where the floor's state lives; ``subscribe`` returns the way to unsubscribe."""

    def snapshot(self) -> FloorView: ...

    def subscribe(self, listener: Listener) -> Callable[[], None]: ...


class Measures(Protocol):
    """The figures of today and of the last minutes."""

    @property
    def day_begin(self) -> float:
        """When today began, on our clock."""

    def figures(self, subject: Subject, window: Window) -> Figures: ...

    def subjects(self) -> Iterable[Subject]: ...

    def history(self, subject: Subject) -> list[dict[str, float]]:
        """The last hour in 12 points of 5 minutes, oldest first: ``at, offered, answered, abandoned, …``."""

    def changed(self) -> set[Subject]:
        """Subjects whose figures changed since the last call, by an event or by the passing of a minute."""

    def gaps(self, pbx: str) -> Gaps: ...


class LinkHealth(Protocol):
    """How each link is doing; an exchange it does not know has no word (``None``) and no events (0)."""

    def heard_ago(self, pbx: str) -> float | None:
        """Seconds since the last byte."""

    def events(self, pbx: str) -> int: ...

    def queue_size(self, pbx: str) -> int: ...

    def lag_s(self, pbx: str) -> float | None:
        """Seconds between an event's timestamp and its being applied; ``None`` until known."""


class Trouble(Protocol):
    """What is wrong with the record kept on disk; all zero and ``None`` when nothing is."""

    @property
    def failing_s(self) -> float | None:
        """Seconds since the database last took something; ``None``: it does."""

    @property
    def waiting(self) -> int: ...
    @property
    def spilled(self) -> int: ...
    @property
    def lost(self) -> int: ...
    @property
    def refused(self) -> int: ...
