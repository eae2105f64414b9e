"""What the record costs: finished calls written a second while others ask, and a month's report of ten million calls.

``python -m tests.bench.history [ROUNDS] [CALLS]``: ``CALLS`` on record for the report (a million; the claim is about
ten million, which takes minutes and gigabytes). SQLite always, PostgreSQL where its server is installed; both put
every commit on the disk. Prints one JSON object; decides nothing.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import count, pairwise
from pathlib import Path

from floor.clock import SystemClock
from floor.day import Day
from floor.history.calls import call_in
from floor.history.database import Database
from floor.history.days import count_day, report
from floor.history.queries import Interval, visits_in
from floor.history.rows import Entry
from floor.history.writer import Writer, WriterLimits
from floor.measures import Measures
from floor.state.figures import TOTAL, Limits
from floor.state.model import AgentState, Caller, CallerStage, CompletedBy, Ending, Offer, OfferResult, Span
from tests.bench.past import AGENTS, DAY_S, DAYS, FIRST, QUEUES, fill
from tests.bench.reading import Reading, printed
from tests.support.postgres import PostgresServer, binaries

CALLS = 10_000
"""Written in one round."""
PER_S = 2000
"""Calls a second by their own clock: each is joined, answered and ended in transactions of their own."""
ON_RECORD = 1_000_000
ASKED_EVERY_S = 0.05


def measure(rounds: int, scale: int = 1, on_record: int = ON_RECORD) -> list[Reading]:
    """``scale``: calls written in a round, as a multiple; ``on_record``: calls on record for the report."""
    readings = [_today(rounds, scale)]
    for name, goal in (("sqlite", 2000), ("postgresql", 4000)):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="floor-bench-")))
            new = _new_database(name, folder, stack)
            if new is not None:
                readings.append(_written(name, goal, new, folder, rounds, scale))
                readings.extend(_asked(name, new(), rounds, on_record))
    return readings


def _new_database(name: str, folder: Path, stack: ExitStack) -> Callable[[], Database] | None:
    """What makes an empty database of this kind, if there is a server."""
    numbers = count(1)
    if name == "sqlite":
        return lambda: _ready(f"sqlite:///{folder}/floor{next(numbers)}.sqlite3")
    programs = binaries()
    if programs is None:
        return None
    # Not in ours: the server runs as another user, and a socket's path must be short.
    home = stack.enter_context(tempfile.TemporaryDirectory(prefix="floor-pg-", ignore_cleanup_errors=True))
    server = PostgresServer(programs, Path(home))
    server.create()
    server.start(durable=True)
    stack.callback(server.stop)
    return lambda: _ready(server.new_database())


def _ready(url: str) -> Database:
    database = Database(url)
    database.upgrade()
    return database


# -- writing --------------------------------------------------------------------------------------------------------


def _written(name: str, goal: int, new: Callable[[], Database], folder: Path, rounds: int, scale: int) -> Reading:
    entries = list(_day(CALLS * scale))
    rates, used, asked = [], [], 0
    for number in range(rounds):
        database = new()
        with _askers(database) as questions:
            rate, cpu_s = _write(database, folder / f"round{number}", entries, CALLS * scale)
        rates.append(rate)
        used.append(cpu_s)
        asked += len(questions)
        database.close()
    beside = {
        "entries_per_call": round(len(entries) / (CALLS * scale), 2),
        "our_cpu_us_per_call": round(sorted(used)[rounds // 2] / (CALLS * scale) * 1e6),
        "questions_meanwhile": asked,
    }
    return Reading(f"history.{name}.calls_per_s", "calls/s", rates, at_least=goal, scale=scale, beside=beside)


def _write(database: Database, folder: Path, entries: list[Entry], calls: int) -> tuple[float, float]:
    """(calls a second, processor seconds of ours, the askers' included)."""
    folder.mkdir()
    writer = Writer(database, folder, SystemClock(), limits=WriterLimits(keep_rows=len(entries)))
    writer.spill.open()
    writer.put(entries)
    began, used = time.perf_counter(), time.process_time()
    writer.start()
    whole = writer.flush(600)
    took, used = time.perf_counter() - began, time.process_time() - used
    writer.stop(10)
    assert whole, "not everything was written"
    return calls / took, used


@contextmanager
def _askers(database: Database) -> Iterator[list[float]]:
    """Somebody who looks at calls and at an agent's day all the time; how long each question took."""
    stop, took = threading.Event(), list[float]()

    def ask() -> None:
        for number in count():
            if stop.wait(ASKED_EVERY_S):
                return
            began = time.perf_counter()
            with database.reading() as connection:
                call_in(connection, "pbx", _id(number * 10), FIRST)
                list(visits_in(connection, Interval(FIRST, FIRST + 60), ("agent", "pbx", _agent(number))))
            took.append(time.perf_counter() - began)

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        yield took
    finally:
        stop.set()
        asker.join()


def _day(calls: int) -> Iterator[Entry]:
    """All entries in the order in which a floor tells them."""
    told = [one for n in range(calls) for one in _call(n)]
    return (entry for _, entry in sorted(told, key=lambda one: one[0]))


def _id(n: int) -> str:
    return f"{int(FIRST + n / PER_S)}.{n}"


def _agent(n: int) -> str:
    return f"agent{n % AGENTS}"


def _call(n: int) -> list[tuple[float, Entry]]:
    """What is recorded of one answered call, with when it is told."""
    at, queue, agent, call = FIRST + n / PER_S, f"queue{n % QUEUES}", _agent(n), _id(n)
    joined = Caller("pbx", queue, call, CallerStage.WAITING, at, call, "13800004711", "Zhang 张", 1, 0)
    answered = replace(
        joined, stage=CallerStage.TALKING, position=None, agent=agent, answered_at=at + 5, wait_s=5, ring_s=3
    )
    ended = replace(
        answered,
        stage=CallerStage.ENDED,
        ended_at=at + 65,
        ending=Ending.ANSWERED,
        talk_s=60,
        completed_by=CompletedBy.CALLER,
    )
    return [
        (at, joined),
        (at + 2, Span("pbx", agent, AgentState.READY, at - 20, at + 2)),
        (at + 5, Offer("pbx", queue, agent, call, at + 2, at + 5, OfferResult.ANSWERED, 3000)),
        (at + 5, Span("pbx", agent, AgentState.RINGING, at + 2, at + 5, queue=queue, call=call)),
        (at + 5, answered),
        (at + 65, Span("pbx", agent, AgentState.TALKING, at + 5, at + 65, queue=queue, call=call)),
        (at + 65, ended),
        (at + 77, Span("pbx", agent, AgentState.ACW, at + 65, at + 77, queue=queue, call=call)),
    ]


# -- asking ---------------------------------------------------------------------------------------------------------


def _asked(name: str, database: Database, rounds: int, on_record: int) -> list[Reading]:
    """A month by day and subject, the last day not yet added up; a month of which nothing is; one call."""
    began = time.perf_counter()
    fill(database, on_record)
    filled_s = time.perf_counter() - began
    bounds = [FIRST + n * DAY_S for n in range(DAYS + 1)]
    began = time.perf_counter()
    for since, until in pairwise(bounds[:-1]):
        with database.writing() as connection:
            count_day(connection, since, until, Limits())
    counted_s = (time.perf_counter() - began) / (DAYS - 1)
    months = [_report_s(database, bounds[-31 - 29 * n : len(bounds) - 29 * n]) for n in range(rounds)]
    totals = [_report_s(database, [bounds[-31], bounds[-1]]) for _ in range(rounds)]
    calls = [_call_s(database, n * on_record // (rounds + 1)) for n in range(rounds)]
    cold = _report_s(database, [bounds[30] + 1, bounds[60] - 1], Limits(answer_s=99))
    beside = {
        "calls_on_record": on_record,
        "calls_in_the_month": on_record * 30 // DAYS,
        "filled_s": round(filled_s, 1),
        "a_day_added_up_s": round(counted_s, 3),
        "from_the_rows_alone_s": round(cold, 2),
    }
    database.close()
    return [
        Reading(f"history.{name}.month_by_day_s", "s", months, at_most=1.0, beside=beside),
        Reading(f"history.{name}.month_s", "s", totals, at_most=1.0, beside=beside),
        Reading(f"history.{name}.call_ms", "ms", calls, beside=beside),
    ]


def _report_s(database: Database, bounds: list[float], limits: Limits | None = None) -> float:
    began = time.perf_counter()
    with database.viewing() as connection:
        told = report(connection, bounds, limits or Limits())
    assert told[bounds[0], TOTAL].offered > 0
    return time.perf_counter() - began


def _call_s(database: Database, n: int) -> float:
    with database.reading() as connection:
        visit = next(visits_in(connection, Interval(FIRST + n % DAYS * DAY_S, FIRST + n % DAYS * DAY_S + 600)))
        began = time.perf_counter()
        found = call_in(connection, visit.pbx, visit.linkedid or "", visit.joined_at or 0.0)
        took = time.perf_counter() - began
    assert visit in found.visits
    return took * 1000


def _today(rounds: int, scale: int) -> Reading:
    """Reading today's total after 20,000 calls, as a multiple of reading it after 100."""
    few, many = (_floor_of(calls) for calls in (100, 20_000 * scale))
    shares = []
    for _ in range(rounds):
        few_s, many_s = _read_s(few), _read_s(many)
        shares.append(many_s / few_s)
    beside = {"a_read_us": round(_read_s(many) * 1e6, 2)}
    return Reading("history.today.times_of_100_calls", "times", shares, at_most=1.5, scale=scale, beside=beside)


def _floor_of(calls: int) -> Measures:
    clock = SystemClock()
    measures = Measures(clock, Day("UTC"), Limits())
    begin = measures.day_begin
    seen = [replace(visit, joined_at=begin + n / calls) for n, visit in enumerate(_ended(calls))]
    measures.seed(seen, [])
    return measures


def _ended(calls: int) -> Iterator[Caller]:
    return (entry for n in range(calls) for _, entry in _call(n) if isinstance(entry, Caller) and entry.ending)


def _read_s(measures: Measures) -> float:
    began = time.perf_counter()
    for _ in range(1000):
        measures.figures(TOTAL)
    return (time.perf_counter() - began) / 1000


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    print(printed(measure(given[0] if given else 5, on_record=given[1] if len(given) > 1 else ON_RECORD)))
