"""Channels, bridges and device states."""

from __future__ import annotations

import pytest

from asterisk.simulator.parts import ChannelState, Device
from tests.simulator.orders import messages
from tests.simulator.stages import Stage


@pytest.mark.parametrize(
    ("states", "held", "device"),
    [
        ([], False, Device.NOT_INUSE),
        ([ChannelState.DOWN], False, Device.NOT_INUSE),
        ([ChannelState.RINGING], False, Device.RINGING),
        ([ChannelState.UP], False, Device.INUSE),
        ([ChannelState.RING], False, Device.INUSE),
        ([ChannelState.UP], True, Device.ONHOLD),
        ([ChannelState.UP, ChannelState.RINGING], False, Device.RINGINUSE),
    ],
)
def test_the_device_state_follows_from_the_channels(states: list[ChannelState], held: bool, device: Device) -> None:
    """As PJSIP aggregates them."""
    stage = Stage()
    phone = stage.agent("Ann", "1001", stage.queue()).phone
    for state in states:
        leg = stage.exchange.switch.open(phone)
        stage.exchange.switch.change(leg, state=state, held=held)
    assert stage.exchange.switch.state_of(phone) is device
    phone.reachable = False
    assert stage.exchange.switch.state_of(phone) is Device.UNAVAILABLE


def test_a_single_line_phone_is_busy_while_it_rings() -> None:
    """With ``device_state_busy_at = 1``, as in the captures: BUSY and status 3 from the first ring on."""
    stage = Stage(busy_at=1)
    queue = stage.queue()
    stage.agent("Ann", "1001", queue)
    stage.call(queue)
    stage.to_the_end()
    told = list(messages(stage.tape))
    assert [m["Status"] for m in told if m["Event"] == "QueueMemberStatus"] == ["3", "1"]
    assert [m["State"] for m in told if m.get("Device") == "PJSIP/1001"] == ["BUSY", "NOT_INUSE"]


def test_a_device_state_is_said_once() -> None:
    """Repeating what is known says nothing."""
    stage = Stage()
    phone = stage.agent("Ann", "1001", stage.queue()).phone
    stage.exchange.switch.refresh(phone)
    assert not stage.said


def test_a_change_shows_in_the_next_event() -> None:
    """The headers kept for a channel are forgotten when one of them changes."""
    stage = Stage()
    leg = stage.exchange.switch.open(stage.agent("Ann", "1001", stage.queue()).phone, number="1001")
    stage.exchange.switch.connect_line(leg, "5", "Eve")
    stage.exchange.switch.enter_state(leg, ChannelState.UP)
    last = list(messages(stage.tape))[-1]
    assert (last["ConnectedLineNum"], last["ConnectedLineName"], last["ChannelStateDesc"]) == ("5", "Eve", "Up")
    assert last["CallerIDName"] == "<unknown>"


def test_closing_twice_is_closing_once() -> None:
    """A channel hangs up one time."""
    stage = Stage()
    leg = stage.exchange.switch.open(stage.agent("Ann", "1001", stage.queue()).phone)
    stage.exchange.switch.close(leg)
    stage.exchange.switch.close(leg)
    assert [m["Event"] for m in messages(stage.tape)].count("Hangup") == 1


def test_a_stray_unhold_stops_no_music() -> None:
    """An Unhold without a Hold before it changes nothing but is said (domain.md F5)."""
    stage = Stage()
    switch = stage.exchange.switch
    phone = stage.agent("Ann", "1001", stage.queue()).phone
    one, other = switch.open(phone), switch.open(stage.world.trunks["carrier"])
    stage.said.clear()
    switch.unhold(one, other)
    assert [m["Event"] for m in messages(stage.tape)] == ["Unhold"]
