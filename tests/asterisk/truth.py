"""What the exchange itself says of this moment, laid beside the floor: who waits, talks, rings, sits and is away."""

from __future__ import annotations

import asyncio
import time

from floor.state.model import CallerStage, LegStage
from floor.store import FloorView
from tests.asterisk.ami import Ami, Message
from tests.asterisk.product import Product

Places = set[tuple[str, str]]
"""(queue, Uniqueid)."""


async def agreed(product: Product, ami: Ami, within: float = 20) -> float:
    """Wait until the floor is as the exchange says; returns after how many seconds it was."""
    began = time.monotonic()
    apart = ["never asked"]
    while time.monotonic() - began < within:
        queues, channels = await ami.listing("QueueStatus"), await ami.listing("CoreShowChannels")
        asked_at = time.monotonic()
        apart = differences(product.floor, queues, channels)
        if not apart:
            return asked_at - began
        # On a busy floor the two are rarely asked at the same moment, so they are asked again.
        await asyncio.sleep(0.02)
    raise AssertionError(f"after {within} s the floor is not as the exchange says: {apart}")


def differences(floor: FloorView, queues: list[Message], channels: list[Message]) -> list[str]:
    """Everything that one side has and the other has not."""
    live = {one["Uniqueid"]: one for one in channels}
    return [
        *_waiting(floor, queues),
        *_talking(floor, live),
        *_ghosts(floor, live),
        *_members(floor, queues),
    ]


def _waiting(floor: FloorView, queues: list[Message]) -> list[str]:
    theirs = {(one["Queue"], one["Uniqueid"]) for one in queues if one["Event"] == "QueueEntry"}
    return _apart("waits", _callers(floor, CallerStage.WAITING), theirs)


def _talking(floor: FloorView, live: dict[str, Message]) -> list[str]:
    ours = _callers(floor, CallerStage.TALKING)
    theirs = {(one["ApplicationData"].split(",")[0], key) for key, one in live.items() if _talks(one)}
    # A caller redirected out of a conversation runs something else, and his AgentComplete is still owed.
    gone = {one for one in ours if one[1] not in live}
    return _apart("talks", {one for one in ours if one in theirs} | gone, theirs)


def _talks(channel: Message) -> bool:
    return channel["Application"] == "Queue" and channel["BridgeId"] != ""


def _callers(floor: FloorView, stage: CallerStage) -> Places:
    return {(caller.queue, caller.uniqueid) for caller in floor.callers.values() if caller.stage is stage}


def _ghosts(floor: FloorView, live: dict[str, Message]) -> list[str]:
    """Legs of agents on channels that are not there, or not in that state."""
    found = []
    for agent in floor.agents.values():
        for leg in agent.legs:
            channel = live.get(leg.uniqueid)
            if channel is None:
                found.append(f"{agent.name} is {agent.state} on {leg.uniqueid}, which is not there")
            elif leg.stage in (LegStage.UP, LegStage.HELD) and channel["ChannelStateDesc"] != "Up":
                found.append(f"{agent.name} is {agent.state} on {channel['Channel']}: {channel['ChannelStateDesc']}")
    return found


def _members(floor: FloorView, queues: list[Message]) -> list[str]:
    theirs = {
        (one["Queue"], one["Name"], one["Paused"], one["Penalty"]) for one in queues if one["Event"] == "QueueMember"
    }
    ours = {
        (member.queue, agent.name, str(int(member.paused)), str(member.penalty))
        for agent in floor.agents.values()
        for member in agent.members
    }
    listed = {one["Queue"] for one in queues if one["Event"] == "QueueParams"}
    strangers = {queue.name for queue in floor.queues.values()} ^ listed
    return [*(f"member {one}" for one in ours ^ theirs), *(f"queue {name}" for name in strangers)]


def _apart(what: str, ours: Places, theirs: Places) -> list[str]:
    return [
        *(f"{one} {what} only here" for one in ours - theirs),
        *(f"{one} {what} only there" for one in theirs - ours),
    ]
