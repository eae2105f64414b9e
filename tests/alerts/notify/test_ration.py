"""How many messages a recipient gets; the storm itself is in test_delivery.py."""

from __future__ import annotations

from alerts.model import Delivery, DeliveryState, Occasion
from alerts.notify import ration
from alerts.notify.ration import Ration
from tests.alerts.notify.cast import message


def delivery(id: str, address: str = "li@x", **changes: object) -> Delivery:
    return Delivery(message(id, "mail", address, **changes), DeliveryState.CLAIMED)


def test_each_recipient_has_his_own() -> None:
    """One person's storm takes nothing from another."""
    ours = Ration(2, 60)
    assert [ours.admit(delivery(str(n)), 0.0) for n in range(3)] == [True, True, False]
    assert ours.admit(delivery("x", "wang@x"), 0.0)


def test_a_calm_minute_fills_it_again() -> None:
    """After the window messages come one by one as before."""
    ours = Ration(1, 60)
    assert ours.admit(delivery("1"), 0.0)
    assert ours.admit(delivery("2"), 60.0)


def test_what_follows_waits_behind_what_is_held() -> None:
    """Order is kept: nothing newer overtakes what was put aside."""
    ours = Ration(1, 60)
    ours.admit(delivery("1"), 0.0)
    assert not ours.admit(delivery("2"), 50.0)
    assert not ours.admit(delivery("3"), 100.0)
    assert ours.next_due() == 110.0
    assert ours.collect(109.0) == []
    assert [[one.message.id for one in held] for held in ours.collect(110.0)] == [["2", "3"]]
    assert ours.next_due() is None


def test_a_test_is_told_at_once() -> None:
    """Who presses the button waits for the answer."""
    ours = Ration(1, 60)
    assert all(ours.admit(delivery(str(n), occasion=Occasion.TEST), 0.0) for n in range(5))


def test_it_forgets_who_is_calm(monkeypatch: object) -> None:
    """Many recipients over months cost no memory."""
    ours = Ration(1, 60)
    for n in range(ration.RECIPIENTS + 1):
        ours.admit(delivery(str(n), f"{n}@x"), float(n))
    assert len(ours._accounts) < 100
