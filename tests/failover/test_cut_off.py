"""A node whose cable is pulled: no proxy between, but a network of its own, in which packets are simply gone."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from floor.tasks import Tasks
from tests.failover.cast import START_S, Process, house
from tests.failover.namespace import Namespace
from tests.failover.screen import Screen

pytestmark = [pytest.mark.alone, pytest.mark.slow, pytest.mark.postgres, pytest.mark.whole, pytest.mark.timeout(280)]


@pytest.fixture
def apart() -> Iterator[Namespace]:
    """The other network. Where every test must run, a machine that could have one and has none is a failure."""
    if os.geteuid() != 0:
        pytest.skip("a network namespace needs root")
    with ExitStack() as stack:
        try:
            one = stack.enter_context(Namespace())
        except (OSError, subprocess.SubprocessError) as error:
            why = f"no network namespace can be had here: {error}"
            if os.environ.get("CI") == "true":
                pytest.fail(why)
            pytest.skip(why)
        yield one


async def test_a_cable_that_is_pulled(tmp_path: Path, ready_postgres_url: str, apart: Namespace) -> None:
    """Nothing says that the cable is out: the node finds out by itself, its screens say that they see nothing, the
    others go on; put in again, all are right in time."""
    async with house(tmp_path, ready_postgres_url, hosts=("127.0.0.1", apart.address)) as one:
        await one.nodes["one"].kill()
        port, tasks = one.ports["one"], Tasks()
        config = one.config(one.redis.port, port, redis_host=apart.address)
        one.nodes["one"] = node = Process(tmp_path / "apart", config, "serve", apart.command)
        one.screens["one"] = screen = Screen("127.0.0.1", port, connected=partial(apart.connected, port))
        tasks.start("screen over there", screen.run())
        try:
            await node.start()
            await one.are_right(within_s=START_S)
            for _ in range(2):
                apart.pull()
                await one.see_nothing("one")
                await one.are_right("two")
                await asyncio.sleep(3)  # the other one's floor goes on meanwhile
                apart.plug()
                await one.are_right()
            await one.record_is_the_log()
        finally:
            await node.kill()
            await tasks.stop()
