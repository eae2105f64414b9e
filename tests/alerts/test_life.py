"""Whatever happens in whatever order, with a restart at any point: the promises about lives of alerts hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from alerts.book import Book
from alerts.case import Case, Effects, Terms
from alerts.errors import AlertError
from alerts.escalation import levels
from alerts.ledger.rows import alert_on, alert_row, case_on, page_of
from alerts.lifecycle import LIVING, AlertEvent, next_stage
from alerts.model import AlertStage, Severity, Silence, Standing, Subject, SubjectKind
from floor.sections.alerts import AlertsSettings
from tests.alerts.lives import LEE, LOST, PBX, T0, Staff, agent, book, broken

NAMES = ("Ann", "Bob", "Cat")
LOUD = (Severity.WARN, Severity.CRIT)
SETTINGS = AlertsSettings(silence_max_s=86400)


class Lives(RuleBasedStateMachine):
    """A book, and beside it what a database would hold: every step whole, through the same rows."""

    @initialize(keep=st.sampled_from([0.0, 10.0]), hold=st.sampled_from([0.0, 5.0]))
    def begin(self, keep: float, hold: float) -> None:
        self.terms = Terms(for_s=hold, keep_s=keep)
        self.staff = Staff()
        self.book: Book = book(SETTINGS, self.staff, self.terms)
        self.now = T0
        self.stages: dict[str, AlertStage | None] = {}
        self.rows: dict[str, dict[str, Any]] = {}
        self.messages: set[str] = set()
        self.silences: dict[str, Silence] = {}
        self.heard: set[tuple[str, str]] = set()

    def keep(self, effects: Effects) -> None:
        """As the ledger: all of a step, or nothing of it."""
        page = page_of(effects, self.now, None)
        for step in page.transitions:
            assert self.stages.get(step.alert) == step.before, "every step begins where the last one ended"
            assert next_stage(step.before, AlertEvent(step.event), step.after) == step.after
            self.stages[step.alert] = step.after
        for stored in page.alerts:
            self.rows[stored.alert.id] = alert_row(stored)
        for delivery in page.deliveries:
            message = delivery.message
            assert message.id not in self.messages, "no message twice"
            self.messages.add(message.id)
            for alert in (message.alert, *message.also):
                assert alert is not None
                self.heard.add((alert, f"{message.recipient.kind}:{message.recipient.address}"))
        for silence in page.silences:
            self.silences[silence.id] = silence

    @rule(name=st.sampled_from(NAMES), severity=st.sampled_from(Severity), causes=st.booleans())
    def breaks(self, name: str, severity: Severity, causes: bool) -> None:
        found = (agent("Bob"), agent("Cat")) if causes and name == "Ann" else ()
        self.keep(self.book.signal(broken(agent(name), severity, self.now, causes=found), self.now))

    @rule(name=st.sampled_from(NAMES), standing=st.sampled_from([Standing.FINE, Standing.UNKNOWN]))
    def stands(self, name: str, standing: Standing) -> None:
        signal = replace(broken(agent(name), Severity.INFO, self.now), standing=standing)
        self.keep(self.book.signal(signal, self.now))

    @rule(name=st.sampled_from(NAMES))
    def waits(self, name: str) -> None:
        signal = replace(broken(agent(name), Severity.WARN, self.now), standing=Standing.NOTICED)
        self.keep(self.book.signal(signal, self.now, pending=True))

    @rule(back=st.booleans(), drill=st.sampled_from([None, "d1"]))
    def exchange(self, back: bool, drill: str | None) -> None:
        subject = Subject(SubjectKind.PBX, PBX, PBX)
        signal = broken(subject, Severity.CRIT, self.now, rule=LOST, drill=drill)
        self.keep(self.book.signal(replace(signal, standing=Standing.FINE) if back else signal, self.now))

    @precondition(lambda self: self.book.live)
    @rule(data=st.data(), close=st.booleans())
    def commanded(self, data: st.DataObject, close: bool) -> None:
        alert = data.draw(st.sampled_from(sorted(self.book.live)))
        before = dict(self.book.live)
        try:
            if close:
                self.keep(self.book.resolve(alert, LEE, self.now, "a cable"))
            else:
                self.keep(self.book.acknowledge(alert, LEE, self.now))
        except AlertError:
            assert dict(self.book.live) == before, "what is refused changes nothing"

    @rule(name=st.sampled_from(NAMES), lasts=st.sampled_from([60.0, 4000.0]))
    def silenced(self, name: str, lasts: float) -> None:
        silence = Silence(f"s{self.now}{name}", None, agent(name).id, "Lee", "works", self.now, self.now + lasts)
        self.keep(self.book.silence(silence, self.now))

    @rule(seconds=st.sampled_from([1.0, 6.0, 11.0, 61.0, 200.0, 901.0, 8000.0]))
    def passes(self, seconds: float) -> None:
        until = self.now + seconds
        for _ in range(500):
            due = self.book.next_due()
            if due is None or due > until:
                break
            self.now = max(self.now, due)
            self.keep(self.book.due(self.now))
        else:
            raise AssertionError("time stands still")
        self.now = until

    @rule(away=st.sampled_from([1.0, 4000.0]), seen=st.booleans())
    def restarts(self, away: float, seen: bool) -> None:
        """Killed and started anew from what is on record."""
        before = {alert.key for alert in self.book.live.values()}
        self.now += away
        self.book = book(SETTINGS, self.staff, self.terms)
        cases = [case_on(row) for row in self.rows.values() if self._taken_up(case_on(row))]
        self.keep(self.book.restore(cases, self.silences.values(), self.now))
        assert {alert.key for alert in self.book.live.values()} == before, "nothing alive is lost"
        if seen:
            self.keep(self.book.confirm(PBX, self.now))
            self.keep(self.book.confirm(None, self.now))

    def _taken_up(self, case: Case) -> bool:
        resolved = case.alert.resolved_at
        return case.lives or case.pace.held or (resolved is not None and resolved >= self.now - SETTINGS.reopen_s)

    @invariant()
    def one_alive_per_identity(self) -> None:
        """Never two alive alerts of one rule, exchange, subject and drill; on record neither."""
        if not hasattr(self, "book"):
            return
        keys = [alert.key for alert in self.book.live.values()]
        assert len(keys) == len(set(keys))
        alive = [row["key"] for row in self.rows.values() if row["stage"] in LIVING]
        assert sorted(alive) == sorted(keys)

    @invariant()
    def the_resolved_are_not_looked_at(self) -> None:
        """Whoever asks for the living looks at them alone, and misses none; what is resolved stays an hour beside."""
        if not hasattr(self, "book"):
            return
        assert set(self.book._alive) == {id_ for id_, case in self.book._cases.items() if case.lives}

    @invariant()
    def record_is_the_book(self) -> None:
        """What is on record is what lives."""
        if not hasattr(self, "book"):
            return
        for id_, alert in self.book.live.items():
            assert alert_on(self.rows[id_]) == msgspec.convert(msgspec.to_builtins(alert), type(alert))

    @invariant()
    def who_must_know_was_told(self) -> None:
        """A firing alert that nothing holds back was told to everybody on its first level."""
        if not hasattr(self, "book"):
            return
        for case in self.book._cases.values():
            alert = case.alert
            if alert.stage is not AlertStage.FIRING or case.muted or alert.unknown or alert.severity not in LOUD:
                continue
            first = levels(alert, self.staff, None)[0]
            assert {(alert.id, f"{one.kind}:{one.address}") for one in first} <= self.heard, alert


TestLives = Lives.TestCase
TestLives.settings = hypothesis_settings(max_examples=40, stateful_step_count=30, deadline=None)
