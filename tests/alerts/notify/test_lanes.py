"""Lanes; that none holds up another is in test_delivery.py."""

from __future__ import annotations

import asyncio

from alerts.model import Delivery, DeliveryState
from alerts.notify.lanes import LANES, WAITING, Lanes, Parcel
from floor.tasks import Tasks
from tests.alerts.notify.cast import message


def parcel(kind: str, address: str) -> Parcel:
    one = message("1", kind, address)
    return Parcel(one, (Delivery(one, DeliveryState.CLAIMED, attempts=2),))


async def test_a_full_lane_says_so() -> None:
    """What does not fit is put back by whoever brought it."""

    async def never(_: Parcel) -> None:
        await asyncio.Event().wait()

    tasks = Tasks()
    lanes = Lanes(tasks, never, {})
    assert all(lanes.put(parcel("mail", "a@x")) for _ in range(WAITING))
    assert not lanes.put(parcel("mail", "b@x"))
    assert lanes.put(parcel("phone", "1"))
    assert lanes.waiting() == {"mail": WAITING, "phone": 1}
    await tasks.stop()


async def test_lanes_are_not_made_without_end() -> None:
    """Addresses come from contacts; beyond a hundred services they share a lane."""

    async def done(_: Parcel) -> None:
        return

    tasks = Tasks()
    lanes = Lanes(tasks, done, {})
    for n in range(LANES + 30):
        assert lanes.put(parcel("apprise", f"service{n}:x"))
    assert len(lanes.waiting()) == LANES + 1
    await tasks.stop()
