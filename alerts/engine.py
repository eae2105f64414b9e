"""The engine: runs evaluator and book on the loop, keeps their time, has every step stored and tells who listens.

Of several Floorwatches on one database one acts, under a lease (:mod:`alerts.succession`); the others stand by: they
hear and judge everything, say nothing, and take over within a lease's length with what the record says and what they
see. While the database refuses, the one that acts goes on: nobody else could take the lease either.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Container, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from types import MappingProxyType
from typing import Any, Protocol

import structlog

from alerts.backlog import SLICE
from alerts.book import Book
from alerts.case import Case, Effects, Terms, TermsOf
from alerts.commands import Commands
from alerts.errors import StandbyError
from alerts.ledger.leases import Lease
from alerts.ledger.ledger import Ledger
from alerts.leftover import KEPT_OPEN_S, cut_short
from alerts.lifecycle import AlertEvent
from alerts.model import (
    Alert,
    AlertStage,
    Breach,
    Delivery,
    DeliveryState,
    Message,
    Severity,
    Signal,
    Standing,
    Subject,
    alert_key,
)
from alerts.news import BREACHES
from alerts.ports import AlertListener
from alerts.rest import Rest
from alerts.succession import NOBODY_ACTS, Succession
from alerts.telling import Teller
from floor.history.errors import DatabaseUnusableError
from floor.history.trouble import Trouble
from floor.people.ports import People
from floor.ports import Beacon, Clock, Outcome
from floor.sections.alerts import AlertsSettings
from floor.state.model import LinkState, Pbx

log = structlog.get_logger(__name__)

STEP_S = 1.0
REMEMBERED = 50_000
"""Standings remembered for a takeover; more are as many troubles as nobody can react to."""
_BEGINS = frozenset({AlertEvent.SUSPECTED.value, AlertEvent.FIRED.value, AlertEvent.REOPENED.value})


class Judge(Protocol):
    """The evaluator, as the engine drives it (:class:`alerts.evaluate.Evaluator`)."""

    def hear(self, outcome: Outcome) -> None: ...

    def next_due(self) -> float | None: ...

    def due(self, now: float, at_most: float) -> None: ...

    @property
    def violations(self) -> Container[str]: ...


class Engine(Commands):
    """Implements :class:`alerts.ports.Alarms`, ``SignalSink``, ``Raises`` and ``Outgoing``.

    ``terms`` tells what a rule asks for; ``pending`` whether a signal that is not yet BROKEN only waits out its
    rule's ``for``; ``link`` the address of an alert's page.
    """

    def __init__(
        self,
        settings: AlertsSettings,
        ledger: Ledger,
        people: People,
        clock: Clock,
        *,
        terms: TermsOf = lambda _rule: Terms(),
        pending: Callable[[Signal], bool] = lambda _signal: False,
        zone: tzinfo | None = None,
        pbxs: Collection[str] = (),
        link: Callable[[str], str | None] = lambda _alert: None,
        beacon: Beacon | None = None,
    ) -> None:
        super().__init__(ledger, clock)
        self.settings = settings
        self.judge: Judge | None = None
        """Set once, before anything is heard: evaluator and engine know each other."""
        self.failures = 0
        """Outcomes at which something of ours failed; each is logged, the floor goes on."""
        self._people = people
        self._clock = clock
        self._pending = pending
        self._pbxs = frozenset(pbxs)
        self._make: Callable[[], Book] = lambda: Book(Teller(settings, terms, people, zone, link=link), terms, people)
        self._book = self._make()
        self._lease: Lease | None = None
        self._succession = Succession(ledger, beacon)
        self._up: set[str] = set()
        self._standing: dict[str, tuple[Signal, bool]] = {}
        self._confirm: dict[str | None, float] = {}
        self._live: dict[str, Alert] = {}
        self._listeners: list[AlertListener] = []
        self._rest = Rest(clock)
        self._apart = clock.now() - clock.monotonic()

    # Starting and stopping

    async def open(self) -> None:
        """Take the lease and take up what an earlier run left, or stand by. Raises ``HistoryError``."""
        await self.ledger.open()
        await self._seek()

    def works(self) -> Sequence[tuple[str, Callable[[], Coroutine[Any, Any, None]]]]:
        """What must run as long as the engine does, by name; the death of one is the death of the engine."""
        return (
            ("alert record", self.ledger.run),
            ("alert clock", self.keep_time),
            ("alert lease", self.keep_lease),
        )

    async def close(self) -> None:
        """Write or spill what waits, and let another take over."""
        await self.ledger.close()
        await self._succession.close()

    @property
    def acting(self) -> bool:
        """Whether this one tells; ``False``: it stands by."""
        return self._lease is not None

    @property
    def vacant(self) -> bool:
        """Whether perhaps nobody tells: this one stands by, and can neither see who acts nor begin."""
        return not self.acting and self._succession.vacant

    def health(self, language: str = "en") -> str | None:
        """A sentence when something is wrong with the alerts (``en`` or ``zh``), ``None`` when all is well."""
        said = [self.ledger.health(language), NOBODY_ACTS[language] if self.vacant else None]
        if self.failures and language == "zh":
            said.append(f"有 {self.failures} 个事件未能按规则判断，原因见日志。")
        elif self.failures:
            said.append(f"{self.failures} events could not be judged by the rules; the log says why.")
        return ("" if language == "zh" else " ").join(one for one in said if one) or None

    def trouble(self) -> Trouble:
        """What is wrong with the record of alerts, as figures."""
        return self.ledger.trouble()

    # What happens

    def hear(self, outcome: Outcome) -> None:
        """Listener of the floor's store."""
        for change in outcome.changes:
            if isinstance(change.after, Pbx):
                self._note_link(change.after)
        if self.judge is None:
            return
        try:
            self.judge.hear(outcome)
            self._rest.not_beyond(self.judge.next_due())
        except Exception:  # the loop's edge: one outcome that we fail at must not end alarms
            self.failures += 1
            log.critical("alerts: an outcome could not be judged", fact=type(outcome.fact).__name__, exc_info=True)

    def signal(self, signal: Signal) -> None:
        self._take(signal)

    def breach(self, breach: Breach) -> None:
        key = alert_key(breach.rule, breach.subject, breach.drill)
        self._book.measure(key, breach.value)
        if self.acting:
            self.ledger.put_breach(breach)
            self.news.tell(BREACHES)

    def raise_alert(
        self, rule: str, subject: Subject, severity: Severity, evidence: Mapping[str, Any], *, drill: str | None = None
    ) -> None:
        now = self._clock.now()
        proof = {"at": now, "fact": rule, **evidence}
        call = evidence.get("call")
        self._take(
            Signal(
                rule,
                subject,
                Standing.BROKEN,
                now,
                severity,
                since=now,
                call=call if isinstance(call, str) else None,
                evidence=(proof,),
                drill=drill,
            ),
            raised=True,
        )

    def clear_alert(self, rule: str, subject: Subject, *, drill: str | None = None) -> None:
        self._take(Signal(rule, subject, Standing.FINE, self._clock.now(), drill=drill), raised=True)

    def send(self, messages: Sequence[Message]) -> None:
        """Messages that belong to no step of an alert: stored first, sent at least once."""
        self.ledger.put_messages([Delivery(one, DeliveryState.WAITING) for one in messages])

    def tick(self, now: float) -> None:
        """What time alone brings about by now."""
        self._follow_clock()
        if self.judge is not None:
            self.judge.due(now, SLICE)
        for pbx in [one for one, at in self._confirm.items() if at <= now]:
            del self._confirm[pbx]
            if self.acting:
                self._publish(self._book.confirm(pbx, now), now)
        if self.acting:
            self._publish(self._book.due(now), now)

    def next_due(self) -> float | None:
        """When :meth:`tick` has something to do."""
        moments = [*self._confirm.values(), self.judge.next_due() if self.judge is not None else None]
        if self.acting:
            moments.append(self._book.next_due())
        return min((at for at in moments if at is not None), default=None)

    # Loops

    async def keep_time(self) -> None:
        """One timer to the nearest moment of evaluator and book."""
        while True:
            self.tick(self._clock.now())
            await self._rest.until(self.next_due())

    async def keep_lease(self) -> None:
        """Renew the lease, or look whether it is free."""
        while True:
            await asyncio.sleep(self._succession.rest_s)
            try:
                await self._seek()
            except DatabaseUnusableError as error:
                if not self.acting:
                    log.warning("alerts: standing by, and the record cannot be read", reason=str(error))

    async def _seek(self) -> None:
        lease = await self._succession.seek(self._lease)
        if lease is None:
            if self.acting:
                log.critical("alerts: another Floorwatch took over; this one stands by")
                self._stand_by()
            await self._follow()
        elif self._lease is None or lease.fence != self._lease.fence:
            await self._take_over(lease)
        else:
            self._lease = lease

    async def _take_over(self, lease: Lease) -> None:
        cases, silences = await self.ledger.living(self.settings.reopen_s)
        await self.ledger.let_go()
        now = self._clock.now()
        self._book, self._lease = self._make(), lease
        log.info("alerts: this Floorwatch acts", alive=sum(case.lives for case in cases), fence=lease.fence)
        self._publish(self._book.restore(cases, silences, now), now)
        for signal, raised in list(self._standing.values()):
            self._step(signal, raised=raised)
        for pbx in {case.alert.subject.pbx for case in cases} - self._pbxs - {""}:
            self._confirm[pbx] = now
        for pbx in self._up:
            self._expect(pbx)
        self._rest.end()
        known = self.judge.violations if self.judge is not None else frozenset()
        for breach in cut_short(await self.ledger.recorded_breaches(now - KEPT_OPEN_S), known, now):
            self.ledger.put_breach(breach)

    def _stand_by(self) -> None:
        self._lease = None
        self._book = self._make()
        self._confirm.clear()

    async def _follow(self) -> None:
        """While another acts: show what it says."""
        cases, _ = await self.ledger.living(0.0)
        found = {case.alert.id: case.alert for case in cases if case.lives}
        for id_, alert in list(self._live.items()):
            if id_ not in found:
                self._tell(replace(alert, stage=AlertStage.RESOLVED, resolved_at=self._clock.now()))
        for alert in found.values():
            if self._live.get(alert.id) != alert:
                self._tell(alert)

    # Steps

    def _take(self, signal: Signal, *, raised: bool = False) -> None:
        self._remember(signal, raised)
        if self.acting:
            self._step(signal, raised=raised)

    def _step(self, signal: Signal, *, raised: bool) -> None:
        now = self._clock.now()
        pending = signal.standing is Standing.NOTICED and self._pending(signal)
        effects = self._book.signal(signal, now, raised=raised, pending=pending)
        if any(one.event in _BEGINS for one in effects.transitions):
            case = next(one for one in effects.cases.values() if one.alert.key == signal.key)
            self._measured(case, signal, now)
        self._publish(effects, now)

    def _measured(self, case: Case, signal: Signal, now: float) -> None:
        """How long it took from the fact to the alert, kept with it."""
        times = {"fact_at": signal.at, "evaluated_at": now, "published_at": self._clock.now()}
        case.alert = replace(case.alert, evidence=(*case.alert.evidence, {"at": now, "fact": "Measured", **times}))

    def _remember(self, signal: Signal, raised: bool) -> None:
        self._standing.pop(signal.key, None)
        if signal.standing in (Standing.BROKEN, Standing.UNKNOWN) and not raised:
            self._standing[signal.key] = (signal, raised)
            if len(self._standing) > REMEMBERED:
                del self._standing[next(iter(self._standing))]
        elif raised and signal.standing is Standing.BROKEN and not self.acting:
            self._standing[signal.key] = (signal, raised)

    def _publish(self, effects: Effects, now: float) -> None:
        if not effects:
            return
        self.ledger.record(effects, now, self._lease.fence if self._lease is not None else None)
        for case in effects.cases.values():
            self._tell(case.alert)
        self._rest.not_beyond(self._book.next_due())

    def _tell(self, alert: Alert) -> None:
        if alert.stage is AlertStage.RESOLVED:
            self._live.pop(alert.id, None)
        else:
            self._live[alert.id] = alert
        for listener in tuple(self._listeners):
            try:
                listener(alert)
            except Exception:  # one listener that fails must not keep the alert from the others
                log.exception("listener failed", listener=repr(listener))

    def _note_link(self, pbx: Pbx) -> None:
        """What an exchange does not show again soon after its picture is over."""
        if pbx.link is not LinkState.UP:
            self._up.discard(pbx.pbx)
            self._confirm.pop(pbx.pbx, None)
        elif pbx.pbx not in self._up:
            self._up.add(pbx.pbx)
            self._expect(pbx.pbx)

    def _expect(self, pbx: str) -> None:
        at = self._clock.now() + self.settings.restart_grace_s
        self._confirm[pbx] = at
        self._confirm.setdefault(None, at)
        self._rest.not_beyond(at)

    def _follow_clock(self) -> None:
        apart = self._clock.now() - self._clock.monotonic()
        by_s = apart - self._apart
        if abs(by_s) >= STEP_S:
            self._apart = apart
            self._book.move(by_s)
            self._confirm = {pbx: at + by_s for pbx, at in self._confirm.items()}

    # What commands rest on (alerts.commands)

    @property
    def live(self) -> Mapping[str, Alert]:
        return MappingProxyType(self._live)

    @property
    def book(self) -> Book:
        return self._book

    def subscribe(self, listener: AlertListener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def do(self, work: Callable[[Book, float], Effects]) -> Effects:
        """Done at once; answered when it is on record, or the database has refused and it waits on disk."""
        if not self.acting:
            raise StandbyError("another Floorwatch acts on this floor at present; use its pages")
        now = self._clock.now()
        effects = work(self._book, now)
        self._publish(effects, now)
        await self.ledger.flush()
        return effects
