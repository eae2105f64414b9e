"""Answers that are lists: one function per action, made from the state of the moment.

Each returns list items as (event name, headers); the queue lists end with their ActionID, the others begin with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from asterisk.simulator import wire
from asterisk.simulator.exchange import Exchange
from asterisk.simulator.parts import Channel, Device, Phone, Queue, Trunk, Waiter

Headers = dict[str, str]
Items = Iterator[tuple[str, str]]

_DEVICE_WORDS = {
    Device.UNKNOWN: "Unknown",
    Device.NOT_INUSE: "Not in use",
    Device.INUSE: "In use",
    Device.BUSY: "Busy",
    Device.INVALID: "Invalid",
    Device.UNAVAILABLE: "Unavailable",
    Device.RINGING: "Ringing",
    Device.RINGINUSE: "Ring+Inuse",
    Device.ONHOLD: "On Hold",
}

_HINT_STATUS = {
    Device.NOT_INUSE: (0, "Idle"),
    Device.INUSE: (1, "InUse"),
    Device.BUSY: (2, "Busy"),
    Device.UNAVAILABLE: (4, "Unavailable"),
    Device.RINGING: (8, "Ringing"),
    Device.RINGINUSE: (9, "InUse&Ringing"),
    Device.ONHOLD: (16, "Hold"),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """How one list is announced, filled and closed."""

    message: str
    complete: str
    items: Callable[[Exchange, Headers], Items]
    id_last: bool = False
    none: str | None = None
    """The error that stands for an empty list."""


def queue_status(exchange: Exchange, asked: Headers) -> Items:
    """QueueParams, then its QueueMembers, then its QueueEntries, queue by queue."""
    member = asked.get("member", "")
    for queue in _asked_queues(exchange, asked):
        yield "QueueParams", _queue_params(queue)
        for seat in queue.members.values():
            if member in ("", seat.agent.interface):
                yield "QueueMember", wire.member_item(seat, exchange.lines.status(seat))
        for waiter in queue.line:
            yield "QueueEntry", _queue_entry(exchange, waiter)


def _asked_queues(exchange: Exchange, asked: Headers) -> list[Queue]:
    name = asked.get("queue", "")
    return [queue for queue in exchange.world.queues.values() if name in ("", queue.name)]


def service_levels(queue: Queue) -> tuple[float, float]:
    """ServicelevelPerf and ServicelevelPerf2 in per cent (domain.md F13)."""
    one = 100 * queue.answered_in_time / queue.completed if queue.completed else 0.0
    offered = queue.completed + queue.abandoned
    two = 100 * (queue.answered_in_time + queue.abandoned_in_time) / offered if offered else 0.0
    return one, two


def _queue_params(queue: Queue) -> str:
    one, two = service_levels(queue)
    return wire.lines(
        {
            "Queue": queue.name,
            "Max": queue.options.max_callers,
            "Strategy": queue.options.strategy,
            "Calls": len(queue.line),
            "Holdtime": queue.hold_s,
            "TalkTime": queue.talk_s,
            "Completed": queue.completed,
            "Abandoned": queue.abandoned,
            "ServiceLevel": queue.options.service_level_s,
            "ServicelevelPerf": f"{one:.1f}",
            "ServicelevelPerf2": f"{two:.1f}",
            "Weight": queue.options.weight,
        }
    )


def _queue_entry(exchange: Exchange, waiter: Waiter) -> str:
    leg = waiter.channel
    return wire.lines(
        {
            "Queue": waiter.queue.name,
            "Position": waiter.position,
            "Channel": leg.name,
            "Uniqueid": leg.uniqueid,
            "CallerIDNum": leg.number or "unknown",
            "CallerIDName": leg.caller_name or "unknown",
            "ConnectedLineNum": leg.other_number or "unknown",
            "ConnectedLineName": leg.other_name or "unknown",
            "Wait": exchange.lines.waited(waiter),
            "Priority": waiter.priority,
        }
    )


def queue_summary(exchange: Exchange, asked: Headers) -> Items:
    for queue in _asked_queues(exchange, asked):
        present = [seat for seat in queue.members.values() if seat.agent.phone.reachable]
        yield (
            "QueueSummary",
            wire.lines(
                {
                    "Queue": queue.name,
                    "LoggedIn": len(present),
                    "Available": sum(exchange.lines.is_free(seat) for seat in present),
                    "Callers": len(queue.line),
                    "HoldTime": queue.hold_s,
                    "TalkTime": queue.talk_s,
                    "LongestHoldTime": max((exchange.lines.waited(waiter) for waiter in queue.line), default=0),
                }
            ),
        )


def core_show_channels(exchange: Exchange, _asked: Headers) -> Items:
    for leg in exchange.world.channels.values():
        yield "CoreShowChannel", wire.channel(leg) + _channel_rest(exchange, leg)


def _channel_rest(exchange: Exchange, leg: Channel) -> str:
    age = int(exchange.world.now - leg.opened_at)
    return wire.lines(
        {
            "Application": leg.application,
            "ApplicationData": leg.data,
            "Duration": f"{age // 3600:02}:{age // 60 % 60:02}:{age % 60:02}",
            "BridgeId": leg.bridge.uniqueid if leg.bridge else "",
        }
    )


def bridge_list(exchange: Exchange, _asked: Headers) -> Items:
    for room in exchange.world.bridges.values():
        yield "BridgeListItem", wire.bridge(room)


def device_state_list(exchange: Exchange, _asked: Headers) -> Items:
    for device in _devices(exchange):
        yield "DeviceStateChange", wire.lines({"Device": device.name, "State": device.said.name})
    for queue in exchange.world.queues.values():
        for name, state in _queue_devices(queue):
            yield "DeviceStateChange", wire.lines({"Device": name, "State": state})


def _devices(exchange: Exchange) -> list[Phone | Trunk]:
    return [*exchange.world.trunks.values(), *exchange.world.phones.values()]


def _queue_devices(queue: Queue) -> Iterator[tuple[str, str]]:
    yield f"Queue:{queue.name}", "RINGING" if queue.line else "NOT_INUSE"
    yield f"Queue:{queue.name}_avail", "NOT_INUSE" if queue.said_available else "INUSE"
    for seat in queue.members.values():
        yield f"Queue:{queue.name}_pause_{seat.agent.interface}", "INUSE" if seat.paused else "NOT_INUSE"


def contacts(exchange: Exchange, _asked: Headers) -> Items:
    for device in _devices(exchange):
        if isinstance(device, Trunk) or device.reachable:
            yield "ContactList", _contact(exchange, device)


def _contact(exchange: Exchange, device: Phone | Trunk) -> str:
    up = device.reachable if isinstance(device, Phone) else device.registered
    return wire.lines(
        {
            "ObjectType": "contact",
            "ObjectName": f"{device.number};@{abs(hash(device.number)):032x}"[:48]
            if isinstance(device, Phone)
            else f"{device.number}@@{device.number}",
            "ViaAddr": device.host,
            "QualifyTimeout": "3.000000",
            "Qualify2xxOnly": "false",
            "CallId": "",
            "RegServer": "",
            "PruneOnBoot": "no",
            "Path": "",
            "Endpoint": device.number,
            "ViaPort": 5060,
            "AuthenticateQualify": "no",
            "Uri": device.uri,
            "QualifyFrequency": 60,
            "UserAgent": "Simulated phone 1.0" if isinstance(device, Phone) else "",
            "ExpirationTime": int(exchange.world.now) + 300 if isinstance(device, Phone) else 0,
            "OutboundProxy": "",
            "Status": "Reachable" if up else "Unreachable",
            "RoundtripUsec": device.roundtrip_us if isinstance(device, Phone) else (12000 if up else 0),
        }
    )


def endpoints(exchange: Exchange, _asked: Headers) -> Items:
    for device in _devices(exchange):
        contact = not isinstance(device, Phone) or device.reachable
        yield (
            "EndpointList",
            wire.lines(
                {
                    "ObjectType": "endpoint",
                    "ObjectName": device.number,
                    "Transport": "transport-udp",
                    "Aor": device.number,
                    "Auths": device.number if isinstance(device, Phone) else "",
                    "OutboundAuths": "" if isinstance(device, Phone) else f"{device.number}-auth",
                    "Contacts": f"{device.number}/{device.uri}," if contact else "",
                    "DeviceState": _DEVICE_WORDS[device.said],
                    "ActiveChannels": len(device.channels),
                }
            ),
        )


def registrations(exchange: Exchange, _asked: Headers) -> Items:
    for trunk in exchange.world.trunks.values():
        yield (
            "OutboundRegistrationDetail",
            wire.lines(
                {
                    "ObjectType": "registration",
                    "ObjectName": trunk.number,
                    "MaxRetries": 10000,
                    "ClientUri": f"sip:floor@{trunk.host}",
                    "SecurityNegotiation": "no",
                    "AuthRejectionPermanent": "true",
                    "ServerUri": f"sip:{trunk.host}",
                    "MaxRandomInitialDelay": 10,
                    "SupportPath": "false",
                    "RetryInterval": 60,
                    "ContactHeaderParams": "",
                    "Expiration": 3600,
                    "Transport": "transport-udp",
                    "Line": "false",
                    "ContactUser": "floor",
                    "Endpoint": trunk.number,
                    "UserAgent": "",
                    "ForbiddenRetryInterval": 60,
                    "OutboundAuth": f"{trunk.number}-auth",
                    "OutboundProxy": "",
                    "FatalRetryInterval": 0,
                    "SupportOutbound": "no",
                    "Status": trunk.status,
                    "NextReg": 1800 if trunk.registered else 0,
                }
            ),
        )


def extension_states(exchange: Exchange, _asked: Headers) -> Items:
    for phone in exchange.world.phones.values():
        number, word = _HINT_STATUS.get(phone.said, (-1, "Unknown"))
        yield (
            "ExtensionStatus",
            wire.lines(
                {
                    "Exten": phone.number,
                    "Context": "internal",
                    "Hint": phone.name,
                    "Status": number,
                    "StatusText": word,
                }
            ),
        )


LISTINGS = {
    "queuestatus": Listing("Queue status will follow", "QueueStatusComplete", queue_status, id_last=True),
    "queuesummary": Listing("Queue summary will follow", "QueueSummaryComplete", queue_summary, id_last=True),
    "coreshowchannels": Listing("Channels will follow", "CoreShowChannelsComplete", core_show_channels),
    "bridgelist": Listing("Bridge listing will follow", "BridgeListComplete", bridge_list),
    "devicestatelist": Listing("Device State Changes will follow", "DeviceStateListComplete", device_state_list),
    "pjsipshowcontacts": Listing(
        "A listing of Contacts follows, presented as ContactList events",
        "ContactListComplete",
        contacts,
        none="No Contacts found",
    ),
    "pjsipshowendpoints": Listing(
        "A listing of Endpoints follows, presented as EndpointList events",
        "EndpointListComplete",
        endpoints,
        none="No endpoints found",
    ),
    "pjsipshowregistrationsoutbound": Listing(
        "Following are Events for each Outbound registration", "OutboundRegistrationDetailComplete", registrations
    ),
    "extensionstatelist": Listing("Extension Statuses will follow", "ExtensionStateListComplete", extension_states),
}
"""By action name in lower case."""


def answer(listing: Listing, exchange: Exchange, asked: Headers) -> str:
    """The whole answer: response, items, completion."""
    mark = asked.get("actionid")
    found = list(listing.items(exchange, asked))
    if not found and listing.none:
        return wire.answer("Error", mark, {"Message": listing.none}) + "\r\n"
    head = wire.answer("Success", mark, {"EventList": "start", "Message": listing.message})
    body = "".join(wire.item(name, mark, text, id_last=listing.id_last) for name, text in found)
    last: wire.Pairs = {"EventList": "Complete", "ListItems": len(found)}
    if listing.items is registrations:
        up = sum(trunk.registered for trunk in exchange.world.trunks.values())
        last |= {"Registered": up, "NotRegistered": len(found) - up}
    return head + body + wire.item(listing.complete, mark, wire.lines(last))
