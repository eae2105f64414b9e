"""Answers to list actions are put together, whatever shape they have."""

from __future__ import annotations

import pytest

from asterisk.collect import ESSENTIAL, PICTURE, Collection, Listing
from asterisk.wire import Message

START: Message = {"Response": "Success", "EventList": "start"}
ITEM: Message = {"Event": "QueueParams", "Queue": "a"}


def collection(single: bool = False) -> tuple[Collection, list[Collection]]:
    told: list[Collection] = []
    return Collection(Listing("QueueStatus", single=single), told.append), told


@pytest.mark.parametrize(
    "end",
    [
        {"Event": "QueueStatusComplete", "EventList": "Complete"},
        {"Event": "QueueStatusComplete"},
        {"Event": "Whatever", "EventList": "complete"},
    ],
)
def test_a_list_ends_with_its_closing_event(end: Message) -> None:
    """The items are kept, head and end are not; the end is told once."""
    list_, told = collection()
    assert [list_.add(message) for message in (START, ITEM, ITEM, end)] == [False, False, False, True]
    assert list_.messages == [ITEM, ITEM]
    assert list_.refused is None
    assert told == [list_]


def test_an_item_whose_name_ends_like_an_end_is_none() -> None:
    """AgentComplete in a list would not close it when the exchange marks its ends."""
    list_, told = collection()
    list_.add(START)
    assert not list_.add({"Event": "AgentComplete", "EventList": "item"})
    assert not told


def test_a_single_answer_is_one_message() -> None:
    """CoreSettings is answered at once."""
    list_, told = collection(single=True)
    assert list_.add({"Response": "Success", "AsteriskVersion": "22"})
    assert list_.messages == [{"Response": "Success", "AsteriskVersion": "22"}]
    assert told == [list_]


@pytest.mark.parametrize("said", ["No endpoints found", "No Contacts found", "No outbound registrations found"])
def test_nothing_there_is_an_empty_list(said: str) -> None:
    """Asterisk says "none" as an error; it is not one."""
    list_, told = collection()
    assert list_.add({"Response": "Error", "Message": said})
    assert (list_.messages, list_.refused) == ([], None)
    assert told


@pytest.mark.parametrize("said", ["Permission denied", "Invalid/unknown command: QueueStatus."])
def test_a_refusal_is_kept_in_the_exchanges_words(said: str) -> None:
    """So that a person can read why a part of the floor is missing."""
    list_, _ = collection()
    assert list_.add({"Response": "Error", "Message": said})
    assert list_.refused == said


def test_a_cancelled_list_is_refused() -> None:
    """Half a list is worse than none."""
    list_, _ = collection()
    list_.add(START)
    list_.add(ITEM)
    assert list_.add({"Event": "QueueStatusComplete", "EventList": "Cancelled"})
    assert list_.messages == []
    assert list_.refused


def test_what_comes_after_giving_up_is_swallowed() -> None:
    """A late answer is told to nobody, and its end still recognised."""
    list_, told = collection()
    list_.add(START)
    list_.add(ITEM)
    list_.give_up("no answer")
    list_.give_up("again")
    assert not list_.add(ITEM)
    assert list_.add({"Event": "QueueStatusComplete", "EventList": "Complete"})
    assert (list_.messages, list_.refused, len(told)) == ([], "no answer", 1)


def test_the_floor_is_asked_for_last_and_cannot_be_done_without() -> None:
    """What changes fastest is taken last, so that the fewest events have to be joined."""
    assert {listing.action for listing in PICTURE[-2:]} == ESSENTIAL == {"CoreShowChannels", "QueueStatus"}
