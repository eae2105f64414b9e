"""Names on the relay."""

from __future__ import annotations

from floor.relay.names import answers_of, claim_of, orders_of


def test_each_name_is_somebody_s_alone() -> None:
    """Nothing said to one is heard by another."""
    names = [f("a") for f in (orders_of, answers_of, claim_of)] + [f("b") for f in (orders_of, answers_of, claim_of)]
    assert len(set(names)) == len(names)
