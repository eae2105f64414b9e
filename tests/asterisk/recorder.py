"""A monitor's AMI session written down byte by byte, to be replayed later.

It logs in with the least rights a monitor needs, takes the full picture first,
as a monitor does, and logs in again when Asterisk comes back after a restart;
every further session goes to a file of its own (NAME.ami, NAME.2.ami …). What only
this build of Asterisk sends, or sends by the clock, is left out of the file at the end.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.asterisk.ami import Ami, RefusedError
from tests.asterisk.exchange import Exchange

OPENING = (
    "CoreSettings",
    "CoreStatus",
    "QueueStatus",
    "CoreShowChannels",
    "DeviceStateList",
    "PJSIPShowContacts",
    "PJSIPShowEndpoints",
    "PJSIPShowRegistrationsOutbound",
    "BridgeList",
)
_BULK = (b"Event: TestEvent\r\n", b"Event: RTCPSent\r\n", b"Event: RTCPReceived\r\n")
_SINGLE = ("CoreSettings", "CoreStatus")
# Device state travels a little behind the last hang-up and announces its end by nothing.
_AFTERMATH = 0.5


class Recorder:
    """Records `folder/name.ami` and `folder/name.queue_log` while the block runs."""

    def __init__(self, exchange: Exchange, folder: Path, name: str) -> None:
        self.exchange = exchange
        self.folder = folder
        self.name = name
        self.session: Ami
        self._sessions = 0
        self._log_begin = 0

    async def __aenter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob(f"{self.name}.*"):
            old.unlink()
        self._log_begin = self.exchange.queue_log.stat().st_size
        await self.open()
        return self

    async def open(self) -> None:
        """Log in and take the full picture; anew if the exchange went away meanwhile."""
        if self._sessions:
            await self.session.close()
        self._sessions += 1
        number = f".{self._sessions}" if self._sessions > 1 else ""
        self.session = await Ami.connect(self.exchange, "floor", self.folder / f"{self.name}{number}.ami")
        for action in OPENING + (("SIPpeers",) if self.exchange.plan.sip_peers else ()):
            await self._ask(action)

    async def _ask(self, action: str) -> None:
        try:
            await (self.session.action(action) if action in _SINGLE else self.session.listing(action))
        except RefusedError:
            # An empty list is refused by some actions; the tape keeps the refusal.
            return

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            await asyncio.sleep(_AFTERMATH)
        await self.session.close()
        for tape in (*self.folder.glob(f"{self.name}.ami"), *self.folder.glob(f"{self.name}.[0-9].ami")):
            tape.write_bytes(_without_bulk(tape.read_bytes()))
        lines = self.exchange.queue_log.read_bytes()[self._log_begin :]
        (self.folder / f"{self.name}.queue_log").write_bytes(lines)


def _without_bulk(tape: bytes) -> bytes:
    messages = tape.split(b"\r\n\r\n")
    # A TestEvent may be preceded by an empty line too many.
    kept = (message for message in messages if not (message.removeprefix(b"\r\n") + b"\r\n").startswith(_BULK))
    return b"\r\n\r\n".join(kept)
