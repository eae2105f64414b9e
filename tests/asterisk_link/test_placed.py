"""What is heard of calls that we placed; how each ends is in test_console.py, over a link."""

from __future__ import annotations

from asterisk.deliveries import CloseReason, Delivery, EventArrived, LinkClosed
from asterisk.placed import KEY, PlacedCalls, wanted_too
from asterisk.reading import Reader
from asterisk.translate import WANTED
from floor.ports import Reached
from tests.asterisk_link.peer import event


async def test_everything_goes_on_to_the_sink() -> None:
    """Listening takes nothing away, with calls under way or without."""
    passed: list[Delivery] = []
    calls = PlacedCalls()
    ear = calls.ear("hq", passed.append)
    said = [EventArrived({"Event": "Hangup", "Uniqueid": "1"}, 1.0), LinkClosed(2.0, CloseReason.CLOSED, "", None)]
    for delivery in said:
        ear(delivery)
    call = calls.open("hq", "1")
    for delivery in said:
        ear(delivery)
    assert passed == said + said
    assert (await call.over).reached is Reached.UNKNOWN


async def test_the_same_name_on_another_exchange_is_another_call() -> None:
    """Two exchanges share neither channels nor fates."""
    calls = PlacedCalls()
    here, there = calls.open("hq", "1"), calls.open("branch", "1")
    calls.ear("branch", lambda _: None)(EventArrived({"Event": "Hangup", "Uniqueid": "1", "Cause": "17"}, 1.0))
    assert there.over.done()
    assert not here.over.done()


def test_what_is_heard_passes_the_filter() -> None:
    """With our events among the wanted ones the key is read and other variables stay unread."""
    reader = Reader(wanted_too(WANTED))
    for headers, passes in (({"Variable": KEY}, True), ({"Variable": "QUEUESTATUS"}, True), ({"Variable": "X"}, False)):
        frame = event("VarSet", **headers)
        assert (reader.read(frame) is not None) is passes


def test_nothing_that_was_wanted_is_lost() -> None:
    """Who wanted every event of a name still gets every one."""
    assert wanted_too({"VarSet": (), "Hold": ()}) == {"VarSet": (), "Hold": (), "OriginateResponse": (), "Hangup": ()}
    assert wanted_too({})["VarSet"] == (f"Variable: {KEY}",)
