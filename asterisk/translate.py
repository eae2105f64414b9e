"""AMI events to facts: one table by event name, one small function each, no state.

``translate(pbx, headers, at)`` gives the fact or ``None`` for what the floor does not need; ``WANTED`` are the events
worth parsing at all. ``at`` is the moment of the event on the exchange's clock, in seconds.
"""

from __future__ import annotations

from collections.abc import Callable

from asterisk import records
from asterisk.records import Headers, number, reach, seconds, text
from floor.state import facts
from floor.state.facts import Fact

Translator = Callable[[str, Headers, float], Fact | None]

ORDER = "floor-call-"
"""Begins the ActionID of an order whose outcome is told (:class:`floor.state.facts.CallPlaced`)."""
_REACHED = {"5": "busy", "3": "unanswered", "1": "unanswered"}


def _offer(h: Headers) -> tuple[str, str, str] | None:
    """(queue, agent, interface) of an event about a member and a caller; a member without a name is his interface."""
    queue, interface = text(h, "Queue"), text(h, "Interface", "Location")
    agent = text(h, "MemberName") or interface
    return (queue, agent, interface) if queue and agent and interface else None


def _about_channel(fact: Callable[[str, float, str], Fact]) -> Translator:
    """For events that say nothing but whose channel it happened on."""

    def translator(pbx: str, h: Headers, at: float) -> Fact | None:
        uniqueid = text(h, "Uniqueid")
        return fact(pbx, at, uniqueid) if uniqueid else None

    return translator


def member_seen(pbx: str, h: Headers, at: float) -> Fact | None:
    member = records.member(h)
    return facts.MemberSeen(pbx, at, member) if member is not None else None


def member_removed(pbx: str, h: Headers, at: float) -> Fact | None:
    offer = _offer(h)
    return facts.MemberRemoved(pbx, at, *offer) if offer is not None else None


def caller_joined(pbx: str, h: Headers, at: float) -> Fact | None:
    queue, uniqueid = text(h, "Queue"), text(h, "Uniqueid")
    if queue is None or uniqueid is None:
        return None
    return facts.CallerJoined(
        pbx,
        at,
        queue,
        uniqueid,
        linkedid=text(h, "Linkedid"),
        number=text(h, "CallerIDNum"),
        name=text(h, "CallerIDName"),
        position=number(h, "Position"),
        priority=number(h, "Priority") if "Position" not in h else None,
    )


def caller_left(pbx: str, h: Headers, at: float) -> Fact | None:
    queue, uniqueid = text(h, "Queue"), text(h, "Uniqueid")
    return facts.CallerLeft(pbx, at, queue, uniqueid) if queue and uniqueid else None


def caller_gave_up(pbx: str, h: Headers, at: float) -> Fact | None:
    queue, uniqueid = text(h, "Queue"), text(h, "Uniqueid")
    return facts.CallerGaveUp(pbx, at, queue, uniqueid, seconds(h, "HoldTime")) if queue and uniqueid else None


def variable_set(pbx: str, h: Headers, at: float) -> Fact | None:
    if text(h, "Variable") != "QUEUESTATUS":
        return None
    uniqueid, ending = text(h, "Uniqueid"), records.QUEUE_STATUS.get(text(h, "Value") or "")
    return facts.QueueReleased(pbx, at, uniqueid, ending) if uniqueid and ending else None


def dialplan_moved(pbx: str, h: Headers, at: float) -> Fact | None:
    uniqueid, application = text(h, "Uniqueid"), text(h, "Application") or ""
    if uniqueid is None:
        return None
    queue = (text(h, "AppData") or "").split(",", 1)[0] if application == "Queue" else None
    return facts.DialplanMoved(pbx, at, uniqueid, application, queue or None, text(h, "Extension", "Exten"))


def offer_began(pbx: str, h: Headers, at: float) -> Fact | None:
    offer, uniqueid, leg = _offer(h), text(h, "Uniqueid"), text(h, "DestUniqueid")
    return facts.OfferBegan(pbx, at, *offer, uniqueid, leg) if offer and uniqueid and leg else None


def offer_answered(pbx: str, h: Headers, at: float) -> Fact | None:
    offer, uniqueid, leg = _offer(h), text(h, "Uniqueid"), text(h, "DestUniqueid")
    if offer is None or uniqueid is None or leg is None:
        return None
    wait, ring = seconds(h, "HoldTime"), seconds(h, "RingTime")
    return facts.OfferAnswered(pbx, at, *offer, uniqueid, leg, wait, ring)


def offer_unanswered(pbx: str, h: Headers, at: float) -> Fact | None:
    offer, uniqueid = _offer(h), text(h, "Uniqueid")
    if offer is None or uniqueid is None:
        return None
    return facts.OfferUnanswered(pbx, at, *offer, uniqueid, text(h, "DestUniqueid"), seconds(h, "RingTime"))


def call_completed(pbx: str, h: Headers, at: float) -> Fact | None:
    offer = _offer(h)
    if offer is None:
        return None
    return facts.CallCompleted(
        pbx,
        at,
        *offer,
        text(h, "Uniqueid"),
        leg=text(h, "DestUniqueid"),
        wait_s=seconds(h, "HoldTime"),
        talk_s=seconds(h, "TalkTime"),
        by=records.completed_by(h),
    )


def channel_opened(pbx: str, h: Headers, at: float) -> Fact | None:
    uniqueid, channel = text(h, "Uniqueid"), text(h, "Channel")
    if uniqueid is None or channel is None:
        return None
    state = channel_state(h)
    exten = text(h, "Exten") if state == "dialling" else None
    return facts.ChannelOpened(pbx, at, uniqueid, channel, text(h, "Linkedid") or uniqueid, state, exten)


def channel_state(h: Headers) -> str:
    """The channel's state in our words; unknown words count as down."""
    return records.CHANNEL_STATES.get(text(h, "ChannelStateDesc") or "", "down")


def channel_changed(pbx: str, h: Headers, at: float) -> Fact | None:
    uniqueid = text(h, "Uniqueid")
    return facts.ChannelChanged(pbx, at, uniqueid, channel_state(h)) if uniqueid else None


def channel_renamed(pbx: str, h: Headers, at: float) -> Fact | None:
    uniqueid, name = text(h, "Uniqueid"), text(h, "Newname")
    return facts.ChannelRenamed(pbx, at, uniqueid, name) if uniqueid and name else None


def channel_closed(pbx: str, h: Headers, at: float) -> Fact | None:
    uniqueid = text(h, "Uniqueid")
    return facts.ChannelClosed(pbx, at, uniqueid, number(h, "Cause")) if uniqueid else None


def dial_began(pbx: str, h: Headers, at: float) -> Fact | None:
    dest, channel = text(h, "DestUniqueid"), text(h, "DestChannel")
    if dest is None or channel is None:
        return None
    return facts.DialBegan(pbx, at, text(h, "Uniqueid"), dest, channel, records.dialled(h))


def bridge_entered(pbx: str, h: Headers, at: float) -> Fact | None:
    uniqueid, bridge = text(h, "Uniqueid"), text(h, "BridgeUniqueid")
    return facts.BridgeEntered(pbx, at, uniqueid, bridge) if uniqueid and bridge else None


def bridge_left(pbx: str, h: Headers, at: float) -> Fact | None:
    uniqueid, bridge = text(h, "Uniqueid"), text(h, "BridgeUniqueid")
    return facts.BridgeLeft(pbx, at, uniqueid, bridge) if uniqueid and bridge else None


def blind_transfer(pbx: str, h: Headers, at: float) -> Fact | None:
    transferer = text(h, "TransfererUniqueid")
    if transferer is None or text(h, "Result") != "Success":
        return None
    return facts.CallTransferred(pbx, at, "blind", transferer, transferee=text(h, "TransfereeUniqueid"))


def attended_transfer(pbx: str, h: Headers, at: float) -> Fact | None:
    transferer = text(h, "OrigTransfererUniqueid")
    if transferer is None or text(h, "Result") != "Success":
        return None
    second, transferee = text(h, "SecondTransfererUniqueid"), text(h, "TransfereeUniqueid")
    return facts.CallTransferred(pbx, at, "attended", transferer, second, transferee)


def peer_status(pbx: str, h: Headers, at: float) -> Fact | None:
    peer = text(h, "Peer")
    return facts.EndpointSeen(pbx, at, peer, reach(text(h, "PeerStatus"))) if peer else None


def contact_status(pbx: str, h: Headers, at: float) -> Fact | None:
    """One contact of several says nothing of the phone but its address; PeerStatus says whether it is reachable."""
    endpoint, status, uri = text(h, "EndpointName", "AOR"), text(h, "ContactStatus"), text(h, "URI")
    if endpoint is None or status is None:
        return None
    if status == "Reachable":
        return facts.EndpointSeen(pbx, at, f"PJSIP/{endpoint}", reach(status), uri)
    there = records.CONTACTS.get(status)
    return None if uri is None or there is None else facts.ContactSeen(pbx, at, f"PJSIP/{endpoint}", uri, there)


def registry(pbx: str, h: Headers, at: float) -> Fact | None:
    status = text(h, "Status")
    name = trunk_name(text(h, "Username"), text(h, "Domain"))
    return facts.TrunkSeen(pbx, at, name, reach(status), status or "") if name else None


def exchange_stopped(pbx: str, h: Headers, at: float) -> Fact | None:
    word = text(h, "Shutdown")
    return facts.ExchangeStopped(pbx, at, restart=records.flag(h, "Restart") or False) if word else None


def talking_ended(pbx: str, h: Headers, at: float) -> Fact | None:
    uniqueid, lasted = text(h, "Uniqueid"), seconds(h, "Duration")
    return facts.TalkingEnded(pbx, at, uniqueid, None if lasted is None else lasted / 1000) if uniqueid else None


def voice_reported(pbx: str, h: Headers, at: float) -> Fact | None:
    """Of the reports in one packet the first: a call's channel has one stream of voice."""
    uniqueid = text(h, "Uniqueid")
    loss, jitter = records.share(h, "Report0FractionLost"), seconds(h, "Report0IAJitter")
    if uniqueid is None or (loss is None and jitter is None):
        return None
    return facts.VoiceReported(pbx, at, uniqueid, loss, jitter)


def _line(h: Headers) -> str | None:
    """Name of a digital span or of one of its lines."""
    span, line = text(h, "Span"), text(h, "DAHDIChannel", "Channel")
    return f"span {span}" if span else f"line {line}" if line else None


def alarm_raised(pbx: str, h: Headers, at: float) -> Fact | None:
    name = _line(h)
    return facts.AlarmRaised(pbx, at, name, text(h, "Alarm") or "") if name else None


def alarm_cleared(pbx: str, h: Headers, at: float) -> Fact | None:
    name = _line(h)
    return facts.AlarmCleared(pbx, at, name) if name else None


def limit_reached(pbx: str, h: Headers, at: float) -> Fact | None:
    limit = records.LIMITS.get(text(h, "Event") or "")
    return facts.LimitReached(pbx, at, limit) if limit and text(h, "Service", "Severity") else None


def reported(pbx: str, h: Headers, at: float) -> Fact | None:
    """What somebody reported from his phone, by a dialplan of the customer's (docs/connect.md)."""
    kind = (text(h, "Kind") or "").strip().lower()
    if text(h, "UserEvent") != records.REPORT or not kind:
        return None
    channel, uniqueid, agent = text(h, "Channel"), text(h, "Uniqueid"), text(h, "Agent")
    note = text(h, "Note") or ""
    if kind == "reason":
        reason = (text(h, "Reason") or "").strip().lower()
        return facts.EndReasonGiven(pbx, at, reason, uniqueid, agent) if reason else None
    if kind == "help":
        return facts.HelpAsked(pbx, at, channel, uniqueid, agent, note)
    if kind == "leave":
        reason = (text(h, "Reason") or "").strip().lower()
        return facts.LeaveAsked(pbx, at, reason, number(h, "Minutes") or 5, channel, uniqueid, agent)
    return facts.EmergencyReported(pbx, at, kind, channel, uniqueid, agent, text(h, "Place") or "", note)


def trunk_name(username: str | None, domain: str | None) -> str | None:
    """``user@carrier``, the way both events and lists can name a registration."""
    user = (username or "").removeprefix("sip:").removeprefix("sips:")
    host = (domain or "").removeprefix("sip:").removeprefix("sips:")
    if "@" in user:
        return user
    return f"{user}@{host}" if user and host else (user or host or None)


def hangup_asked(pbx: str, h: Headers, at: float) -> Fact | None:
    uniqueid = text(h, "Uniqueid")
    return facts.HangupAsked(pbx, at, uniqueid, number(h, "Cause")) if uniqueid else None


def listening_began(pbx: str, h: Headers, at: float) -> Fact | None:
    uniqueid, spy, channel = text(h, "SpyeeUniqueid"), text(h, "SpyerUniqueid"), text(h, "SpyerChannel")
    if uniqueid is None or spy is None or channel is None:
        return None
    return facts.ListeningBegan(pbx, at, uniqueid, spy, channel, text(h, "SpyeeLinkedid") or uniqueid)


def listening_ended(pbx: str, h: Headers, at: float) -> Fact | None:
    spy = text(h, "SpyerUniqueid")
    return facts.ListeningEnded(pbx, at, spy, text(h, "SpyeeUniqueid")) if spy else None


def call_placed(pbx: str, h: Headers, at: float) -> Fact | None:
    """Of orders whose outcome somebody awaits; the reason is the last control frame of the called phone."""
    order = text(h, "ActionID") or ""
    if not order.startswith(ORDER):
        return None
    reached = "answered" if text(h, "Response") == "Success" else _REACHED.get(text(h, "Reason") or "", "failed")
    return facts.CallPlaced(pbx, at, order, reached)


TRANSLATORS: dict[str, Translator] = {
    "QueueMemberAdded": member_seen,
    "QueueMemberStatus": member_seen,
    "QueueMemberPause": member_seen,
    "QueueMemberPaused": member_seen,
    "QueueMemberPenalty": member_seen,
    "QueueMemberRinginuse": member_seen,
    "QueueMemberRemoved": member_removed,
    "QueueCallerJoin": caller_joined,
    "QueueCallerLeave": caller_left,
    "QueueCallerAbandon": caller_gave_up,
    "VarSet": variable_set,
    "Newexten": dialplan_moved,
    "AgentCalled": offer_began,
    "AgentConnect": offer_answered,
    "AgentRingNoAnswer": offer_unanswered,
    "AgentComplete": call_completed,
    "Newchannel": channel_opened,
    "Newstate": channel_changed,
    "Rename": channel_renamed,
    "Hangup": channel_closed,
    "HangupRequest": hangup_asked,
    "SoftHangupRequest": hangup_asked,
    "DialBegin": dial_began,
    "Hold": _about_channel(facts.HoldBegan),
    "Unhold": _about_channel(facts.HoldEnded),
    "MusicOnHoldStop": _about_channel(facts.MusicStopped),
    "BridgeEnter": bridge_entered,
    "BridgeLeave": bridge_left,
    "BlindTransfer": blind_transfer,
    "AttendedTransfer": attended_transfer,
    "PeerStatus": peer_status,
    "ContactStatus": contact_status,
    "Registry": registry,
    "Shutdown": exchange_stopped,
    "ChannelTalkingStart": _about_channel(facts.TalkingBegan),
    "ChannelTalkingStop": talking_ended,
    "RTCPReceived": voice_reported,
    "RTCPSent": voice_reported,
    "SpanAlarm": alarm_raised,
    "SpanAlarmClear": alarm_cleared,
    "Alarm": alarm_raised,
    "AlarmClear": alarm_cleared,
    "LoadAverageLimit": limit_reached,
    "MemoryLimit": limit_reached,
    "SessionLimit": limit_reached,
    "UserEvent": reported,
    "ChanSpyStart": listening_began,
    "ChanSpyStop": listening_ended,
    "OriginateResponse": call_placed,
}

WANTED: dict[str, tuple[str, ...]] = dict.fromkeys(TRANSLATORS, ()) | {
    "VarSet": ("Variable: QUEUESTATUS",),
    "UserEvent": (f"UserEvent: {records.REPORT}",),
    "OriginateResponse": (f"ActionID: {ORDER}",),
}
"""Events worth parsing, with texts of which one must occur; the rest is dropped unread."""


def translate(pbx: str, headers: Headers, at: float) -> Fact | None:
    """The fact this event tells, or ``None``."""
    name = headers.get("Event")
    translator = TRANSLATORS.get(name) if isinstance(name, str) else None
    return translator(pbx, headers, at) if translator is not None else None
