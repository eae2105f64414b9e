"""The book of living alerts: signals, commands and time in; alerts, transitions and messages out. Pure and synchronous.

Every public method is one step and returns its :class:`alerts.case.Effects`, which are stored whole or not at all.
``next_due`` says when :meth:`Book.due` has something to do; nothing is swept.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import replace

from alerts.case import FLOOR, Case, Effects, Terms, TermsOf, moved
from alerts.errors import NoSuchAlertError, ReasonMissingError, WrongStageError
from alerts.life import Life
from alerts.lifecycle import AlertEvent
from alerts.model import SEVERITIES, Alert, AlertStage, Signal, Silence, Standing
from alerts.silences import Silences, covers
from alerts.telling import Teller
from floor.people.model import Person
from floor.people.ports import People

FORGET_S = 3600.0
"""How long a resolved alert stays in the book at most; longer only while somebody holds it closed."""


def actor_of(person: Person) -> str:
    """As transitions name him: name and service number."""
    return f"{person.name} {person.number}" if person.number else person.name


class Book:
    """Alerts by identity; ``terms`` tells what a rule asks for."""

    def __init__(self, teller: Teller, terms: TermsOf, people: People) -> None:
        self.settings = teller.settings
        self.silences = Silences()
        self._teller = teller
        self._terms = terms
        self._cases: dict[str, Case] = {}
        self._by_key: dict[str, Case] = {}
        self._alive: dict[str, Case] = {}
        """Those of them that live: the resolved stay an hour, and on a large floor are a hundred times as many."""
        self._clocks: list[tuple[float, str]] = []
        self._scheduled: dict[str, float] = {}
        self._gone: list[tuple[float, str]] = []
        self._life = Life(self._cases, self.silences, teller, terms, people)

    @property
    def live(self) -> Mapping[str, Alert]:
        """Alerts not yet resolved, by id."""
        return {id_: case.alert for id_, case in self._alive.items() if case.lives}

    def next_due(self) -> float | None:
        """When time alone changes something."""
        ends = [self.silences.next_end(), self._clocks[0][0] if self._clocks else None]
        return min((at for at in ends if at is not None), default=None)

    def signal(self, signal: Signal, now: float, *, raised: bool = False, pending: bool = False) -> Effects:
        """The evaluator's word.

        :param raised: no rule stands behind it, so a restart does not put it in doubt.
        :param pending: beyond the limit, but not yet for as long as the rule's ``for``.
        """
        effects = Effects()
        case = self._by_key.get(signal.key)
        if signal.standing is Standing.BROKEN:
            self._broken(case, signal, now, effects, raised=raised)
        elif pending and (case is None or not case.lives):
            self._suspected(case, signal, now, effects)
        elif pending and case is not None and case.alert.stage is AlertStage.PENDING:
            self._life.still_broken(case, signal, now, effects)
        elif case is not None and signal.standing is Standing.UNKNOWN:
            self._life.unseen(case, now, effects, "it cannot be seen")
            case.pace = replace(case.pace, stood=Standing.UNKNOWN)
        elif case is not None:
            self._life.fine(case, now, effects)
        return self._settled(effects, now)

    def acknowledge(self, alert: str, actor: Person, now: float, reason: str = "") -> Effects:
        """A person takes it over. Raises :class:`NoSuchAlertError`, :class:`WrongStageError`."""
        case, effects = self._living(alert), Effects()
        self._life.step(case, AlertEvent.ACKNOWLEDGED, now, effects, actor=actor_of(actor), reason=reason or None)
        lapse = self._teller.urgency(case.alert.severity).ack_lapse_s
        held = case.alert.stage is AlertStage.ACKNOWLEDGED and lapse > 0
        self._teller.forgive(case)
        case.alert = replace(case.alert, owner=actor.id, owner_name=actor.name, acknowledged_at=now)
        case.pace = replace(
            case.pace,
            acknowledged=case.alert.severity,
            lapse_at=now + lapse if held else None,
            escalate_at=None,
            remind_at=None,
        )
        return self._settled(effects, now)

    def resolve(self, alert: str, actor: Person, now: float, reason: str) -> Effects:
        """A person closes it with the cause. What still stands fires again only after it was fine, or when it gets
        worse. Raises :class:`NoSuchAlertError`, :class:`ReasonMissingError`."""
        if not reason.strip():
            raise ReasonMissingError("whoever closes an alert says why")
        case, effects = self._living(alert), Effects()
        stands = case.alert.stage is not AlertStage.RECOVERING and not case.pace.raised
        self._life.end(case, AlertEvent.RESOLVED, now, effects, actor=actor_of(actor), reason=reason)
        case.pace = replace(case.pace, held=stands)
        return self._settled(effects, now)

    def silence(self, silence: Silence, now: float) -> Effects:
        """Hold back the messages of what it covers. Raises ``ReasonMissingError``, ``MomentInvalidError``."""
        self.silences.add(silence, self.settings.silence_max_s)
        effects = Effects(silences=[silence])
        for case in self._covered(silence):
            self._life.hush(case, now, effects, actor=silence.author, reason=silence.reason)
        return self._settled(effects, now)

    def unsilence(self, silence: str, actor: Person, now: float) -> Effects:
        """Let messages through again. Raises :class:`NoSuchAlertError`."""
        gone = self.silences.remove(silence)
        effects = Effects(ended=[replace(gone, until=now)])
        for case in self._covered(gone):
            self._life.hush(case, now, effects, actor=actor_of(actor), reason=None)
        return self._settled(effects, now)

    def confirm(self, pbx: str | None, now: float) -> Effects:
        """What was read back after a restart and has not been seen since is over. ``pbx``: of this exchange;
        ``None``: of what belongs to no single exchange, and drills."""
        effects = Effects()
        for case in [one for one in self._cases.values() if one.lives and one.pace.restored]:
            subject = case.alert.subject
            if case.alert.drill is not None or subject.pbx == (pbx or ""):
                self._life.fine(case, now, effects, "not seen any more after the restart")
        return self._settled(effects, now)

    def restore(self, cases: Iterable[Case], silences: Iterable[Silence], now: float) -> Effects:
        """Take up what an earlier run left. Until it is seen again it is unknown, and its clocks stand still."""
        effects = Effects()
        for one in silences:
            if one.until > now:
                self.silences.known_again(one)
        for case in cases:
            self._enter(case)
            if not case.lives:
                heapq.heappush(self._gone, (now + FORGET_S, case.alert.id))
                continue
            effects.cases[case.alert.id] = case
            if case.pace.owed is not None:
                self._teller.owing[case.alert.id] = case
            if case.pace.raised:
                continue
            case.pace = replace(case.pace, restored=True)
            self._life.unseen(case, now, effects, "Floorwatch was restarted")
        return self._settled(effects, now)

    def due(self, now: float) -> Effects:
        """What time alone brings about by now."""
        effects = Effects()
        for silence in self.silences.over(now):
            effects.ended.append(silence)
            for case in self._covered(silence):
                self._life.hush(case, now, effects, actor=FLOOR, reason="its end is reached")
        while self._clocks and self._clocks[0][0] <= now:
            _, id_ = heapq.heappop(self._clocks)
            self._scheduled.pop(id_, None)
            found = self._cases.get(id_)
            if found is None or (at := found.next_due()) is None:
                continue
            if at <= now:
                self._life.tick(found, now, effects)
                effects.cases[id_] = found
            else:
                self._schedule(id_, at)
        return self._settled(effects, now)

    def measure(self, key: str, value: float | None) -> None:
        """The worst value so far; stored with the next step."""
        case = self._by_key.get(key)
        if case is not None and case.lives and value is not None:
            case.alert = replace(case.alert, worst=value)

    def move(self, by_s: float) -> None:
        """Our clock was set: nothing is due sooner or later for that."""
        for case in self._cases.values():
            case.pace = moved(case.pace, by_s)
        self._scheduled.clear()
        self._clocks.clear()
        for id_, case in self._cases.items():
            if (at := case.next_due()) is not None:
                self._schedule(id_, at)

    def _broken(self, case: Case | None, signal: Signal, now: float, effects: Effects, *, raised: bool) -> None:
        if case is not None and case.lives:
            self._life.still_broken(case, signal, now, effects)
            return
        if case is not None and self._stays_closed(case, signal):
            return
        ended = case.alert.resolved_at if case is not None else None
        if case is not None and ended is not None and now - ended <= self.settings.reopen_s and case.alert.fired_at:
            self._life.reopen(case, signal, now, effects)
            return
        if case is not None:
            self._drop(case)
        self._enter(self._life.begin(signal, now, effects, case, raised=raised))

    def _suspected(self, case: Case | None, signal: Signal, now: float, effects: Effects) -> None:
        if case is not None and case.pace.held:
            return
        ended = case.alert.resolved_at if case is not None else None
        if ended is not None and now - ended <= self.settings.reopen_s:
            return  # should it break again, it is the same alert: it waits under its own id
        if case is not None:
            self._drop(case)
        self._enter(self._life.begin(signal, now, effects, case, raised=False, pending=True))

    @staticmethod
    def _stays_closed(case: Case, signal: Signal) -> bool:
        """A person closed it, and it is no worse than what he closed."""
        return case.pace.held and SEVERITIES.index(signal.severity) <= SEVERITIES.index(case.alert.severity)

    def _settled(self, effects: Effects, now: float) -> Effects:
        """Every step ends with telling what is due, and with the clocks of what it touched."""
        self._teller.tell(effects, now)
        for id_, case in effects.cases.items():
            at = case.next_due()
            if at is not None:
                self._schedule(id_, at)
            if case.lives:
                self._alive[id_] = case
            else:
                self._alive.pop(id_, None)
                heapq.heappush(self._gone, (now + max(FORGET_S, self.settings.reopen_s), id_))
        self._forget(now)
        return effects

    def _schedule(self, id_: str, at: float) -> None:
        """An entry per alert is enough: a clock that was put off is found out when the old moment comes."""
        if at < self._scheduled.get(id_, at + 1):
            self._scheduled[id_] = at
            heapq.heappush(self._clocks, (at, id_))

    def _forget(self, now: float) -> None:
        while self._gone and self._gone[0][0] <= now:
            _, id_ = heapq.heappop(self._gone)
            case = self._cases.get(id_)
            if case is None or case.lives or case.pace.held:
                continue
            resolved = case.alert.resolved_at
            if resolved is not None and now - resolved >= self.settings.reopen_s:
                self._drop(case)

    def _enter(self, case: Case) -> None:
        self._life.remember(case)
        self._cases[case.alert.id] = case
        self._by_key[case.alert.key] = case
        if case.lives:
            self._alive[case.alert.id] = case

    def _drop(self, case: Case) -> None:
        self._cases.pop(case.alert.id, None)
        self._alive.pop(case.alert.id, None)
        if self._by_key.get(case.alert.key) is case:
            del self._by_key[case.alert.key]

    def _covered(self, silence: Silence) -> list[Case]:
        return [one for one in self._cases.values() if one.lives and covers(silence, one.alert)]

    def _living(self, alert: str) -> Case:
        case = self._cases.get(alert)
        if case is None:
            raise NoSuchAlertError("there is no such living alert")
        if not case.lives:
            raise WrongStageError("this alert is resolved already")
        return case


def no_terms(_rule: str) -> Terms:
    """Of rules nobody knows."""
    return Terms()
