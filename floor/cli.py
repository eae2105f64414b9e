"""The command ``floor``. Exit codes: 0 done; 1 something is wrong out there (``check`` found errors, an address is
taken, the database refuses); 2 the command line or the configuration is wrong, every mistake named."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

from floor import __version__
from floor.annotate import annotated
from floor.errors import ConfigInvalidError
from floor.logs import configure_logs
from floor.verbs.audit import audit
from floor.verbs.drill import drill
from floor.verbs.notify import notify
from floor.verbs.options import OUT_THERE, read_settings, settings_options, told
from floor.verbs.people import roster, user
from floor.verbs.rules import rules


def until_stopped(
    main: Callable[[asyncio.Event], Coroutine[Any, Any, None]], *, reload: Callable[[], object] | None = None
) -> None:
    """Run until SIGINT or SIGTERM; a second signal does not wait. SIGHUP: ``reload``."""

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, _asked, stop)
        if reload is not None:
            loop.add_signal_handler(signal.SIGHUP, reload)
        await main(stop)

    asyncio.run(run())


def _asked(stop: asyncio.Event) -> None:
    if stop.is_set():
        os._exit(130)
    stop.set()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="floor")
def main() -> None:
    """Floorwatch: the real-time floor monitor for call centers on Asterisk.

    \b
    Try it:            floor demo
    Your exchange:     floor check --ami-host PBX --ami-user floor --ami-secret-file FILE
                       floor run   --ami-host PBX --ami-user floor --ami-secret-file FILE
    """


@main.command()
@settings_options
@told
def run(config: Path | None, **flags: Any) -> None:
    """Watch the floor: connect to the exchanges, serve boards and API, keep the record. SIGHUP reads the rules anew."""
    from floor.assembly import Floorwatch

    settings = read_settings(config, flags)
    if not settings.pbx:
        raise ConfigInvalidError(["pbx: no exchange is given; use --ami-host, FLOOR_AMI_HOST or [[pbx]] in the file"])
    watch = Floorwatch(settings)
    until_stopped(lambda stop: watch.run(stop, lambda: _say_where(watch.web.url)), reload=watch.alerts.reload)


@main.command()
@click.option("--pbx", "names", multiple=True, help="Only this exchange of the settings; may be given several times.")
@settings_options
@told
def collect(config: Path | None, names: tuple[str, ...], **flags: Any) -> None:
    """Watch exchanges for others: connect, keep the record, tell all nodes (floor serve) over the relay."""
    from floor.verbs.collect import run_collect

    settings = read_settings(config, flags)
    until_stopped(lambda stop: run_collect(settings, names, stop, _say))


@main.command()
@settings_options
@told
def serve(config: Path | None, **flags: Any) -> None:
    """Serve boards and API of a floor that is watched elsewhere (floor collect); any number may. SIGHUP: rules anew."""
    from floor.verbs.serve import node_of

    node = node_of(read_settings(config, flags))
    until_stopped(lambda stop: node.run(stop, lambda: _say_where(node.web.url)), reload=node.alerts.reload)


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


def _say_where(url: str) -> None:
    click.echo(f"Floorwatch is on {url}", err=True)


@main.command()
@click.option("--agents", default=42, show_default=True, type=click.IntRange(1, 5000), help="Agents on the floor.")
@click.option("--queues", default=5, show_default=True, type=click.IntRange(1, 200), help="Queues.")
@click.option("--seed", default=None, type=int, help="Same seed, same day.")
@click.option("--speed", default=1.0, show_default=True, type=click.FloatRange(0.1, 100), help="How fast time passes.")
@settings_options
@told
def demo(config: Path | None, agents: int, queues: int, seed: int | None, speed: float, **flags: Any) -> None:
    """Show a living wallboard on a simulated floor; needs nothing and leaves nothing behind."""
    from floor.verbs.demo import Pretence, run_demo

    settings = read_settings(config, flags)
    # A folder or a database that only the file names is a real floor's.
    keep = bool(flags.get("data_dir") or os.environ.get("FLOOR_DATA_DIR"))
    named = flags.get("database") or os.environ.get("FLOOR_DATABASE") or None
    settings = settings.model_copy(update={"database": named})
    floor = Pretence(agents=agents, queues=queues, seed=seed, speed=speed)
    until_stopped(lambda stop: run_demo(settings, floor, stop, _say_where, _say, keep=keep))


@main.command()
@settings_options
@click.option("--chinese", is_flag=True, help="Sentences in Chinese.")
@click.option(
    "--apply-filters", is_flag=True, help="Try event filters for the length of the check; print lines for manager.conf."
)
@told
def check(config: Path | None, chinese: bool, apply_filters: bool, **flags: Any) -> None:
    """Connect to every exchange and say in sentences what is wrong or missing, each with its remedy."""
    from floor.verbs.check import run_check

    settings = read_settings(config, {**flags, "log_level": flags.get("log_level") or "error"})
    if not settings.pbx:
        raise ConfigInvalidError(["pbx: no exchange is given; use --ami-host, FLOOR_AMI_HOST or [[pbx]] in the file"])
    wrong = asyncio.run(run_check(settings, "zh" if chinese else "en", click.echo, less=apply_filters))
    sys.exit(OUT_THERE if wrong else 0)


@main.command()
@click.argument("tape", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--max-mb", default=512, show_default=True, type=click.IntRange(1), help="Stop at this size.")
@settings_options
@told
def record(config: Path | None, tape: Path, max_mb: int, **flags: Any) -> None:
    """Write everything the (first) exchange says to TAPE, with its timing, until stopped."""
    from floor.verbs.tapes import run_record

    settings = read_settings(config, flags)
    if not settings.pbx:
        raise ConfigInvalidError(["pbx: no exchange is given; use --ami-host, FLOOR_AMI_HOST or [[pbx]] in the file"])
    until_stopped(lambda stop: run_record(settings.pbx[0], tape, max_mb * 1_000_000, stop))


@main.command()
@click.argument("tape", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--speed", default=1.0, show_default=True, type=click.FloatRange(0), help="Times real time; 0: at once.")
@click.option("--ami-only", is_flag=True, help="Only play the exchange on --ami-port; show no board.")
@settings_options
@told
def replay(config: Path | None, tape: Path, speed: float, ami_only: bool, **flags: Any) -> None:
    """Play TAPE as if it were the exchange, on a board of its own; nothing is kept."""
    from floor.verbs.tapes import run_replay

    settings = read_settings(config, flags)
    until_stopped(lambda stop: run_replay(settings, tape, speed, ami_only, stop, _say_where))


@main.command()
@click.option("--agents", default=42, show_default=True, type=click.IntRange(1, 5000), help="Agents on the floor.")
@click.option("--queues", default=5, show_default=True, type=click.IntRange(1, 200), help="Queues.")
@click.option("--seed", default=None, type=int, help="Same seed, same day.")
@click.option("--speed", default=1.0, show_default=True, type=click.FloatRange(0.1, 100), help="How fast time passes.")
@click.option("--ami-host", default="127.0.0.1", show_default=True, help="Address to speak AMI on.")
@click.option("--ami-port", default=5038, show_default=True, type=click.IntRange(0, 65535), help="Port; 0: any free.")
@told
def simulate(agents: int, queues: int, seed: int | None, speed: float, ami_host: str, ami_port: int) -> None:
    """Only the simulated exchange: speaks AMI as Asterisk 22 does (user floor, secret floor)."""
    from floor.verbs.demo import Pretence, run_simulator

    configure_logs("info")
    floor = Pretence(agents=agents, queues=queues, seed=seed, speed=speed)
    until_stopped(lambda stop: run_simulator(floor, ami_host, ami_port, stop, click.echo))


@main.command("config")
@settings_options
@told
def config_(config: Path | None, **flags: Any) -> None:
    """Print the effective configuration as annotated TOML, secrets hidden."""
    click.echo(annotated(read_settings(config, flags)), nl=False)


@main.command()
@click.option("--pbx", "name", default=None, help="Exchange to heal; the only one by default.")
@click.option("--queue-log", "source", default=None, help="Path or database URL; the setting pbx.queue_log by default.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@settings_options
@told
def backfill(config: Path | None, name: str | None, source: str | None, dry_run: bool, **flags: Any) -> None:
    """Heal gaps of the record from the exchange's own queue_log, and mark what was healed."""
    from floor.verbs.backfill import run_backfill

    settings = read_settings(config, flags)
    sys.exit(OUT_THERE if run_backfill(settings, name, source, dry_run, click.echo) else 0)


@main.group()
def key() -> None:
    """Keys of boards and programs: needed when pages are served beyond this machine."""


@key.command("add")
@click.argument("scope", metavar="BOARD|api")
@click.option("--title", default="", help="Where it is used, for the list.")
@settings_options
@told
def key_add(config: Path | None, scope: str, title: str, **flags: Any) -> None:
    """Make a key for one board, or for the API; it is shown once, as a link."""
    from floor.verbs.keys import add_key

    click.echo(add_key(read_settings(config, flags), scope, title))


@key.command("list")
@settings_options
@told
def key_list(config: Path | None, **flags: Any) -> None:
    """List keys: id, what for, when made, when revoked."""
    from floor.verbs.keys import list_keys

    click.echo(list_keys(read_settings(config, flags)))


@key.command("revoke")
@click.argument("key_id")
@settings_options
@told
def key_revoke(config: Path | None, key_id: str, **flags: Any) -> None:
    """Revoke a key; screens that use it go dark within seconds."""
    from floor.verbs.keys import revoke_key

    revoke_key(read_settings(config, flags), key_id)
    click.echo(f"{key_id} is revoked")


main.add_command(user)
main.add_command(audit)
main.add_command(roster)
main.add_command(rules)
main.add_command(notify)
main.add_command(drill)
