"""AMI events to facts: one table by event name, one small function each, no state.

A row of the table says which headers an event's function takes; it is called with what stands behind them, cleaned
(:func:`asterisk.values.as_text`), ``None`` where there is nothing. So the same function tells of an event whose headers
were all parsed (:func:`translate`) and of one of which only those were cut out (:mod:`asterisk.reading`).

``at`` is the moment of the event on the exchange's clock, in seconds. A function gives the fact, or ``None`` for what
the floor does not need; ``WANTED`` are the events worth reading at all.
"""

from __future__ import annotations

from collections.abc import Callable

from asterisk import records
from asterisk.records import Headers, Row, Said, row, text
from asterisk.seldom import SELDOM
from asterisk.values import as_number, as_seconds, as_share
from floor.state import facts
from floor.state.facts import Fact


def _about_channel(fact: Callable[[str, float, str], Fact]) -> Row:
    """For events that say nothing but whose channel it happened on."""

    def told(pbx: str, at: float, uniqueid: Said) -> Fact | None:
        return fact(pbx, at, uniqueid) if uniqueid else None

    return Row(told, ("Uniqueid",))


def member_seen(pbx: str, at: float, *said: Said) -> Fact | None:
    member = records.membership(*said)
    return facts.MemberSeen(pbx, at, member) if member is not None else None


# Of an event about a member and a caller; a member without a name is his interface.
_OFFER = "Queue MemberName Interface Location"


def member_removed(pbx: str, at: float, queue: Said, name: Said, interface: Said, location: Said) -> Fact | None:
    interface = interface or location
    return facts.MemberRemoved(pbx, at, queue, name or interface, interface) if queue and interface else None


def caller_joined(
    pbx: str,
    at: float,
    queue: Said,
    uniqueid: Said,
    linkedid: Said,
    number: Said,
    name: Said,
    position: Said,
    priority: Said,
) -> Fact | None:
    if queue is None or uniqueid is None:
        return None
    prior = as_number(priority) if position is None else None
    return facts.CallerJoined(pbx, at, queue, uniqueid, linkedid, number, name, as_number(position), prior)


def caller_left(pbx: str, at: float, queue: Said, uniqueid: Said) -> Fact | None:
    return facts.CallerLeft(pbx, at, queue, uniqueid) if queue and uniqueid else None


def caller_gave_up(pbx: str, at: float, queue: Said, uniqueid: Said, waited: Said) -> Fact | None:
    return facts.CallerGaveUp(pbx, at, queue, uniqueid, as_seconds(waited)) if queue and uniqueid else None


def variable_set(pbx: str, at: float, uniqueid: Said, variable: Said, value: Said) -> Fact | None:
    if variable != "QUEUESTATUS":
        return None
    ending = records.QUEUE_STATUS.get(value or "")
    return facts.QueueReleased(pbx, at, uniqueid, ending) if uniqueid and ending else None


def dialplan_moved(
    pbx: str, at: float, uniqueid: Said, application: Said, data: Said, extension: Said, exten: Said
) -> Fact | None:
    if uniqueid is None:
        return None
    queue = (data or "").split(",", 1)[0] if application == "Queue" else None
    return facts.DialplanMoved(pbx, at, uniqueid, application or "", queue or None, extension or exten)


def offer_began(
    pbx: str, at: float, queue: Said, name: Said, interface: Said, location: Said, uniqueid: Said, leg: Said
) -> Fact | None:
    interface = interface or location
    if not (queue and interface and uniqueid and leg):
        return None
    return facts.OfferBegan(pbx, at, queue, name or interface, interface, uniqueid, leg)


def offer_answered(
    pbx: str,
    at: float,
    queue: Said,
    name: Said,
    interface: Said,
    location: Said,
    uniqueid: Said,
    leg: Said,
    waited: Said,
    rang: Said,
) -> Fact | None:
    interface = interface or location
    if not (queue and interface and uniqueid and leg):
        return None
    wait, ring = as_seconds(waited), as_seconds(rang)
    return facts.OfferAnswered(pbx, at, queue, name or interface, interface, uniqueid, leg, wait, ring)


def offer_unanswered(
    pbx: str, at: float, queue: Said, name: Said, interface: Said, location: Said, uniqueid: Said, leg: Said, rang: Said
) -> Fact | None:
    interface = interface or location
    if not (queue and interface and uniqueid):
        return None
    return facts.OfferUnanswered(pbx, at, queue, name or interface, interface, uniqueid, leg, as_seconds(rang))


def call_completed(
    pbx: str,
    at: float,
    queue: Said,
    name: Said,
    interface: Said,
    location: Said,
    uniqueid: Said,
    leg: Said,
    waited: Said,
    talked: Said,
    reason: Said,
) -> Fact | None:
    interface = interface or location
    if not (queue and interface):
        return None
    wait, talk, by = as_seconds(waited), as_seconds(talked), records.completed_by(reason)
    return facts.CallCompleted(pbx, at, queue, name or interface, interface, uniqueid, leg, wait, talk, by)


def channel_opened(
    pbx: str, at: float, uniqueid: Said, linkedid: Said, channel: Said, state: Said, exten: Said
) -> Fact | None:
    if uniqueid is None or channel is None:
        return None
    word = channel_state(state)
    dialling = exten if word == "dialling" else None
    return facts.ChannelOpened(pbx, at, uniqueid, channel, linkedid or uniqueid, word, dialling)


def channel_state(word: Said) -> str:
    """The channel's state in our words; unknown words count as down."""
    return records.CHANNEL_STATES.get(word or "", "down")


def channel_changed(pbx: str, at: float, uniqueid: Said, state: Said) -> Fact | None:
    return facts.ChannelChanged(pbx, at, uniqueid, channel_state(state)) if uniqueid else None


def channel_renamed(pbx: str, at: float, uniqueid: Said, name: Said) -> Fact | None:
    return facts.ChannelRenamed(pbx, at, uniqueid, name) if uniqueid and name else None


def channel_closed(pbx: str, at: float, uniqueid: Said, cause: Said) -> Fact | None:
    return facts.ChannelClosed(pbx, at, uniqueid, as_number(cause)) if uniqueid else None


def dial_began(pbx: str, at: float, uniqueid: Said, dest: Said, channel: Said, where: Said) -> Fact | None:
    if dest is None or channel is None:
        return None
    return facts.DialBegan(pbx, at, uniqueid, dest, channel, records.dialled(where))


def bridge_entered(pbx: str, at: float, uniqueid: Said, bridge: Said) -> Fact | None:
    return facts.BridgeEntered(pbx, at, uniqueid, bridge) if uniqueid and bridge else None


def bridge_left(pbx: str, at: float, uniqueid: Said, bridge: Said) -> Fact | None:
    return facts.BridgeLeft(pbx, at, uniqueid, bridge) if uniqueid and bridge else None


def peer_status(pbx: str, at: float, peer: Said, status: Said) -> Fact | None:
    return facts.EndpointSeen(pbx, at, peer, records.reach(status)) if peer else None


def contact_status(pbx: str, at: float, name: Said, aor: Said, status: Said, uri: Said) -> Fact | None:
    """One contact of several says nothing of the phone but its address; PeerStatus says whether it is reachable."""
    endpoint = name or aor
    if endpoint is None or status is None:
        return None
    if status == "Reachable":
        return facts.EndpointSeen(pbx, at, f"PJSIP/{endpoint}", records.reach(status), uri)
    there = records.CONTACTS.get(status)
    return None if uri is None or there is None else facts.ContactSeen(pbx, at, f"PJSIP/{endpoint}", uri, there)


def registry(pbx: str, at: float, username: Said, domain: Said, status: Said) -> Fact | None:
    name = trunk_name(username, domain)
    return facts.TrunkSeen(pbx, at, name, records.reach(status), status or "") if name else None


def talking_ended(pbx: str, at: float, uniqueid: Said, duration: Said) -> Fact | None:
    lasted = as_seconds(duration)
    return facts.TalkingEnded(pbx, at, uniqueid, None if lasted is None else lasted / 1000) if uniqueid else None


def voice_reported(pbx: str, at: float, uniqueid: Said, lost: Said, jitter: Said) -> Fact | None:
    """Of the reports in one packet the first: a call's channel has one stream of voice."""
    loss, wobble = as_share(lost), as_seconds(jitter)
    if uniqueid is None or (loss is None and wobble is None):
        return None
    return facts.VoiceReported(pbx, at, uniqueid, loss, wobble)


def trunk_name(username: str | None, domain: str | None) -> str | None:
    """``user@carrier``, the way both events and lists can name a registration."""
    user = (username or "").removeprefix("sip:").removeprefix("sips:")
    host = (domain or "").removeprefix("sip:").removeprefix("sips:")
    if "@" in user:
        return user
    return f"{user}@{host}" if user and host else (user or host or None)


def hangup_asked(pbx: str, at: float, uniqueid: Said, cause: Said) -> Fact | None:
    return facts.HangupAsked(pbx, at, uniqueid, as_number(cause)) if uniqueid else None


_MEMBER = Row(member_seen, tuple(records.MEMBER))
_BRIDGE = "Uniqueid BridgeUniqueid"
_LEGS = f"{_OFFER} Uniqueid DestUniqueid"
_VOICE = row(voice_reported, "Uniqueid Report0FractionLost Report0IAJitter")
_HANGUP = row(hangup_asked, "Uniqueid Cause")

FREQUENT: dict[str, Row] = {
    "QueueMemberAdded": _MEMBER,
    "QueueMemberStatus": _MEMBER,
    "QueueMemberPause": _MEMBER,
    "QueueMemberPenalty": _MEMBER,
    "QueueMemberRemoved": row(member_removed, _OFFER),
    "QueueCallerJoin": row(caller_joined, "Queue Uniqueid Linkedid CallerIDNum CallerIDName Position Priority"),
    "QueueCallerLeave": row(caller_left, "Queue Uniqueid"),
    "QueueCallerAbandon": row(caller_gave_up, "Queue Uniqueid HoldTime"),
    "VarSet": row(variable_set, "Uniqueid Variable Value"),
    "Newexten": row(dialplan_moved, "Uniqueid Application AppData Extension Exten"),
    "AgentCalled": row(offer_began, _LEGS),
    "AgentConnect": row(offer_answered, f"{_LEGS} HoldTime RingTime"),
    "AgentRingNoAnswer": row(offer_unanswered, f"{_LEGS} RingTime"),
    "AgentComplete": row(call_completed, f"{_LEGS} HoldTime TalkTime Reason"),
    "Newchannel": row(channel_opened, "Uniqueid Linkedid Channel ChannelStateDesc Exten"),
    "Newstate": row(channel_changed, "Uniqueid ChannelStateDesc"),
    "Rename": row(channel_renamed, "Uniqueid Newname"),
    "Hangup": row(channel_closed, "Uniqueid Cause"),
    "HangupRequest": _HANGUP,
    "SoftHangupRequest": _HANGUP,
    "DialBegin": row(dial_began, "Uniqueid DestUniqueid DestChannel DialString"),
    "Hold": _about_channel(facts.HoldBegan),
    "Unhold": _about_channel(facts.HoldEnded),
    "MusicOnHoldStop": _about_channel(facts.MusicStopped),
    "ChannelTalkingStart": _about_channel(facts.TalkingBegan),
    "ChannelTalkingStop": row(talking_ended, "Uniqueid Duration"),
    "BridgeEnter": row(bridge_entered, _BRIDGE),
    "BridgeLeave": row(bridge_left, _BRIDGE),
    "PeerStatus": row(peer_status, "Peer PeerStatus"),
    "ContactStatus": row(contact_status, "EndpointName AOR ContactStatus URI"),
    "RTCPReceived": _VOICE,
    "RTCPSent": _VOICE,
}
"""Those that come with calls, members and phones: worth a pattern of their own (:mod:`asterisk.reading`)."""

TRANSLATORS: dict[str, Row] = FREQUENT | {
    "QueueMemberPaused": _MEMBER,
    "QueueMemberRinginuse": _MEMBER,
    "Registry": row(registry, "Username Domain Status"),
    **SELDOM,
}

WANTED: dict[str, tuple[str, ...]] = dict.fromkeys(TRANSLATORS, ()) | {
    "VarSet": ("Variable: QUEUESTATUS",),
    "UserEvent": (f"UserEvent: {records.REPORT}",),
    "OriginateResponse": (f"ActionID: {records.ORDER}",),
}
"""Events worth parsing, with texts of which one must occur; the rest is dropped unread."""


def translate(pbx: str, headers: Headers, at: float) -> Fact | None:
    """The fact this event tells, or ``None``."""
    name = headers.get("Event")
    row = TRANSLATORS.get(name) if isinstance(name, str) else None
    return row.tell(pbx, at, *(text(headers, header) for header in row.headers)) if row is not None else None
