"""The floor as a whole: the same seed gives the same day, and nothing impossible ever happens on it."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from asterisk.simulator.exchange import HungUp, Moved, Withdrawn
from asterisk.simulator.parts import Channel
from asterisk.simulator.scenario import FloorSettings, agent_name, planned
from tests.simulator.floors import close_doors, floor, pass_time, visits
from tests.simulator.orders import messages

HOUR = 3600.0


def _said(seed: int, seconds: float) -> list[str]:
    simulator, said = floor(seed=seed), list[str]()
    simulator.world.taps.append(lambda event: said.append(event.text))
    pass_time(simulator, seconds)
    # A floor that is thrown away ends its calls, audibly, whenever it is collected.
    simulator.world.taps.clear()
    return said


def test_the_same_seed_gives_the_same_day() -> None:
    """Every byte of ten minutes, stamps and identifiers included."""
    one, other = _said(7, 600), _said(7, 600)
    differences = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    assert not differences[:1]
    assert len(one) == len(other)


def test_another_seed_gives_another_day() -> None:
    """The dice matter."""
    assert _said(7, 600) != _said(8, 600)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_visit_to_a_queue_ends_exactly_once(seed: int) -> None:
    """queue_log is conserved: whoever entered a queue left it in exactly one way each time."""
    simulator = floor(seed=seed)
    pass_time(simulator, HOUR)
    close_doors(simulator)
    seen = visits(simulator.queue_log)
    assert len(seen) > 300
    assert not {visit: counts for visit, counts in seen.items() if counts["in"] != counts["out"]}


@pytest.mark.parametrize("seed", [1, 2])
def test_no_phone_is_ever_in_two_calls(seed: int) -> None:
    """An agent's phone has at most one channel at any moment, whatever rings, transfers and calls out."""
    simulator = floor(seed=seed, load=1.5)
    phones: Counter[str] = Counter()
    worst = 0

    def watch(name: str, text: str) -> None:
        nonlocal worst
        headers = next(iter(messages(text)))
        phone = headers["Channel"].rpartition("-")[0]
        if phone.removeprefix("PJSIP/").isdecimal():
            phones[phone] += 1 if name == "Newchannel" else -1
            worst = max(worst, phones[phone])

    for phone in simulator.world.phones.values():
        phones[phone.name] = len(phone.channels)
    simulator.world.taps.append(lambda e: watch(e.name, e.text) if e.name in ("Newchannel", "Hangup") else None)
    pass_time(simulator, HOUR)
    assert worst == 1


@pytest.mark.parametrize("seed", range(1, 7))
def test_whatever_cuts_in_every_visit_still_ends_once(seed: int) -> None:
    """Receivers put down, redirects, withdrawals and lost phones at any leg and any moment: conserved, nothing left."""
    simulator, random = floor(seed=seed, load=1.2), Random(seed)
    for _ in range(600):
        pass_time(simulator, random.choice((0.01, 0.3, 2.0, 4.0)))
        legs = [leg for leg in simulator.world.channels.values() if leg.life is not None]
        if legs:
            leg = random.choice(legs)
            assert leg.life is not None
            leg.life.interrupt(random.choice(_disturbances(leg)))
        if random.random() < 0.01:
            simulator.failures.phones_lost(count=2, seconds=20)
    simulator.failures.phones_back()
    close_doors(simulator)
    seen = visits(simulator.queue_log)
    assert len(seen) > 50
    assert not {visit: counts for visit, counts in seen.items() if counts["in"] != counts["out"]}
    assert not simulator.world.channels
    assert not simulator.world.bridges


def _disturbances(leg: Channel) -> list[Exception]:
    return [
        HungUp(leg),
        HungUp(leg, 38, asked=False),
        Moved(leg, "internal", "702", 1),
        Moved(leg, "internal", "1003", 1),
        Moved(leg, "aside", "s", 1),
        Withdrawn(leg, "x"),
    ]


def test_a_day_leaves_nothing_behind() -> None:
    """When the last call is over: no channel, no bridge, nobody waiting or busy, every device idle."""
    simulator = floor()
    pass_time(simulator, HOUR)
    close_doors(simulator)
    world = simulator.world
    assert not world.channels
    assert not world.bridges
    assert not any(queue.line for queue in world.queues.values())
    assert not any(agent.busy for agent in world.agents.values())
    assert {phone.said.name for phone in world.phones.values()} == {"NOT_INUSE"}
    assert not any(seat.in_call for agent in world.agents.values() for seat in agent.members.values())


def test_the_floor_knows_every_ending() -> None:
    """Three hours show the ways a call can end (an empty queue is too rare), every pause and change of a member."""
    simulator = floor(agents=42)
    pass_time(simulator, 3 * HOUR)
    verbs = Counter(line.split("|")[4] for line in simulator.queue_log)
    for verb in (
        "CONNECT COMPLETECALLER COMPLETEAGENT ABANDON EXITWITHTIMEOUT EXITWITHKEY RINGNOANSWER RINGCANCELED "
        "BLINDTRANSFER ATTENDEDTRANSFER PAUSE UNPAUSE PAUSEALL UNPAUSEALL ADDMEMBER REMOVEMEMBER"
    ).split():
        assert verbs[verb], f"no {verb} in three hours"
    reasons = {line.split("|")[5] for line in simulator.queue_log if line.split("|")[4] == "PAUSE"}
    assert "Auto-Pause" in reasons
    assert len(reasons) > 6


def test_the_floor_is_lively_when_the_doors_open() -> None:
    """From the first second: people talking, waiting, ringing or held, and some on a pause."""
    simulator = floor(agents=42, warmup_s=900.0)
    world = simulator.world
    assert sum(agent.busy for agent in world.agents.values()) > 15
    assert any(queue.line for queue in world.queues.values())
    assert sum(agent.paused for agent in world.agents.values()) > 3


@pytest.mark.parametrize("agents", [10, 42, 5000])
def test_floors_of_any_size_are_staffed(agents: int) -> None:
    """Every queue has members, every agent a queue and a name of his own."""
    settings = planned(FloorSettings(agents=agents, queue_count=max(5, agents // 60)))
    assert len(settings.queues_of) == agents
    assert all(settings.queues_of.values())
    staffed = {queue for queues in settings.queues_of.values() for queue in queues}
    assert len(staffed) >= len(settings.queues) - (1 if agents < 20 else 0)
    assert agent_name(0) != agent_name(52)
