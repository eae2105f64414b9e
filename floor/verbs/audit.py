"""``floor audit export``: the audit as a file, for whoever keeps it elsewhere; that it was taken is an entry itself."""

from __future__ import annotations

import asyncio
import getpass
import json
import secrets
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from floor.audit.model import Doer, Entry, Stage
from floor.audit.record import MOST, AuditRecord
from floor.audit.sheet import rows
from floor.audit.sheet import told as as_told
from floor.clock import SystemClock
from floor.day import Day
from floor.errors import ConfigInvalidError
from floor.history.database import Database
from floor.ports import Clock
from floor.settings import Settings
from floor.sheets import as_csv
from floor.verbs.options import read_settings, settings_options, told


@click.group()
def audit() -> None:
    """The record of who listened, commanded, looked at numbers and took away."""


@audit.command("export")
@click.option("--since", default="", metavar="YYYY-MM-DD", help="First day, on the floor's clock; all by default.")
@click.option("--until", default="", metavar="YYYY-MM-DD", help="First day that is left out; none by default.")
@click.option("--act", default="", help="Only these: listen, hang_up, unmask, export …")
@click.option("--agent", default="", help="Only about this agent (member name).")
@click.option("--format", "form", default="csv", show_default=True, type=click.Choice(["csv", "json"]), help="As what.")
@click.option("--reason", required=True, help="Why it is taken away; goes on record.")
@settings_options
@told
def audit_export(
    config: Path | None, since: str, until: str, act: str, agent: str, form: str, reason: str, **flags: Any
) -> None:
    """Write the audit to standard output, oldest first."""
    settings = read_settings(config, {**flags, "log_level": flags.get("log_level") or "error"})
    between = (_moment("--since", since, settings), _moment("--until", until, settings))
    click.echo(asyncio.run(exported(settings, between, act, agent, form, reason)), nl=False)


async def exported(
    settings: Settings,
    between: tuple[float | None, float | None],
    act: str,
    agent: str,
    form: str,
    reason: str,
    clock: Clock | None = None,
) -> str:
    """The file; who took it, why, and how much is on record before. Raises :class:`floor.errors.FloorError`."""
    if not reason.strip() or len(reason) > 500 or not reason.isprintable():
        raise ConfigInvalidError(["--reason: say in at most 500 characters why it is taken away"])
    clock, database = clock or SystemClock(), Database(settings.database_url)
    try:
        await asyncio.to_thread(database.upgrade)
        record = AuditRecord(database, settings.data_dir, clock)
        since, until = between
        found = await _all(record, since or 0.0, clock.now() + 1 if until is None else until, act, agent)
        more = {"what": "audit", "form": form, "rows": len(found)}
        by = Doer(f"{getpass.getuser()} (command line)")
        thread = secrets.token_hex(16)
        await record.write(Entry(thread, "export", Stage.ANSWERED, clock.now(), by, reason=reason.strip(), more=more))
    finally:
        database.close()
    if form == "csv":
        return as_csv(rows(found), Day(settings.time_zone, settings.day_starts).tz())
    return json.dumps({"entries": [as_told(*one) for one in found]}, ensure_ascii=False, indent=1) + "\n"


async def _all(record: AuditRecord, since: float, until: float, act: str, agent: str) -> list[tuple[int, Entry]]:
    found: list[tuple[int, Entry]] = []
    while some := await record.read(
        since=since, until=until, act=act, agent=agent, after=found[-1][0] if found else 0, limit=MOST
    ):
        found += some
    return found


def _moment(option: str, text: str, settings: Settings) -> float | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ConfigInvalidError([f"{option}: '{text}' is no day; write it as 2026-03-01"]) from None
    midnight = datetime(day.year, day.month, day.day, tzinfo=Day(settings.time_zone, settings.day_starts).tz())
    return midnight.timestamp()
