"""Rules on trial: a tape or a scenario, in its own time, through store and evaluator; and what the rules said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from alerts.conditions.registry import CONDITIONS
from alerts.evaluate import Evaluator
from alerts.model import Breach, Signal
from alerts.rules import Rule
from alerts.world import FloorWorld
from asterisk.deliveries import Delivery, EventArrived, LinkOpened, PictureBegan, PictureComplete
from asterisk.reporter import Reporter
from asterisk.retelling import Moment, retold
from asterisk.sync import Defaults
from asterisk.tape import Piece, TapeError, began_at, is_tape, open_tape, pieces
from asterisk.wire import seconds_of
from floor.day import Day
from floor.measures import Measures
from floor.people.model import Group, Person
from floor.settings import Settings
from floor.state.figures import Limits
from floor.store import FloorStore
from floor.verbs.scenario import enacted, read_scenario

AFTER_S = 300.0
"""The tape over, time goes on for so long, so that what lasts comes to its limits."""


class TapeClock:
    """Stands where the tape is."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at


@dataclass(frozen=True, slots=True)
class Teams:
    """The groups of the settings, as far as rules need people; nobody signs in during a trial."""

    groups: Mapping[str, Group] = field(default_factory=dict)
    group_by_agent: Mapping[str, str] = field(default_factory=dict)
    persons: Mapping[int, Person] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings, pbx: str) -> Teams:
        groups = {one.name: Group(one.name, tuple((pbx, agent) for agent in one.agents)) for one in settings.group}
        return cls(groups, {agent: one.name for one in settings.group for agent in one.agents})

    def of_agent(self, _pbx: str, _agent: str) -> Person | None:
        return None

    def group_of(self, _pbx: str, agent: str) -> str | None:
        return self.group_by_agent.get(agent)

    def sees_agent(self, _person: Person, _pbx: str, _agent: str) -> bool:
        return False

    def sees_queue(self, _person: Person, _pbx: str, _queue: str) -> bool:
        return False

    def responsible(self, _group: str | None) -> Sequence[Person]:
        return ()

    def present(self) -> frozenset[int]:
        return frozenset()


class Trial:
    """Plays deliveries into a floor of its own; ``signals`` and ``breaches`` are what the rules said."""

    def __init__(self, rules: Iterable[Rule], settings: Settings, pbx: str) -> None:
        self.signals: list[Signal] = []
        self.breaches: dict[str, Breach] = {}
        """By id, as they were told last."""
        self.clock = TapeClock()
        self.store = FloorStore(self.clock)
        day = Day(settings.time_zone, settings.day_starts)
        limits = Limits(settings.answer_s, settings.late_ring_s, settings.short_abandon_s)
        measures = Measures(self.clock, day, limits)
        people = Teams.of(settings, pbx)
        world = FloorWorld(self.store.snapshot(), measures, people, self.clock, day, presence=settings.presence)
        self.evaluator = Evaluator(rules, CONDITIONS, world, self)
        self.store.subscribe(measures)
        self.store.subscribe(self.evaluator.hear, happenings=True)
        self._reporter = Reporter(pbx, self.store.apply, Defaults(wrapup_s=settings.wrapup_s))

    def signal(self, signal: Signal) -> None:
        self.signals.append(signal)

    def breach(self, breach: Breach) -> None:
        self.breaches[breach.id] = breach

    def play(self, moments: Iterable[Moment]) -> int:
        """Everything in its time, and what comes due between; how many deliveries there were."""
        number = 0
        for at, delivery in moments:
            self.wait(max(at, self.clock.at))
            self._reporter(delivery)
            number += 1
        self.wait(self.clock.at + AFTER_S)
        return number

    def wait(self, until: float) -> None:
        """Time passes until then."""
        if not self.clock.at:
            self.clock.at = until
        while (due := self._next()) is not None and due <= until:
            self.clock.at = max(self.clock.at, due)
            self.store.review(self.clock.at)
            self.evaluator.due(self.clock.at)
        self.clock.at = until

    def _next(self) -> float | None:
        dues = [due for due in (self.store.next_due(), self.evaluator.next_due()) if due is not None]
        return min(dues, default=None)


def moments_of(path: Path) -> Iterator[Moment]:
    """What the exchange said, and when: from a tape, from a plain capture by the stamps of its events, or enacted.

    :raises TapeError: it cannot be read, or nothing was heard.
    """
    if path.suffix == ".toml":
        return enacted(read_scenario(path))
    if is_tape(path):
        return retold(began_at(path), pieces(path))
    try:
        with open_tape(path, "rb") as file:
            data = file.read()
    except (OSError, EOFError) as error:
        raise TapeError(f"{path} is no tape: {error}") from error
    told = [delivery for _, delivery in retold(0.0, [Piece(0.0, "heard", data)])]
    stamps = [_stamp(delivery) for delivery in told]
    first = next((stamp for stamp in stamps if stamp is not None), None)
    if first is None:
        raise TapeError(f"{path}: no event with a time stamp is on it; record it with floor record")
    return iter(list(_timed(_pictured(told), first)))


def _stamp(delivery: Delivery) -> float | None:
    return seconds_of(delivery.message, "Timestamp") if isinstance(delivery, EventArrived) else None


def _pictured(told: list[Delivery]) -> list[Delivery]:
    """A capture may have no full picture: then what it tells is all there is."""
    if any(isinstance(delivery, PictureComplete) for delivery in told):
        return told
    return [told[0], PictureBegan(0.0), PictureComplete(0.0), *told[1:]] if isinstance(told[0], LinkOpened) else told


def _timed(told: list[Delivery], first: float) -> Iterator[Moment]:
    at = first
    for delivery in told:
        at = max(at, _stamp(delivery) or at)
        if isinstance(delivery, EventArrived):
            yield at, delivery._replace(received_at=at)
        else:
            yield at, replace(delivery, received_at=at)
