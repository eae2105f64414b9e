"""Failures inside the exchange: what breaks, what is said about it, and that it comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from asterisk.simulator import Simulator, failures
from asterisk.simulator.failures import CommandError
from tests.simulator.floors import close_doors, floor, pass_time, visits
from tests.simulator.orders import messages


def _during(simulator: Simulator, act: Callable[[], object], seconds: float) -> list[dict[str, str]]:
    said: list[str] = []
    simulator.world.taps.append(lambda event: said.append(event.text))
    act()
    pass_time(simulator, seconds)
    simulator.world.taps.pop()
    return list(messages("".join(said)))


def _told(said: list[dict[str, str]], name: str, header: str) -> list[str]:
    return [m[header] for m in said if m["Event"] == name]


def test_a_lost_trunk_takes_its_calls_with_it_and_comes_back() -> None:
    """Registry, contact and device say so; its channels end; no new call uses it until it is registered again."""
    simulator = floor(warmup_s=300.0)
    trunk = simulator.world.trunks["carrier-a"]
    assert trunk.channels
    said = _during(simulator, lambda: simulator.failures.trunk_lost(seconds=90), 60)
    assert _told(said, "Registry", "Status")[0] == "Unregistered"
    assert _told(said, "PeerStatus", "PeerStatus") == ["Unreachable"]
    assert not trunk.channels
    assert not any(m["Event"] == "Newchannel" and m["Channel"].startswith("PJSIP/carrier-a") for m in said)
    back = _during(simulator, lambda: None, 120)
    assert _told(back, "Registry", "Status")[-1] == "Registered"
    assert trunk.registered
    assert any(m["Event"] == "Newchannel" and m["Channel"].startswith("PJSIP/carrier-a") for m in back)


def test_without_any_trunk_nobody_rings_in() -> None:
    """The floor goes quiet, and a third trunk cannot be lost."""
    simulator = floor()
    simulator.failures.trunk_lost()
    simulator.failures.trunk_lost()
    with pytest.raises(CommandError, match="no trunk"):
        simulator.failures.trunk_lost()
    pass_time(simulator, 30)
    said = _during(simulator, lambda: None, 300)
    assert not any(m["Event"] == "Newchannel" and "carrier" in m["Channel"] for m in said)


def test_lost_phones_are_unreachable_and_not_rung() -> None:
    """Contact, peer and member status say so, calls on them end, and the queue passes them by until they are back."""
    simulator = floor(warmup_s=300.0)
    said = _during(simulator, lambda: simulator.failures.phones_lost(share=0.5), 120)
    lost = {phone.number for phone in simulator.world.phones.values() if not phone.reachable}
    assert len(lost) == 15
    assert set(_told(said, "ContactStatus", "AOR")) == lost
    assert "5" in _told(said, "QueueMemberStatus", "Status")
    later = _during(simulator, lambda: None, 300)
    assert not {m["DestCallerIDNum"] for m in later if m["Event"] == "AgentCalled"} & lost
    back = _during(simulator, simulator.failures.phones_back, 300)
    assert _told(back, "ContactStatus", "ContactStatus")[:2] == ["NonQualified", "Reachable"]
    assert {m["DestCallerIDNum"] for m in back if m["Event"] == "AgentCalled"} & lost


def test_a_surge_brings_more_callers_for_a_while() -> None:
    """Three times the callers, then the usual number again."""
    simulator = floor(load=0.5)
    usual = len(_told(_during(simulator, lambda: None, 600), "QueueCallerJoin", "Queue"))
    many = len(_told(_during(simulator, lambda: simulator.failures.surge(4.0, 600), 600), "QueueCallerJoin", "Queue"))
    assert many > 2 * usual
    pass_time(simulator, 10)
    assert simulator.people.surge == 1.0
    with pytest.raises(CommandError):
        simulator.failures.surge(0)


def test_a_burst_is_as_many_events_at_once() -> None:
    """A flood of events that concern nobody."""
    simulator = floor(agents=12)
    said = _during(simulator, lambda: simulator.failures.burst(500), 0)
    assert len(said) == 500


def test_a_clean_shutdown_ends_every_call_first() -> None:
    """As on the tape of a restart: callers give up, conversations complete, Shutdown is the last word."""
    simulator = floor(load=1.4, warmup_s=600.0)
    world = simulator.world
    assert any(queue.line for queue in world.queues.values())
    said = _during(simulator, lambda: failures.shut_down(simulator.exchange, simulator.people, restart=True), 0)
    assert said[-1] == {**said[-1], "Event": "Shutdown", "Shutdown": "Cleanly", "Restart": "True"}
    assert not world.channels
    assert not world.bridges
    assert not any(queue.line for queue in world.queues.values())
    assert "4" in _told(said, "SoftHangupRequest", "Cause")
    assert not {v: c for v, c in visits(simulator.queue_log).items() if c["in"] != c["out"]}


def test_a_killed_exchange_says_and_writes_nothing_more() -> None:
    """Calls vanish: no event, no line; queue_log keeps visits that never ended."""
    simulator = floor(load=1.4, warmup_s=600.0)
    lines = len(simulator.queue_log)
    said = _during(simulator, lambda: failures.die(simulator.exchange, simulator.people), 60)
    assert not said
    assert len(simulator.queue_log) == lines


def test_after_a_boot_the_floor_works_again_from_zero() -> None:
    """Statistics at zero, static members unpaused, dynamic ones as they were; the day goes on and stays conserved."""
    simulator = floor(load=1.2, warmup_s=600.0)
    world = simulator.world
    dynamic = next(a for a in world.agents.values() if a.members and all(s.dynamic for s in a.members.values()))
    simulator.exchange.lines.pause(dynamic, "meal")
    failures.die(simulator.exchange, simulator.people)
    mark = len(simulator.queue_log)
    failures.boot(simulator.exchange, simulator.people)
    assert simulator.queue_log[mark].endswith("|NONE|NONE|NONE|QUEUESTART|")
    assert all(queue.completed == queue.abandoned == 0 for queue in world.queues.values())
    assert dynamic.paused
    assert not any(s.paused for a in world.agents.values() for s in a.members.values() if not s.dynamic)
    pass_time(simulator, 1200)
    close_doors(simulator)
    seen = visits(simulator.queue_log[mark:])
    assert len(seen) > 50
    assert not {visit: counts for visit, counts in seen.items() if counts["in"] != counts["out"]}
