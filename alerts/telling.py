"""When an alert's people are told: what is owed, held back by grouping and quiet hours, and the clocks telling sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import tzinfo

from alerts.case import Case, Effects, Pace, TermsOf
from alerts.escalation import levels, route_of
from alerts.grouping import Telling, messages
from alerts.model import SEVERITIES, AlertStage, Occasion, Recipient, Severity
from alerts.quiet import quiet_until
from alerts.wording import PlainWording, Wording
from floor.people.ports import People
from floor.sections.alerts import AlertsSettings, RouteSettings, UrgencySettings

FIRST = (Occasion.FIRED, Occasion.WORSE)
"""Occasions that reach every level escalated to so far; they replace what is owed otherwise."""


class Teller:
    """Decides who hears of an alert and when; keeps nothing but which alerts are owed a telling."""

    def __init__(
        self,
        settings: AlertsSettings,
        terms: TermsOf,
        people: People,
        zone: tzinfo | None = None,
        wording: Wording | None = None,
        link: Callable[[str], str | None] = lambda _alert: None,
    ) -> None:
        self.settings = settings
        self.owing: dict[str, Case] = {}
        self._terms = terms
        self._people = people
        self._zone = zone
        self._wording = wording or PlainWording(terms, zone)
        self._link = link

    def urgency(self, severity: Severity) -> UrgencySettings:
        """The clocks of a severity."""
        urgency: UrgencySettings = getattr(self.settings, severity.value)
        return urgency

    def next_level(self, case: Case) -> bool:
        """Whether the chain goes on above the alert's level."""
        return case.alert.level + 1 < len(self._levels(case))

    def owe(self, case: Case, occasion: Occasion, now: float) -> None:
        """It is to be told; at once, or when grouping and quiet hours allow."""
        severity, pace = case.alert.severity, case.pace
        if pace.owed in FIRST and occasion not in FIRST:
            return  # they have not even heard of it: the first word reaches every level by then
        first = Occasion.FIRED if pace.owed is Occasion.FIRED else occasion
        route = self._route(case)
        wait = route.wait_s if route is not None and occasion in FIRST and severity is not Severity.EMERGENCY else 0.0
        at = now + wait if pace.owed_at is None else min(pace.owed_at, now + wait)
        quiet = quiet_until(self.settings.quiet, severity, max(at, now), self._zone)
        case.pace = replace(pace, owed=first, owed_at=max(at, quiet or at))
        self.owing[case.alert.id] = case

    def owe_news(self, case: Case, now: float) -> bool:
        """It may be told again, having been hidden: whoever heard of this firing is told only that it got worse.
        Whether there is anything to tell."""
        heard = case.pace.heard
        if heard is not None and SEVERITIES.index(case.alert.severity) <= SEVERITIES.index(heard):
            return False
        self.owe(case, Occasion.FIRED if heard is None else Occasion.WORSE, now)
        return True

    def forgive(self, case: Case) -> None:
        """Nothing is owed any more."""
        case.pace = replace(case.pace, owed=None, owed_at=None)
        self.owing.pop(case.alert.id, None)

    def tell(self, effects: Effects, now: float) -> None:
        """Whatever is owed and due becomes messages, joined where the route says so."""
        due = [case for case in self.owing.values() if self._may(case) and _is_due(case, now)]
        if not due:
            return
        joined = {route.name: route.wait_s for case in due if (route := self._route(case)) and route.wait_s}
        early = (case for case in self.owing.values() if case not in due and self._joins(case, joined, now))
        tellings = [self._telling(case, now) for case in [*due, *early]]
        for _, case in tellings:
            effects.cases[case.alert.id] = case
        effects.messages += messages([one for one, _ in tellings], now, self._wording, self._link)

    def tell_end(self, case: Case, effects: Effects, now: float) -> None:
        """Whoever heard of it hears that it is over; in quiet hours afterwards."""
        self.forgive(case)
        pace = case.pace
        if not pace.told or case.muted:
            return
        case.pace = replace(pace, tells=pace.tells + 1)
        later = quiet_until(self.settings.quiet, case.alert.severity, now, self._zone) or 0.0
        telling = Telling(case.alert, Occasion.RESOLVED, pace.told, case.pace.tells, not_before=later)
        effects.messages += messages([telling], now, self._wording, self._link)

    def _joins(self, case: Case, joined: dict[str, float], now: float) -> bool:
        route = self._route(case)
        if route is None or route.name not in joined or not self._may(case):
            return False
        return case.pace.owed_at is not None and case.pace.owed_at <= now + joined[route.name]

    @staticmethod
    def _may(case: Case) -> bool:
        return case.lives and not case.muted and not case.alert.unknown

    def _telling(self, case: Case, now: float) -> tuple[Telling, Case]:
        pace, alert, route = case.pace, case.alert, self._route(case)
        occasion = pace.owed or Occasion.FIRED
        found = self._levels(case)
        level = min(alert.level, max(0, len(found) - 1))
        chosen = found[level : level + 1] if occasion is Occasion.ESCALATED else found[: level + 1]
        recipients = tuple(one for ones in chosen for one in ones)
        self.forgive(case)
        case.pace = self._clocks(case, now, more=level + 1 < len(found), told=recipients)
        grouped = route is not None and route.wait_s > 0 and alert.severity is not Severity.EMERGENCY
        return Telling(alert, occasion, recipients, case.pace.tells, grouped), case

    def _clocks(self, case: Case, now: float, *, more: bool, told: Iterable[Recipient]) -> Pace:
        urgency = self.urgency(case.alert.severity)
        firing = case.alert.stage is AlertStage.FIRING
        return replace(
            case.pace,
            tells=case.pace.tells + 1,
            told=tuple(dict.fromkeys((*case.pace.told, *told))),
            heard=case.alert.severity,
            escalate_at=now + urgency.escalate_s if firing and more and urgency.escalate_s else None,
            remind_at=now + urgency.remind_s if firing and urgency.remind_s else None,
        )

    def _route(self, case: Case) -> RouteSettings | None:
        return route_of(self.settings.route, self._terms(case.alert.rule).route, case.alert)

    def _levels(self, case: Case) -> list[list[Recipient]]:
        return levels(case.alert, self._people, self._route(case))


def _is_due(case: Case, now: float) -> bool:
    return case.pace.owed_at is not None and case.pace.owed_at <= now
