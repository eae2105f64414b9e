"""The full picture: lists of AMI messages to the ``…Synced`` facts. Pure; one function per list."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast

from asterisk import records
from asterisk.records import Headers, number, reach, seconds, text
from asterisk.translate import channel_state, trunk_name
from floor.state import facts
from floor.state.model import Member, Reach

Lists = Mapping[str, Sequence[Headers]]
"""Answers of one picture by action name; refused actions are absent."""


SEAT_HEADERS = ("StateInterface", "Location", "Interface")


@dataclass(slots=True)
class Defaults:
    """What the exchange does not tell."""

    wrapup_s: int = 0


def _events(messages: Iterable[Headers], name: str) -> list[Headers]:
    return [message for message in messages if text(message, "Event") == name]


PART = 200
"""Messages read before whoever reads a list in steps gets a turn."""
T = TypeVar("T")
Steps = Generator[None, None, T]
"""A list being read: gives turns, and at last what it found."""


def whole(steps: Steps[T]) -> T:
    """At once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast(T, end.value)


def _gathered(items: Iterable[T]) -> Steps[tuple[T, ...]]:
    found: list[T] = []
    for one in items:
        found.append(one)
        if len(found) % PART == 0:
            yield
    return tuple(found)


def queues_synced(
    pbx: str, at: float, messages: Sequence[Headers], hints: Sequence[Headers], defaults: Defaults
) -> facts.QueuesSynced:
    """QueueStatus, with ExtensionStateList for members whose state interface is a hint."""
    return whole(queues_in_steps(pbx, at, messages, hints, defaults))


def queues_in_steps(
    pbx: str, at: float, messages: Sequence[Headers], hints: Sequence[Headers], defaults: Defaults
) -> Steps[facts.QueuesSynced]:
    """The same, a part at a time."""
    queues = yield from _gathered(_queues(messages, defaults))
    members = yield from _gathered(_members(messages))
    callers = yield from _gathered(_callers(messages))
    seated = yield from _gathered(_hints(hints))
    return facts.QueuesSynced(pbx, at, queues, members, callers, seated)


def _queues(messages: Sequence[Headers], defaults: Defaults) -> Iterable[facts.PictureQueue]:
    for h in _events(messages, "QueueParams"):
        name = text(h, "Queue")
        if name is not None:
            yield facts.PictureQueue(
                name,
                text(h, "Strategy"),
                number(h, "Weight") or 0,
                number(h, "Max") or 0,
                defaults.wrapup_s,
            )


def _members(messages: Sequence[Headers]) -> Iterable[Member]:
    for h in _events(messages, "QueueMember"):
        member = records.member(h)
        if member is not None:
            yield member


def _callers(messages: Sequence[Headers]) -> Iterable[facts.PictureCaller]:
    for h in _events(messages, "QueueEntry"):
        queue, uniqueid = text(h, "Queue"), text(h, "Uniqueid")
        if queue is not None and uniqueid is not None:
            yield facts.PictureCaller(
                queue,
                uniqueid,
                number(h, "Position"),
                text(h, "CallerIDNum"),
                text(h, "CallerIDName"),
                seconds(h, "Wait") or 0,
                number(h, "Priority"),
            )


def _hints(messages: Sequence[Headers]) -> Iterable[tuple[str, str]]:
    for h in messages:
        exten, context, hint = text(h, "Exten"), text(h, "Context"), text(h, "Hint")
        if exten and context and hint:
            yield f"hint:{exten}@{context}", hint.split("&", 1)[0].split(",", 1)[0]


def seats(lists: Lists) -> frozenset[str]:
    """The phones of queue members: their interfaces and state interfaces, hints looked up."""
    return whole(seats_in_steps(lists))


def seats_in_steps(lists: Lists) -> Steps[frozenset[str]]:
    """The same, a part at a time."""
    hints = dict((yield from _gathered(_hints(lists.get("ExtensionStateList", ())))))
    members = _events(lists.get("QueueStatus", ()), "QueueMember")
    named = yield from _gathered({text(h, name) for name in SEAT_HEADERS} for h in members)
    names: set[str | None] = set().union(*named)
    return frozenset(hints.get(name, name) for name in names if name is not None)


def channels_synced(pbx: str, at: float, messages: Sequence[Headers]) -> facts.ChannelsSynced:
    """CoreShowChannels."""
    return whole(channels_in_steps(pbx, at, messages))


def channels_in_steps(pbx: str, at: float, messages: Sequence[Headers]) -> Steps[facts.ChannelsSynced]:
    """The same, a part at a time."""
    found = yield from _gathered(_channel(h) for h in _events(messages, "CoreShowChannel"))
    return facts.ChannelsSynced(pbx, at, tuple(one for one in found if one is not None))


def _channel(h: Headers) -> facts.PictureChannel | None:
    uniqueid, channel = text(h, "Uniqueid"), text(h, "Channel")
    if uniqueid is None or channel is None:
        return None
    return facts.PictureChannel(
        uniqueid,
        channel,
        text(h, "Linkedid") or uniqueid,
        channel_state(text(h, "ChannelStateDesc")),
        text(h, "BridgeId"),
        text(h, "Application") or "",
        text(h, "ApplicationData") or "",
        clock_seconds(text(h, "Duration")),
        text(h, "CallerIDNum"),
        text(h, "CallerIDName"),
    )


def clock_seconds(word: str | None) -> float:
    """``HH:MM:SS`` (hours may pass 99) as seconds; 0 when malformed."""
    parts = (word or "").split(":")
    if len(parts) != 3 or not all(part.isdecimal() and len(part) <= 6 for part in parts):
        return 0.0
    hours, minutes, secs = (int(part) for part in parts)
    return float(hours * 3600 + minutes * 60 + secs)


PHONE_LISTS = frozenset({"PJSIPShowEndpoints", "SIPpeers", "DeviceStateList"})
TRUNK_LISTS = frozenset({"PJSIPShowEndpoints", "SIPpeers", "PJSIPShowRegistrationsOutbound", "SIPshowregistry"})


@dataclass(slots=True)
class Devices:
    """Phones and trunks found in the endpoint, contact and registration lists."""

    phones: dict[str, tuple[Reach, str | None]] = field(default_factory=dict)
    trunks: dict[str, tuple[Reach, str]] = field(default_factory=dict)
    contacts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Per PJSIP phone all its contacts that may be reached."""


def devices(lists: Lists, seats: frozenset[str]) -> Devices:
    """Tell phones from trunks: members' phones are phones; an endpoint that logs in elsewhere, or that nobody logs
    in to, is a trunk."""
    return whole(devices_in_steps(lists, seats))


def devices_in_steps(lists: Lists, seats: frozenset[str]) -> Steps[Devices]:
    """The same, a part at a time."""
    found = Devices()
    if "PJSIPShowEndpoints" not in lists:
        _add_device_states(found, lists.get("DeviceStateList", ()))
    addresses = {text(h, "Endpoint"): text(h, "Uri") for h in lists.get("PJSIPShowContacts", ())}
    yield
    found.contacts = _contacts(lists.get("PJSIPShowContacts", ()))
    for place, h in enumerate(_events(lists.get("PJSIPShowEndpoints", ()), "EndpointList")):
        if place % PART == 0:
            yield
        name = text(h, "ObjectName")
        if name is None:
            continue
        device, word = f"PJSIP/{name}", text(h, "DeviceState") or ""
        status = Reach.UNREACHABLE if word in ("Unavailable", "Invalid") else Reach.REACHABLE
        if device not in seats and (text(h, "OutboundAuths") or not text(h, "Auths")):
            found.trunks[device] = (status, word)
        else:
            found.phones[device] = (status, addresses.get(name))
    _add_sip_peers(found, lists.get("SIPpeers", ()), seats)
    _add_registrations(found, lists)
    return found


def _contacts(messages: Sequence[Headers]) -> dict[str, tuple[str, ...]]:
    contacts: dict[str, tuple[str, ...]] = {}
    for h in messages:
        name, uri = text(h, "Endpoint"), text(h, "Uri")
        if name and uri and text(h, "Status") not in ("Unreachable", "Removed"):
            contacts[f"PJSIP/{name}"] = (*contacts.get(f"PJSIP/{name}", ()), uri)
    return contacts


def _add_device_states(found: Devices, messages: Sequence[Headers]) -> None:
    """An account that may not list endpoints may still list device states: reach without address, and no way to tell
    a trunk from a phone."""
    for h in _events(messages, "DeviceStateChange"):
        device, word = text(h, "Device") or "", text(h, "State") or ""
        if device.startswith(("PJSIP/", "SIP/", "IAX2/")):
            lost = word in ("UNAVAILABLE", "INVALID")
            found.phones[device] = (Reach.UNREACHABLE if lost else Reach.REACHABLE, None)


def _add_sip_peers(found: Devices, messages: Sequence[Headers], seats: frozenset[str]) -> None:
    for h in _events(messages, "PeerEntry"):
        name, word = text(h, "ObjectName"), text(h, "Status") or ""
        if name is None:
            continue
        tech = text(h, "Channeltype") or "SIP"
        address = text(h, "IPaddress")
        device = f"{tech}/{name}"
        lost = word.startswith(("UNREACHABLE", "UNKNOWN")) or address in (None, "-none-")
        status = Reach.UNREACHABLE if lost else Reach.REACHABLE
        if device not in seats and (text(h, "Dynamic") or "no") == "no":
            found.trunks[device] = (status, word)
        else:
            found.phones[device] = (status, address)


def _add_registrations(found: Devices, lists: Lists) -> None:
    for h in _events(lists.get("PJSIPShowRegistrationsOutbound", ()), "OutboundRegistrationDetail"):
        name = trunk_name(text(h, "ClientUri"), text(h, "ServerUri"))
        word = text(h, "Status") or ""
        if name is not None:
            found.trunks[name] = (reach(word), word)
    for h in _events(lists.get("SIPshowregistry", ()), "RegistryEntry"):
        name = trunk_name(text(h, "Username"), text(h, "Domain", "Host"))
        word = text(h, "State") or ""
        if name is not None:
            found.trunks[name] = (reach(word), word)


def phones_synced(pbx: str, at: float, found: Devices) -> facts.PhonesSynced:
    """All phones."""
    phones = tuple((name, status, address) for name, (status, address) in found.phones.items())
    contacts = tuple((name, uris) for name, uris in found.contacts.items() if name in found.phones)
    return facts.PhonesSynced(pbx, at, phones, contacts)


def trunks_synced(pbx: str, at: float, found: Devices) -> facts.TrunksSynced:
    """All trunks."""
    return facts.TrunksSynced(pbx, at, tuple((name, status, word) for name, (status, word) in found.trunks.items()))
