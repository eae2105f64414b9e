"""The list of operations keeps its own rules."""

from __future__ import annotations

from web.operations import OPERATIONS, readable


def test_keyed_operations_say_what_refusal_looks_like() -> None:
    """Whoever needs a key learns that 401 and 403 may come."""
    for operation in OPERATIONS:
        if operation.needs == "api key":
            assert {401, 403} <= {status for status, _ in operation.also}


def test_the_text_explains_the_figures() -> None:
    """People find every sum and indicator by name."""
    text = readable("1.0")
    for name in ("offered", "wait_abandoned_s", "answer_rate", "sl {A, B, C, D, E}"):
        assert name in text
