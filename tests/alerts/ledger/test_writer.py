"""Pages get into the database in order, whatever it does meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from alerts.ledger.rows import Page, line_of
from alerts.ledger.writer import PageLimits, PageWriter
from floor.backoff import Backoff
from floor.history.database import Database
from floor.tasks import Tasks
from tests.alerts.ledger.pages import breach, delivery, states
from tests.alerts.lives import T0
from tests.history.entities import ManualClock

PROMPT = PageLimits(spill_after_s=0.0, retry=Backoff(0.01, cap_s=0.02))


def page(name: str) -> Page:
    return Page(deliveries=(delivery(name, T0),))


@pytest.fixture
def writer(database: Database, tmp_path: Path, clock: ManualClock) -> PageWriter:
    """A writer that does not wait."""
    return PageWriter(database, tmp_path, clock, PROMPT)


def break_it(database: Database) -> None:
    """The table is gone: every write is refused."""
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE deliveries RENAME TO elsewhere"))


def mend_it(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO deliveries"))


async def test_in_order(writer: PageWriter, database: Database) -> None:
    """What is put is written, and whoever waits for it is told."""
    tasks = Tasks()
    tasks.start("writer", writer.run())
    for name in "abc":
        writer.put(page(name))
    assert await writer.flushed(5)
    assert states(database) == {"a": "waiting", "b": "waiting", "c": "waiting"}
    await tasks.stop()


class Counted:
    """How many transactions were begun."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.number, begin = 0, database.writing

        def writing() -> Any:
            self.number += 1
            return begin()

        monkeypatch.setattr(database, "writing", writing)


PATIENT = PageLimits(gather_s=3600.0)


async def test_pages_gather(
    database: Database, tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty pages that nobody waits for are one transaction; whoever waits for them does not wait for more of them."""
    writer, begun = PageWriter(database, tmp_path, clock, PATIENT), Counted(database, monkeypatch)
    tasks = Tasks()
    tasks.start("writer", writer.run())
    for number in range(50):
        writer.put(Page(breaches=(breach(f"b{number}", T0),)))
        await asyncio.sleep(0)
    assert begun.number == 0
    assert await writer.flushed(5)
    assert begun.number == 1
    await tasks.stop()


async def test_no_message_waits(database: Database, tmp_path: Path, clock: ManualClock) -> None:
    """A page with a message is written at once, with all that came before it; so is a full batch."""
    writer, tasks = PageWriter(database, tmp_path, clock, PATIENT), Tasks()
    tasks.start("writer", writer.run())
    writer.put(Page(breaches=(breach("b", T0),)))
    writer.put(page("a"))
    await asyncio.wait_for(writer.settled.wait(), 5)
    assert states(database) == {"a": "waiting"}
    for number in range(PATIENT.batch):
        writer.put(Page(breaches=(breach(f"b{number}", T0),)))
    await asyncio.wait_for(writer.settled.wait(), 5)
    await tasks.stop()


async def test_what_comes_meanwhile_is_not_waited_for(
    database: Database, tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks whether his page is written is answered when it is, however many more come all the time."""
    writer, tasks = PageWriter(database, tmp_path, clock, PATIENT), Tasks()
    write = writer._write_all
    loop = asyncio.get_running_loop()

    def slowly(pages: Sequence[Page]) -> None:
        write(pages)
        loop.call_soon_threadsafe(writer.put, Page(breaches=(breach("more", T0),)))

    monkeypatch.setattr(writer, "_write_all", slowly)
    tasks.start("writer", writer.run())
    writer.put(Page(breaches=(breach("b", T0),)))
    assert await writer.flushed(5)
    await tasks.stop()


async def test_refused_and_back(writer: PageWriter, database: Database) -> None:
    """While it refuses pages are made safe on disk; when it is back they are written first."""
    tasks = Tasks()
    tasks.start("writer", writer.run())
    break_it(database)
    writer.put(page("a"))
    assert not await writer.flushed(5)
    assert writer.failing
    assert writer.why
    assert (writer.in_memory, len(writer.spill)) == (0, 1)
    mend_it(database)
    writer.put(page("b"))
    await asyncio.wait_for(writer.settled.wait(), 5)
    assert list(states(database)) == ["a", "b"]
    assert (len(writer), writer.failing) == (0, False)
    await tasks.stop()


async def test_killed_while_it_refuses(
    writer: PageWriter, database: Database, tmp_path: Path, clock: ManualClock
) -> None:
    """What was made safe on disk is written by the next run, before anything else."""
    break_it(database)
    writer.put(page("a"))
    assert not await writer.attempt()
    mend_it(database)
    again = PageWriter(database, tmp_path, clock, PROMPT)
    again.open()
    assert states(database) == {"a": "waiting"}
    assert len(again) == 0


async def test_stopped_in_order(writer: PageWriter, database: Database, tmp_path: Path) -> None:
    """Stopping writes what waits, or spills it."""
    writer.put(page("a"))
    await writer.stop(5)
    assert states(database) == {"a": "waiting"}
    break_it(database)
    writer.put(page("b"))
    await writer.stop(5)
    assert len((tmp_path / "alerts-spill.jsonl").read_bytes().splitlines()) == 1


async def test_one_bad_page(writer: PageWriter, database: Database, tmp_path: Path) -> None:
    """A page no database takes is set aside, and holds up nobody."""
    bad = Page(breaches=(breach(at=T0, severity=None),))
    writer.put(page("a"))
    writer.put(bad)
    writer.put(page("b"))
    assert await writer.attempt()
    assert list(states(database)) == ["a", "b"]
    assert writer.refused == 1
    assert (tmp_path / "alerts-refused.jsonl").read_bytes() == line_of(bad)


async def test_broken_line(writer: PageWriter, database: Database, tmp_path: Path) -> None:
    """A line in the spill file that is none is set aside, too."""
    (tmp_path / "alerts-spill.jsonl").write_bytes(b"shopping list\n" + line_of(page("a")))
    writer.open()
    assert states(database) == {"a": "waiting"}
    assert (tmp_path / "alerts-refused.jsonl").read_bytes() == b"shopping list\n"


async def test_spill_file_gone(writer: PageWriter, database: Database, tmp_path: Path) -> None:
    """Somebody removed the spill file: what was in it is counted as lost, and writing goes on."""
    break_it(database)
    writer.put(page("a"))
    await writer.attempt()
    (tmp_path / "alerts-spill.jsonl").unlink()
    mend_it(database)
    writer.put(page("b"))
    assert await writer.attempt()
    assert (writer.lost, list(states(database))) == (1, ["b"])


async def test_neither_database_nor_disk(
    database: Database, tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When both refuse and memory is full, the oldest goes, counted; the newest are written when it is back."""
    writer = PageWriter(database, tmp_path, clock, PageLimits(spill_after_s=0.0, keep=2))

    def full(_descriptor: int, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("floor.lines._write_through", full)
    break_it(database)
    for name in "abc":
        writer.put(page(name))
    assert not await writer.attempt()
    assert (writer.disk, writer.lost) == ("No space left on device", 1)
    mend_it(database)
    assert await writer.attempt()
    assert list(states(database)) == ["b", "c"]
    assert writer.disk is None
