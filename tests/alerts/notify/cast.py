"""What tests of telling share: messages, a ledger in memory, a web server and a mail server that can also fail."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from alerts.model import Delivery, DeliveryState, Message, Occasion, Recipient, Severity
from floor.ports import Announced, Answer, Reached

NOW = 1_795_000_000.0


def message(id: str = "m1", kind: str = "webhook", address: str = "ops", **changes: Any) -> Message:
    """A critical alert told to somebody who may take it over."""
    made = Message(
        id=id,
        alert="a1",
        occasion=Occasion.FIRED,
        severity=Severity.CRIT,
        at=NOW,
        recipient=Recipient(7, "Li", kind, address, language=changes.pop("language", "en")),
        title={"en": "Critical: trunk lost – trunk carrier-1 (hq)", "zh": "严重：中继中断 – 中继 carrier-1 (hq)"},
        body={"en": "R-EMG-22 · trunk lost", "zh": "R-EMG-22 · 中继中断"},
        link="https://floor.example/desk",
    )
    person = changes.pop("person", 7)
    return replace(made, recipient=replace(made.recipient, person=person), **changes)


class FakeClock:
    """Time that stands unless it is moved."""

    def __init__(self, at: float = NOW) -> None:
        self.at = at

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at


class MemoryLedger:
    """The ledger's promises to a deliverer, kept in memory."""

    def __init__(self, *messages: Message, lease_s: float = 120.0) -> None:
        self.waiting = asyncio.Event()
        self.kept: dict[str, Delivery] = {}
        self.changed = asyncio.Event()
        self.lease_s = lease_s
        self.store(*messages)

    def store(self, *messages: Message) -> None:
        self.kept |= {one.id: Delivery(one, DeliveryState.WAITING) for one in messages}
        self.waiting.set()

    async def claim_deliveries(self, holder: str, now: float, limit: int = 20) -> Sequence[Delivery]:
        open_ = [
            one
            for one in self.kept.values()
            if (one.state is DeliveryState.WAITING and one.next_at <= now)
            or (one.state is DeliveryState.CLAIMED and (one.claimed_until or 0) <= now)
        ]
        claimed = [
            replace(
                one,
                state=DeliveryState.CLAIMED,
                attempts=one.attempts + 1,
                claimed_by=holder,
                claimed_until=now + self.lease_s,
            )
            for one in open_[:limit]
        ]
        self.kept |= {one.message.id: one for one in claimed}
        self.changed.set()
        return claimed

    async def next_delivery_at(self) -> float | None:
        waits = [one.next_at for one in self.kept.values() if one.state is DeliveryState.WAITING]
        waits += [one.claimed_until or 0 for one in self.kept.values() if one.state is DeliveryState.CLAIMED]
        return min(waits, default=None)

    async def delivered(self, id: str, at: float) -> None:
        self.kept[id] = replace(self.kept[id], state=DeliveryState.SENT, sent_at=at)
        self.changed.set()

    async def failed(self, id: str, error: str, next_at: float | None) -> None:
        state = DeliveryState.FAILED if next_at is None else DeliveryState.WAITING
        self.kept[id] = replace(self.kept[id], state=state, error=error, next_at=next_at or 0.0)
        self.changed.set()

    async def until(self, true: Callable[[], bool], within_s: float = 10.0) -> None:
        """Wait until something holds of what is kept."""
        async with asyncio.timeout(within_s):
            while not true():
                self.changed.clear()
                await self.changed.wait()

    def in_state(self, state: DeliveryState) -> list[str]:
        return [id for id, one in self.kept.items() if one.state is state]


@dataclass
class Request:
    """What a program was told."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A web server on loopback that answers what the test says; ``None``: never."""

    answer: bytes | None = b"HTTP/1.1 204 No Content\r\n\r\n"
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    port: int = 0
    got: asyncio.Event = field(default_factory=asyncio.Event)
    on_request: Callable[[], None] = lambda: None

    async def __aenter__(self) -> Self:
        self._writers: set[asyncio.StreamWriter] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/hook?a=b"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.requests.append(Request(head[0], headers, body))
            self.got.set()
            self.on_request()
            if self.answer is None:
                await asyncio.Event().wait()
            else:
                writer.write(self.answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()


class Post:
    """A mail server on loopback; ``says`` answers the recipient, ``hangs`` never says another word."""

    def __init__(self, says: str = "250 OK", *, hangs: bool = False, tls: ssl.SSLContext | None = None) -> None:
        self.says = says
        self.hangs = hangs
        self.letters: list[Envelope] = []
        self._tls = tls
        self._server: asyncio.Server | None = None

    async def handle_RCPT(self, _s: SMTP, _t: Session, envelope: Envelope, address: str, _o: list[str]) -> str:  # noqa: N802
        if self.hangs:
            await asyncio.Event().wait()
        if self.says.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.says

    async def handle_DATA(self, _s: SMTP, _t: Session, envelope: Envelope) -> str:  # noqa: N802
        self.letters.append(envelope)
        return "250 Message accepted"

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, loop=loop, tls_context=self._tls, require_starttls=self._tls is not None), "127.0.0.1", 0
        )
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in asyncio.all_tasks():
            if "SMTP" in repr(task.get_coro()):
                task.cancel()
        await asyncio.sleep(0)


class Board:
    """A switchboard that notes what it is asked and answers what the test says."""

    def __init__(self, *announced: Announced) -> None:
        self.asked: list[tuple[str, str, tuple[str, ...], dict[str, Any]]] = []
        self._announced = list(announced) or [Announced(Reached.ANSWERED, "1")]

    async def announce(self, pbx: str, channel: str, sounds: Sequence[str], **how: Any) -> Announced:
        self.asked.append((pbx, channel, tuple(sounds), how))
        return self._announced.pop(0) if len(self._announced) > 1 else self._announced[0]

    async def originate(self, pbx: str, channel: str, **how: Any) -> Answer:
        return Answer(True, "")

    async def pause(self, pbx: str, interface: str, paused: bool, *, queue: str = "", reason: str = "") -> Answer:
        return Answer(True, "")

    async def set_variable(self, pbx: str, channel: str, name: str, value: str) -> Answer:
        return Answer(True, "")
