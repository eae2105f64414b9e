"""Whole Floorwatches as processes of their own, whose exchange does not answer: that is the alert they tell of."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from alerts.ledger.rows import delivery_on
from alerts.ledger.tables import alerts, deliveries, leases
from alerts.model import Delivery
from floor.history.database import Database
from tests.alerts.notify.cast import Post, Receiver

RULE = "R-EMG-20"
FLOOR = (sys.executable, "-c", "from floor.cli import main; main()")


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def settings(ami_port: int, url: str | None, receiver: Receiver, post: Post | None) -> str:
    """What the process is told: one exchange, one rule made quick, a program and perhaps a mailbox that hear."""
    contacts = ['{ kind = "webhook", address = "ops" }']
    contacts += ['{ kind = "mail", address = "chief@example.com" }'] if post is not None else []
    mail = f'[notify.mail]\nserver = "127.0.0.1"\nport = {post.port}\nsecurity = "none"\n' if post is not None else ""
    return f"""
host = "127.0.0.1"
port = 0
rules = "rules.toml"
{f'database = "{url}"' if url else ""}
[[pbx]]
host = "127.0.0.1"
port = {ami_port}
user = "floor"
secret = "floor"
[[alerts.route]]
name = "all"
rules = ["{RULE}"]
contacts = [{", ".join(contacts)}]
chain = false
[notify.webhook.ops]
url = "{receiver.url}"
private = true
{mail}
"""


class Running:
    """One ``floor run`` in a folder of its own; on the same folder the next one takes up from it."""

    def __init__(self, folder: Path, config: str) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "rules.toml").write_text(f'[[rule]]\nid = "{RULE}"\nlimit = "1 s"\n')
        (folder / "floor.toml").write_text(config)
        self.folder = folder
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        words = (*FLOOR, "run", "--config", "floor.toml", "--data-dir", str(self.folder / "data"))
        with (self.folder / "log").open("ab") as log:
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            self._process = await asyncio.create_subprocess_exec(
                *words, cwd=self.folder, env=environment, stdout=log, stderr=log
            )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    async def kill(self) -> None:
        """As if the machine had failed."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def said(self) -> str:
        """The end of its log, for whoever asks why something did not happen."""
        return (self.folder / "log").read_text(errors="replace")[-3000:]


class Ear(Receiver):
    """A program that is told, and can wait until it was told so often."""

    def told(self, occasion: str) -> list[dict[str, Any]]:
        """The bodies of this occasion, in order."""
        bodies = [json.loads(one.body) for one in self.requests]
        return [body for body in bodies if body["occasion"] == occasion]

    async def hears(self, occasion: str, times: int, within_s: float = 60) -> None:
        async with asyncio.timeout(within_s):
            while len(self.told(occasion)) < times:
                self.got.clear()
                await self.got.wait()


class Mailbox(Post):
    """A mail server that takes a letter and, while ``silent``, never says that it did."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = True
        self.came = asyncio.Event()

    async def handle_DATA(self, _s: SMTP, _t: Session, envelope: Envelope) -> str:  # noqa: N802
        self.letters.append(envelope)
        self.came.set()
        if self.silent:
            await asyncio.Event().wait()
        return "250 Message accepted"

    async def gets(self, times: int, within_s: float = 60) -> None:
        async with asyncio.timeout(within_s):
            while len(self.letters) < times:
                self.came.clear()
                await self.came.wait()


class Record:
    """The record as it is in the database, looked at from outside."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)

    def close(self) -> None:
        self._database.close()

    def deliveries(self) -> list[Delivery]:
        with self._database.reading() as connection:
            return [delivery_on(row) for row in connection.execute(select(deliveries)).mappings()]

    def alerts(self) -> list[str]:
        """Ids of the alerts of the one rule, of whatever stage."""
        with self._database.reading() as connection:
            return list(connection.execute(select(alerts.c.id).where(alerts.c.rule == RULE)).scalars())

    def holder(self) -> str:
        """Who acts: ends with the path of its data folder."""
        with self._database.reading() as connection:
            return str(connection.execute(select(leases.c.holder)).scalar())

    async def until_sent(self, within_s: float = 30) -> None:
        """Wait until nothing is owed; the database announces nothing."""
        async with asyncio.timeout(within_s):
            while any(one.state.value != "sent" for one in self.deliveries()):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
