"""The evaluator: rules applied to what happens, by changes and deadlines, never by sweeping.

A fact's outcome names the subjects it touched; only they are looked at. What lasts has one deadline. So a floor of ten
thousand agents costs what changes on it.

What it says (to a :class:`alerts.ports.SignalSink`), in the order in which it became true:

* a :class:`Signal` whenever a rule stands otherwise for a subject, FINE being where everybody starts. ``for_s``,
  ``clear`` and ``keep_s`` are settled here: while a level waits out its ``for_s`` it is NOTICED; whoever hears BROKEN
  or FINE need not wait again. Without a link, what was not FINE is UNKNOWN.
* a :class:`Breach` when a violation begins, gets worse and ends, always under the same id.

Events arrive a little late. So a deadline is kept ``patience_s`` longer, but dated when it was: what ended in time is
not broken because its event was slow.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from math import inf

import structlog

from alerts.backlog import SAYING, Backlog, Cases
from alerts.conditions.contract import Condition, Lasting, Level, Occurrence, Unknown, World
from alerts.count import Count
from alerts.deadlines import Deadlines
from alerts.followed import Followed, Following
from alerts.model import Standing
from alerts.ports import SignalSink
from alerts.rules import Rule
from alerts.ruling import Concerned, Ruling, as_found
from alerts.sayings import Sayings
from alerts.tiles import OnClock, RuleClock, Tiles
from alerts.violations import Case, Violations
from alerts.watch import Watch
from floor.ports import Change, Outcome
from floor.state.model import Key, LinkState, Pbx

PATIENCE_S = 0.25
"""How late an event may be before what it ends counts as broken all the same."""
IN_A_GAP = "it began while nothing was heard from the exchange"
IN_TIME = "it had ended in time; the word of it came late"


class Evaluator:
    """Hears outcomes, keeps deadlines, says how every rule stands. One thread; time is an argument."""

    def __init__(
        self,
        rules: Iterable[Rule],
        registry: Mapping[str, Condition],
        world: World,
        sink: SignalSink,
        *,
        drill: str | None = None,
        patience_s: float = PATIENCE_S,
        on_clock: OnClock | None = None,
    ) -> None:
        """``drill``: everything said belongs to it. ``on_clock`` is told an agent's clocks whenever they differ."""
        self.refused = 0
        """Conditions that raised: a defect of ours, logged; the other rules go on."""
        self._registry = registry
        self._world = world
        self._sink = sink
        self._drill = drill
        self._patience_s = patience_s
        self._ruling = Ruling(rules, registry, world, drill is not None)
        self._violations = Violations(sink, drill)
        self._tiles = Tiles(on_clock)
        self._deadlines: Deadlines[Followed] = Deadlines()
        self._following = Following()
        self._sayings = Sayings(sink, drill)
        self._unseen: dict[str, Cases] = {}
        """Cases touched while the link was not up: read when it is."""
        self._seen_since: dict[str, float] = {}
        self._backlog = Backlog()
        """What came into view at once, and is looked at little by little."""
        self._log = structlog.get_logger(__name__)

    # What happens

    def hear(self, outcome: Outcome) -> None:
        """What one fact did to the floor."""
        self._follow_clock()
        concerned = self._ruling.concerned(outcome)
        if not (concerned.finders or concerned.counters or concerned.link):
            return
        at = self._world.ours(outcome.fact.pbx, outcome.fact.at)
        why = type(outcome.fact).__name__
        for change in outcome.changes if concerned.link else ():
            if isinstance(change.after, Pbx) or isinstance(change.before, Pbx):
                self._link(change, at)
        self._look_at(self._touched(outcome, concerned), at, why)
        for rule, one in self._occurred(outcome, concerned):
            self._happened(rule, one)
        self._tiles.tell()

    def next_due(self) -> float | None:
        """When :meth:`due` wants to be called, on our clock."""
        at = self._deadlines.next()
        moments = [self._backlog.since, None if at is None else at + self._patience_s]
        return min((moment for moment in moments if moment is not None), default=None)

    def due(self, now: float, at_most: float = inf) -> None:
        """Settle every deadline that has come, and look at some of what is still to be looked at. ``at_most``: so many
        looks' worth, and the rest when :meth:`next_due` is asked again, so that a thousand who went to lunch together
        hold up nobody."""
        self._follow_clock()
        self._catch_up(now - self._patience_s)
        left = at_most
        while left > 0 and (found := self._deadlines.pop(now - self._patience_s)) is not None:
            said = self._sayings.number
            self._come(found[1], found[0])
            left -= 1 + SAYING * (self._sayings.number - said)
        self._tiles.tell()

    def _come(self, followed: Followed, at: float) -> None:
        """The moment that this was waiting for."""
        if followed.count is not None:
            self._recount(followed, followed.count, at)
        elif followed.again is not None and followed.again <= at:
            self._look_at((followed.case,), at, "ReviewDue")
        elif followed.watch is not None:
            self._settle(followed, followed.watch, at, "LimitPassed")

    def reload(self, rules: Iterable[Rule], now: float) -> None:
        """Other rules from now on: what still holds goes on, what is gone or allowed now ends."""
        self._ruling = Ruling(rules, self._registry, self._world, self._drill is not None)
        for case in [*(one.case for one in self._following), *self._sayings.of()]:
            if case[0] not in self._ruling.rules:
                self._drop(case, now, "RuleChanged")
        for one in self._following:
            if (count := one.count) is not None:
                count.rule = self._ruling.at(self._ruling.rules[one.case[0]], one.case[1], count.about.queue)
                self._recount(one, count, now)
        everything = OrderedDict[Case, None]((one.case, None) for one in self._following if one.watch is not None)
        everything.update(dict.fromkeys(self._everything(now)))
        self._backlog.add(everything, now, "RuleChanged")
        self._catch_up(now)
        self._tiles.tell()

    def clocks(self, agent: Key) -> list[RuleClock]:
        """What this agent's tile counts down."""
        return self._tiles.of(agent)

    @property
    def violations(self) -> frozenset[str]:
        """Ids of the breaches that are open now."""
        return self._violations.open_ids()

    def recall(self, rule: str, one: Occurrence) -> None:
        """Count what happened before we were started (from the record), without saying anything."""
        found = self._ruling.rules.get(rule)
        if found is not None and found.counts:
            self._count(found, one)[1].add(one, found)

    # Cases

    def _touched(self, outcome: Outcome, concerned: Concerned) -> list[Case]:
        cases: dict[Case, None] = {}
        for touched, rules in concerned.finders:
            try:
                for subject in touched(outcome, self._world):
                    for rule in rules:
                        cases[rule, subject] = None
            except Exception:
                self._refuse(touched.__name__)
        return list(cases)

    def _occurred(self, outcome: Outcome, concerned: Concerned) -> Iterator[tuple[Rule, Occurrence]]:
        for occurred, rule in concerned.counters:
            clause = rule.clauses[0]
            try:
                found = list(occurred(outcome, self._world, clause.params))
            except Exception:
                self._refuse(clause.condition)
                continue
            for one in found:
                yield rule, one

    def _refuse(self, condition: str) -> None:
        # One condition that fails on one event must not silence all other rules.
        self.refused += 1
        self._log.exception("condition failed", condition=condition)

    def _look_at(self, cases: Iterable[Case], at: float, why: str) -> None:
        """Read these anew; what cannot be seen, when it can."""
        down: dict[str, bool] = {}
        for case in cases:
            pbx = case[1].pbx
            if pbx not in down:
                down[pbx] = bool(pbx) and not self._up(pbx)
            if down[pbx] and not self._ruling.linkless(case[0]):
                self._unseen.setdefault(pbx, OrderedDict())[case] = None
            else:
                self._look(case, at, why)

    def _look(self, case: Case, at: float, why: str) -> None:
        """Read a case anew."""
        rule, subject = self._ruling.rules[case[0]], case[1]
        self._backlog.settle(case)
        followed = self._following.get(case)
        if followed is not None and followed.due is not None and followed.due < at:
            self._run(followed, at)
            followed = self._following.get(case)
        try:
            reading, placed, again = self._ruling.read(rule, subject, at, self._seen_since.get(subject.pbx, 0.0))
        except Exception:
            self._refuse(rule.clauses[0].condition)
            return
        if isinstance(reading, Unknown):
            self._lose(case, at, why)
            return
        if again is not None and again <= at:
            again = None
        if followed is None:
            if reading is None and again is None and not self._said_otherwise(case):
                return  # most looks end here: nothing of the kind, and there was nothing
            followed = self._following.begin(case)
        followed.again = again
        self._take(followed, reading, placed, at, why)

    def _said_otherwise(self, case: Case) -> bool:
        """Whether something else than FINE was said of what is not followed: only that it cannot be seen."""
        return self._sayings.unknown > 0 and case in self._sayings

    def _take(self, followed: Followed, reading: Lasting | Level | None, rule: Rule, at: float, why: str) -> None:
        watch = followed.watch
        if watch is None:
            watch = followed.watch = Watch(rule)
        if followed.violated:
            self._violations.measure(followed.case, watch, at)
            if not watch.continues(reading):
                self._end(followed, watch, at, why)
        watch.take(reading, rule, at)
        self._settle(followed, watch, at, why)

    def _end(self, followed: Followed, watch: Watch, at: float, why: str) -> None:
        began = self._violations.began_at(followed.case)
        early = began is not None and isinstance(watch.reading, Lasting) and at < began
        self._violations.end(followed.case, at, why, IN_TIME if early else None)
        followed.violated = False

    def _run(self, followed: Followed, until: float) -> None:
        """What came before this moment, came before it."""
        while followed.watch is not None and followed.due is not None and followed.due < until:
            self._settle(followed, followed.watch, followed.due, "LimitPassed")

    def _settle(self, followed: Followed, watch: Watch, at: float, why: str) -> None:
        case = followed.case
        watch.settle(at)
        if followed.violated or (watch.violated and watch.rule.breach):
            group = None if followed.violated else self._ruling.group_of(case[1])
            self._violations.judge(case, watch, at, group, why)
            followed.violated = case in self._violations
        if case[0] in self._ruling.excusers:
            causes = watch.about.causes if watch.violated else None
            self._violations.explain(case[0], case[1], causes, self._ruling.rules, at)
        causes = () if watch.standing is Standing.FINE else watch.about.causes
        if followed.differs((watch.standing, watch.severity, causes)):
            self._sayings.say(case, watch, at)
        if followed.shows(watch):
            self._tiles.set(case, watch)
        if followed.again is None and watch.idle:
            self._forget(followed)
        else:
            self._plan(followed, watch.due)

    def _plan(self, followed: Followed, due: float | None) -> None:
        followed.due, again = due, followed.again
        self._deadlines.plan(followed, due if again is None or (due is not None and due < again) else again)

    # Occurrences

    def _happened(self, rule: Rule, one: Occurrence) -> None:
        placed = self._ruling.at(rule, one.subject, one.about.queue)
        clause = placed.clauses[0]
        measured = one.value is not None and clause.limit is not None
        if not self._ruling.counts(placed, one.subject, one.at):
            return
        if measured and not one.resets and not clause.direction.beyond(one.value or 0.0, clause.limit or 0.0):
            return
        case = (rule.id, one.subject)
        known = self._following.get(case)
        if one.resets and (known is None or known.count is None):
            return
        followed, count = self._count(rule, one)
        count.add(one, placed)
        count.settle(one.at)
        if count.standing is Standing.BROKEN and placed.breach and not one.resets:
            group = self._ruling.group_of(one.subject)
            self._violations.point(case, placed, one, count.severity, float(count.number), group)
        self._recount(followed, count, one.at)

    def _count(self, rule: Rule, one: Occurrence) -> tuple[Followed, Count]:
        followed = self._following.begin((rule.id, one.subject))
        if followed.count is None:
            followed.count = Count(rule, self._world.day.begin)
        return followed, followed.count

    def _recount(self, followed: Followed, count: Count, at: float) -> None:
        case = followed.case
        count.settle(at)
        if self._up(case[1].pbx) or self._ruling.linkless(case[0]):
            self._sayings.say(case, count, at)
        if count.idle and count.standing is Standing.FINE:
            self._forget(followed)
        else:
            self._deadlines.plan(followed, count.due)

    # The link

    def _up(self, pbx: str) -> bool:
        known = self._world.floor.pbxs.get(pbx)
        return known is None or known.link is LinkState.UP

    def _link(self, change: Change, at: float) -> None:
        before, after = change.before, change.after
        pbx = after or before
        if not isinstance(pbx, Pbx):
            return
        was_up = isinstance(before, Pbx) and before.link is LinkState.UP
        is_up = isinstance(after, Pbx) and after.link is LinkState.UP
        if was_up and not is_up:
            self._go_blind(pbx.pbx, at)
        elif is_up and not was_up:
            self._see_again(pbx.pbx, at)

    def _go_blind(self, pbx: str, at: float) -> None:
        """Nothing is known from ``at`` on, when we last heard of it."""
        self._unseen.setdefault(pbx, OrderedDict()).update(dict.fromkeys(self._backlog.give_back(pbx)))
        for one in self._following.of(pbx):
            if not self._ruling.linkless(one.case[0]):
                self._run(one, at)
                self._lose(one.case, at, "LinkLost")
                self._unseen.setdefault(pbx, OrderedDict())[one.case] = None

    def _lose(self, case: Case, at: float, why: str) -> None:
        """It cannot be seen any more how this stands."""
        followed = self._following.get(case)
        if followed is not None and followed.watch is not None:
            self._violations.measure(case, followed.watch, at)
            began = self._violations.began_at(case)
            self._violations.end(case, at, why, IN_A_GAP if began is not None and began > at else None)
        if case in self._sayings:
            self._sayings.tell(case, Standing.UNKNOWN, at)
        if followed is not None and followed.count is None:
            self._forget(followed)

    def _see_again(self, pbx: str, at: float) -> None:
        self._seen_since[pbx] = at
        cases = self._unseen.pop(pbx, OrderedDict())
        cases.update(dict.fromkeys(self._sayings.of(pbx)))
        self._backlog.add(cases, at, "LinkChanged")
        self._catch_up(at)

    def _catch_up(self, at: float) -> None:
        """Look at some of what came into view at once, as it stands now: at ``at``, or when it could be seen."""
        for case, why in self._backlog.slice(lambda: self._sayings.number):
            when = max(at, self._seen_since.get(case[1].pbx, at))
            followed = self._following.get(case)
            if followed is not None and followed.count is not None:
                self._recount(followed, followed.count, when)
            elif case[0] in self._ruling.rules:
                self._look_at((case,), when, why)

    def _drop(self, case: Case, at: float, why: str) -> None:
        """This rule says nothing more of this subject."""
        self._violations.end(case, at, why)
        self._sayings.tell(case, Standing.FINE, at)
        followed = self._following.get(case)
        if followed is not None:
            self._forget(followed)

    def _forget(self, followed: Followed) -> None:
        self._following.end(followed)
        self._deadlines.plan(followed, None)
        if followed.shown is not None:
            self._tiles.set(followed.case, None)

    # Time and the whole floor

    def _follow_clock(self) -> None:
        """Our clock was set: nothing lasts longer or shorter for that."""
        by_s = self._world.stepped()
        if not by_s:
            return
        self._following.move(by_s)
        self._seen_since = {pbx: at + by_s for pbx, at in self._seen_since.items()}
        self._deadlines.move(by_s)
        self._backlog.move(by_s)

    def _everything(self, now: float) -> Iterator[Case]:
        """All cases there may be: only when the rules are new."""
        for outcome in as_found(self._world.floor, now):
            yield from self._touched(outcome, self._ruling.concerned(outcome))
