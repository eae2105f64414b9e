"""Any process may die, stand still or be started anew: screens are right again in time, and no call is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.failover.cast import START_S, house, stopped

pytestmark = [pytest.mark.alone, pytest.mark.slow, pytest.mark.postgres, pytest.mark.whole, pytest.mark.timeout(280)]


async def test_processes_that_die(tmp_path: Path, ready_postgres_url: str) -> None:
    """A node: the other one's screens notice nothing, its own are right when it is back. The collector: both say that
    they see nothing, and are right when it is back; what happened meanwhile comes from the exchange's own log."""
    async with house(tmp_path, ready_postgres_url) as one:
        await one.nodes["one"].kill()
        await one.are_right("two")
        await one.nodes["one"].start()
        await one.are_right("one", within_s=START_S)
        await one.collector.kill()
        for name in one.screens:
            await one.see_nothing(name)
        await one.collector.start()
        await one.are_right(within_s=START_S)
        await one.record_is_the_log()


async def test_processes_that_stand_still(tmp_path: Path, ready_postgres_url: str) -> None:
    """For five seconds, one after the other: the others go on; the one is right again in time."""
    async with house(tmp_path, ready_postgres_url) as one:
        async with stopped(one.nodes["one"], 5):
            await one.are_right("two")
        await one.are_right()
        async with stopped(one.collector, 5):
            await one.see_nothing("one")
        await one.are_right()
        await one.record_is_the_log()
