"""What the web room asks of the core: the floor as it is, its figures, the health of each link, clocks and notices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, Protocol

from alerts.model import Message, Text
from floor.ports import Listener
from floor.state.figures import Figures, Subject
from floor.state.model import Agent, Caller, CallerKey, Channel, Endpoint, Key, Offer, Pbx, Queue, Span, Trunk

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
    def channels(self) -> Mapping[Key, Channel]: ...
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


class Wellbeing(Protocol):
    """How the alerts themselves do (:class:`alerts.ailments.Wellbeing`)."""

    @property
    def acting(self) -> bool:
        """Whether this one tells, of several on one database."""

    @property
    def vacant(self) -> bool:
        """Whether perhaps nobody tells."""

    @property
    def unjudged(self) -> int: ...
    @property
    def record(self) -> Trouble: ...
    @property
    def untold(self) -> Mapping[str, str]:
        """Ways that fail at present."""

    @property
    def reachable(self) -> bool:
        """Whether a critical alert reaches somebody who looks at no page."""


class Past(Protocol):
    """What is on record of one agent; moments are on his exchange's clock."""

    async def spans_of(self, agent: Key, since: float) -> Sequence[Span]: ...

    async def offers_of(self, agent: Key, since: float) -> Sequence[Offer]: ...

    async def visits_of(self, agent: Key, since: float) -> Sequence[Caller]:
        """The visits he answered."""


class RuleClock(Protocol):
    """A clock a rule has running for an agent; the browser counts it, so that no second needs a message."""

    @property
    def rule(self) -> str: ...
    @property
    def since(self) -> float:
        """On our clock."""

    @property
    def notice_s(self) -> float | None:
        """Worth a look from here on; ``None``: never."""

    @property
    def limit_s(self) -> float | None:
        """Broken from here on; ``None``: never."""

    @property
    def every_s(self) -> float | None:
        """Begins anew every so many seconds (R-HLD-2)."""


class Clocks(Protocol):
    """The clocks that run at present (:class:`alerts.evaluate.Evaluator`).

    When they change, ``Web.hear_clock`` wants to be told.
    """

    def clocks(self, agent: Key) -> Sequence[RuleClock]: ...


class News(Protocol):
    """Word of the kind of record that changed (:class:`alerts.news.News`)."""

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]: ...


class RuleWords(Protocol):
    """What a rule is called, and what it says when it is broken (:class:`alerts.rules.Rule`)."""

    @property
    def name(self) -> Text: ...
    @property
    def text(self) -> Text:
        """May hold ``{subject}``, ``{value}``, ``{limit}``, ``{queue}``, ``{group}``."""

    @property
    def alert_unit(self) -> str:
        """Of value and limit: ``s``, ``ratio``, or what is counted."""

    @property
    def breach_unit(self) -> str: ...


Wording = Callable[[str], RuleWords | None]
"""By rule id; ``None``: it was raised without a rule, or the rule is gone."""


class Notice(Protocol):
    """A line for everybody in front of the boards."""

    @property
    def text(self) -> Text: ...
    @property
    def level(self) -> Literal["notice", "warn", "critical"]: ...
    @property
    def until(self) -> float | None: ...
    @property
    def evacuation(self) -> bool:
        """The order to leave (R-EMG-16): fills the board."""

    @property
    def public(self) -> bool:
        """Also on boards that visitors see; it tells nothing internal (R-EMG-12)."""

    @property
    def desks(self) -> bool:
        """Only at desks."""


class Messages(Protocol):
    """Messages for people at their desks (:class:`alerts.notify.browser.Browser`)."""

    def subscribe(self, listener: Callable[[Message], bool]) -> Callable[[], None]:
        """Told each one, at once; answers whether it went to anybody. Returns the way to stop."""


class Announcements(Protocol):
    """What boards say beyond the floor: the drill that runs, the order to leave, broadcasts."""

    @property
    def drill(self) -> str | None:
        """Id of the running drill; boards are marked as long as there is one."""

    @property
    def notices(self) -> Mapping[str, Notice]: ...

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Told after any of it changed."""
