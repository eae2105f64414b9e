"""The node that tells may die between claim and delivery: the other one tells, and on record each was told once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from alerts.succession import LEASE_S
from tests.alerts.notify.processes import RULE, Ear, Record
from tests.failover.cast import PBX, START_S, Process
from tests.support.redis_server import RedisServer, free_port

pytestmark = [pytest.mark.alone, pytest.mark.slow, pytest.mark.postgres, pytest.mark.whole, pytest.mark.timeout(280)]


def settings(database: str, redis: RedisServer, ami: int, ear: Ear) -> str:
    """One exchange that may not answer, and one program that is told of it."""
    return f"""
host = "127.0.0.1"
port = 0
rules = "rules.toml"
database = "{database}"
[relay]
url = "{redis.url}"
[[pbx]]
name = "{PBX}"
host = "127.0.0.1"
port = {ami}
user = "floor"
secret = "floor"
[[alerts.route]]
name = "all"
rules = ["{RULE}"]
contacts = [{{ kind = "webhook", address = "ops" }}]
chain = false
[notify.webhook.ops]
url = "{ear.url}"
private = true
"""


@pytest.fixture
async def relay(tmp_path: Path) -> AsyncIterator[RedisServer]:
    server = RedisServer(tmp_path)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def shared(ready_postgres_url: str) -> Iterator[Record]:
    """The record, looked at from outside."""
    record = Record(ready_postgres_url)
    yield record
    record.close()


async def test_who_tells_is_killed(tmp_path: Path, relay: RedisServer, shared: Record, ready_postgres_url: str) -> None:
    """The exchange does not answer. The acting node has told a program that never says that it was told, and is killed.
    Within a lease's length the other one tells the same message under the same key; there is one alert, and one
    message, sent."""
    async with Ear(None) as ear, AsyncExitStack() as stack:
        config = settings(ready_postgres_url, relay, free_port(), ear)
        collector = Process(tmp_path / "collector", config, "collect")
        nodes = [Process(tmp_path / name, config, "serve") for name in ("one", "two")]
        for process in (collector, *nodes):
            (process.folder / "rules.toml").write_text(f'[[rule]]\nid = "{RULE}"\nlimit = "1 s"\n')
            await process.start()
            stack.push_async_callback(process.kill)
        try:
            await ear.hears("fired", 1, START_S)
        except TimeoutError:
            pytest.fail("".join(one.said() for one in (collector, *nodes)))
        assert {one.state.value for one in shared.deliveries()} == {"claimed"}
        acting, other = nodes if str(nodes[0].folder) in shared.holder() else reversed(nodes)
        ear.answer = b"HTTP/1.1 204 No Content\r\n\r\n"
        await acting.kill()
        try:
            await ear.hears("fired", 2, LEASE_S + START_S)
            await shared.until_sent()
        except TimeoutError:
            pytest.fail(other.said())
        assert str(other.folder) in shared.holder()
        assert len(shared.alerts()) == 1
        assert [(one.state.value, one.attempts) for one in shared.deliveries()] == [("sent", 2)]
        first, second = (one.headers["idempotency-key"] for one in ear.requests)
        assert first == second
        await acting.start()
        with pytest.raises(TimeoutError):
            await ear.hears("fired", 3, 5)


async def test_of_a_fault_and_its_end_each_is_told_once(
    tmp_path: Path, relay: RedisServer, shared: Record, ready_postgres_url: str
) -> None:
    """Two nodes see the same; the relay is stopped and started while the exchange is away: no second alert, and
    whoever hears of it hears once that it began."""
    async with Ear() as ear, AsyncExitStack() as stack:
        config = settings(ready_postgres_url, relay, free_port(), ear)
        processes = [
            Process(tmp_path / name, config, verb)
            for name, verb in (("collector", "collect"), ("one", "serve"), ("two", "serve"))
        ]
        for process in processes:
            (process.folder / "rules.toml").write_text(f'[[rule]]\nid = "{RULE}"\nlimit = "1 s"\n')
            await process.start()
            stack.push_async_callback(process.kill)
        await ear.hears("fired", 1, START_S)
        await shared.until_sent()
        await relay.stop()
        await asyncio.sleep(4)  # longer than a collector may be silent
        await relay.start()
        with contextlib.suppress(TimeoutError):
            await ear.hears("fired", 2, 6)
        assert len(shared.alerts()) == 1
        assert len(ear.told("fired")) == 1, [(one["alert"], one["title"], one) for one in ear.told("fired")]
