"""Orders from a node to the process that holds the exchange, and what comes back: values, and their form on the wire.

An order is a JSON object with its version, who sent it, when by the relay's clock, its name and its fields. Everything
in it is hostile until parsed: every field stands in :data:`ORDERS` and is of its kind, none is missing, none is
unknown. A fact of a later version may be read in part; an order may not, for half an order is another order.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from floor.errors import FloorError

VERSION = 1
MAX_BYTES = 16_384
"""No order and no answer is longer."""
SAID_CHARS = 1_000
START_WITHIN_S = 3.0
"""An order that is older when it is received is not carried out any more."""
ACT_S = 6.0
"""What an exchange may take to answer one action, and a little."""

_ID = re.compile(r"[0-9a-f]{32}")
_NODE = re.compile(r"[A-Za-z0-9._-]{1,100}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

Check = Callable[[object], bool]


class OrderError(FloorError):
    """This is no order we know; a sentence says why."""


def text(value: object) -> bool:
    """One line, not longer than any header may be."""
    return isinstance(value, str) and len(value) <= SAID_CHARS and not _CONTROL.search(value)


def flag(value: object) -> bool:
    return isinstance(value, bool)


def seconds(value: object) -> bool:
    """Up to an hour."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 3600 and math.isfinite(value)


def count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1_000_000


def texts(value: object) -> bool:
    return isinstance(value, list) and len(value) <= 50 and all(text(one) for one in value)


def pairs(value: object) -> bool:
    return isinstance(value, dict) and len(value) <= 50 and all(text(k) and text(v) for k, v in value.items())


_CALL: Mapping[str, Check] = {"channel": text, "caller_id": text, "variables": pairs}
_SEAT: Mapping[str, Check] = {"queue": text, "interface": text}
_RING: Mapping[str, Check] = {"phone": text, "caller_id": text, "timeout_s": seconds}

ORDERS: Mapping[str, Mapping[str, Check]] = {
    "originate": {**_CALL, "application": text, "data": text, "timeout_s": seconds},
    "announce": {**_CALL, "sounds": texts, "ring_s": seconds, "times": count, "key_s": count},
    "pause": {**_SEAT, "paused": flag, "reason": text},
    "set_variable": {"channel": text, "name": text, "value": text},
    "hang_up": {"channel": text},
    "redirect": {"channel": text, "context": text, "exten": text},
    "bridge": {**_RING, "channel": text},
    "dial": {**_RING, "to": text},
    "add_member": {**_SEAT, "name": text, "state_interface": text, "penalty": count},
    "remove_member": _SEAT,
    "set_penalty": {**_SEAT, "penalty": count},
    "able": {},
    "module": {"module": text},
    "spy": {
        "id": text, "channel": text, "application": text, "data": text, "caller_id": text, "ring_s": seconds,
    },
    "hush": {"id": text},
}  # fmt: skip
"""By name: its fields. The first eleven are :class:`floor.ports.Switchboard`'s, the last four are listening's
(:mod:`asterisk.spying`)."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order; ``at`` is the relay's clock when it was sent, ``node`` where its answer goes."""

    id: str
    node: str
    pbx: str
    at: float
    name: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of the order of this id, in the form its sender knows."""

    id: str
    said: Mapping[str, Any]


def written(order: Order) -> bytes:
    """On the wire. Raises :class:`OrderError` for what would be refused there: nothing is sent then."""
    _judge(order.name, order.fields)
    data = json.dumps(
        {
            "v": VERSION,
            "id": order.id,
            "node": order.node,
            "pbx": order.pbx,
            "at": order.at,
            "order": order.name,
            "with": dict(order.fields),
        }
    ).encode()
    if len(data) > MAX_BYTES:
        raise OrderError("the order is too long")
    return data


def addressed(data: bytes) -> tuple[str, str] | None:
    """The id and the sender of what may be an order, so that also a refusal finds its way; ``None``: it has none."""
    try:
        body = _object(data)
    except OrderError:
        return None
    id, node = body.get("id"), body.get("node")
    known = isinstance(id, str) and _ID.fullmatch(id) and isinstance(node, str) and _NODE.fullmatch(node)
    return (id, node) if known and isinstance(id, str) and isinstance(node, str) else None


def read(data: bytes) -> Order:
    """Raises :class:`OrderError` with a sentence for who sent it."""
    address = addressed(data)
    if address is None:
        raise OrderError("an order without an id or a sender")
    body = _object(data)
    if body.get("v") != VERSION:
        raise OrderError("the process at the exchange is of another version and does not take this order; update it")
    pbx, at, name, fields = body.get("pbx"), body.get("at"), body.get("order"), body.get("with")
    if not (text(pbx) and isinstance(pbx, str) and isinstance(name, str) and isinstance(fields, dict)):
        raise OrderError("the order is not of the form it must have")
    if not isinstance(at, int | float) or isinstance(at, bool) or not math.isfinite(at):
        raise OrderError("the order does not say when it was sent")
    _judge(name, fields)
    return Order(*address, pbx, float(at), name, fields)


def _judge(name: str, fields: Mapping[str, Any]) -> None:
    checks = ORDERS.get(name)
    if checks is None:
        raise OrderError("the process at the exchange does not know this order; update it")
    if fields.keys() != checks.keys():
        raise OrderError(f"the order {name} has not the fields it must have")
    for field, check in checks.items():
        if not check(fields[field]):
            raise OrderError(f"the field {field} of the order is not allowed")


def replied(reply: Reply) -> bytes:
    """On the wire."""
    return json.dumps({"v": VERSION, "id": reply.id, "said": dict(reply.said)}).encode()


def heard(data: bytes) -> Reply:
    """Raises :class:`OrderError`. Of another version it is taken for what is known of it: the order is done anyway."""
    body = _object(data)
    id, said = body.get("id"), body.get("said")
    if not (isinstance(id, str) and _ID.fullmatch(id) and isinstance(said, dict)):
        raise OrderError("an answer that answers nothing")
    return Reply(id, said)


def line(value: object) -> str:
    """A sentence out of an answer: one line of bounded length, whatever it is."""
    return _CONTROL.sub(" ", value)[:SAID_CHARS] if isinstance(value, str) else ""


def _object(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise OrderError("too long for an order")
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        raise OrderError("no order: it is not JSON") from None
    if not isinstance(body, dict):
        raise OrderError("no order: it is no object")
    return body
