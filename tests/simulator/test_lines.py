"""Queues and members: who is rung, in which order callers are served, what is said about members."""

from __future__ import annotations

import pytest

from tests.simulator.orders import messages, story
from tests.simulator.stages import Stage


def _connected(stage: Stage) -> list[str]:
    return [m["MemberName"] for m in messages(stage.tape) if m["Event"] == "AgentConnect"]


@pytest.mark.parametrize(
    ("strategy", "order"),
    [
        ("linear", ["Ann", "Ann", "Ann", "Ann"]),
        ("rrmemory", ["Ann", "Bob", "Cho", "Ann"]),
        ("leastrecent", ["Ann", "Bob", "Cho", "Ann"]),
        ("fewestcalls", ["Ann", "Bob", "Cho", "Ann"]),
    ],
)
def test_the_strategy_chooses_the_member(strategy: str, order: list[str]) -> None:
    """One caller after the other, everybody free each time."""
    stage = Stage()
    queue = stage.queue(strategy=strategy)
    for name, number in (("Ann", "1001"), ("Bob", "1002"), ("Cho", "1003")):
        stage.agent(name, number, queue)
    for _ in order:
        stage.call(queue)
        stage.to_the_end()
    assert _connected(stage) == order


def test_random_takes_anybody() -> None:
    """In the long run everybody gets a call."""
    stage = Stage()
    queue = stage.queue(strategy="random")
    for number in range(4):
        stage.agent(f"A{number}", str(1001 + number), queue)
    for _ in range(30):
        stage.call(queue)
        stage.to_the_end()
    assert len(set(_connected(stage))) == 4


def test_penalty_comes_first() -> None:
    """A member with a penalty is rung only when nobody without is free."""
    stage = Stage()
    queue = stage.queue()
    ann = stage.agent("Ann", "1001", queue)
    stage.agent("Bob", "1002", queue, talks_s=600.0)
    stage.exchange.lines.set_penalty(ann.members["support"], 5)
    stage.call(queue)
    stage.pass_time(20.0)
    stage.call(queue)
    stage.pass_time(20.0)
    assert _connected(stage) == ["Bob", "Ann"]


def test_callers_are_served_in_turn_and_by_priority() -> None:
    """First come, first served; a priority stands before those without, and positions say so."""
    stage = Stage()
    queue = stage.queue()
    ann = stage.agent("Ann", "1001", queue)
    stage.exchange.lines.pause(ann, "break")
    for number, priority in (("1", 0), ("2", 0), ("3", 10)):
        stage.call(queue, number=number, priority=priority)
        stage.pass_time(1.0)
    assert [(w.channel.number, w.position, w.first_position) for w in queue.line] == [
        ("3", 1, 1),
        ("1", 2, 1),
        ("2", 3, 2),
    ]
    stage.exchange.lines.pause(ann, paused=False)
    stage.to_the_end()
    served = [m["CallerIDNum"] for m in messages(stage.tape) if m["Event"] == "AgentConnect"]
    assert served == ["3", "1", "2"]


def test_the_weightier_queue_is_served_first() -> None:
    """An agent of two queues gets the caller of the weightier one."""
    stage = Stage()
    light, heavy = stage.queue(), stage.queue("vip", "704", weight=10)
    ann = stage.agent("Ann", "1001", light, heavy)
    stage.exchange.lines.pause(ann, "break")
    stage.call(light, number="1")
    stage.pass_time(1.0)
    stage.call(heavy, number="2")
    stage.pass_time(1.0)
    stage.exchange.lines.pause(ann, paused=False)
    stage.to_the_end()
    served = [m["CallerIDNum"] for m in messages(stage.tape) if m["Event"] == "AgentConnect"]
    assert served == ["2", "1"]


def test_members_come_and_go_as_in_the_capture() -> None:
    """Added, penalty, paused and unpaused in both queues, removed: the same member events, lines and devices."""
    stage = Stage()
    stage.exchange.switch.device_changed("x", "y")
    queue, sales = stage.queue(), stage.queue("sales", "701")
    cho = stage.agent("Cho", "1003", sales)
    stage.agent("Ann", "1001", queue)
    stage.agent("Bob", "1002", queue, sales)
    stage.said.clear()
    lines = stage.exchange.lines
    seat = lines.add_member(queue, cho, penalty=2)
    lines.set_penalty(seat, 1)
    lines.pause(cho, "coaching")
    lines.pause(cho, paused=False)
    lines.remove_member(seat)
    told = [(m["Event"], m.get("Queue") or m["Device"]) for m in messages(stage.tape)]
    assert told == [
        ("DeviceStateChange", "Queue:support_pause_PJSIP/1003"),
        ("QueueMemberAdded", "support"),
        ("QueueMemberPenalty", "support"),
        *_in_both("sales", "support"),
        *_in_both("sales", "support"),
        ("QueueMemberRemoved", "support"),
    ]
    assert [line.split("|", 1)[1] for line in stage.world.queue_log] == [
        "MANAGER|support|Cho|ADDMEMBER|",
        "NONE|support|PJSIP/1003|PENALTY|1",
        "NONE|NONE|Cho|PAUSEALL|coaching",
        "NONE|sales|Cho|PAUSE|coaching",
        "NONE|support|Cho|PAUSE|coaching",
        "NONE|NONE|Cho|UNPAUSEALL|",
        "NONE|sales|Cho|UNPAUSE|",
        "NONE|support|Cho|UNPAUSE|",
        "MANAGER|support|Cho|REMOVEMEMBER|",
    ]


def _in_both(*queues: str) -> list[tuple[str, str]]:
    return [
        pair
        for queue in queues
        for pair in (("DeviceStateChange", f"Queue:{queue}_pause_PJSIP/1003"), ("QueueMemberPause", queue))
    ]


def test_a_pause_during_a_call_waits_for_nobody() -> None:
    """The call goes on, the next caller is not put through, and unpausing lets him in."""
    stage = Stage()
    queue = stage.queue()
    ann = stage.agent("Ann", "1001", queue)
    stage.call(queue)
    stage.pass_time(15.0)
    stage.exchange.lines.pause(ann, "meal")
    stage.call(queue)
    stage.pass_time(400.0)
    assert len(_connected(stage)) == 1
    stage.exchange.lines.pause(ann, paused=False)
    stage.to_the_end()
    assert len(_connected(stage)) == 2


def test_devices_of_a_queue_tell_of_callers_and_free_members() -> None:
    """``Queue:NAME`` rings while somebody waits; ``Queue:NAME_avail`` is in use while nobody could be rung."""
    stage = Stage()
    queue = stage.queue()
    stage.agent("Ann", "1001", queue)
    stage.call(queue)
    stage.to_the_end()
    told = [(m["Device"], m["State"]) for m in messages(stage.tape) if m["Event"] == "DeviceStateChange"]
    assert [state for name, state in told if name == "Queue:support"] == ["RINGING", "NOT_INUSE"]
    assert [state for name, state in told if name == "Queue:support_avail"] == ["INUSE", "NOT_INUSE"]
    assert [state for name, state in told if name == "PJSIP/1001"] == ["RINGING", "INUSE", "NOT_INUSE"]
    statuses = [m["Status"] for m in messages(stage.tape) if m["Event"] == "QueueMemberStatus"]
    assert statuses == ["6", "2", "1"]
    assert story(stage.tape)
