"""History as the floor and the assembly see it, over both databases."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from floor.clock import SystemClock
from floor.day import Day
from floor.history import History, HistoryError, WriterLimits
from floor.history.days import KeptDay, kept_days
from floor.history.rows import line_of
from floor.ports import Change, Outcome
from floor.state.facts import CallerLeft, LinkChanged
from floor.state.figures import TOTAL, Limits
from floor.state.model import Caller, Gap, LinkState, Pbx, Record
from tests.history.entities import NOW, ManualClock, finished, gap, offer, span, stored_visits, talking, waiting

FAST = WriterLimits(linger_s=0.05)


def _outcome(*visits: Caller | None, records: tuple[Record, ...] = ()) -> Outcome:
    """One step of one visit: before, after."""
    changes = [Change(visits[0], visits[1])] if visits else []
    return Outcome(1, CallerLeft("pbx", NOW, "support", "1.1"), changes, list(records))


def _up(at: float) -> Outcome:
    return Outcome(1, LinkChanged("pbx", at, LinkState.UP), [Change(None, Pbx("pbx", LinkState.UP, at))], [])


def _history(url: str, tmp_path: Path, **more: object) -> History:
    return History(url, tmp_path / "data", SystemClock(), limits=FAST, **more)  # type: ignore[arg-type]


async def test_a_call(database_url: str, tmp_path: Path) -> None:
    """Joined, moved up, answered, ended, gone: one visit, with its ring and its agent's span."""
    history = _history(database_url, tmp_path)
    await history.open()
    call = waiting()
    steps: list[Caller | None] = [None, call, replace(call, position=2), talking(call), finished(call), None]
    for before, after in pairwise(steps):
        history.record(_outcome(before, after))
    history.record(_outcome(records=(offer(), span(), gap())))
    assert await history.flush()
    assert history.depth == 0
    assert history.written == 6
    assert history.health() is None
    assert await history.visits_since(NOW) == [finished(call)]
    assert await history.offers_since(NOW) == [offer()]
    assert await history.spans_since(NOW) == [span()]
    assert await history.gaps_in(NOW) == [gap()]
    assert await history.records_since(NOW) == [offer(), span(), gap()]
    assert (await history.figures_since(NOW, Limits()))[TOTAL].answered == 1
    assert await history.open_visits() == []
    await history.close()


async def test_restart(database_url: str, tmp_path: Path) -> None:
    """After a restart everything is there, the open visit too, and our absence is a gap."""
    first = _history(database_url, tmp_path)
    await first.open()
    first.record(_up(NOW - 60))
    first.record(_outcome(None, talking(waiting())))
    await first.close()

    second = _history(database_url, tmp_path)
    await second.open()
    assert await second.open_visits("pbx") == [talking(waiting())]
    assert second.left_off()["pbx"] >= NOW - 60
    until = time.time() + 60
    second.record(_up(until))
    second.record(_outcome(talking(waiting()), finished(waiting())))
    assert await second.flush()
    assert await second.visits_since(0) == [finished(waiting())]
    (missing,) = await second.gaps_in(0)
    assert (missing.ended_at, missing.reason) == (until, "restart")
    await second.close()


async def test_spill_of_an_earlier_run(database_url: str, tmp_path: Path) -> None:
    """What an earlier run could only spill is in the database before anybody asks for today's figures."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "history-spill.jsonl").write_bytes(line_of(waiting()) + line_of(finished(waiting())))
    history = _history(database_url, tmp_path)
    await history.open()
    assert await history.visits_since(0) == [finished(waiting())]
    assert history.depth == 0
    await history.close()


async def test_never_blocks(tmp_path: Path) -> None:
    """Recording takes microseconds, whatever the database does."""
    history = _history(f"sqlite:///{tmp_path / 'floor.sqlite3'}", tmp_path)
    await history.open()
    with history.database.writing() as connection:
        connection.execute(text("SELECT 1"))  # the write lock is ours
        began = time.monotonic()
        for n in range(1000):
            history.record(_outcome(None, waiting(f"{n}.0", NOW + n)))
        took = time.monotonic() - began
    assert took < 1.0
    assert await history.flush(30)
    assert len(await history.visits_since(0)) == 1000
    await history.close()


async def test_says_what_is_wrong(tmp_path: Path) -> None:
    """While the database refuses, health says so; afterwards it is quiet again."""
    history = _history(f"sqlite:///{tmp_path / 'floor.sqlite3'}", tmp_path)
    history.database.busy_s = 0.05
    await history.open()
    with history.database.writing() as connection:
        connection.execute(text("SELECT 1"))
        history.record(_outcome(None, waiting()))
        assert not await history.flush(5)
        assert "database is locked" in (history.health() or "")
        assert "历史数据库" in (history.health("zh") or "")
        assert history.trouble().waiting + history.trouble().spilled == 1
    assert await history.flush(10)
    assert history.health() is None
    await history.close()


async def test_cannot_open(tmp_path: Path) -> None:
    """A database or folder that cannot be used is one sentence that names the key, and leaves nothing locked."""
    (tmp_path / "file").write_text("")
    for url, folder, key in (
        ("sqlite:////proc/nowhere/x", tmp_path / "data", "database: "),
        (f"sqlite:///{tmp_path / 'floor.sqlite3'}", tmp_path / "file", "data_dir: "),
    ):
        with pytest.raises(HistoryError, match=key):
            await History(url, folder, SystemClock()).open()
    history = _history(f"sqlite:///{tmp_path / 'floor.sqlite3'}", tmp_path)
    await history.open()
    await history.close()


async def test_one_at_a_time(tmp_path: Path) -> None:
    """Two programs must not share a data folder; the second is told so."""
    url = f"sqlite:///{tmp_path / 'floor.sqlite3'}"
    first = _history(url, tmp_path)
    await first.open()
    with pytest.raises(HistoryError, match="another Floorwatch"):
        await _history(url, tmp_path).open()
    await first.close()
    second = _history(url, tmp_path)
    await second.open()
    await second.close()


async def test_asking_a_dead_database(database_url: str, tmp_path: Path) -> None:
    """A question that cannot be answered is a sentence, not a stack of somebody else's errors."""
    history = _history(database_url, tmp_path)
    await history.open()
    with history.database.writing() as connection:
        connection.execute(text("DROP TABLE visits"))
    with pytest.raises(HistoryError, match="does not answer"):
        await history.visits_since(0)
    await history.close()


async def test_forgets(tmp_path: Path) -> None:
    """What is older than its days goes in the writer's idle moments."""
    clock = ManualClock(NOW)
    history = History(f"sqlite:///{tmp_path / 'floor.sqlite3'}", tmp_path, clock, keep_days=10, limits=FAST)
    await history.open()
    history.record(_outcome(None, finished(waiting("1.0", NOW - 11 * 86400))))
    history.record(_outcome(None, finished(waiting("2.0", NOW - 9 * 86400))))
    assert await history.flush()
    async with asyncio.timeout(10):
        while len(await history.visits_since(0)) > 1:
            clock.pass_by(3600.0)
            await history.flush()
    assert [one.uniqueid for one in await history.visits_since(0)] == ["2.0"]
    await history.close()


async def test_report(database_url: str, tmp_path: Path) -> None:
    """A day that is over is added up in the writer's idle moments; a report tells it and today, by the limits given."""
    clock, day = ManualClock(NOW), Day("UTC")
    history = History(database_url, tmp_path, clock, limits=FAST, day=day, in_time=Limits(answer_s=4))
    await history.open()
    yesterday, today = day.begin(NOW) - 86400, day.begin(NOW)
    history.record(_outcome(None, finished(waiting("1.0", yesterday + 9))))
    history.record(_outcome(None, finished(talking(waiting("2.0", today + 9), wait_s=3))))
    assert await history.flush()
    async with asyncio.timeout(20):
        while not _kept(history):
            clock.pass_by(60.0)
            await history.flush()
    told = await history.report([yesterday, today, today + 86400])
    assert [told[at, TOTAL].offered for at in (yesterday, today)] == [1, 1]
    assert [told[at, TOTAL].answered_in_time for at in (yesterday, today)] == [0, 1]
    await history.close()


def _kept(history: History) -> list[KeptDay]:
    with history.database.reading() as connection:
        return kept_days(connection, 0, NOW, Limits(answer_s=4))


async def test_backfill(database_url: str, tmp_path: Path) -> None:
    """Gaps are healed from queue_log through the same door."""
    log = tmp_path / "queue_log"
    lines = [
        "0|NONE|NONE|NONE|QUEUESTART|",
        "100|1.1|support|NONE|ENTERQUEUE||1|1",
        "109|1.1|support|NONE|ABANDON|1|1|9",
    ]
    log.write_text("".join(f"{int(NOW) + int(line.partition('|')[0])}|{line.partition('|')[2]}\n" for line in lines))
    history = _history(database_url, tmp_path)
    await history.open()
    history.record(_outcome(records=(Gap("pbx", NOW + 90, NOW + 120, "cut"),)))
    assert await history.flush()
    healing = await history.backfill("pbx", str(log))
    assert [one.healed for one in await history.visits_since(0)] == [True]
    assert len(healing.healed) == 1
    history.record(_outcome(records=(Gap("pbx", NOW + 190, NOW + 220, "cut"),)))
    assert await history.flush()
    with pytest.raises(HistoryError, match="there is no"):
        await history.backfill("pbx", "/nowhere")
    await history.close()


CHILD = """
import asyncio, sys
from pathlib import Path
from floor.clock import SystemClock
from floor.history import History
from tests.history.test_history import _outcome
from tests.history.entities import NOW, finished, waiting

async def main():
    history = History(sys.argv[1], Path(sys.argv[2]), SystemClock())
    await history.open()
    for n in range(100000):
        history.record(_outcome(None, finished(waiting(f"{n}.0", NOW + n))))
        if n % 50 == 49:
            assert await history.flush()
            print(n, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("after", [3, 11])
def test_killed(tmp_path: Path, after: int) -> None:
    """Killed without warning: every call that was flushed is there, once, and the next start works."""
    url = f"sqlite:///{tmp_path / 'floor.sqlite3'}"
    child = subprocess.Popen([sys.executable, "-c", CHILD, url, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    told = [int(child.stdout.readline()) for _ in range(after)]
    child.kill()
    child.wait()
    child.stdout.close()

    async def again() -> list[Caller]:
        history = History(url, tmp_path, SystemClock())
        await history.open()
        visits = await history.visits_since(0)
        await history.close()
        return visits

    visits = asyncio.run(again())
    assert [one.uniqueid for one in visits[: told[-1] + 1]] == [f"{n}.0" for n in range(told[-1] + 1)]
    assert len({one.uniqueid for one in visits}) == len(visits)


async def test_spill_is_readable(tmp_path: Path) -> None:
    """The spill file is plain JSON, one entry per line, for a person in need."""
    history = _history(f"sqlite:///{tmp_path / 'floor.sqlite3'}", tmp_path)
    history.database.busy_s = 0.05
    await history.open()
    with history.database.writing() as connection:
        connection.execute(text("SELECT 1"))
        history.record(_outcome(None, waiting()))
        await history.close(1.0)
    (line,) = (tmp_path / "data" / "history-spill.jsonl").read_text().splitlines()
    assert json.loads(line)["is"]["number"] == "1900"
    assert stored_visits(history.database) == []
    history.database.close()
