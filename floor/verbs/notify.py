"""``floor notify``: which ways of telling people are set up, and whether they work."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import click

from floor.verbs.options import OUT_THERE, read_settings, settings_options, told


@click.group()
def notify() -> None:
    """Ways of telling people: mail, chat, SMS, webhook, phone, paging."""


@notify.command("list")
@settings_options
@told
def notify_list(config: Path | None, **flags: Any) -> None:
    """List the ways that are set up, and who would be told by them."""
    from floor.verbs.telling import list_ways

    click.echo(list_ways(read_settings(config, flags)))


@notify.command("test")
@click.option("--to", "person", default=None, metavar="LOGIN", help="Everything this person can be reached by.")
@click.option("--kind", default=None, help="Only this way: mail, apprise, webhook, phone, paging.")
@click.option("--address", default=None, help="With --kind: one address, number or name, whoever it belongs to.")
@settings_options
@told
def notify_test(config: Path | None, person: str | None, kind: str | None, address: str | None, **flags: Any) -> None:
    """Send a test message and say what became of it; without options to everybody named in [[alerts.route]]."""
    from floor.verbs.telling import try_ways

    settings = read_settings(config, {**flags, "log_level": flags.get("log_level") or "error"})
    failed = asyncio.run(try_ways(settings, click.echo, person=person, kind=kind, address=address))
    sys.exit(OUT_THERE if failed else 0)
