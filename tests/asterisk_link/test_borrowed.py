"""panoramisk's own ways stay switched off."""

from __future__ import annotations

import asyncio

import pytest

from floor.errors import LinkDownError
from tests.asterisk_link.conftest import Ear, Start
from tests.asterisk_link.peer import Action, Peer, block, event, silent


async def test_no_action_is_ever_sent_twice(start: Start, ear: Ear) -> None:
    """An action that was waiting when the link went down fails; the next session does not repeat it."""
    async with Peer(Originate=silent, Command=silent) as peer:
        link = start(peer.port)
        await ear.pictures()
        originate = asyncio.create_task(link.ask("Originate", {"Exten": "1"}))
        command = asyncio.create_task(link.ask("Command", {"Command": "x"}))
        await peer.told("Originate")
        await peer.told("Command")
        peer.hang_up()
        for task in (originate, command):
            with pytest.raises(LinkDownError):
                await task
        await ear.pictures(2)
        peer.say(event("FullyBooted"))
        await ear.pictures(3)
        assert peer.names().count("Originate") == 1
        assert peer.names().count("Command") == 1


async def test_a_message_with_two_message_headers_is_survived(start: Start, ear: Ear) -> None:
    """Repeated headers in a response, on which panoramisk would stumble, are just a list."""

    def twice(_peer: Peer, action: Action) -> bytes:
        return block("Response: Success", f"ActionID: {action['ActionID']}", "Message: a", "Message: b")

    async with Peer(QueuePause=twice) as peer:
        link = start(peer.port)
        await ear.pictures()
        assert (await link.ask("QueuePause"))["Message"] == ["a", "b"]
