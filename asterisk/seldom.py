"""Events that come seldom, to facts: as in :mod:`asterisk.translate`, whose table takes these up."""

from __future__ import annotations

from asterisk import records
from asterisk.records import ORDER, Row, Said, row
from asterisk.values import as_flag, as_number
from floor.state import facts
from floor.state.facts import Fact

_REACHED = {"5": "busy", "3": "unanswered", "1": "unanswered"}


def blind_transfer(pbx: str, at: float, transferer: Said, result: Said, transferee: Said) -> Fact | None:
    if transferer is None or result != "Success":
        return None
    return facts.CallTransferred(pbx, at, "blind", transferer, transferee=transferee)


def attended_transfer(
    pbx: str, at: float, transferer: Said, result: Said, second: Said, transferee: Said
) -> Fact | None:
    if transferer is None or result != "Success":
        return None
    return facts.CallTransferred(pbx, at, "attended", transferer, second, transferee)


def exchange_stopped(pbx: str, at: float, word: Said, restart: Said) -> Fact | None:
    return facts.ExchangeStopped(pbx, at, restart=as_flag(restart) or False) if word else None


def _line(span: Said, line: Said) -> str | None:
    """Name of a digital span or of one of its lines."""
    return f"span {span}" if span else f"line {line}" if line else None


def alarm_raised(pbx: str, at: float, span: Said, line: Said, channel: Said, alarm: Said) -> Fact | None:
    name = _line(span, line or channel)
    return facts.AlarmRaised(pbx, at, name, alarm or "") if name else None


def alarm_cleared(pbx: str, at: float, span: Said, line: Said, channel: Said) -> Fact | None:
    name = _line(span, line or channel)
    return facts.AlarmCleared(pbx, at, name) if name else None


def limit_reached(pbx: str, at: float, event: Said, service: Said, severity: Said) -> Fact | None:
    limit = records.LIMITS.get(event or "")
    return facts.LimitReached(pbx, at, limit) if limit and (service or severity) else None


def reported(
    pbx: str,
    at: float,
    user_event: Said,
    kind: Said,
    channel: Said,
    uniqueid: Said,
    agent: Said,
    note: Said,
    reason: Said,
    minutes: Said,
    place: Said,
) -> Fact | None:
    """What somebody reported from his phone, by a dialplan of the customer's (docs/connect.md)."""
    word, why = (kind or "").strip().lower(), (reason or "").strip().lower()
    if user_event != records.REPORT or not word:
        return None
    if word == "reason":
        return facts.EndReasonGiven(pbx, at, why, uniqueid, agent) if why else None
    if word == "help":
        return facts.HelpAsked(pbx, at, channel, uniqueid, agent, note or "")
    if word == "leave":
        return facts.LeaveAsked(pbx, at, why, as_number(minutes) or 5, channel, uniqueid, agent)
    return facts.EmergencyReported(pbx, at, word, channel, uniqueid, agent, place or "", note or "")


def listening_began(pbx: str, at: float, uniqueid: Said, spy: Said, channel: Said, linkedid: Said) -> Fact | None:
    if uniqueid is None or spy is None or channel is None:
        return None
    return facts.ListeningBegan(pbx, at, uniqueid, spy, channel, linkedid or uniqueid)


def listening_ended(pbx: str, at: float, spy: Said, uniqueid: Said) -> Fact | None:
    return facts.ListeningEnded(pbx, at, spy, uniqueid) if spy else None


def call_placed(pbx: str, at: float, order: Said, response: Said, reason: Said) -> Fact | None:
    """Of orders whose outcome somebody awaits; the reason is the last control frame of the called phone."""
    if order is None or not order.startswith(ORDER):
        return None
    reached = "answered" if response == "Success" else _REACHED.get(reason or "", "failed")
    return facts.CallPlaced(pbx, at, order, reached)


_ALARM = "Span DAHDIChannel Channel"
_LIMIT = row(limit_reached, "Event Service Severity")

SELDOM: dict[str, Row] = {
    "BlindTransfer": row(blind_transfer, "TransfererUniqueid Result TransfereeUniqueid"),
    "AttendedTransfer": row(
        attended_transfer, "OrigTransfererUniqueid Result SecondTransfererUniqueid TransfereeUniqueid"
    ),
    "Shutdown": row(exchange_stopped, "Shutdown Restart"),
    "SpanAlarm": row(alarm_raised, f"{_ALARM} Alarm"),
    "SpanAlarmClear": row(alarm_cleared, _ALARM),
    "Alarm": row(alarm_raised, f"{_ALARM} Alarm"),
    "AlarmClear": row(alarm_cleared, _ALARM),
    "LoadAverageLimit": _LIMIT,
    "MemoryLimit": _LIMIT,
    "SessionLimit": _LIMIT,
    "UserEvent": row(reported, "UserEvent Kind Channel Uniqueid Agent Note Reason Minutes Place"),
    "ChanSpyStart": row(listening_began, "SpyeeUniqueid SpyerUniqueid SpyerChannel SpyeeLinkedid"),
    "ChanSpyStop": row(listening_ended, "SpyerUniqueid SpyeeUniqueid"),
    "OriginateResponse": row(call_placed, "ActionID Response Reason"),
}
"""By name; every header of these is read."""
