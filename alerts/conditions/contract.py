"""What a condition is: pure code that finds the subjects an outcome touches and says how things stand with one.

Three kinds, told apart by what ``read`` gives:

    Lasting     something lasts too long (ringing, hold, pause, link down): the evaluator sets one deadline for it
    Level       a number is too high or too low (callers waiting, share of failed calls)
    Occurrences point events (a ring not answered, a blind transfer), which the evaluator counts within a window

Conditions keep no state of their own, except counters they are handed (``Memory``), read no clock and scan no floor:
the cost of an outcome is what it touched. Times are our clock; ``World.ours`` translates the exchanges'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from alerts.model import Evidence, Subject, SubjectKind
from floor.day import Day
from floor.people.ports import People
from floor.ports import Outcome
from floor.requests.ports import Leaves
from floor.sections.presence import PresenceSettings
from floor.state.figures import Figures
from floor.state.figures import Subject as FigureSubject
from floor.state.model import Agent, Caller, CallerKey, Channel, Endpoint, Key, Pbx, Queue, Trunk


class FloorView(Protocol):
    """The floor as it is; read-only."""

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
    def seats(self) -> Mapping[Key, tuple[str, ...]]:
        """(pbx, phone) -> names of the agents who are logged in at it."""

    @property
    def hints(self) -> Mapping[Key, str]:
        """(pbx, ``hint:EXTEN@CONTEXT``) -> phone."""

    @property
    def lost(self) -> Mapping[str, Mapping[str, float]]:
        """pbx -> unreachable phone -> since when (the exchange's clock), in the order in which they were lost."""


class World(Protocol):
    """Everything a condition may look at."""

    @property
    def floor(self) -> FloorView: ...

    @property
    def people(self) -> People: ...

    @property
    def presence(self) -> PresenceSettings:
        """What counts as away, how many must stay, licences, working hours."""

    @property
    def consent(self) -> Leaves:
        """Who may be away by his leader's consent."""

    def ours(self, pbx: str, at: float) -> float:
        """A moment of the exchange's clock on ours."""

    def figures(self, subject: FigureSubject, minutes: int) -> Figures:
        """Figures of the last 15, 30 or 60 minutes."""

    def expected(self, pbx: str, queue: str, at: float) -> float | None:
        """Calls expected per hour (forecast: the median of the same quarter of an hour on like days); ``None``: not
        known, and then nothing is expected."""

    def expected_in_all(self, pbx: str, at: float) -> float | None:
        """Calls expected per hour at an exchange: in all its queues for which a forecast is known."""

    def tally(self, name: str, subject: Subject) -> Tally:
        """A counter of recent moments for this subject, kept between readings (bounded)."""

    @property
    def day(self) -> Day:
        """When the floor's days begin, and its time zone."""

    def stepped(self) -> float:
        """By how many seconds our own clock was set since this was last asked; 0: it runs evenly."""

    def memory(self, name: str, subject: Subject) -> dict[str, Any]:
        """Notes a condition keeps for this subject, empty at first; as old as the evaluator. Conditions bound them."""


class Tally(Protocol):
    """Moments with a weight, forgotten after the longest window asked for."""

    def add(self, at: float, weight: float = 1.0) -> None: ...

    def within(self, since: float) -> tuple[float, int]:
        """(sum of weights, number of moments) since then."""


Params = Mapping[str, Any]
"""The clause's own settings from the rule, checked against the condition's ``params`` when rules are loaded."""


@dataclass(frozen=True, slots=True)
class About:
    """What a reading speaks of beyond its subject, and the facts that prove it."""

    queue: str | None = None
    call: str | None = None
    agent: str | None = None
    evidence: tuple[Evidence, ...] = ()
    causes: tuple[Subject, ...] = ()


@dataclass(frozen=True, slots=True)
class Lasting:
    """It lasts since then; the value is its age in seconds."""

    since: float
    about: About = About()
    raw: float | None = None
    """The same moment as the exchange told it: while it stays the same, this is the same span, however clocks are set
    meanwhile. ``None``: ``since`` is reckoned anew at each reading, and believed."""
    told: bool = False
    """The exchange itself keeps since when (a pause, a wait), so that it is known even across a gap; else the clock
    begins anew when the link is back, for nobody knows what happened meanwhile."""


@dataclass(frozen=True, slots=True)
class Level:
    """A number; ``sample``: of how many cases, for ratios. ``review_at``: when it may change by itself."""

    value: float
    sample: int | None = None
    about: About = About()
    review_at: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It cannot be seen at present."""


Reading = Lasting | Level | Unknown | None
"""``None``: nothing of the kind."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something happened, once."""

    subject: Subject
    at: float
    value: float | None = None
    about: About = About()
    resets: bool = False
    """Ends a row: for rules that count "in a row"."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A row of the registry."""

    name: str
    subject: SubjectKind
    params: Mapping[str, tuple[type | tuple[type, ...], Any]]
    """Parameter -> (type, default); everything else in a clause is an error that names it."""
    help: str
    touched: Callable[[Outcome, World], Iterable[Subject]] | None = None
    read: Callable[[Subject, World, Params, float], Reading] | None = None
    """(subject, world, params, now)."""
    occurred: Callable[[Outcome, World, Params], Iterable[Occurrence]] | None = None
    unit: str = "s"
    """Of the value: ``s``, ``calls``, ``agents``, ``ratio``, ``times``."""
    linkless: bool = False
    """It can be judged without a link to the exchange: it is about the link itself."""
    hears: frozenset[type] | None = None
    """Classes of facts, entities, records and happenings that can concern it: an outcome without any of them is not
    shown to ``touched`` and ``occurred``. ``None``: every outcome is."""
