"""The full picture is taken while events flow, and nothing changes places."""

from __future__ import annotations

from asterisk.deliveries import (
    EventArrived,
    ListCollected,
    PictureComplete,
)
from tests.asterisk_link.conftest import Ear, Start
from tests.asterisk_link.peer import Action, Peer, error, event, listing


async def test_events_and_lists_keep_the_order_of_the_stream(start: Start, ear: Ear) -> None:
    """A list's marker stands exactly where its last line came among the events; its items are no events."""

    def between(_peer: Peer, action: Action) -> bytes:
        head, first, second, end = listing(action, ("QueueParams", {"Queue": "a"}), ("QueueMember", {"Name": "Ann"}))
        return b"".join(
            [event("E1"), head, event("E2"), first, event("E3"), second, event("E4", ActionID="x"), end, event("E5")]
        )

    async with Peer(QueueStatus=between) as peer:
        start(peer.port)
        await ear.pictures()
    order = [
        str(one.message["Event"]) if isinstance(one, EventArrived) else one.action
        for one in ear.heard
        if isinstance(one, EventArrived | ListCollected)
    ]
    assert order[order.index("E1") :][:6] == ["E1", "E2", "E3", "E4", "QueueStatus", "E5"]
    [queues] = [one for one in ear.all(ListCollected) if one.action == "QueueStatus"]
    assert [message["Event"] for message in queues.messages] == ["QueueParams", "QueueMember"]


async def test_refused_and_unknown_lists_are_noted_and_empty_ones_are_empty(start: Start, ear: Ear) -> None:
    """ "No endpoints found" is an empty list; "Permission denied" and "unknown command" are missing ones."""
    async with Peer(
        SIPpeers=lambda _, action: error(action, "Invalid/unknown command: SIPpeers."),
        DeviceStateList=lambda _, action: error(action, "Permission denied"),
        PJSIPShowEndpoints=lambda _, action: error(action, "No endpoints found"),
    ) as peer:
        start(peer.port)
        await ear.pictures()
    assert ear.all(PictureComplete)[0].missing == ("DeviceStateList", "SIPpeers")
    refused = {one.action: one.refused for one in ear.all(ListCollected)}
    assert refused["DeviceStateList"] == "Permission denied"
    assert refused["PJSIPShowEndpoints"] is None


async def test_a_list_without_answer_is_given_up_and_its_late_items_are_no_events(start: Start, ear: Ear) -> None:
    """A late list must not be taken for live events: the names are the same."""
    held: list[Action] = []

    def late(_peer: Peer, action: Action) -> None:
        held.append(action)

    async with Peer(DeviceStateList=late) as peer:
        start(peer.port)
        await ear.pictures()
        peer.say(b"".join(listing(held[0], ("DeviceStateChange", {"Device": "PJSIP/1"}))) + event("Marker"))
        await ear.until(lambda: "Marker" in ear.events())
    assert ear.events() == ["Marker"]
    assert "DeviceStateList" in ear.all(PictureComplete)[0].missing
