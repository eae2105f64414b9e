"""What is heard of spying channels while they are opened; what follows from it is in test_ears.py."""

from __future__ import annotations

import asyncio

import pytest

from asterisk import spies as module
from asterisk.deliveries import CloseReason, Delivery, EventArrived, LinkClosed, LinkOpened
from asterisk.spies import OVER, Spies
from floor.listening.ports import NotHeardError

CANNOT = ("cannot", "不能")


def said(event: str, **headers: str) -> EventArrived:
    return EventArrived({"Event": event, **headers}, 1.0)


async def test_everything_goes_on_to_the_sink() -> None:
    """Listening takes nothing away; a link that opens is noted."""
    passed: list[Delivery] = []
    spies = Spies()
    ear = spies.ear("hq", passed.append)
    deliveries: list[Delivery] = [
        LinkOpened(1.0, "hello"),
        said("ChanSpyStart", SpyerUniqueid="1"),
        LinkClosed(2.0, CloseReason.CLOSED, "", None),
    ]
    for delivery in deliveries:
        ear(delivery)
    assert passed == deliveries
    assert spies.opened == {"hq"}
    assert spies.news.is_set()


async def test_each_exchange_its_own() -> None:
    """The same id on another exchange is another channel."""
    spies = Spies()
    here, there = spies.expect("hq", "1", CANNOT), spies.expect("branch", "1", CANNOT)
    spies.ear("hq", lambda _: None)(said("ChanSpyStart", SpyerUniqueid="1"))
    assert here.began.done()
    assert not there.began.done()
    spies.forget(there)
    spies.ear("branch", lambda _: None)(said("ChanSpyStart", SpyerUniqueid="1"))
    assert not there.began.done()
    assert len(spies) == 1


BUSY, SILENT = "the phone is busy", "the phone was not answered"
STORIES = [
    ([("OriginateResponse", {"Response": "Failure", "Reason": "5"})], BUSY),
    ([("OriginateResponse", {"Response": "Failure", "Reason": "0"}), ("Hangup", {"Cause": "17"})], BUSY),
    ([("OriginateResponse", {"Response": "Failure", "Reason": "0"}), ("Hangup", {"Cause": "19"})], SILENT),
    ([("OriginateResponse", {"Response": "Failure", "Reason": "0"})], "cannot"),
    ([("Hangup", {"Cause": "0"})], "cannot"),
    ([("Hangup", {"Cause": "20"})], "cannot"),
    ([("OriginateResponse", {"Response": "Success"}), ("Hangup", {"Cause": "16"})], OVER[0]),
    ([("OriginateResponse", {"Response": "Success"}), ("Hangup", {"Cause": "17"})], OVER[0]),
]


@pytest.mark.parametrize(("events", "sentence"), STORIES)
async def test_why_it_does_not_hear(
    events: list[tuple[str, dict[str, str]]], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first word that says something stands."""
    monkeypatch.setattr(module, "CAUSE_WITHIN_S", 0.05)
    spies = Spies()
    ear = spies.ear("hq", lambda _: None)
    spy = spies.expect("hq", "1", CANNOT)
    for name, headers in events:
        ear(said(name, ActionID="1", Uniqueid="1", **headers))
    with pytest.raises(NotHeardError, match=sentence):
        await asyncio.wait_for(spy.began, 5)


async def test_what_hears_hears() -> None:
    """Once it has begun, no later word changes that."""
    spies = Spies()
    spy = spies.expect("hq", "1", CANNOT)
    ear = spies.ear("hq", lambda _: None)
    ear(said("ChanSpyStart", SpyerUniqueid="1"))
    ear(said("ChanSpyStart", SpyerUniqueid="1"))
    ear(said("Hangup", Uniqueid="1", Cause="16"))
    ear(LinkClosed(2.0, CloseReason.CLOSED, "", None))
    await spy.began
