"""``floor audit export``: everything or a part, as a table or as JSON; why is asked, and is on record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from floor.audit.record import AuditRecord
from floor.cli import main
from floor.clock import SystemClock
from floor.errors import ConfigInvalidError
from floor.history.database import Database
from floor.settings import Settings
from floor.verbs.audit import exported
from tests.audit.test_record import ASKED
from tests.history.entities import NOW
from tests.support.ready import put_sqlite


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """A floor on whose record one act stands."""
    database = Database(put_sqlite(tmp_path / "floor.sqlite3"))
    await AuditRecord(database, tmp_path, SystemClock()).write(ASKED)
    database.close()
    return Settings(data_dir=tmp_path, time_zone="Asia/Shanghai")


async def test_as_table(settings: Settings) -> None:
    """Times on the floor's clock; the second time the first is an entry, with its reason."""
    text = await exported(settings, (None, NOW + 1), "", "", "csv", "yearly check")
    assert "2026-11-22 10:40:00,hang_up,asked,Lin" in text
    again = json.loads(await exported(settings, (None, None), "export", "", "json", "again"))
    (entry,) = again["entries"]
    assert (entry["act"], entry["reason"], entry["more"]["rows"]) == ("export", "yearly check", 1)
    assert entry["by"]["name"].endswith("(command line)")


async def test_parts(settings: Settings) -> None:
    """By time, act and agent."""
    for between, act, agent, rows in (
        ((NOW + 1, None), "hang_up", "", 0),
        ((NOW, NOW + 1), "hang_up", "Ann", 1),
        ((None, None), "listen", "", 0),
        ((None, None), "", "Bob", 0),
    ):
        text = await exported(settings, between, act, agent, "json", "x")
        assert len(json.loads(text)["entries"]) == rows


@pytest.mark.parametrize("reason", ["", " ", "x" * 501, "a\nb"])
async def test_a_reason_is_required(settings: Settings, reason: str) -> None:
    with pytest.raises(ConfigInvalidError, match="--reason"):
        await exported(settings, (None, None), "", "", "csv", reason)


def test_command_line(tmp_path: Path) -> None:
    """From the shell; a day that is none is told by its option."""
    put_sqlite(tmp_path / "floor.sqlite3")
    arguments = ["audit", "export", "--data-dir", str(tmp_path), "--reason", "check"]
    done = CliRunner().invoke(main, [*arguments, "--since", "2026-01-01"])
    assert done.exit_code == 0
    assert done.output.startswith("\ufeffnumber")
    failed = CliRunner().invoke(main, [*arguments, "--since", "yesterday"])
    assert failed.exit_code == 2
    assert "--since: 'yesterday' is no day" in failed.output
    assert CliRunner().invoke(main, ["audit", "export", "--data-dir", str(tmp_path)]).exit_code == 2
