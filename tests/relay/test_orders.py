"""Orders on the wire: what is sent is what is read, and nothing else is an order."""

from __future__ import annotations

import contextlib
import inspect
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floor.ports import Switchboard
from floor.relay.clerk import SWITCHBOARD
from floor.relay.orders import (
    MAX_BYTES,
    ORDERS,
    Order,
    OrderError,
    Reply,
    addressed,
    heard,
    line,
    read,
    replied,
    written,
)

ID = "0" * 32
FIELDS: dict[str, Any] = {"channel": "PJSIP/1-01", "context": "floor", "exten": "100"}
ORDER = Order(ID, "node-1", "hq", 1000.5, "redirect", FIELDS)


def test_what_is_sent_is_read() -> None:
    """Every field, as it was."""
    assert read(written(ORDER)) == ORDER


@pytest.mark.parametrize("name", SWITCHBOARD)
def test_every_command_is_an_order(name: str) -> None:
    """The fields are those of the switchboard's own command, exactly."""
    parameters = set(inspect.signature(getattr(Switchboard, name)).parameters) - {"self", "pbx"}
    assert set(ORDERS[name]) == parameters


def test_no_command_is_forgotten() -> None:
    """Whatever a switchboard can do a node can order."""
    commands = {name for name, _ in inspect.getmembers(Switchboard, inspect.isfunction) if not name.startswith("_")}
    assert set(SWITCHBOARD) == commands


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"v": 2}, "of another version"),
    ({"order": "shutdown"}, "does not know this order"),
    ({"order": ["redirect"]}, "not of the form"),
    ({"pbx": "hq\r\n"}, "not of the form"),
    ({"at": "now"}, "when it was sent"),
    ({"at": True}, "when it was sent"),
    ({"with": {**FIELDS, "more": 1}}, "has not the fields"),
    ({"with": {"channel": "PJSIP/1-01"}}, "has not the fields"),
    ({"with": {**FIELDS, "exten": 100}}, "field exten"),
    ({"with": {**FIELDS, "channel": "PJSIP/1\r\nAction: Logoff"}}, "field channel"),
    ({"with": {**FIELDS, "channel": "P" * 1001}}, "field channel"),
    ({"with": None}, "not of the form"),
]


@pytest.mark.parametrize(("wrong", "why"), WRONG)
def test_what_is_wrong_is_refused_with_a_sentence(wrong: dict[str, Any], why: str) -> None:
    """And whom to tell it is known all the same."""
    message = json.dumps({**json.loads(written(ORDER)), **wrong}).encode()
    with pytest.raises(OrderError, match=why):
        read(message)
    assert addressed(message) == (ID, "node-1")


@pytest.mark.parametrize("wrong", [{"id": "x"}, {"id": None}, {"node": "a b"}, {"node": ""}, {"node": "n" * 101}])
def test_what_has_no_address_is_answered_to_nobody(wrong: dict[str, Any]) -> None:
    """Its sender could be anybody's name."""
    message = json.dumps({**json.loads(written(ORDER)), **wrong}).encode()
    assert addressed(message) is None
    with pytest.raises(OrderError):
        read(message)


NUMBERS = [float("nan"), float("inf"), -1, 0, 3601, True, "30"]


@pytest.mark.parametrize("timeout_s", NUMBERS)
def test_what_is_no_time_is_not_sent(timeout_s: Any) -> None:
    """Seconds are a number between nought and an hour."""
    fields = {"phone": "PJSIP/1", "to": "PJSIP/2", "caller_id": "", "timeout_s": timeout_s}
    with pytest.raises(OrderError, match="timeout_s"):
        written(Order(ID, "n", "hq", 1.0, "dial", fields))


def test_an_order_that_is_too_long_is_not_sent() -> None:
    """Each field may be as long as it may be, but not all of them."""
    variables = {f"A{n}": "b" * 900 for n in range(30)}
    fields = {
        "channel": "PJSIP/1", "caller_id": "", "variables": variables, "application": "Playback", "data": "",
        "timeout_s": 1.0,
    }  # fmt: skip
    with pytest.raises(OrderError, match="too long"):
        written(Order(ID, "n", "hq", 1.0, "originate", fields))


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200) | st.just(b"[" * 9000) | st.just(b"{" * (MAX_BYTES + 1)))
def test_bytes_of_any_kind(message: bytes) -> None:
    """Whatever comes, an order or a sentence; nothing else is raised."""
    for parse in (read, heard):
        with contextlib.suppress(OrderError):
            parse(message)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=4), one, max_size=3),
)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["v", "id", "node", "pbx", "at", "order", "with", "said"]), JSON))
def test_objects_of_any_shape(changed: dict[str, Any]) -> None:
    """The same with one or more members replaced."""
    message = json.dumps({**json.loads(written(ORDER)), **changed}).encode()
    for parse in (read, heard):
        with contextlib.suppress(OrderError):
            parse(message)


def test_an_answer_of_a_later_version_is_read() -> None:
    """The order was carried out whoever answers: what is known of the answer counts."""
    message = json.dumps({"v": 9, "id": ID, "said": {"ok": True, "message": "yes", "more": []}, "also": 1}).encode()
    assert heard(message) == Reply(ID, {"ok": True, "message": "yes", "more": []})
    assert heard(replied(Reply(ID, {"ok": False}))) == Reply(ID, {"ok": False})


@pytest.mark.parametrize(("value", "said"), [("a\r\nb", "a  b"), (None, ""), (["x"], ""), ("y" * 2000, "y" * 1000)])
def test_a_sentence_out_of_an_answer(value: object, said: str) -> None:
    """One line of bounded length, whatever came."""
    assert line(value) == said
