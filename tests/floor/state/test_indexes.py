"""Indexes: names of phones, and what is found under them."""

from __future__ import annotations

import pytest

from floor.state import facts as f
from floor.state.floor import Floor
from floor.state.indexes import device_of, device_of_channel
from tests.support.replay import PBX, Stage
from tests.support.stories import BEGIN

CHANNELS = {
    "PJSIP/1001-00000001": "PJSIP/1001",
    "SIP/my-carrier-0000a1": "SIP/my-carrier",
    "Local/200@from-queue-0000001;1": "Local/200@from-queue",
    "DAHDI/1-1": "DAHDI/1",
    "odd": "odd",
    "": "",
}
DEVICES = {
    "PJSIP/1001": "PJSIP/1001",
    "Local/200@from-queue/n": "Local/200@from-queue",
    "Local/200@from-queue": "Local/200@from-queue",
    "Local/200/n": "Local/200/n",
    "hint:200@phones": "PJSIP/200",
    "hint:201@phones": "hint:201@phones",
    "Custom:x": "Custom:x",
}


@pytest.mark.parametrize(("channel", "device"), CHANNELS.items())
def test_device_of_channel(channel: str, device: str) -> None:
    """A channel's name begins with its phone's."""
    assert device_of_channel(channel) == device


@pytest.mark.parametrize(("name", "device"), DEVICES.items())
def test_device_of_member(name: str, device: str) -> None:
    """A state interface names a phone, if need be through a hint; options are no part of it."""
    floor = Floor(hints={(PBX, "hint:200@phones"): "PJSIP/200"})
    assert device_of(floor, PBX, name) == device


def test_lines_forget_empty_queues() -> None:
    """When the last caller leaves, nothing is kept of the line."""
    stage = Stage(BEGIN)
    stage.tell(f.CallerJoined(PBX, BEGIN, "sales", "C1"), f.CallerLeft(PBX, BEGIN + 1, "sales", "C1"))
    assert not stage.store._floor.lines


def test_names_survive_a_swap() -> None:
    """Two channels may bear one name for a moment; the one that goes does not take the other's name along."""
    stage = Stage(BEGIN)
    stage.tell(
        f.ChannelOpened(PBX, BEGIN, "1", "PJSIP/1-1", "1", "up"),
        f.ChannelOpened(PBX, BEGIN, "2", "PJSIP/1-2", "2", "up"),
        f.ChannelRenamed(PBX, BEGIN, "2", "PJSIP/1-1"),
        f.ChannelClosed(PBX, BEGIN, "1"),
    )
    assert stage.store._floor.names == {(PBX, "PJSIP/1-1"): "2"}
