"""Backfill as a deed, over both databases and over every tape of real Asterisk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import cache
from pathlib import Path

import pytest

from asterisk.wire import first
from floor.history.database import Database
from floor.history.errors import QueueLogUnreadableError
from floor.history.healing import backfill
from floor.history.keeping import worth_keeping
from floor.history.queries import figures_since
from floor.history.queue_log import LogReading, read_queue_log
from floor.history.rows import Entry
from floor.history.tables import gaps, offers, spans, visits
from floor.history.upsert import write
from floor.ports import Outcome
from floor.state.figures import TOTAL, Figures, Limits
from floor.state.model import Correction, Ending, Gap
from tests.asterisk.judge import judge_file
from tests.history.entities import NOW, finished, gap, lost, offer, stored, stored_visits, waiting
from tests.support.replay import PBX, Stage, messages, play, sessions

TAPES = sorted((Path(__file__).parents[1] / "tapes").glob("*/*.queue_log"))
STAMPED = [tape for tape in TAPES if tape.parent.name != "captures"]
"""Recorded with the exchange's timestamps, so that queue_log and events speak of the same moments."""
T = int(NOW)
LOG = f"""{T - 9999}|NONE|NONE|NONE|QUEUESTART|
{T - 10}|1.0|support|NONE|ENTERQUEUE||1900|1
{T + 2}|2.0|support|NONE|ENTERQUEUE||1901|2
{T + 5}|1.0|support|Ann|CONNECT|15|1.1|4
{T + 9}|2.0|support|Bob|RINGNOANSWER|6000
{T + 12}|2.0|support|NONE|ABANDON|2|2|10
{T + 20}|1.0|support|Ann|COMPLETECALLER|15|15|1
"""


@pytest.fixture
def log(tmp_path: Path) -> str:
    file = tmp_path / "queue_log"
    file.write_text(LOG)
    return str(file)


def _write(database: Database, *entries: Entry) -> None:
    with database.writing() as connection:
        write(connection, entries)


def test_heals_and_marks(database: Database, log: str) -> None:
    """Calls are completed and added, rings added, the gap healed, and every mark is there; again changes nothing."""
    _write(database, waiting("1.0", NOW - 9.6), gap(NOW, NOW + 60))
    healing = backfill(database, "pbx", log)
    assert (len(healing.inserted), len(healing.completed), len(healing.offers), len(healing.healed)) == (1, 1, 2, 1)
    after = stored(database)
    first, second = after[0]
    assert (first.ending, first.talk_s, first.joined_at, first.healed) == (Ending.ANSWERED, 15, NOW - 9.6, True)
    assert (second.ending, second.number, second.healed) == (Ending.ABANDONED, "1901", True)
    assert [one.healed for one in after[3]] == [True]
    assert backfill(database, "pbx", log).visits == []
    assert stored(database) == after


def test_same_second(database: Database, tmp_path: Path) -> None:
    """Two visits of one call in one second of the log are two rows, and stay two."""
    empty = f"{T + 5}|1.0|support|NONE|ENTERQUEUE||1900|1\n{T + 5}|1.0|support|NONE|EXITEMPTY|1|1|0\n"
    log = tmp_path / "queue_log"
    log.write_text(LOG.splitlines()[0] + "\n" + empty * 2)
    _write(database, gap(NOW, NOW + 60))
    for _ in range(2):
        backfill(database, "pbx", str(log))
        assert [one.ending for one in stored_visits(database)] == [Ending.EXIT_EMPTY] * 2
        with database.writing() as connection:
            connection.execute(gaps.update().values(healed=False))


def test_dry(database: Database, log: str) -> None:
    """A dry run tells the same and writes nothing."""
    _write(database, waiting("1.0", NOW - 9.6), gap(NOW, NOW + 60))
    before = stored(database)
    assert len(backfill(database, "pbx", log, dry=True).visits) == 2
    assert stored(database) == before


def test_other_exchange(database: Database, log: str) -> None:
    """The log of one exchange heals nothing of another."""
    _write(database, waiting("1.0", NOW - 9.6, pbx="other"), gap(NOW, NOW + 60, pbx="other"))
    assert backfill(database, "pbx", log).healed == []
    assert len(stored_visits(database)) == 1


def test_no_gap_no_reading(database: Database) -> None:
    """Without a gap the log is not even opened."""
    assert backfill(database, "pbx", "/nowhere").visits == []


def test_unreadable(database: Database) -> None:
    """A log that cannot be read heals nothing and says why."""
    _write(database, gap())
    with pytest.raises(QueueLogUnreadableError, match="there is no /nowhere"):
        backfill(database, "pbx", "/nowhere")
    assert stored(database)[3] == [gap()]


def test_far_apart(database: Database, log: str) -> None:
    """Gaps a month apart are healed each for itself; one before the log's beginning stays."""
    old = gap(NOW - 30 * 86400, NOW - 30 * 86400 + 60)
    _write(database, old, gap(NOW, NOW + 60))
    healing = backfill(database, "pbx", log)
    assert [one.began_at for one in healing.healed] == [NOW]
    assert [(one, why) for one, why in healing.unhealed] == [(old, "queue_log begins after the gap")]


def test_changed_meanwhile(database: Database, log: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A visit that the floor completes while we look is the floor's; the gap waits for the next time."""
    _write(database, waiting("1.0", NOW - 9.6), gap(NOW, NOW + 60))
    ours = finished(waiting("1.0", NOW - 9.6))

    def read(source: str, since: float, until: float | None, zone: tzinfo | None) -> LogReading:
        _write(database, ours)
        monkeypatch.undo()
        return read_queue_log(source, since, until, zone)

    monkeypatch.setattr("floor.history.healing.read_queue_log", read)
    healing = backfill(database, "pbx", log)
    assert (len(healing.completed), len(healing.healed)) == (0, 0)
    assert stored_visits(database)[0] == ours
    assert backfill(database, "pbx", log).healed


def test_known_ring(database: Database, log: str) -> None:
    """Rings on record are not doubled."""
    ring = replace(offer("2.0", NOW + 3.1, "Bob"), ended_at=NOW + 9.2, ring_ms=6000)
    _write(database, ring, lost(waiting("2.0", NOW + 2.4), wait_s=10), gap(NOW, NOW + 60))
    backfill(database, "pbx", log)
    assert [one.agent for one in stored(database)[1]] == ["Ann", "Bob"]


# Real tapes: what the living floor records, and what is left of it when we were away for a part.


@dataclass
class Watched:
    """One tape, played once: all that happened, and the floor afterwards."""

    outcomes: list[Outcome]
    stage: Stage

    def entries(self, asleep: tuple[float, float] = (0.0, 0.0)) -> list[Entry]:
        """What the history would keep, if it slept through a stretch."""
        begin, end = asleep
        awake = [outcome for outcome in self.outcomes if not begin <= outcome.fact.at <= end]
        kept = [worth_keeping(change) for outcome in awake for change in outcome.changes]
        told = [record for outcome in awake for record in outcome.records]
        records = [
            record.after if isinstance(record, Correction) else record for record in told if not isinstance(record, Gap)
        ]
        return [*(visit for visit in kept if visit is not None), *records]


@cache
def _watched(tape: Path) -> Watched:
    paths = sessions(tape.parent, tape.stem)
    stamps = (first(message, "Timestamp") for path in paths for message in messages(path))
    watched = Watched([], Stage(next((float(stamp) for stamp in stamps if stamp), NOW)))
    watched.stage.store.subscribe(watched.outcomes.append)
    play(paths, watched.stage)
    return watched


def _tape_id(tape: Path) -> str:
    return f"{tape.parent.name}-{tape.stem}"


@pytest.mark.parametrize("tape", TAPES, ids=_tape_id)
def test_stored_equals_live(cleared_database: Database, tape: Path) -> None:
    """On every tape the figures summed from the database are those of the living floor, for every subject."""
    watched = _watched(tape)
    measures = watched.stage.measures
    _write(cleared_database, *watched.entries())
    with cleared_database.reading() as connection:
        offsets = {name: pbx.clock_offset_s or 0.0 for name, pbx in watched.stage.store.snapshot().pbxs.items()}
        summed = figures_since(connection, measures.day_begin, Limits(), offsets)
    live = {subject: measures.figures(subject) for subject in measures.subjects()}
    assert {s: f for s, f in summed.items() if f} == {s: f for s, f in live.items() if f}


@pytest.mark.parametrize("tape", STAMPED, ids=_tape_id)
def test_healed_equals_queue_log(cleared_database: Database, tape: Path) -> None:
    """Asleep for a part of a tape: after backfill the counts are queue_log's, and the seconds within one per call."""
    moments = [float(line.split("|")[0]) for line in tape.read_text().splitlines()]
    if not moments:
        return
    length = moments[-1] - moments[0] + 3
    told = judge_file(tape).total.as_dict()
    for part in ((-0.1, 1.1), (0.33, 0.67), (0.5, 1.1)):
        begin, end = (moments[0] - 1 + length * edge for edge in part)
        _clear(cleared_database)
        _write(cleared_database, *_watched(tape).entries((begin, end)), Gap(PBX, begin, end, "asleep"))
        backfill(cleared_database, PBX, str(_log_that_begins_earlier(tape, moments[0], cleared_database)))
        with cleared_database.reading() as connection:
            total = figures_since(connection, 0.0, Limits()).get(TOTAL, Figures())
        for name, value in told.items():
            slack = told["offered"] if name.endswith("_s") else 0
            assert abs(getattr(total, name) - value) <= slack, (name, part)


@pytest.fixture(scope="module")
def kept_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database for all tapes: making it takes longer than a tape."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('tapes') / 'floor.sqlite3'}")
    database.upgrade()
    yield database
    database.close()


@pytest.fixture
def cleared_database(kept_database: Database) -> Database:
    _clear(kept_database)
    return kept_database


def _clear(database: Database) -> None:
    with database.writing() as connection:
        for table in (visits, offers, spans, gaps):
            connection.execute(table.delete())


def _log_that_begins_earlier(tape: Path, begin: float, database: Database) -> Path:
    assert database.file is not None
    log = database.file.with_name("queue_log")
    log.write_text(f"{int(begin) - 100}|NONE|NONE|NONE|QUEUESTART|\n" + tape.read_text())
    return log


def test_there_are_tapes() -> None:
    """The tests above have something to play."""
    assert len(TAPES) > 50
