"""The room of alerts, put together: rulebook, world, evaluator, engine and ledger on one floor and one database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog

from alerts.case import RuleTerms, Terms
from alerts.conditions.contract import FloorView
from alerts.conditions.registry import CONDITIONS
from alerts.engine import Engine
from alerts.evaluate import Evaluator
from alerts.ledger.ledger import Ledger
from alerts.ledger.retention import KeepDays
from alerts.leftover import counted_again
from alerts.model import Signal, Standing, SubjectKind
from alerts.raised import RAISED
from alerts.rulebook import Rulebook
from alerts.rules import Rule
from alerts.tiles import OnClock
from alerts.world import Expected, Figured, FloorWorld
from floor.day import Day
from floor.history.database import Database
from floor.history.errors import DatabaseUnusableError
from floor.people.ports import People
from floor.ports import Beacon, Clock
from floor.requests.ports import Leaves
from floor.settings import Settings

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 2.0
"""How soon a rule file that was written is in force."""
PRUNE_EVERY_S = 3600.0


class AlertRoom:
    """``open`` before the links, then ``works`` for as long as it lasts, then ``close``."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        floor: FloorView,
        measures: Figured,
        people: People,
        clock: Clock,
        *,
        rules: Path | None = None,
        expected: Expected = lambda _pbx, _queue, _at: None,
        on_clock: OnClock | None = None,
        leaves: Leaves | None = None,
        beacon: Beacon | None = None,
    ) -> None:
        """``rules``: the site's own rule file. Raises ``ConfigInvalidError`` with every mistake in it."""
        self._clock = clock
        self._people = people
        day = Day(settings.time_zone, settings.day_starts)
        self.world = FloorWorld(floor, measures, people, clock, day, expected, settings.presence, leaves)
        self.rulebook = Rulebook(CONDITIONS, rules)
        self._by_id: dict[str, Rule] = {}
        keep = KeepDays(settings.alerts.keep_days, settings.alerts.breach_days, settings.alerts.delivery_days)
        self.ledger = Ledger(database, settings.data_dir, clock, keep=keep)
        self.engine = Engine(
            settings.alerts,
            self.ledger,
            people,
            clock,
            terms=self.terms,
            pending=self._pending,
            zone=day.tz(),
            pbxs=[one.name for one in settings.pbx],
            link=lambda alert: _link(settings.notify.link, alert),
            beacon=beacon,
        )
        self.evaluator = Evaluator(self._judged(), CONDITIONS, self.world, self.engine, on_clock=on_clock)
        self.engine.judge = self.evaluator

    def rule(self, id_: str) -> Rule | None:
        """A rule in force; ``None``: it was raised without one, or the rule is gone."""
        return self._by_id.get(id_)

    def excused_by(self, reason: str) -> list[str]:
        """Rules on hanging up first that this reason excuses."""
        clauses = ((rule.id, clause) for rule in self.rulebook.rules for clause in rule.clauses)
        hung_up = ((id_, clause.params) for id_, clause in clauses if clause.condition == "hung_up_first")
        return [id_ for id_, params in hung_up if reason in params["excused_by"]]

    def terms(self, id_: str) -> RuleTerms:
        """What the life of its alerts depends on. The evaluator has waited out ``for`` already."""
        rule = self._by_id.get(id_)
        return Terms(title=RAISED.get(id_, {})) if rule is None else Terms(0.0, rule.keep_s, rule.route, rule.name)

    async def open(self) -> None:
        """Raises ``HistoryError`` with a sentence."""
        await self.engine.open()
        today = await self.ledger.recorded_breaches(self.world.day.begin(self._clock.now()))
        for rule, one in counted_again(today):
            self.evaluator.recall(rule, one)

    async def close(self) -> None:
        await self.engine.close()

    def works(self) -> Sequence[tuple[str, Callable[[], Coroutine[Any, Any, None]]]]:
        """What must run meanwhile, by name."""
        return (*self.engine.works(), ("rule file", self.keep_rules), ("alert upkeep", self.keep_tidy))

    async def keep_rules(self) -> None:
        """A rule file that was written is read again: all of it, or nothing."""
        stamp = self.rulebook.stamp()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if (found := self.rulebook.stamp()) != stamp:
                stamp = found
                self.reload()

    def reload(self) -> list[str]:
        """Read the rules again; every mistake as a sentence, and then nothing has changed."""
        errors = self.rulebook.reload()
        for error in errors:
            log.error("rules not reloaded", error=error)
        if not errors:
            self.evaluator.reload(self._judged(), self._clock.now())
            log.info("rules reloaded", rules=len(self._by_id))
        return errors

    async def keep_tidy(self) -> None:
        """Forget what is too old, a little at a time."""
        while True:
            try:
                more = await self.ledger.prune()
            except DatabaseUnusableError as error:
                log.warning("alerts: too old records are still there", reason=str(error))
                more = 0
            await asyncio.sleep(1.0 if more else PRUNE_EVERY_S)

    def _judged(self) -> Iterable[Rule]:
        """The rules as the evaluator has them: ``keep`` is the time of recovering, and the book's."""
        self._by_id = {rule.id: rule for rule in self.rulebook.rules}
        return [without_keep(rule) for rule in self.rulebook.rules]

    def _pending(self, signal: Signal) -> bool:
        """Noticed, and beyond the limit: it only waits out its rule's ``for``."""
        rule = self._by_id.get(signal.rule)
        if rule is None or signal.value is None or signal.standing is not Standing.NOTICED:
            return False
        subject = signal.subject
        agent = subject.kind is SubjectKind.AGENT
        group = self._people.group_of(subject.pbx, subject.name) if agent else None
        queue = subject.name if subject.kind is SubjectKind.QUEUE else signal.queue
        placed = rule.at(queue, group, subject.pbx)
        return placed.for_s > 0 and placed.limit is not None and placed.direction.beyond(signal.value, placed.limit)


def _link(address: str, alert: str) -> str | None:
    """Where people open it; ``None``: it is not set where Floorwatch is reached."""
    return f"{address.rstrip('/')}/desk?alert={quote(alert)}" if address else None


def without_keep(rule: Rule) -> Rule:
    """The same rule, wherever it applies, recovering at once."""
    overrides = tuple(
        replace(one, values={key: value for key, value in one.values.items() if key != "keep_s"})
        for one in rule.overrides
    )
    return replace(rule, keep_s=0.0, overrides=overrides)
