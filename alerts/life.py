"""The steps of one alert's life, each with what it means for its clocks, its people and its family."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from alerts.case import FLOOR, Case, Effects, Pace, TermsOf
from alerts.content import new_alert, taken
from alerts.family import loses_exchange, may_explain, parent_of
from alerts.flapping import flaps, remembered, rests_at
from alerts.lifecycle import AlertEvent, next_stage
from alerts.model import (
    SEVERITIES,
    AlertStage,
    Occasion,
    Severity,
    Signal,
    Standing,
    Transition,
)
from alerts.silences import Silences
from alerts.telling import Teller
from floor.people.ports import People

_E = AlertEvent


class Life:
    """Works on the book's cases; keeps nothing itself but which of them may explain others."""

    def __init__(
        self, cases: Mapping[str, Case], silences: Silences, teller: Teller, terms: TermsOf, people: People
    ) -> None:
        self._cases = cases
        self._silences = silences
        self._teller = teller
        self._terms = terms
        self._people = people
        self._causes: dict[str, Case] = {}
        """Living alerts that may explain others: few, so that a storm of others costs nothing."""

    def remember(self, case: Case) -> None:
        """Taken up, or about to explain others."""
        if case.lives and may_explain(case):
            self._causes[case.alert.id] = case

    def step(
        self,
        case: Case,
        event: AlertEvent,
        now: float,
        effects: Effects,
        *,
        choice: AlertStage | None = None,
        actor: str = FLOOR,
        reason: str | None = None,
    ) -> None:
        """One row of the table, written down; raises ``WrongStageError`` and changes nothing when there is none."""
        before = case.alert.stage
        after = next_stage(before, event, choice)
        case.alert = replace(case.alert, stage=after)
        self._note(case, before, event, now, effects, actor, reason)

    def begin(
        self, signal: Signal, now: float, effects: Effects, last: Case | None, *, raised: bool, pending: bool = False
    ) -> Case:
        """A new alert after ``last`` of this identity; ``pending``: the evaluator says when it fires."""
        waits = math.inf if pending else self._terms(signal.rule).for_s
        event = _E.SUSPECTED if waits > 0 else _E.FIRED
        case = Case(
            new_alert(signal, now, next_stage(None, event), self._people, last.alert if last else None),
            Pace(raised=raised, causes=signal.causes),
        )
        self._note(case, None, event, now, effects)
        if waits > 0:
            case.pace = replace(case.pace, fire_at=None if pending else now + waits)
        self._related(case, now, effects)
        self.hush(case, now, effects)
        if waits <= 0:
            self._fired(case, now, effects)
        return case

    def reopen(self, case: Case, signal: Signal, now: float, effects: Effects) -> None:
        """Broken again soon after its end: the same alert, one time more."""
        old = case.alert
        self.step(case, _E.REOPENED, now, effects)
        case.alert = replace(
            case.alert,
            times=old.times + 1,
            resolved_at=None,
            owner=None,
            owner_name=None,
            acknowledged_at=None,
            level=0,
            unknown=False,
            parent=None,
        )
        case.pace = Pace(
            tells=case.pace.tells,
            told=case.pace.told,
            changes=case.pace.changes,
            raised=case.pace.raised,
            causes=signal.causes,
        )
        case.alert = taken(case.alert, signal)
        self._related(case, now, effects)
        self.hush(case, now, effects)
        self._fired(case, now, effects)

    def still_broken(self, case: Case, signal: Signal, now: float, effects: Effects) -> None:
        """The evaluator says it again: seen, returned, worse, eased, or only another value."""
        self._seen(case, now, effects)
        causes = case.pace.causes
        rise = SEVERITIES.index(signal.severity) - SEVERITIES.index(case.alert.severity)
        case.alert = taken(case.alert, signal)
        case.pace = replace(case.pace, causes=signal.causes)
        if case.alert.stage is AlertStage.RECOVERING:
            self._returned(case, now, effects)
        elif case.alert.stage is AlertStage.PENDING and signal.standing is Standing.BROKEN and not case.pace.fire_at:
            self.step(case, _E.FIRED, now, effects)
            self._fired(case, now, effects)
        elif rise > 0:
            self._worse(case, now, effects)
        elif rise < 0:
            self.step(case, _E.EASED, now, effects)
        if signal.causes != causes:
            self._adopt(case, now, effects)
        effects.cases[case.alert.id] = case

    def fine(self, case: Case, now: float, effects: Effects, reason: str | None = None) -> None:
        """The rule holds again."""
        if not case.lives and not case.pace.held:
            return
        if case.lives and reason is None:
            self._seen(case, now, effects)
        case.pace = replace(case.pace, stood=Standing.FINE, held=False, restored=False)
        effects.cases[case.alert.id] = case
        if not case.lives:
            return
        stage = case.alert.stage
        if stage is AlertStage.PENDING:
            self.end(case, _E.CLEARED, now, effects, reason=reason)
        elif stage is not AlertStage.RECOVERING:
            keep = self._terms(case.alert.rule).keep_s
            if keep <= 0 or reason is not None:
                self.end(case, _E.RECOVERED, now, effects, reason=reason)
                return
            self.step(case, _E.CLEARED, now, effects)
            self._teller.forgive(case)
            clocks = replace(case.pace, resolve_at=now + keep, escalate_at=None, remind_at=None, lapse_at=None)
            case.pace = clocks
            self._changed(case, now, effects)

    def unseen(self, case: Case, now: float, effects: Effects, reason: str) -> None:
        """It cannot be seen: neither fine nor broken."""
        if case.lives and not case.alert.unknown:
            case.alert = replace(case.alert, unknown=True)
            self.step(case, _E.UNKNOWN, now, effects, reason=reason)

    def end(
        self,
        case: Case,
        event: AlertEvent,
        now: float,
        effects: Effects,
        *,
        actor: str = FLOOR,
        reason: str | None = None,
    ) -> None:
        """It is over; its children stand on their own from here on."""
        self.step(case, event, now, effects, actor=actor, reason=reason)
        recovering = case.pace.resolve_at is not None
        case.alert = replace(case.alert, resolved_at=now, unknown=False)
        if case.alert.fired_at is not None and not recovering:
            self._changed(case, now, effects)
        self._teller.tell_end(case, effects, now)
        pace = case.pace
        case.pace = Pace(
            rest_at=pace.rest_at,
            tells=pace.tells,
            told=pace.told,
            stood=pace.stood,
            raised=pace.raised,
            changes=pace.changes,
        )
        self._release(case, now, effects)

    def hush(self, case: Case, now: float, effects: Effects, *, actor: str = FLOOR, reason: str | None = None) -> None:
        """Silences begin or end over it."""
        until, before = self._silences.until(case.alert, now), case.alert.silenced_until
        if until == before:
            return
        case.alert = replace(case.alert, silenced_until=until)
        event = _E.SILENCED if until is not None else _E.UNSILENCED
        self.step(case, event, now, effects, actor=actor, reason=reason)
        if until is None:
            self._heard_again(case, now)

    def tick(self, case: Case, now: float, effects: Effects) -> None:
        """Every clock of the alert that has run out."""
        if not case.lives:
            self._rest(case, now, effects)
            return
        if _out(case.pace.fire_at, now):
            case.pace = replace(case.pace, fire_at=None)
            self.step(case, _E.FIRED, now, effects)
            self._fired(case, now, effects)
        if _out(case.pace.resolve_at, now):
            self.end(case, _E.RECOVERED, now, effects)
            return
        if _out(case.pace.rest_at, now):
            self._rest(case, now, effects)
        if _out(case.pace.lapse_at, now):
            self._lapsed(case, now, effects)
        if not case.muted:
            self._press(case, now, effects)

    def _press(self, case: Case, now: float, effects: Effects) -> None:
        """Nobody took it over: upwards, or the same people again."""
        if _out(case.pace.escalate_at, now):
            case.pace = replace(case.pace, escalate_at=None)
            if self._teller.next_level(case):
                case.alert = replace(case.alert, level=case.alert.level + 1)
                self.step(case, _E.ESCALATED, now, effects, reason=f"level {case.alert.level}")
                self._teller.owe(case, Occasion.ESCALATED, now)
                return
        if _out(case.pace.remind_at, now):
            case.pace = replace(case.pace, remind_at=None)
            self.step(case, _E.REMINDED, now, effects)
            self._teller.owe(case, Occasion.REMINDER, now)

    def _fired(self, case: Case, now: float, effects: Effects) -> None:
        case.alert = replace(case.alert, fired_at=case.alert.fired_at or now)
        effects.cases[case.alert.id] = case
        self._changed(case, now, effects)
        if case.alert.parent is None:
            self._teller.owe(case, Occasion.FIRED, now)
        self._adopt(case, now, effects)

    def _returned(self, case: Case, now: float, effects: Effects) -> None:
        known = case.pace.acknowledged
        his = case.alert.owner is not None and known is not None and not _heavier(case.alert.severity, known)
        choice = AlertStage.ACKNOWLEDGED if his else AlertStage.FIRING
        self.step(case, _E.RETURNED, now, effects, choice=choice)
        urgency = self._teller.urgency(case.alert.severity)
        case.pace = replace(case.pace, resolve_at=None)
        self._changed(case, now, effects)
        if his:
            case.pace = replace(case.pace, lapse_at=now + urgency.ack_lapse_s if urgency.ack_lapse_s else None)
            return
        self._disown(case)
        if case.alert.parent is not None:
            return
        if not self._teller.owe_news(case, now):
            self._heard_again(case, now)

    def _worse(self, case: Case, now: float, effects: Effects) -> None:
        self.step(case, _E.WORSE, now, effects)
        if case.alert.stage is AlertStage.PENDING:
            return
        self._disown(case)
        case.alert = replace(case.alert, level=0)
        self.hush(case, now, effects)
        if case.alert.parent is None:
            self._teller.owe(case, Occasion.WORSE, now)

    def _lapsed(self, case: Case, now: float, effects: Effects) -> None:
        self.step(case, _E.LAPSED, now, effects, reason=f"{case.alert.owner_name} took it over, and it still stands")
        self._disown(case)
        case.alert = replace(case.alert, level=0)
        if case.alert.parent is None:
            self._teller.owe(case, Occasion.FIRED, now)

    def _seen(self, case: Case, now: float, effects: Effects) -> None:
        """The evaluator sees it: unknown no more, unless its exchange is lost."""
        case.pace = replace(case.pace, stood=Standing.BROKEN, restored=False)
        parent = self._cases.get(case.alert.parent or "")
        if case.alert.unknown and not (parent is not None and loses_exchange(parent.alert)):
            case.alert = replace(case.alert, unknown=False)
            self.step(case, _E.SEEN, now, effects)

    def _changed(self, case: Case, now: float, effects: Effects) -> None:
        """It began or ended: perhaps too often."""
        flap = self._teller.settings.flap
        case.pace = replace(case.pace, changes=remembered(case.pace.changes, now, flap.window_s))
        self._rest(case, now, effects)

    def _rest(self, case: Case, now: float, effects: Effects) -> None:
        flap, before = self._teller.settings.flap, case.alert.flapping
        after = flaps(before, case.pace.changes, now, flap)
        case.pace = replace(case.pace, rest_at=rests_at(case.pace.changes, now, flap) if after else None)
        if after == before:
            return
        case.alert = replace(case.alert, flapping=after)
        self.step(case, _E.FLAPPING if after else _E.STEADY, now, effects)
        if not after and case.lives:
            self._heard_again(case, now)
        elif not after:
            self._teller.tell_end(case, effects, now)

    def _heard_again(self, case: Case, now: float) -> None:
        """Its clocks of telling begin anew: nobody is to be overwhelmed by what ran out while it was muted."""
        urgency = self._teller.urgency(case.alert.severity)
        if case.alert.stage is AlertStage.FIRING and case.pace.told:
            case.pace = replace(
                case.pace,
                escalate_at=now + urgency.escalate_s if urgency.escalate_s else None,
                remind_at=now + urgency.remind_s if urgency.remind_s else None,
            )

    def _related(self, case: Case, now: float, effects: Effects) -> None:
        """Whether another alert explains it."""
        if case.alert.parent is not None or not case.lives:
            return
        parent = parent_of(case.alert, [one for one in self._causes.values() if one.lives])
        if parent is not None:
            self._explain(case, parent, now, effects)

    def _explain(self, case: Case, parent: Case, now: float, effects: Effects) -> None:
        case.alert = replace(case.alert, parent=parent.alert.id)
        self.step(case, _E.EXPLAINED, now, effects, reason=f"{parent.alert.rule} {parent.alert.subject.id}")
        self._teller.forgive(case)
        if loses_exchange(parent.alert):
            self.unseen(case, now, effects, "its exchange cannot be seen")

    def _adopt(self, parent: Case, now: float, effects: Effects) -> None:
        """What follows from this alert and fired before it."""
        if not may_explain(parent):
            return
        self.remember(parent)
        for case in list(self._cases.values()):
            if case.lives and case.alert.parent is None and parent_of(case.alert, [parent]) is not None:
                self._explain(case, parent, now, effects)

    def _release(self, parent: Case, now: float, effects: Effects) -> None:
        """Its cause is gone: a child that still stands is told on its own, but to nobody twice."""
        if self._causes.pop(parent.alert.id, None) is None:
            return
        for case in [one for one in self._cases.values() if one.alert.parent == parent.alert.id and one.lives]:
            case.alert = replace(case.alert, parent=None)
            self.step(case, _E.ALONE, now, effects)
            if case.alert.unknown and case.pace.stood is not Standing.UNKNOWN and not case.pace.restored:
                case.alert = replace(case.alert, unknown=False)
                self.step(case, _E.SEEN, now, effects)
            self._related(case, now, effects)
            if (
                case.alert.stage is AlertStage.FIRING
                and case.alert.parent is None
                and not self._teller.owe_news(case, now)
            ):
                self._heard_again(case, now)

    @staticmethod
    def _disown(case: Case) -> None:
        case.alert = replace(case.alert, owner=None, owner_name=None, acknowledged_at=None)
        case.pace = replace(case.pace, acknowledged=None, lapse_at=None)

    @staticmethod
    def _note(
        case: Case,
        before: AlertStage | None,
        event: AlertEvent,
        now: float,
        effects: Effects,
        actor: str = FLOOR,
        reason: str | None = None,
    ) -> None:
        alert = case.alert
        effects.cases[alert.id] = case
        effects.transitions.append(
            Transition(alert.id, now, before, alert.stage, event.value, actor, alert.value, reason)
        )


def _out(clock: float | None, now: float) -> bool:
    return clock is not None and clock <= now


def _heavier(one: Severity, other: Severity) -> bool:
    return SEVERITIES.index(one) > SEVERITIES.index(other)
