"""What the demo's agents report from their phones, and that the floor's day is the same without it."""

from __future__ import annotations

from asterisk.simulator import FloorSettings, Simulator
from asterisk.simulator.asking import ABOUT, LEAVES, REASONS, Asking
from asterisk.simulator.wire import Event
from floor.requests.model import END_REASONS
from tests.simulator.floors import MIDDAY, pass_time


def played(seed: int = 3, *, asking: bool = True, seconds: float = 900.0) -> tuple[Simulator, list[dict[str, str]]]:
    """A quarter of an hour, and what was reported."""
    simulator = Simulator(FloorSettings(agents=12, load=0.9), seed, clock=lambda: MIDDAY, warmup_s=60.0)
    reports: list[dict[str, str]] = []

    def hear(event: Event) -> None:
        if "UserEvent: FloorReport" in event.text:
            reports.append(dict(line.split(": ", 1) for line in event.text.splitlines() if ": " in line))

    simulator.world.taps.append(hear)
    if asking:
        Asking(simulator.exchange, seed).begin()
    pass_time(simulator, seconds)
    return simulator, reports


def test_all_three_kinds_come_sparingly() -> None:
    """Help that is taken back, leave, reasons: enough to see, few enough to follow; words the exchange's side knows."""
    simulator, reports = played()
    by_kind = {kind: [one for one in reports if one["Kind"] == kind] for kind in ("help", "leave", "reason")}
    asked = [one for one in by_kind["help"] if one["Note"] != "done"]
    assert 3 <= len(asked) <= 8
    assert 3 <= len(by_kind["leave"]) <= 9
    assert by_kind["reason"]
    assert {one["Note"] for one in asked} <= set(ABOUT)
    assert {one["Reason"] for one in by_kind["leave"]} <= set(LEAVES)
    assert {one["Reason"] for one in by_kind["reason"]} <= set(REASONS) <= set(END_REASONS)
    assert {one["Agent"] for one in reports} <= set(simulator.world.agents)


def test_the_same_seed_asks_the_same() -> None:
    """Dice of its own, which the seed decides."""
    assert played(seconds=300.0)[1] == played(seconds=300.0)[1]
    assert played(4, seconds=300.0)[1] != played(seconds=300.0)[1]


def test_the_floor_throws_the_same_dice() -> None:
    """Until somebody goes who asked to leave, calls come as without it."""
    lines = [played(asking=asking, seconds=70.0)[0].queue_log for asking in (True, False)]
    assert lines[0] == lines[1]
    assert lines[0]
