"""On real Asterisk 22 and 16, with real phones: what Floorwatch says of the day equals queue_log.

Two days are played on both versions at once: one of all scenarios side by side, and one of a busy floor at random. Its
seed is printed and can be given again as FLOOR_TEST_SEED.
"""

from __future__ import annotations

import os
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.asterisk.cast import VERSIONS
from tests.asterisk.compare import Wrong, figures_apart, slack, visits_apart
from tests.asterisk.exchange import Exchange
from tests.asterisk.holds import holds, holds_apart
from tests.asterisk.judge import Figures, judge_file, visits_file
from tests.asterisk.load import load_plan, mixed_load
from tests.asterisk.plan import Plan
from tests.asterisk.product import Product
from tests.asterisk.recorder import Recorder
from tests.asterisk.scenarios import for_version, plan_of, play_all
from tests.asterisk.versions import Played, side_by_side

pytestmark = [pytest.mark.alone, pytest.mark.asterisk, pytest.mark.slow, pytest.mark.timeout(600)]
on_both = pytest.mark.parametrize("version", VERSIONS)

SEED = int(os.environ.get("FLOOR_TEST_SEED") or random.SystemRandom().randrange(1_000_000))
CALLS = 220
AGENTS = 24


@dataclass(frozen=True)
class Day:
    """A day that is over: what happened by queue_log, and where Floorwatch says otherwise."""

    happened: Figures
    figures: Wrong
    visits: Wrong
    off: int
    """Of how many calls the exchange told a second more or less than it logged."""
    said_twice: int
    holds: Wrong
    held: int
    latencies: list[float]
    """Seconds from each event to the floor changed by it, in ascending order."""
    refused: int


async def day(
    version: str, folder: Path, plan: Plan, play: Callable[[Exchange], Awaitable[dict[str, Exception]]], **pbx: Any
) -> Day:
    """Let something happen on an exchange that Floorwatch watches, and compare when the last call is over."""
    async with Exchange(version, plan) as exchange, Product(exchange, folder / "data", **pbx) as product:
        # The tape stays in the test's folder: with it a difference can be looked at in peace.
        async with Recorder(exchange, folder, "day") as recorder:
            if failures := await play(exchange):
                raise ExceptionGroup("not everything was played", list(failures.values()))
            await product.quiet()
        judged, today, held = judge_file(exchange.queue_log), await product.today(), holds(recorder.session.messages)
        stored, logged = await product.visits(), visits_file(exchange.queue_log)
        off = slack(stored, logged)
        return Day(
            happened=judged.total,
            figures=figures_apart(today, judged, off),
            visits=visits_apart(stored, logged),
            off=sum(seconds for (subject, _), seconds in off.items() if subject == "total"),
            said_twice=judged.said_twice,
            holds=holds_apart(today, held),
            held=sum(one.times for one in held.values()),
            latencies=sorted(product.latencies),
            refused=product.watch.store.refused,
        )


async def day_of_scenarios(version: str, folder: Path) -> Day:
    """Every scenario that leaves the exchange running."""
    scenarios = for_version(version, alone=False)
    return await day(version, folder, plan_of(scenarios), lambda exchange: play_all(scenarios, exchange))


async def day_of_load(version: str, folder: Path) -> Day:
    """A busy floor at random, of which a whole picture is taken every second while its events flow."""

    async def play(exchange: Exchange) -> dict[str, Exception]:
        await mixed_load(exchange, SEED, CALLS, AGENTS)
        return {}

    return await day(version, folder, load_plan(AGENTS), play, picture_every_s=1)


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory: pytest.TempPathFactory) -> Played[Day]:
    return _told("scenarios", side_by_side(day_of_scenarios, tmp_path_factory.mktemp("scenarios")))


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Played[Day]:
    return _told(f"load, seed {SEED}", side_by_side(day_of_load, tmp_path_factory.mktemp("load")))


def _told(name: str, played: Played[Day]) -> Played[Day]:
    for version, one in played.results.items():
        print(f"\n{name} on Asterisk {version}: {one if isinstance(one, BaseException) else _row(one)}")
    return played


def _row(one: Day) -> str:
    apart = f"differing figures {len(one.figures)}, visits {len(one.visits)}, holds {len(one.holds)} of {one.held}"
    apart += f"; a second off {one.off}, ended twice in the log {one.said_twice}"
    apart += f"; event to floor p50 {_ms(one, 0.5)}, p99 {_ms(one, 0.99)}"
    return f"{one.happened}; {apart}"


def _ms(one: Day, part: float) -> str:
    return f"{1000 * one.latencies[int(part * len(one.latencies))]:.0f} ms of {len(one.latencies)}"


@on_both
def test_figures_of_scenarios(version: str, scenarios: Played[Day]) -> None:
    """Per queue, per agent and in total every figure of /api/v1/today is queue_log's: counts exactly, seconds to one
    per call."""
    assert scenarios.on(version).figures == []


@on_both
def test_visits_of_scenarios(version: str, scenarios: Played[Day]) -> None:
    """Every visit is on record once, with queue_log's ending, agent, wait and talk."""
    assert scenarios.on(version).visits == []


@on_both
def test_holds_of_scenarios(version: str, scenarios: Played[Day]) -> None:
    """Holds of queue callers are counted by the second, and only those."""
    assert scenarios.on(version).held > 10
    assert scenarios.on(version).holds == []


@on_both
def test_scenarios_refuse_nothing(version: str, scenarios: Played[Day]) -> None:
    """No fact of any scenario is one that the floor could not take."""
    assert scenarios.on(version).refused == 0


@on_both
def test_load_is_a_load(version: str, load: Played[Day]) -> None:
    """The random day had enough of everything to mean something."""
    happened = load.on(version).happened
    assert happened.offered >= 200
    for name in ("answered", "abandoned", "timed_out", "transferred", "ring_no_answer", "completed_by_caller"):
        assert getattr(happened, name) > 3, (name, happened, SEED)


@on_both
def test_figures_of_load(version: str, load: Played[Day]) -> None:
    """On a busy floor, too, every figure is queue_log's."""
    assert (load.on(version).figures, SEED) == ([], SEED)


@on_both
def test_visits_of_load(version: str, load: Played[Day]) -> None:
    """On a busy floor, too, every visit is on record once, with queue_log's words and seconds."""
    assert (load.on(version).visits, SEED) == ([], SEED)


@on_both
def test_holds_of_load(version: str, load: Played[Day]) -> None:
    """Nobody is said to have held longer or less than he did."""
    assert (load.on(version).holds, SEED) == ([], SEED)


@on_both
def test_events_are_seen_at_once(version: str, load: Played[Day]) -> None:
    """On a busy floor half of what happens is seen within a fifth of a second, and nearly all within two."""
    latencies = load.on(version).latencies
    assert latencies[len(latencies) // 2] < 0.2
    assert latencies[int(0.99 * len(latencies))] < 2


@on_both
def test_load_refuses_nothing(version: str, load: Played[Day]) -> None:
    """No fact of a busy floor is one that the floor could not take."""
    assert load.on(version).refused == 0
