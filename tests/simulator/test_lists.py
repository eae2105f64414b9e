"""What the lists say is what the events have said: a client that followed from the start finds nothing new in them."""

from __future__ import annotations

import pytest

from asterisk.simulator import Simulator
from asterisk.simulator.lists import LISTINGS, answer
from tests.simulator.floors import floor, pass_time
from tests.simulator.orders import messages


def _items(simulator: Simulator, action: str, **asked: str) -> list[dict[str, str]]:
    return list(messages(answer(LISTINGS[action], simulator.exchange, {"actionid": "1", **asked})))


def _followed(simulator: Simulator, seconds: float) -> list[dict[str, str]]:
    said: list[str] = []
    simulator.world.taps.append(lambda event: said.append(event.text))
    pass_time(simulator, seconds)
    simulator.world.taps.pop()
    return list(messages("".join(said)))


@pytest.mark.parametrize("action", LISTINGS)
def test_every_list_begins_counts_and_ends(action: str) -> None:
    """Response with EventList start, items, completion with their number; the ActionID on each."""
    listed = _items(floor(agents=12), action)
    assert listed[0]["Response"] == "Success"
    assert listed[0]["EventList"] == "start"
    assert listed[-1]["EventList"] == "Complete"
    assert int(listed[-1]["ListItems"]) == len(listed) - 2
    assert {m["ActionID"] for m in listed} == {"1"}


@pytest.mark.parametrize("seed", [1, 2])
def test_channels_and_bridges_are_those_the_events_left(seed: int) -> None:
    """Newchannel minus Hangup is CoreShowChannels, with state and bridge; BridgeCreate minus Destroy is BridgeList."""
    simulator = floor(seed=seed, warmup_s=0.0)
    channels, bridges = dict[str, dict[str, str]](), set[str]()
    for said in _followed(simulator, 1800):
        name = said["Event"]
        if name in ("Newchannel", "Newstate", "Newexten", "NewConnectedLine", "NewCallerid"):
            channels[said["Channel"]] = said
        elif name == "Hangup":
            del channels[said["Channel"]]
        elif name == "BridgeCreate":
            bridges.add(said["BridgeUniqueid"])
        elif name == "BridgeDestroy":
            bridges.remove(said["BridgeUniqueid"])
    listed = {m["Channel"]: m for m in _items(simulator, "coreshowchannels")[1:-1]}
    assert listed.keys() == channels.keys()
    for name, last in channels.items():
        for header in ("ChannelState", "Uniqueid", "Linkedid", "CallerIDNum"):
            assert listed[name][header] == last[header]
    assert {m["BridgeUniqueid"] for m in _items(simulator, "bridgelist")[1:-1]} == bridges
    assert {m["BridgeId"] for m in listed.values()} - {""} <= bridges


@pytest.mark.parametrize("seed", [1, 2])
def test_queues_are_those_the_events_left(seed: int) -> None:
    """Waiting callers by join and leave; members' status and pause by their last event; devices likewise."""
    simulator = floor(seed=seed, warmup_s=0.0, load=1.4)
    lines, seats, devices = dict[str, set[str]](), dict[tuple[str, str], tuple[str, str]](), dict[str, str]()
    gone: set[tuple[str, str]] = set()
    for said in _followed(simulator, 1800):
        name = said["Event"]
        if name == "QueueCallerJoin":
            lines.setdefault(said["Queue"], set()).add(said["Uniqueid"])
            assert int(said["Count"]) == len(lines[said["Queue"]])
        elif name == "QueueCallerLeave":
            lines[said["Queue"]].remove(said["Uniqueid"])
            assert int(said["Count"]) == len(lines[said["Queue"]])
        elif name.startswith("QueueMember"):
            key = said["Queue"], said["MemberName"]
            seats[key] = said["Status"], said["Paused"]
            (gone.add if name == "QueueMemberRemoved" else gone.discard)(key)
        elif name == "DeviceStateChange":
            devices[said["Device"]] = said["State"]
    listed = _items(simulator, "queuestatus")
    waiting: dict[str, set[str]] = {}
    for entry in (m for m in listed if m.get("Event") == "QueueEntry"):
        waiting.setdefault(entry["Queue"], set()).add(entry["Uniqueid"])
    assert waiting == {queue: line for queue, line in lines.items() if line}
    members = {(m["Queue"], m["Name"]): (m["Status"], m["Paused"]) for m in listed if m.get("Event") == "QueueMember"}
    assert members | {key: value for key, value in seats.items() if key not in gone} == members
    assert not gone & members.keys()
    states = {m["Device"]: m["State"] for m in _items(simulator, "devicestatelist")[1:-1]}
    assert states | {name: state for name, state in devices.items() if name in states} == states


def test_one_queue_can_be_asked_for() -> None:
    """And an unknown one gives an empty list, as on a real exchange."""
    simulator = floor(agents=12)
    named = {m["Queue"] for m in _items(simulator, "queuestatus", queue="support") if "Queue" in m}
    assert named == {"support"}
    assert len(_items(simulator, "queuestatus", queue="nosuch")) == 2


def test_registrations_count_both_ways() -> None:
    """The completion tells how many trunks are registered and how many are not."""
    simulator = floor(agents=12)
    simulator.failures.trunk_lost("carrier-b")
    listed = _items(simulator, "pjsipshowregistrationsoutbound")
    assert [m["Status"] for m in listed[1:-1]] == ["Registered", "Unregistered"]
    assert (listed[-1]["Registered"], listed[-1]["NotRegistered"]) == ("1", "1")


def test_without_contacts_the_list_is_an_error() -> None:
    """Asterisk says so instead of an empty list."""
    simulator = floor(agents=12)
    simulator.world.phones.clear()
    simulator.world.trunks.clear()
    refused = _items(simulator, "pjsipshowcontacts")
    assert refused == [{"Response": "Error", "ActionID": "1", "Message": "No Contacts found"}]
