"""The relay may be stopped, emptied, stand still or be out of reach: screens are right again in time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.failover.cast import START_S, house
from tests.support.proxy import Proxy

pytestmark = [pytest.mark.alone, pytest.mark.slow, pytest.mark.postgres, pytest.mark.whole, pytest.mark.timeout(280)]


@pytest.mark.parametrize("keeps", [False, True], ids=["empty", "with its data"])
async def test_a_relay_that_is_stopped_and_started(tmp_path: Path, ready_postgres_url: str, keeps: bool) -> None:
    """Meanwhile every screen says that nothing is seen; back, with what it held or without, all are right."""
    async with house(tmp_path, ready_postgres_url, keeps=keeps) as one:
        await one.redis.stop()
        for name in one.screens:
            await one.see_nothing(name)
        await one.redis.start()
        await one.are_right()
        await one.record_is_the_log()


async def test_a_relay_that_stands_still(tmp_path: Path, ready_postgres_url: str) -> None:
    """Every connection stays open and nothing comes: found out, and right again when it goes on."""
    async with house(tmp_path, ready_postgres_url) as one:
        one.redis.pause()
        for name in one.screens:
            await one.see_nothing(name)
        one.redis.resume()
        await one.are_right()
        await one.record_is_the_log()


async def test_a_node_that_is_cut_off(tmp_path: Path, ready_postgres_url: str) -> None:
    """Nothing comes through to it, and nothing says so: its screens say that they see nothing, the others go on; when
    something comes through again, what was held back does no harm."""
    async with house(tmp_path, ready_postgres_url) as one, Proxy(one.redis.port) as between:
        cut = one.nodes["one"]
        await cut.kill()
        (cut.folder / "floor.toml").write_text(one.config(between.port, one.ports["one"]))
        await cut.start()
        await one.are_right(within_s=START_S)
        between.stall()
        await one.see_nothing("one")
        await one.are_right("two")
        await asyncio.sleep(3)  # the other one's floor goes on meanwhile
        between.resume()
        await one.are_right()
        between.refuse()
        between.cut()
        await one.see_nothing("one")
        between.accept()
        await one.are_right()
