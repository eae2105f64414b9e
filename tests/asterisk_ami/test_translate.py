"""Events to facts: each event of the table, with its headers as Asterisk sends them, and with anything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk.records import dialled
from asterisk.translate import TRANSLATORS, WANTED, translate, trunk_name
from asterisk.wire import first
from floor.state import facts as f
from floor.state.floor import Floor
from floor.state.model import CompletedBy, Ending, Reach
from floor.state.reduce import reduce
from tests.support.replay import messages

AT = 1_700_000_000.0
TAPES = Path(__file__).parent.parent / "tapes"
OFFER = {"Queue": "sales", "MemberName": "Ann", "Interface": "PJSIP/1", "Uniqueid": "1.1"}

EVENTS: tuple[tuple[str, dict[str, str], f.Fact | None], ...] = (
    (
        "QueueCallerJoin",
        {
            "Queue": "sales",
            "Uniqueid": "1.1",
            "Linkedid": "1.0",
            "CallerIDNum": "123",
            "CallerIDName": "<unknown>",
            "Position": "2",
            "Priority": "1",
        },
        f.CallerJoined("p", AT, "sales", "1.1", "1.0", "123", None, 2),
    ),
    ("QueueCallerLeave", {"Queue": "sales", "Uniqueid": "1.1"}, f.CallerLeft("p", AT, "sales", "1.1")),
    (
        "QueueCallerAbandon",
        {"Queue": "sales", "Uniqueid": "1.1", "HoldTime": "9"},
        f.CallerGaveUp("p", AT, "sales", "1.1", 9),
    ),
    (
        "VarSet",
        {"Uniqueid": "1.1", "Variable": "QUEUESTATUS", "Value": "TIMEOUT"},
        f.QueueReleased("p", AT, "1.1", Ending.TIMED_OUT),
    ),
    ("VarSet", {"Uniqueid": "1.1", "Variable": "OTHER", "Value": "TIMEOUT"}, None),
    ("VarSet", {"Uniqueid": "1.1", "Variable": "QUEUESTATUS", "Value": "SOMETHING"}, None),
    (
        "Newexten",
        {"Uniqueid": "1.1", "Application": "Queue", "AppData": "sales,t,,,300"},
        f.DialplanMoved("p", AT, "1.1", "Queue", "sales"),
    ),
    (
        "Newexten",
        {"Uniqueid": "1.1", "Application": "Playback", "AppData": "bye"},
        f.DialplanMoved("p", AT, "1.1", "Playback"),
    ),
    ("AgentCalled", {**OFFER, "DestUniqueid": "1.2"}, f.OfferBegan("p", AT, "sales", "Ann", "PJSIP/1", "1.1", "1.2")),
    (
        "AgentConnect",
        {**OFFER, "DestUniqueid": "1.2", "HoldTime": "7", "RingTime": "3"},
        f.OfferAnswered("p", AT, "sales", "Ann", "PJSIP/1", "1.1", "1.2", 7, 3),
    ),
    (
        "AgentRingNoAnswer",
        {**OFFER, "DestUniqueid": "1.2", "RingTime": "15000"},
        f.OfferUnanswered("p", AT, "sales", "Ann", "PJSIP/1", "1.1", "1.2", 15000),
    ),
    (
        "AgentComplete",
        {**OFFER, "DestUniqueid": "1.2", "HoldTime": "7", "TalkTime": "60", "Reason": "agent"},
        f.CallCompleted("p", AT, "sales", "Ann", "PJSIP/1", "1.1", "1.2", 7, 60, CompletedBy.AGENT),
    ),
    (
        "AgentComplete",
        {"Queue": "sales", "MemberName": "Ann", "Interface": "PJSIP/1", "TalkTime": "60"},
        f.CallCompleted("p", AT, "sales", "Ann", "PJSIP/1", None, None, None, 60, None),
    ),
    (
        "QueueMemberRemoved",
        {"Queue": "sales", "Interface": "PJSIP/1"},
        f.MemberRemoved("p", AT, "sales", "PJSIP/1", "PJSIP/1"),
    ),
    (
        "Newchannel",
        {"Uniqueid": "1.1", "Channel": "PJSIP/1-1", "ChannelStateDesc": "Ring"},
        f.ChannelOpened("p", AT, "1.1", "PJSIP/1-1", "1.1", "dialling"),
    ),
    ("Newstate", {"Uniqueid": "1.1", "ChannelStateDesc": "Ringing"}, f.ChannelChanged("p", AT, "1.1", "ringing")),
    ("Newstate", {"Uniqueid": "1.1", "ChannelStateDesc": "Whatever"}, f.ChannelChanged("p", AT, "1.1", "down")),
    (
        "Rename",
        {"Uniqueid": "1.1", "Channel": "a", "Newname": "a<ZOMBIE>"},
        f.ChannelRenamed("p", AT, "1.1", "a<ZOMBIE>"),
    ),
    ("Hangup", {"Uniqueid": "1.1", "Cause": "16"}, f.ChannelClosed("p", AT, "1.1", 16)),
    ("HangupRequest", {"Uniqueid": "1.1"}, f.HangupAsked("p", AT, "1.1")),
    ("HangupRequest", {"Uniqueid": "1.1", "Cause": "17"}, f.HangupAsked("p", AT, "1.1", 17)),
    ("DialBegin", {"DestUniqueid": "1.2", "DestChannel": "PJSIP/1-1"}, f.DialBegan("p", AT, None, "1.2", "PJSIP/1-1")),
    ("Hold", {"Uniqueid": "1.1"}, f.HoldBegan("p", AT, "1.1")),
    ("Unhold", {"Uniqueid": "1.1"}, f.HoldEnded("p", AT, "1.1")),
    ("MusicOnHoldStop", {"Uniqueid": "1.1"}, f.MusicStopped("p", AT, "1.1")),
    ("BridgeEnter", {"Uniqueid": "1.1", "BridgeUniqueid": "b"}, f.BridgeEntered("p", AT, "1.1", "b")),
    ("BridgeLeave", {"Uniqueid": "1.1", "BridgeUniqueid": "b"}, f.BridgeLeft("p", AT, "1.1", "b")),
    (
        "BlindTransfer",
        {"Result": "Success", "TransfererUniqueid": "1.1", "TransfereeUniqueid": "1.0"},
        f.CallTransferred("p", AT, "blind", "1.1", transferee="1.0"),
    ),
    ("BlindTransfer", {"Result": "Fail", "TransfererUniqueid": "1.1"}, None),
    (
        "AttendedTransfer",
        {"Result": "Success", "OrigTransfererUniqueid": "1.1", "SecondTransfererUniqueid": "1.2"},
        f.CallTransferred("p", AT, "attended", "1.1", "1.2"),
    ),
    ("AttendedTransfer", {"Result": "Not Permitted", "OrigTransfererUniqueid": "1.1"}, None),
    (
        "PeerStatus",
        {"Peer": "PJSIP/1", "PeerStatus": "Unreachable"},
        f.EndpointSeen("p", AT, "PJSIP/1", Reach.UNREACHABLE),
    ),
    (
        "ContactStatus",
        {"EndpointName": "1", "ContactStatus": "Reachable", "URI": "sip:1@host"},
        f.EndpointSeen("p", AT, "PJSIP/1", Reach.REACHABLE, "sip:1@host"),
    ),
    (
        "ContactStatus",
        {"EndpointName": "1", "ContactStatus": "Removed", "URI": "sip:1@host"},
        f.ContactSeen("p", AT, "PJSIP/1", "sip:1@host", there=False),
    ),
    (
        "ContactStatus",
        {"EndpointName": "1", "ContactStatus": "NonQualified", "URI": "sip:1@host"},
        f.ContactSeen("p", AT, "PJSIP/1", "sip:1@host", there=True),
    ),
    ("ContactStatus", {"EndpointName": "1", "ContactStatus": "Unknown", "URI": "sip:1@host"}, None),
    (
        "Registry",
        {"Username": "sip:me@carrier", "Domain": "sip:carrier", "Status": "Rejected"},
        f.TrunkSeen("p", AT, "me@carrier", Reach.UNREACHABLE, "Rejected"),
    ),
    ("Shutdown", {"Shutdown": "Cleanly", "Restart": "True"}, f.ExchangeStopped("p", AT, restart=True)),
    ("ChannelTalkingStart", {"Uniqueid": "1.1"}, f.TalkingBegan("p", AT, "1.1")),
    ("ChannelTalkingStop", {"Uniqueid": "1.1", "Duration": "2500"}, f.TalkingEnded("p", AT, "1.1", 2.5)),
    (
        "RTCPReceived",
        {"Uniqueid": "1.1", "Report0FractionLost": "64", "Report0IAJitter": "160"},
        f.VoiceReported("p", AT, "1.1", 0.25, 160),
    ),
    ("RTCPSent", {"Uniqueid": "1.1", "Report0FractionLost": "0"}, f.VoiceReported("p", AT, "1.1", 0.0, None)),
    ("RTCPSent", {"Uniqueid": "1.1", "Report0FractionLost": "999"}, None),
    ("SpanAlarm", {"Span": "1", "Alarm": "Red Alarm"}, f.AlarmRaised("p", AT, "span 1", "Red Alarm")),
    ("SpanAlarmClear", {"Span": "1"}, f.AlarmCleared("p", AT, "span 1")),
    ("Alarm", {"DAHDIChannel": "3", "Alarm": "Red Alarm"}, f.AlarmRaised("p", AT, "line 3", "Red Alarm")),
    ("AlarmClear", {"DAHDIChannel": "3"}, f.AlarmCleared("p", AT, "line 3")),
    ("LoadAverageLimit", {"Service": "PJSIP", "Severity": "Error"}, f.LimitReached("p", AT, "load")),
    ("MemoryLimit", {"Service": "PJSIP"}, f.LimitReached("p", AT, "memory")),
    ("SessionLimit", {"Service": "AMI"}, f.LimitReached("p", AT, "sessions")),
    (
        "UserEvent",
        {"UserEvent": "FloorReport", "Kind": "Help", "Channel": "PJSIP/1-1", "Uniqueid": "1.1", "Note": "abusive"},
        f.HelpAsked("p", AT, "PJSIP/1-1", "1.1", None, "abusive"),
    ),
    (
        "UserEvent",
        {"UserEvent": "FloorReport", "Kind": "leave", "Reason": "Toilet", "Minutes": "8", "Agent": "Ann"},
        f.LeaveAsked("p", AT, "toilet", 8, None, None, "Ann"),
    ),
    ("UserEvent", {"UserEvent": "FloorReport", "Kind": "leave", "Minutes": "x"}, f.LeaveAsked("p", AT, "", 5)),
    (
        "UserEvent",
        {"UserEvent": "FloorReport", "Kind": "fire", "Place": "3F", "Agent": "Ann"},
        f.EmergencyReported("p", AT, "fire", None, None, "Ann", "3F"),
    ),
    ("UserEvent", {"UserEvent": "Other", "Kind": "fire"}, None),
    (
        "ChanSpyStart",
        {"SpyerUniqueid": "9.9", "SpyerChannel": "PJSIP/9-1", "SpyeeUniqueid": "1.1", "SpyeeLinkedid": "1.0"},
        f.ListeningBegan("p", AT, "1.1", "9.9", "PJSIP/9-1", "1.0"),
    ),
    ("ChanSpyStart", {"SpyerUniqueid": "9.9", "SpyerChannel": "PJSIP/9-1"}, None),
    ("ChanSpyStop", {"SpyerUniqueid": "9.9", "SpyeeUniqueid": "1.1"}, f.ListeningEnded("p", AT, "9.9", "1.1")),
    ("ChanSpyStop", {"SpyerUniqueid": "9.9"}, f.ListeningEnded("p", AT, "9.9")),
    *(
        (
            "OriginateResponse",
            {"ActionID": "floor-call-1", "Response": response, "Reason": reason},
            f.CallPlaced("p", AT, "floor-call-1", reached),
        )
        for response, reason, reached in (
            ("Success", "4", "answered"),
            ("Failure", "5", "busy"),
            ("Failure", "3", "unanswered"),
            ("Failure", "1", "unanswered"),
            ("Failure", "0", "failed"),
            ("Failure", "", "failed"),
        )
    ),
    ("OriginateResponse", {"ActionID": "of-another-program", "Response": "Success"}, None),
    ("OriginateResponse", {"Response": "Success"}, None),
    ("UserEvent", {"UserEvent": "FloorReport"}, None),
    (
        "Newchannel",
        {"Uniqueid": "1.1", "Channel": "PJSIP/1-1", "ChannelStateDesc": "Ring", "Exten": "119"},
        f.ChannelOpened("p", AT, "1.1", "PJSIP/1-1", "1.1", "dialling", "119"),
    ),
    (
        "Newexten",
        {"Uniqueid": "1.1", "Application": "Dial", "AppData": "PJSIP/119@carrier", "Extension": "119"},
        f.DialplanMoved("p", AT, "1.1", "Dial", None, "119"),
    ),
    (
        "DialBegin",
        {"Uniqueid": "1.1", "DestUniqueid": "1.2", "DestChannel": "PJSIP/carrier-1", "DialString": "119@carrier"},
        f.DialBegan("p", AT, "1.1", "1.2", "PJSIP/carrier-1", "119"),
    ),
    ("SomethingNew", {"Uniqueid": "1.1"}, None),
)


DIALLED = (
    ("119@carrier", "119"),
    ("carrier/119", "119"),
    ("carrier/sip:119@192.0.2.1:5060", "119"),
    ("g0/119", "119"),
    ("119@carrier&120@carrier", "119"),
    ("carrier/119,30,r", "119"),
    ("1001", None),
    ("carrier/", None),
    ("", None),
)


@pytest.mark.parametrize(("string", "number"), DIALLED)
def test_number_dialled(string: str, number: str | None) -> None:
    """The number in any technology's dial string; the name of a phone is none."""
    assert dialled(string) == number


@pytest.mark.parametrize(("event", "headers", "fact"), EVENTS)
def test_event(event: str, headers: dict[str, str], fact: f.Fact | None) -> None:
    """An event tells this fact."""
    assert translate("p", {"Event": event, **headers}, AT) == fact


def test_every_event_has_its_row() -> None:
    """The table above names every event that is translated, but for those that only repeat a membership."""
    assert {event for event, _, _ in EVENTS} - {"SomethingNew"} | {
        name for name in TRANSLATORS if name.startswith("QueueMember")
    } | {"SoftHangupRequest"} == set(TRANSLATORS)


@pytest.mark.parametrize(("event", "headers", "fact"), [row for row in EVENTS if row[2] is not None])
def test_without_its_headers_an_event_is_nothing(event: str, headers: dict[str, str], fact: f.Fact | None) -> None:
    """An event that says nothing tells nothing."""
    assert translate("p", {"Event": event}, AT) is None
    assert translate("p", {"Event": event, **dict.fromkeys(headers, "")}, AT) is None


TRUNKS = (
    ("me", "carrier", "me@carrier"),
    ("sip:me@carrier", "sip:carrier:5060", "me@carrier"),
    ("sips:me@carrier", None, "me@carrier"),
    (None, "sip:carrier", "carrier"),
    ("me", None, "me"),
    (None, None, None),
)


@pytest.mark.parametrize(("user", "host", "name"), TRUNKS)
def test_trunk_name(user: str | None, host: str | None, name: str | None) -> None:
    """The same registration has the same name in events and in lists, of either channel driver."""
    assert trunk_name(user, host) == name


HEADERS = sorted(
    {name for _, headers, _ in EVENTS for name in headers} | {"Timestamp", "Status", "Paused", "LastPause"}
)
hostile = st.one_of(
    st.text(max_size=40),
    st.sampled_from(("1.1", "sales", "9" * 500, "-1", "nan", "1e400", "<unknown>", "²", "PJSIP/1-1", "Local/1@a-1;2")),
    st.lists(st.text(max_size=5), max_size=2),
)


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(TRANSLATORS)), st.dictionaries(st.sampled_from(HEADERS), hostile)), max_size=12
    )
)
def test_hostile_headers(events: list[tuple[str, dict[str, str | list[str]]]]) -> None:
    """Whatever the headers hold, translating never raises, and the floor takes every fact that comes of it."""
    floor = Floor()
    for event, headers in events:
        fact = translate("p", {**headers, "Event": event}, AT)
        if fact is not None:
            reduce(floor, fact)


def test_every_wanted_event_is_in_the_tapes() -> None:
    """The table is made for what Asterisk really sends: the tapes hold nearly all of it."""
    seen = {first(message, "Event") for tape in sorted(TAPES.glob("22/*.ami")) for message in messages(tape)}
    assert set(WANTED) - seen <= {
        "QueueMemberPaused",
        "Rename",
        "Registry",
        "QueueMemberRinginuse",
        "QueueMemberPenalty",
        *("ChanSpyStart", "ChanSpyStop", "OriginateResponse"),
        *("ChannelTalkingStart", "ChannelTalkingStop", "RTCPReceived", "RTCPSent", "UserEvent"),
        *("SpanAlarm", "SpanAlarmClear", "Alarm", "AlarmClear", "LoadAverageLimit", "MemoryLimit", "SessionLimit"),
    }
