"""Real processes that die: nothing is lost between claim and delivery, and of two on one database exactly one tells."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.succession import LEASE_S
from tests.alerts.notify.processes import FLOOR, Ear, Mailbox, Record, Running, free_port, settings

pytestmark = [pytest.mark.whole, pytest.mark.slow]


@pytest.fixture
def shared(ready_postgres_url: str) -> Iterator[Record]:
    """A PostgreSQL database, looked at from outside."""
    record = Record(ready_postgres_url)
    yield record
    record.close()


async def test_killed_between_claim_and_delivery(tmp_path: Path) -> None:
    """A program and a mail server have the message and do not say so when Floorwatch is killed. Started anew it tells
    both again at once, under the same keys; on record each was told once, and there is one alert."""
    async with Ear(None) as ear, Mailbox() as mailbox:
        config = settings(free_port(), None, ear, mailbox)
        async with Running(tmp_path / "one", config) as first:
            try:
                await asyncio.gather(ear.hears("fired", 1), mailbox.gets(1))
            except TimeoutError:
                pytest.fail(first.said())
        ear.answer, mailbox.silent = b"HTTP/1.1 204 No Content\r\n\r\n", False
        record = Record(f"sqlite:///{tmp_path / 'one' / 'data' / 'floor.sqlite3'}")
        assert {one.state.value for one in record.deliveries()} == {"claimed"}
        async with Running(tmp_path / "one", config) as second:
            try:
                await asyncio.gather(ear.hears("fired", 2), mailbox.gets(2))
                await record.until_sent()
            except TimeoutError:
                pytest.fail(second.said())
        assert len(record.alerts()) == 1
        assert [one.attempts for one in record.deliveries()] == [2, 2]
        record.close()
    first_key, second_key = (one.headers["idempotency-key"] for one in ear.requests)
    assert first_key == second_key
    assert len({key for one in mailbox.letters for key in _keys(one.content)}) == 1


def _keys(letter: bytes | str | None) -> list[str]:
    lines = (letter.decode(errors="replace") if isinstance(letter, bytes) else letter or "").splitlines()
    return [line.partition(":")[2].strip() for line in lines if line.lower().startswith("x-floor-message:")]


@pytest.mark.postgres
@pytest.mark.timeout(180)
async def test_of_two_processes_one_tells_and_the_other_takes_over(
    tmp_path: Path, shared: Record, ready_postgres_url: str
) -> None:
    """Both see that the exchange does not answer; people hear it once. The one that told is killed: within a lease's
    length the other acts, of the same alert, without saying it again; and it is the one that says it is over."""
    port = free_port()
    async with Ear() as ear:
        config = settings(port, ready_postgres_url, ear, None)
        async with Running(tmp_path / "one", config) as one, Running(tmp_path / "two", config) as two:
            try:
                await ear.hears("fired", 1)
            except TimeoutError:
                pytest.fail(one.said() + two.said())
            acting, other = (one, two) if str(one.folder) in shared.holder() else (two, one)
            await shared.until_sent()
            await acting.kill()
            await _until_held_by(shared, other)
            simulator = await _exchange(port)
            try:
                await ear.hears("resolved", 1)
            except TimeoutError:
                pytest.fail(other.said())
            finally:
                simulator.kill()
                await simulator.wait()
            assert len(shared.alerts()) == 1
        fired, over = ear.told("fired"), ear.told("resolved")
        assert (len(fired), len(over)) == (1, 1)
        assert fired[0]["alert"] == over[0]["alert"]


async def _until_held_by(record: Record, one: Running) -> None:
    async with asyncio.timeout(LEASE_S + 20):
        # A lease that runs out announces itself to nobody.
        while str(one.folder) not in record.holder():  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def _exchange(port: int) -> asyncio.subprocess.Process:
    """The exchange comes up."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return await asyncio.create_subprocess_exec(
        *FLOOR,
        *("simulate", "--ami-port", str(port), "--agents", "2", "--seed", "1"),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
