"""What alerts do to incidents: make one suspect, belong to it, acknowledge it, end it; and the timeline that catches up
with what is on record about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from alerts import casefile, timeline
from alerts.casefile import CLOSED, FLOOR, Case
from alerts.cases import Cases
from alerts.emergencies import REPORTS, SAME_WITHIN_S, subject_of
from alerts.ledger.incidents import LIVE
from alerts.model import Alert, AlertStage, Entry, Incident
from alerts.ports import Alarms, Raises
from alerts.refusals import UnknownError, WrongMomentError
from floor.errors import FloorError
from floor.ports import Clock

log = structlog.get_logger(__name__)

ENTRIES_LIMIT = 5000
"""Lines of one timeline that write themselves; people's words are always taken."""
ALERTS_LIMIT = 2000
"""Alerts of ended incidents that are remembered."""
LOOK_BACK_S = 31 * 86400.0
BURNING = (AlertStage.FIRING, AlertStage.ACKNOWLEDGED)


class Detection:
    """Between the alerts and the cases; ``hear`` is synchronous and never waits."""

    def __init__(self, cases: Cases, clock: Clock, alarms: Alarms | None, raises: Raises | None) -> None:
        self._cases, self._clock, self._alarms, self._raises = cases, clock, alarms, raises
        self._by_alert: dict[str, str] = {}
        """Alert -> its incident."""
        self._raised: dict[tuple[str, str, str | None], str] = {}
        """(rule, subject, drill) of alerts that our own reports raised -> their incident."""
        self._alerts: dict[str, Alert] = {}
        self._cleared: dict[str, float] = {}
        """Alert -> since when its condition no longer holds."""

    def recall(self) -> None:
        """After a restart: which alerts belong to the living incidents."""
        for case in self._cases:
            for alert in case.incident.alerts:
                self._by_alert[alert] = case.incident.id

    def hear(self, alert: Alert) -> Case | None:
        """The case whose timeline has to catch up, if the alert is any incident's business."""
        case = self._case_of(alert)
        if case is None:
            return None
        self._alerts[alert.id] = alert
        if alert.stage is AlertStage.RECOVERING:
            self._cleared[alert.id] = self._clock.now()
        changed, lines = self._moved(case.incident, alert)
        if changed != case.incident:
            self._cases.put(case, changed, lines, FLOOR)
        self._forget()
        return case

    def _case_of(self, alert: Alert) -> Case | None:
        """Its incident: the one it belongs to already, one it is another sign of, or a new one."""
        id_ = self._by_alert.get(alert.id) or self._raised.get((alert.rule, alert.subject.id, alert.drill))
        case = self._cases.get(id_) if id_ is not None else None
        if case is None:
            suggested = casefile.suggestion(alert) if alert.stage in BURNING else None
            if suggested is None:
                return None
            case = self._akin(alert, suggested[0]) or self._suspect(alert, suggested[1])
        if alert.id not in case.incident.alerts:
            self._cases.put(case, replace(case.incident, alerts=(*case.incident.alerts, alert.id)), [], FLOOR)
        self._by_alert[alert.id] = case.incident.id
        return case

    async def sign(self, id_: str) -> Alert:
        """An alert that a person opens an incident from, alive or of the last month. Raises ``RefusedError``."""
        if self._alarms is None:
            raise UnknownError("there is no such alert")
        alert = self._alarms.live.get(id_) or self._alerts.get(id_)
        if alert is None:
            past = await self._alarms.history(self._clock.now() - LOOK_BACK_S)
            alert = next((one for one in past if one.id == id_), None)
        if alert is None:
            raise UnknownError("there is no such alert")
        known = self._cases.get(self._by_alert.get(id_, ""))
        if known is not None and known.incident.stage not in CLOSED:
            raise WrongMomentError(f"this alert belongs to the incident {known.incident.id} already")
        return alert

    def belong(self, alert: Alert, case: Case) -> None:
        """From now on it is this incident's."""
        self._by_alert[alert.id] = case.incident.id

    def _suspect(self, alert: Alert, scope: str) -> Case:
        incident = casefile.suspected(alert, self._cases.new_id(), self._clock.now())
        text = {"en": f"Suspected: {alert.rule}", "zh": f"疑似事件:{alert.rule}"}
        return self._cases.open(incident, FLOOR, text, suggested_scope=scope)

    def _akin(self, alert: Alert, type_: str) -> Case | None:
        """One cause, one incident: a living one of the same type on the same exchange, and of the same drill."""
        for case in self._cases:
            incident, now = case.incident, self._clock.now()
            if incident.stage not in LIVE or incident.type != type_ or incident.drill != alert.drill:
                continue
            places = {self._alerts[one].subject.pbx for one in incident.alerts if one in self._alerts}
            if now - incident.opened_at <= SAME_WITHIN_S and (not places or alert.subject.pbx in places | {""}):
                return case
        return None

    def _moved(self, incident: Incident, alert: Alert) -> tuple[Incident, Sequence[Entry]]:
        now = self._clock.now()
        if incident.stage in CLOSED:
            return incident, ()
        if incident.acknowledged_at is None and alert.acknowledged_at is not None:
            incident = replace(incident, acknowledged_at=alert.acknowledged_at)
        if alert.stage in BURNING:
            self._cleared.pop(alert.id, None)
            return casefile.returned(incident, now) if incident.recovered_at is not None else (incident, ())
        known = [self._alerts[one] for one in incident.alerts if one in self._alerts]
        if incident.recovered_at is None and all(one.stage is AlertStage.RESOLVED for one in known):
            ends = [self._cleared.get(one.id) or one.resolved_at or now for one in known]
            at = max(incident.occurred_at, min(now, max(ends, default=now)))
            return casefile.recovered(incident, FLOOR, at, now)
        return incident, ()

    async def catch_up(self, case: Case) -> None:
        """Bring the timeline up to what is on record about its alerts; what cannot be asked now is asked again."""
        if self._alarms is None:
            return
        for id_ in case.incident.alerts:
            alert = self._alarms.live.get(id_) or self._alerts.get(id_)
            if alert is None:
                continue
            try:
                steps = [timeline.of_transition(case.incident, alert, s) for s in await self._alarms.transitions(id_)]
                told = [timeline.of_delivery(case.incident, d) for d in await self._alarms.deliveries(id_)]
            except FloorError as error:
                log.warning("timeline behind", incident=case.incident.id, reason=str(error))
                continue
            for marked in (*steps, *told):
                if marked is not None and len(case.entries) < ENTRIES_LIMIT:
                    self._cases.add(case, *marked)

    def raise_for(self, incident: Incident, place: str) -> None:
        """The alert of a report; it belongs to this incident."""
        report, subject = REPORTS[incident.type], subject_of(incident.type, place)
        self._raised[report.rule, subject.id, incident.drill] = incident.id
        if self._raises is not None:
            fact = {"at": incident.opened_at, "fact": "EmergencyReported", "type": incident.type, "place": place}
            self._raises.raise_alert(report.rule, subject, report.severity, fact, drill=incident.drill)

    def settle(self, incident: Incident) -> None:
        """It is over, and so are the alerts that its reports raised."""
        for (rule, subject, drill), id_ in list(self._raised.items()):
            if id_ == incident.id:
                del self._raised[rule, subject, drill]
                if self._raises is not None:
                    whole = replace(subject_of("", ""), name=subject.partition("/")[2])
                    self._raises.clear_alert(rule, whole, drill=drill)

    def _forget(self) -> None:
        """Alerts of incidents that left memory, when there are many."""
        if len(self._by_alert) <= ALERTS_LIMIT:
            return
        for alert in [alert for alert, id_ in self._by_alert.items() if self._cases.get(id_) is None]:
            del self._by_alert[alert]
            self._alerts.pop(alert, None)
            self._cleared.pop(alert, None)
