"""``floor drill``: drills from the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from floor.verbs.options import read_settings, settings_options, told


@click.group()
def drill() -> None:
    """Drills: emergencies rehearsed, marked DRILL everywhere, without a trace in the figures."""


@drill.command("list")
@settings_options
@told
def drill_list(config: Path | None, **flags: Any) -> None:
    """List drills on record, plans that can be drilled, and outages that can be played."""
    from floor.verbs.drills import list_drills

    click.echo(asyncio.run(list_drills(read_settings(config, flags))))


@drill.command("start")
@click.argument("plan")
@click.option(
    "--kind", default="simulated", show_default=True, type=click.Choice(("tabletop", "simulated", "live")),
    help="Talk it through, play it on a copy of the floor, or raise it in earnest (announced).",
)  # fmt: skip
@click.option("--outage", default=None, help="What is played; the plan's own by default.")
@click.option("--lasts", "lasts_s", default=300.0, show_default=True, help="Seconds the outage lasts.")
@click.option("--key-file", required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="File whose first line is an API key (floor key add api).")  # fmt: skip
@click.option("--url", default=None, help="Where the running Floorwatch is; from --host and --port by default.")
@settings_options
@told
def drill_start(
    config: Path | None, plan: str, kind: str, outage: str | None, lasts_s: float, key_file: Path, url: str | None,
    **flags: Any,
) -> None:  # fmt: skip
    """Start a drill of PLAN on the running Floorwatch."""
    from floor.verbs.drills import start_drill

    settings = read_settings(config, flags)
    asked = {"plan": plan, "kind": kind, "lasts_s": lasts_s} | ({"outage": outage} if outage else {})
    click.echo(start_drill(settings, url, key_file, asked))


@drill.command("report")
@click.argument("drill_id", metavar="DRILL")
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(("text", "csv", "json")),
              help="How it is written.")  # fmt: skip
@settings_options
@told
def drill_report(config: Path | None, drill_id: str, form: str, **flags: Any) -> None:
    """Print the report of DRILL: steps against targets, deviations, evaluation, what is to be improved."""
    from floor.verbs.drills import report_drill

    click.echo(asyncio.run(report_drill(read_settings(config, flags), drill_id, form)))
