"""No field of an order can say more than it should; and each says what it should."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from asterisk import orders
from asterisk.orders import UnsafeFieldError

INJECTIONS = (
    "x\r\nAction: Command\r\nCommand: core stop now",
    "x\nAction: Originate",
    "a,b",
    "a&b",
    "a|b",
    "a^b",
    "\x00",
    "",
    "x" * 400,
)
FIELDS: dict[str, Callable[[str], object]] = {
    "hang up: channel": orders.hang_up,
    "redirect: channel": lambda text: orders.redirect(text, "internal", "1"),
    "redirect: context": lambda text: orders.redirect("PJSIP/1-1", text, "1"),
    "redirect: number": lambda text: orders.redirect("PJSIP/1-1", "internal", text),
    "bridge: channel": orders.bridged,
    "dial: phone": lambda text: orders.dialled(text, 30),
    "add: queue": lambda text: orders.add_member(text, "PJSIP/1", "", "", 0),
    "add: interface": lambda text: orders.add_member("q", text, "", "", 0),
    "add: name": lambda text: orders.add_member("q", "PJSIP/1", text or "\n", "", 0),
    "add: state interface": lambda text: orders.add_member("q", "PJSIP/1", "", text or "\n", 0),
    "remove: queue": lambda text: orders.remove_member(text, "PJSIP/1"),
    "remove: interface": lambda text: orders.remove_member("q", text),
    "penalty: queue": lambda text: orders.set_penalty(text, "PJSIP/1", 1),
    "penalty: interface": lambda text: orders.set_penalty("q", text, 1),
}


@pytest.mark.parametrize("injected", INJECTIONS, ids=range(len(INJECTIONS)))
@pytest.mark.parametrize("field", FIELDS)
def test_no_field_says_more(field: str, injected: str) -> None:
    """Line breaks, commas, ampersands, pipes, nothing at all and novels: refused, without repeating them."""
    with pytest.raises(UnsafeFieldError) as refused:
        FIELDS[field](injected)
    assert not injected or injected not in str(refused.value)


@pytest.mark.parametrize("number", ["10a", "1-1", "s", "+86 10", "${EXTEN}", "1@internal"])
def test_a_number_is_digits(number: str) -> None:
    """What is dialled for somebody is digits, star, hash and plus."""
    with pytest.raises(UnsafeFieldError, match="number"):
        orders.redirect("PJSIP/1-1", "internal", number)


@pytest.mark.parametrize("penalty", [-1, 10**9])
def test_a_penalty_is_a_small_number(penalty: int) -> None:
    with pytest.raises(UnsafeFieldError, match="penalty"):
        orders.set_penalty("q", "PJSIP/1", penalty)


def test_orders_as_meant() -> None:
    """Every field in its header; names with blanks and of other scripts are names."""
    assert orders.redirect("PJSIP/1-1", "internal", "*43#") == {
        "Channel": "PJSIP/1-1", "Context": "internal", "Exten": "*43#", "Priority": "1",
    }  # fmt: skip
    assert orders.add_member("客服", "Local/1@agents/n", "李 伟", "hint:1@agents", 3) == {
        "Queue": "客服", "Interface": "Local/1@agents/n", "Penalty": "3", "MemberName": "李 伟",
        "StateInterface": "hint:1@agents",
    }  # fmt: skip
    assert orders.add_member("q", "PJSIP/1", "", "Custom:a1", 0)["StateInterface"] == "Custom:a1"
    assert orders.dialled("PJSIP/1001", 20.4) == "PJSIP/1001,20"
    assert orders.hang_up("Local/1@a-0001;2") == {"Channel": "Local/1@a-0001;2", "Cause": "16"}
