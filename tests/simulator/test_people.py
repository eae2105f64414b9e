"""Callers and agents: how many come, what agents do all day."""

from __future__ import annotations

from collections import Counter

from asterisk.simulator import FloorSettings, Simulator
from asterisk.simulator.wire import Event
from tests.simulator.floors import MIDDAY, floor, pass_time


def _offered(simulator: Simulator, seconds: float) -> int:
    before = sum("ENTERQUEUE" in line for line in simulator.queue_log)
    pass_time(simulator, seconds)
    return sum("ENTERQUEUE" in line for line in simulator.queue_log) - before


def test_calls_come_as_planned() -> None:
    """Over an hour about as many as the settings ask for; each queue has its share."""
    simulator = floor(agents=60, warmup_s=0.0)
    planned = sum(plan.calls_per_s for plan in simulator.settings.queues) * 3600
    assert 0.75 * planned < _offered(simulator, 3600) < 1.35 * planned
    queues = Counter(line.split("|")[2] for line in simulator.queue_log if "ENTERQUEUE" in line)
    assert len(queues) == 5


def test_nights_are_quiet_when_the_day_has_a_curve() -> None:
    """Three in the morning brings a fraction of half past ten."""
    assert _offered(_at(3.0), 3600) * 6 < _offered(_at(10.0), 3600)


def _at(hour: float) -> Simulator:
    settings, moment = FloorSettings(agents=40, day_curve=True), MIDDAY - MIDDAY % 86400 + hour * 3600
    return Simulator(settings, 1, clock=lambda: moment, warmup_s=0.0)


def test_agents_pause_dial_log_off_and_come_back() -> None:
    """In three hours of one floor all of it happens, and it is balanced: nobody stays away for good."""
    simulator, seen, dialled = floor(agents=30), Counter[str](), set[str]()

    def watch(event: Event) -> None:
        seen[event.name] += 1
        if event.name == "Newexten" and "Application: Dial" in event.text:
            dialled.add(event.text.split("Channel: ")[1].partition("-")[0])

    simulator.world.taps.append(watch)
    pass_time(simulator, 3 * 3600)
    assert seen["QueueMemberPause"] > 60
    assert seen["QueueMemberRemoved"] >= seen["QueueMemberAdded"] > 0
    assert dialled & {phone.name for phone in simulator.world.phones.values()}
    assert 0 < sum(agent.paused for agent in simulator.world.agents.values()) < 18


def test_everybody_goes_home() -> None:
    """After that no call begins and nobody changes his state by himself."""
    simulator = floor()
    simulator.people.go_home()
    assert _offered(simulator, 1800) < 5  # transfers of calls under way to a queue


def test_some_callers_dial_an_agents_own_number() -> None:
    """Calls past the queue, as many as the settings say."""
    simulator, said = floor(agents=30, warmup_s=0.0), list[str]()
    simulator.settings.direct_share = 1.0
    simulator.world.taps.append(lambda event: said.append(event.text))
    pass_time(simulator, 900)
    assert not any("ENTERQUEUE" in line for line in simulator.queue_log)
    assert "DialBegin" in "".join(said)
