"""``floor backfill``: what it tells a person, what it asks, and that a dry run touches nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from floor.errors import ConfigInvalidError, FloorError
from floor.history.database import Database
from floor.history.errors import DatabaseUnusableError, QueueLogUnreadableError
from floor.history.rows import Entry
from floor.history.upsert import write
from floor.settings import PbxSettings, Settings
from floor.state.model import Ending
from floor.verbs.backfill import run_backfill
from tests.history.entities import NOW, gap, stored, waiting

T = int(NOW)
LOG = f"""{T - 9999}|NONE|NONE|NONE|QUEUESTART|
{T - 10}|1.0|support|NONE|ENTERQUEUE||1900|1
{T + 2}|2.0|support|NONE|ENTERQUEUE||1901|2
{T + 5}|1.0|support|Ann|CONNECT|15|1.1|4
{T + 12}|2.0|support|NONE|ABANDON|2|2|10
{T + 20}|1.0|support|Ann|COMPLETECALLER|15|15|1
"""
SHANGHAI_NOW = "2026-11-22 10:40:00"
"""NOW on the floor's clock."""


@dataclass
class Desk:
    """Somebody at the command line: a record with a gap, a queue_log, and what was said."""

    folder: Path
    said: list[str] = field(default_factory=list)

    @property
    def log(self) -> str:
        return str(self.folder / "queue_log")

    def settings(self, *exchanges: PbxSettings, **more: Any) -> Settings:
        pbxs = exchanges or (PbxSettings(name="pbx", queue_log=self.log),)
        return Settings(data_dir=self.folder, pbx=pbxs, time_zone="Asia/Shanghai", **more)

    def heal(self, settings: Settings | None = None, *, name: str | None = None, **more: Any) -> int:
        """Run the verb; how many gaps stay."""
        source, dry = more.get("source"), more.get("dry", False)
        return run_backfill(settings or self.settings(), name, source, dry, self.said.append)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'floor.sqlite3'}")
    database.upgrade()
    yield database
    database.close()


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    """A call was cut off by the gap, another one fell into it."""
    (tmp_path / "queue_log").write_text(LOG, encoding="utf-8")
    keep(database, waiting("1.0", NOW - 9.6), gap(NOW, NOW + 60))
    return Desk(tmp_path)


def keep(database: Database, *entries: Entry) -> None:
    with database.writing() as connection:
        write(connection, entries)


def test_it_heals_and_says_how_much(desk: Desk, database: Database) -> None:
    """Nothing stays: one sentence with gaps, calls and rings, and the record is whole."""
    assert desk.heal() == 0
    assert desk.said == ["1 gaps healed: 1 calls added, 1 calls completed, 1 rings added."]
    visits, _, _, gaps = stored(database)
    assert [visit.ending for visit in visits] == [Ending.ANSWERED, Ending.ABANDONED]
    assert [one.healed for one in gaps] == [True]


def test_again_there_is_nothing_to_do(desk: Desk) -> None:
    """Healing twice is healing once."""
    desk.heal()
    desk.said.clear()
    assert desk.heal() == 0
    assert desk.said[-1] == "There is no gap to heal."


def test_a_dry_run_tells_and_touches_nothing(desk: Desk, database: Database) -> None:
    """The same numbers, said as what would be; the record is as before."""
    before = stored(database)
    assert desk.heal(dry=True) == 0
    assert desk.said == [
        "1 gaps would be healed: 1 calls would be added, 1 calls would be completed, 1 rings would be added."
    ]
    assert stored(database) == before


def test_what_stays_is_told_with_its_time_and_reason(desk: Desk, database: Database) -> None:
    """A gap older than the log stays; when it was is told on the floor's clock, and the number says that it is left."""
    keep(database, gap(NOW - 40 * 86400, NOW - 40 * 86400 + 65))
    assert desk.heal() == 1
    assert desk.said[1] == "Not healed: 2026-10-13 10:40:00 – 2026-10-13 10:41:05: queue_log begins after the gap"


def test_doubts_are_told(desk: Desk) -> None:
    """What a person should look at: when, queue, call and why."""
    (desk.folder / "queue_log").write_text(LOG + f"{T + 30}|3.0|support|NONE|SOMETHINGNEW|1\n", encoding="utf-8")
    assert desk.heal() == 1
    (doubt,) = [line for line in desk.said if line.startswith("Look at: ")]
    assert doubt.startswith("Look at: 2026-11-22 10:40:30 support 3.0: ")


def test_the_log_of_the_command_line_wins(desk: Desk) -> None:
    """``--queue-log`` is read instead of the setting."""
    elsewhere = PbxSettings(name="pbx", queue_log="/nowhere")
    assert desk.heal(desk.settings(elsewhere), source=desk.log) == 0
    with pytest.raises(QueueLogUnreadableError, match="there is no /nowhere"):
        keep_gap_and_heal(desk, desk.settings(elsewhere))


def keep_gap_and_heal(desk: Desk, settings: Settings) -> None:
    database = Database(settings.database_url)
    keep(database, gap(NOW + 5000, NOW + 5060))
    database.close()
    desk.heal(settings)


def test_one_of_several_exchanges_must_be_named(desk: Desk) -> None:
    """With several exchanges the verb asks which, and names them; a name that is none asks as well."""
    two = desk.settings(PbxSettings(name="north"), PbxSettings(name="pbx", queue_log=desk.log))
    for name in (None, "south"):
        with pytest.raises(ConfigInvalidError, match="Give --pbx with one of: north, pbx"):
            desk.heal(two, name=name)
    assert desk.heal(two, name="pbx") == 0


def test_no_exchange_at_all_is_told(desk: Desk) -> None:
    """Settings without an exchange are told as such."""
    with pytest.raises(ConfigInvalidError, match="none"):
        run_backfill(Settings(data_dir=desk.folder), None, None, False, desk.said.append)


def test_a_missing_log_is_asked_for(desk: Desk) -> None:
    """Without a queue_log in the settings or on the command line: which option gives it."""
    with pytest.raises(ConfigInvalidError, match="--queue-log"):
        desk.heal(desk.settings(PbxSettings(name="pbx")))


def test_a_database_that_cannot_be_used_is_told_without_its_password(desk: Desk) -> None:
    """The sentence names the key, not the secret."""
    settings = desk.settings(database="postgresql+psycopg://floor:geheim@127.0.0.1:1/floor")
    with pytest.raises(DatabaseUnusableError, match="database") as raised:
        desk.heal(settings)
    assert "geheim" not in str(raised.value)


def test_nothing_said_has_a_secret(desk: Desk) -> None:
    """A queue_log behind a database URL is not told with its password."""
    source = "sqlite:////nowhere/asterisk.db?password=geheim"
    pbx = PbxSettings(name="pbx", secret=SecretStr("geheim"), queue_log=source)
    with pytest.raises(FloorError) as raised:
        desk.heal(desk.settings(pbx))
    assert "geheim" not in "".join([str(raised.value), *desk.said])
