"""Lists to the full picture: queues, channels, phones and trunks, as Asterisk lists them, and as nobody should."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk import sync
from asterisk.sync import Defaults, channels_synced, clock_seconds, devices, queues_synced, seats
from floor.state.facts import PictureCaller, PictureChannel, PictureQueue
from floor.state.model import Device, Member, Reach

AT = 1_700_000_000.0
QUEUE_STATUS: list[dict[str, str]] = [
    {"Event": "QueueParams", "Queue": "sales", "Max": "10", "Strategy": "ringall", "Weight": "3"},
    {
        "Event": "QueueMember",
        "Queue": "sales",
        "Name": "Ann",
        "Location": "Local/1@agents/n",
        "StateInterface": "hint:1@phones",
        "Membership": "dynamic",
        "Status": "1",
    },
    {
        "Event": "QueueEntry",
        "Queue": "sales",
        "Position": "1",
        "Uniqueid": "1.1",
        "CallerIDNum": "123",
        "CallerIDName": "unknown",
        "Wait": "40",
        "Priority": "5",
    },
]
HINTS = [
    {"Event": "ExtensionStatus", "Exten": "1", "Context": "phones", "Hint": "PJSIP/1&Custom:DND1,CustomPresence:1"},
    {"Event": "ExtensionStatus", "Exten": "2", "Context": "phones", "Hint": ""},
]


def test_queues() -> None:
    """Queues, members and the waiting, with hints that name phones and the after-call time that AMI does not tell."""
    synced = queues_synced("p", AT, QUEUE_STATUS, HINTS, Defaults(wrapup_s=20))
    assert synced.queues == (PictureQueue("sales", "ringall", 3, 10, 20),)
    assert synced.members == (
        Member("sales", "Ann", "Local/1@agents/n", "hint:1@phones", dynamic=True, device=Device.IDLE),
    )
    assert synced.callers == (PictureCaller("sales", "1.1", 1, "123", "unknown", 40, 5),)
    assert synced.hints == (("hint:1@phones", "PJSIP/1"),)


def test_seats() -> None:
    """A member's phone is his interface, his state interface, and what the hint in it stands for."""
    found = seats({"QueueStatus": QUEUE_STATUS, "ExtensionStateList": HINTS})
    assert "PJSIP/1" in found


def test_channels() -> None:
    """A live channel with what it runs, since when, and with whom."""
    listed = {
        "Event": "CoreShowChannel",
        "Channel": "PJSIP/trunk-1",
        "Uniqueid": "1.1",
        "Linkedid": "1.0",
        "ChannelStateDesc": "Up",
        "Application": "Queue",
        "ApplicationData": "sales,t",
        "Duration": "01:02:03",
        "BridgeId": "b",
    }
    synced = channels_synced("p", AT, [listed, {"Event": "CoreShowChannel"}, {"Event": "Other", "Uniqueid": "1.2"}])
    assert synced.channels == (PictureChannel("1.1", "PJSIP/trunk-1", "1.0", "up", "b", "Queue", "sales,t", 3723.0),)


DURATIONS = {
    "00:00:07": 7,
    "100:00:00": 360_000,
    "7": 0,
    "": 0,
    "a:b:c": 0,
    "²:00:00": 0,
    "-1:00:00": 0,
    "9" * 99 + ":0:0": 0,
}


@pytest.mark.parametrize(("word", "s"), DURATIONS.items())
def test_clock_seconds(word: str, s: float) -> None:
    """Hours, minutes and seconds; what is no duration is none."""
    assert clock_seconds(word) == s


def endpoint(name: str, **more: str) -> dict[str, str]:
    return {"Event": "EndpointList", "ObjectName": name, "Auths": name, "DeviceState": "Not in use", **more}


def test_phones_are_told_from_trunks() -> None:
    """Whoever logs in to us is a phone; whom we log in to, or nobody logs in to, is a trunk; a member's is a phone."""
    lists = {
        "PJSIPShowEndpoints": [
            endpoint("1"),
            endpoint("2", DeviceState="Unavailable"),
            endpoint("carrier", Auths="", OutboundAuths="carrier"),
            endpoint("peer", Auths="", DeviceState="Unavailable"),
            endpoint("door", Auths=""),
        ],
        "PJSIPShowContacts": [{"Event": "ContactList", "Endpoint": "1", "Uri": "sip:1@host"}],
        "PJSIPShowRegistrationsOutbound": [
            {
                "Event": "OutboundRegistrationDetail",
                "ClientUri": "sip:me@carrier",
                "ServerUri": "sip:carrier",
                "Status": "Rejected",
            }
        ],
    }
    found = devices(lists, frozenset({"PJSIP/door"}))
    assert found.phones == {
        "PJSIP/1": (Reach.REACHABLE, "sip:1@host"),
        "PJSIP/2": (Reach.UNREACHABLE, None),
        "PJSIP/door": (Reach.REACHABLE, None),
    }
    assert found.trunks == {
        "PJSIP/carrier": (Reach.REACHABLE, "Not in use"),
        "PJSIP/peer": (Reach.UNREACHABLE, "Unavailable"),
        "me@carrier": (Reach.UNREACHABLE, "Rejected"),
    }


def test_chan_sip() -> None:
    """The old channel driver: peers that log in are phones, the rest trunks; a member's phone may be a fixed peer."""

    def peer(name: str, dynamic: str, status: str, address: str) -> dict[str, str]:
        return {
            "Event": "PeerEntry",
            "Channeltype": "SIP",
            "ObjectName": name,
            "Dynamic": dynamic,
            "Status": status,
            "IPaddress": address,
        }

    lists = {
        "SIPpeers": [
            peer("1", "yes", "OK (3 ms)", "10.0.0.1"),
            peer("2", "yes", "UNKNOWN", "-none-"),
            peer("3", "no", "Unmonitored", "10.0.0.3"),
            peer("carrier", "no", "UNREACHABLE", "10.0.0.9"),
        ],
        "SIPshowregistry": [
            {"Event": "RegistryEntry", "Username": "me", "Domain": "carrier", "State": "Registered"},
        ],
    }
    found = devices(lists, frozenset({"SIP/3"}))
    assert {name: reach for name, (reach, _) in found.phones.items()} == {
        "SIP/1": Reach.REACHABLE,
        "SIP/2": Reach.UNREACHABLE,
        "SIP/3": Reach.REACHABLE,
    }
    assert found.trunks == {
        "SIP/carrier": (Reach.UNREACHABLE, "UNREACHABLE"),
        "me@carrier": (Reach.REACHABLE, "Registered"),
    }


def test_account_that_may_not_list_endpoints() -> None:
    """Device states say the same with less: reach, and everything a phone."""
    lists = {
        "DeviceStateList": [
            {"Event": "DeviceStateChange", "Device": "PJSIP/1", "State": "NOT_INUSE"},
            {"Event": "DeviceStateChange", "Device": "PJSIP/2", "State": "UNAVAILABLE"},
            {"Event": "DeviceStateChange", "Device": "Queue:sales_avail", "State": "NOT_INUSE"},
        ]
    }
    assert devices(lists, frozenset()).phones == {
        "PJSIP/1": (Reach.REACHABLE, None),
        "PJSIP/2": (Reach.UNREACHABLE, None),
    }


def test_facts_hold_what_was_found() -> None:
    """All phones and all trunks, as one fact each."""
    found = devices({"PJSIPShowEndpoints": [endpoint("1"), endpoint("c", Auths="")]}, frozenset())
    assert sync.phones_synced("p", AT, found).endpoints == (("PJSIP/1", Reach.REACHABLE, None),)
    assert sync.trunks_synced("p", AT, found).trunks == (("PJSIP/c", Reach.REACHABLE, "Not in use"),)


NAMES = (
    "Event",
    "Queue",
    "Uniqueid",
    "Channel",
    "Name",
    "Location",
    "Wait",
    "Duration",
    "ObjectName",
    "Status",
    "Hint",
)
WORDS = st.one_of(st.text(max_size=20), st.sampled_from(("QueueEntry", "QueueMember", "CoreShowChannel", "9" * 400)))
ANYTHING = st.lists(st.dictionaries(st.sampled_from(NAMES), WORDS), max_size=6)


@given(ANYTHING, ANYTHING)
def test_hostile_lists(messages: list[dict[str, str]], hints: list[dict[str, str]]) -> None:
    """No list makes the picture raise."""
    queues_synced("p", AT, messages, hints, Defaults())
    channels_synced("p", AT, messages)
    lists = dict.fromkeys(("PJSIPShowEndpoints", "PJSIPShowContacts", "SIPpeers", "SIPshowregistry"), messages)
    devices(lists, seats({"QueueStatus": messages, "ExtensionStateList": hints}))
