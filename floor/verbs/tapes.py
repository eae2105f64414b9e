"""``floor record`` and ``floor replay``: what the exchange said, kept and played again."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

import structlog
from pydantic import SecretStr

from asterisk.deliveries import Delivery
from asterisk.link import Link
from asterisk.reel import load
from asterisk.replay import Replay
from asterisk.tape import TapeError, TapeWriter
from floor.assembly import Floorwatch
from floor.clock import SystemClock
from floor.settings import PbxSettings, Settings
from floor.tasks import Tasks

log = structlog.get_logger(__name__)


async def run_record(pbx: PbxSettings, tape: Path, max_bytes: int, stop: asyncio.Event) -> None:
    """Record until ``stop``; at ``max_bytes`` the tape is put aside once and begun anew."""
    clock = SystemClock()
    # Each tape begins with a picture, so that it can be played by itself.
    writer = TapeWriter(tape, clock, max_bytes=max_bytes, turned=lambda: link.retake())  # noqa: PLW0108 - there is no link yet
    link = Link(pbx, _ignore, clock, tap=writer)
    tasks = Tasks(died=lambda *_: stop.set())
    tasks.start(f"link {pbx.name}", link.run())
    try:
        await stop.wait()
    finally:
        link.stop()
        await tasks.stop()
        writer.close()
        log.info("recorded", tape=str(tape), heard_bytes=writer.recorded)


def _ignore(_: Delivery) -> None:
    """The tape hears everything; nobody else needs to."""


async def run_replay(
    settings: Settings, tape: Path, speed: float, ami_only: bool, stop: asyncio.Event, ready: Callable[[str], None]
) -> None:
    """Play a tape as an exchange, and (unless ``ami_only``) show it on a board; records are thrown away.

    :raises TapeError: the file is no tape, or nothing was heard on it.
    """
    ami_port = settings.pbx[0].port if ami_only and settings.pbx else (5038 if ami_only else 0)
    clock = SystemClock()
    sessions = await asyncio.to_thread(load, tape, clock.now())
    if not any(session.lists or session.events for session in sessions):
        raise TapeError(f"{tape}: no exchange is to be heard on it")
    async with Replay(sessions, clock, speed=speed, port=ami_port) as exchange:
        if ami_only:
            ready(f"127.0.0.1:{exchange.port} (AMI; any user and secret)")
            await stop.wait()
            return
        pbx = PbxSettings(name=_name_of(tape), port=exchange.port, user="replay", secret=SecretStr("replay"))
        with tempfile.TemporaryDirectory(prefix="floorwatch-replay-") as folder:
            update = {"pbx": (pbx,), "data_dir": Path(folder), "database": None}
            watch = Floorwatch(settings.model_copy(update=update))
            watch.ailments.only_pages = True
            await watch.run(stop, lambda: ready(watch.web.url))


def _name_of(tape: Path) -> str:
    """What the exchange is called on the board: the file's name, as far as it can be one."""
    stem = tape.name.partition(".")[0]
    return "".join(one for one in stem if one.isprintable())[:80] or "tape"
