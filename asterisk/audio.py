"""Where exchanges bring the audio: a TCP server that speaks AudioSocket with nobody but those it waits for.

A connection is worth nothing until it names an identifier that was given out for it a moment ago, once, and comes from
where that exchange is. Until then it may hold one packet for :data:`SAY_WITHIN_S`; whoever says anything else is cut.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import cast
from uuid import UUID

import structlog

from asterisk.audiosocket import AudioSocketError, Kind, Packet, Reader, written
from asterisk.dial import keep_alive
from floor.listening.ports import NotHeardError
from floor.sections.listening import ListeningSettings

log = structlog.get_logger(__name__)

SAY_WITHIN_S = 2.0
"""A connection must say which it is."""
TAKE_WITHIN_S = 2.0
"""An exchange must take our hang-up."""
DEAD_S = 10.0
"""An exchange whose machine is gone is found out by the kernel within about this."""
STRANGERS = 16
"""Connections that have not said so yet, at once; one more is cut."""
LATE_BYTES = 323 * 25
"""Half a second of the supervisor's voice waits for a slow exchange at most; then it is dropped."""

EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - recognised, not chosen
"""No address that anybody could dial."""

Address = IPv4Address | IPv6Address


@dataclass(slots=True)
class Ticket:
    """One connection that is waited for; ``hears`` gets what it brings, ``over`` is told its end, each once it is."""

    id: UUID
    dial: str
    """HOST:PORT that the exchange is to dial."""
    hears: Callable[[bytes], None]
    over: Callable[[], None]
    peers: Collection[str]
    come: asyncio.Future[Connection] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Connection(asyncio.Protocol):
    """One connection of an exchange."""

    def __init__(self, audio: Audio) -> None:
        self._audio = audio
        self._reader = Reader()
        self._ticket: Ticket | None = None
        self._transport: asyncio.Transport | None = None
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # of a stream server
        if not self._audio.admit(self, self._comes_from()):
            self.cut()
            return
        keep_alive(transport.get_extra_info("socket"), DEAD_S)
        self._patience = asyncio.get_running_loop().call_later(SAY_WITHIN_S, self.cut, "it did not say which it is")

    def data_received(self, data: bytes) -> None:
        try:
            for packet in self._reader.feed(data):
                self._take(packet)
                if self._transport is None:
                    return
        except AudioSocketError as error:
            self.cut(str(error))

    def _take(self, packet: Packet) -> None:
        if self._ticket is None:
            self._ticket = self._audio.redeem(packet.identifier, self._comes_from())
            self._audio.forgive(self)
            if self._patience is not None:
                self._patience.cancel()
            self._ticket.come.set_result(self)
        elif packet.kind is Kind.AUDIO:
            self._ticket.hears(packet.payload)
        elif packet.kind in (Kind.HANG_UP, Kind.ERROR):
            self.cut()

    def _comes_from(self) -> str:
        peer = self._transport.get_extra_info("peername") if self._transport is not None else None
        return str(peer[0]) if peer else ""

    @property
    def open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def speak(self, frame: bytes) -> None:
        """Send audio; dropped when the exchange does not take what was sent before."""
        if self._transport is not None and self._transport.get_write_buffer_size() < LATE_BYTES:
            self._transport.write(written(Kind.AUDIO, frame))

    def hang_up(self) -> None:
        """End it in good manners: the exchange hangs up its channel. One that does not take it is cut."""
        if self.open and self._transport is not None:
            self._transport.write(written(Kind.HANG_UP))
            self._transport.close()
            asyncio.get_running_loop().call_later(TAKE_WITHIN_S, self.cut)

    def cut(self, why: str = "") -> None:
        """End it now."""
        if self._transport is not None:
            if why:
                log.warning("audio connection cut", of=self._comes_from(), why=why)
            self._transport.abort()
            self._transport = None

    def connection_lost(self, _: Exception | None) -> None:
        self._transport = None
        self._audio.forgive(self)
        self._audio.gone(self)
        if self._patience is not None:
            self._patience.cancel()
        if self._ticket is not None:
            self._ticket.over()


class Audio:
    """The servers, one per address of ours that exchanges are connected to; opened when first needed."""

    def __init__(self, settings: ListeningSettings) -> None:
        self._settings = settings
        self._networks = [ip_network(text) for text in settings.networks]
        self._servers: dict[str, asyncio.Server] = {}
        self._opening = asyncio.Lock()
        self._tickets: dict[UUID, Ticket] = {}
        self._strangers: set[Connection] = set()
        self._known: set[Connection] = set()

    async def expect(
        self, id: UUID, here: str, peers: Collection[str], hears: Callable[[bytes], None], over: Callable[[], None]
    ) -> Ticket:
        """Wait for one connection; ``here``: our address as the exchange knows it, ``peers``: whence it may come.

        :raises NotHeardError: too many listen already, or the port cannot be opened.
        """
        # A listening has one connection, on a joined phone two, and one more while its mode changes.
        if len(self._tickets) + len(self._known) >= self._settings.lines * 3:
            raise NotHeardError(
                f"{self._settings.lines} listen already; no more may at once",
                f"同时监听已达上限（{self._settings.lines}）",
            )
        port = await self._open(self._settings.host or here)
        ticket = self._tickets[id] = Ticket(id, self._dial(here, port), hears, over, peers)
        return ticket

    async def _open(self, host: str) -> int:
        async with self._opening:
            if host not in self._servers:
                loop = asyncio.get_running_loop()
                try:
                    server = await loop.create_server(lambda: Connection(self), host, self._settings.port)
                except OSError as error:
                    place = f"{host}:{self._settings.port}"
                    raise NotHeardError(
                        f"the audio cannot be taken at {place} ([listening] host, port): {error.strerror or error}",
                        f"无法在 {place} 接收声音（[listening] host、port）：{error.strerror or error}",
                    ) from error
                self._servers[host] = server
                log.info("audio is taken", host=host, port=server.sockets[0].getsockname()[1])
        return int(self._servers[host].sockets[0].getsockname()[1])

    def _dial(self, here: str, port: int) -> str:
        host = self._settings.host
        address = self._settings.address or (here if host in EVERYWHERE else host)
        if address.count(":") == 1 or "]:" in address:
            return address
        return f"[{address}]:{port}" if ":" in address and not address.startswith("[") else f"{address}:{port}"

    def forget(self, ticket: Ticket) -> None:
        """No longer waited for."""
        self._tickets.pop(ticket.id, None)
        ticket.come.cancel()

    def admit(self, stranger: Connection, of: str) -> bool:
        """Whether one more may come that has not said who it is: only from where somebody is waited for, so that
        nobody else in the network can stand in the way of an exchange."""
        awaited = any(self._may_come(of, ticket.peers) for ticket in self._tickets.values())
        if not awaited or len(self._strangers) >= STRANGERS:
            log.debug("audio connection not admitted", of=of, awaited=awaited)
            return False
        self._strangers.add(stranger)
        return True

    def redeem(self, id: UUID, of: str) -> Ticket:
        """The ticket of this identifier, once; raises :class:`AudioSocketError`."""
        ticket = self._tickets.get(id)
        if ticket is None:
            raise AudioSocketError("nobody waits for this identifier")
        if not self._may_come(of, ticket.peers):
            raise AudioSocketError("it does not come from the exchange ([listening] networks)")
        return self._tickets.pop(id)

    def _may_come(self, of: str, peers: Collection[str]) -> bool:
        try:
            address = _plain(of)
            return any(address == _plain(peer) for peer in peers) or any(address in one for one in self._networks)
        except ValueError:
            return False

    def forgive(self, stranger: Connection) -> None:
        """It has said who it is, or is gone."""
        if stranger in self._strangers:
            self._strangers.discard(stranger)
            self._known.add(stranger)

    def gone(self, connection: Connection) -> None:
        self._known.discard(connection)

    async def stop(self) -> None:
        """Take no more, and end what there is."""
        for connection in (*self._strangers, *self._known):
            connection.cut()
        for server in self._servers.values():
            server.close()
            with contextlib.suppress(Exception):
                await server.wait_closed()
        self._servers.clear()


def _plain(text: str) -> Address:
    """An address; one of version 4 in the clothes of version 6 is one of version 4."""
    address = ip_address(text.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address
