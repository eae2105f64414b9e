"""The table of scenarios: every way things can go on a floor, by name.

Importing this module fills the table; `play` runs one scenario on an exchange
whose plan holds it.
"""

from __future__ import annotations

import asyncio

from tests.asterisk import (
    scenes_answered,
    scenes_chan_sip,
    scenes_commands,
    scenes_endings,
    scenes_faults,
    scenes_members,
    scenes_seats,
    scenes_transfers,
)
from tests.asterisk.cast import TABLE, Scenario
from tests.asterisk.exchange import Exchange
from tests.asterisk.plan import Plan, merge
from tests.asterisk.stage import Stage

SCENES = (
    scenes_answered,
    scenes_endings,
    scenes_transfers,
    scenes_members,
    scenes_seats,
    scenes_faults,
    scenes_chan_sip,
    scenes_commands,
)
SCENARIOS: dict[str, Scenario] = TABLE


def for_version(version: str, *, alone: bool | None = None) -> list[Scenario]:
    """The scenarios this version can play; `alone` picks those that stop the exchange, or the others."""
    fitting = (s for s in SCENARIOS.values() if version in s.needs.versions)
    return [s for s in fitting if alone is None or s.needs.alone is alone]


def plan_of(scenarios: list[Scenario]) -> Plan:
    """The configuration for playing all of these on one exchange."""
    return merge(scenario.plan() for scenario in scenarios)


async def play(scenario: Scenario, exchange: Exchange, within: float = 60) -> None:
    """Set the stage, play, and wait until every channel of the scenario has gone."""
    async with asyncio.timeout(within), Stage(scenario, exchange) as stage:
        await scenario.play(stage)
        await stage.quiet()


async def play_all(scenarios: list[Scenario], exchange: Exchange, at_once: int = 10) -> dict[str, Exception]:
    """Play scenarios side by side; returns what went wrong, by scenario name.

    More phones at once than the machine can serve turn waiting times into failures.
    """
    turns = asyncio.Semaphore(at_once)
    failures: dict[str, Exception] = {}

    async def turn(scenario: Scenario) -> None:
        async with turns:
            try:
                await play(scenario, exchange)
            except Exception as error:
                error.add_note(f"in scenario {scenario.name}")
                failures[scenario.name] = error

    await asyncio.gather(*map(turn, scenarios))
    return failures
