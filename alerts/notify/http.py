"""One HTTP request to a stranger: no redirect is followed, no private address reached unless allowed, nothing read
beyond the head of the answer, every wait bounded.

The address is looked up once and the very address that was judged is connected to, so that a name cannot change its
mind in between. ``Connection: close``: such calls are rare.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from alerts.notify.errors import PassingError, PermanentError

HEAD = 65536
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_RETRY = re.compile(rb"^retry-after: *(\d{1,6}) *\r?$", re.IGNORECASE | re.MULTILINE)
_TEXT = re.compile(r"[\x21-\x7e]+( [\x21-\x7e]+)*")


@dataclass(frozen=True, slots=True)
class Place:
    """A URL taken apart."""

    host: str
    port: int
    secure: bool
    target: str
    """Path and query."""

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Reply:
    """The head of an answer."""

    status: int
    retry_after_s: float | None = None


def place(url: str) -> Place:
    """:raises PermanentError: not a usable http(s) URL; the sentence does not repeat it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise PermanentError("the URL cannot be read") from None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise PermanentError("the URL must be http or https, with a host and without a login")
    if not _TEXT.fullmatch(target) or " " in target:
        raise PermanentError("the URL holds what must be escaped")
    secure = parts.scheme == "https"
    return Place(parts.hostname, port or (443 if secure else 80), secure, target)


async def request(
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    *,
    private: bool = False,
    within_s: float = 10.0,
    tls: ssl.SSLContext | None = None,
) -> Reply:
    """Ask once.

    :raises PermanentError: the URL is unusable, or leads where it must not.
    :raises PassingError: no connection, no answer in time, or none that is HTTP.
    """
    where = place(url)
    try:
        async with asyncio.timeout(within_s):
            reader, writer = await _connect(where, private, tls)
            try:
                writer.write(_head(method, where, headers or {}, body) + body)
                return _reply(await _answer(reader))
            finally:
                writer.transport.abort()
    except TimeoutError:
        raise PassingError(f"no answer within {within_s:.0f} s") from None
    except ssl.SSLCertVerificationError as error:
        raise PassingError(f"its certificate is not trusted: {error.verify_message}") from None
    except ssl.SSLError as error:
        raise PassingError(f"no TLS with it: {error.reason or 'the handshake failed'}") from None
    except OSError as error:
        raise PassingError(f"no connection: {error.strerror or 'refused or unreachable'}") from None


async def _connect(
    where: Place, private: bool, tls: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise PassingError("its host name is not known") from None
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    allowed = [address for address in addresses if private or _is_public(address)]
    if not allowed:
        raise PermanentError("it leads to a private address, which is not allowed (setting private)")
    context = (tls or ssl.create_default_context()) if where.secure else None
    name = where.host if where.secure else None
    for address in allowed[:-1]:
        with contextlib.suppress(OSError):
            return await asyncio.open_connection(address, where.port, ssl=context, server_hostname=name, limit=HEAD)
    return await asyncio.open_connection(allowed[-1], where.port, ssl=context, server_hostname=name, limit=HEAD)


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None)
    return (inner or ip).is_global and not ip.is_multicast


def _head(method: str, where: Place, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = {"Host": where.authority, "User-Agent": "floorwatch", "Connection": "close"} | dict(headers)
    lines |= {"Content-Length": str(len(body))} if body or method == "POST" else {}
    for name, value in lines.items():
        if not _TEXT.fullmatch(name) or not _TEXT.fullmatch(value):
            raise PermanentError(f"the header {name!r} holds what is not allowed")
    return "".join(
        [f"{method} {where.target} HTTP/1.1\r\n", *(f"{name}: {value}\r\n" for name, value in lines.items()), "\r\n"]
    ).encode("ascii")


async def _answer(reader: asyncio.StreamReader) -> bytes:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith((b"HTTP/1.1 1", b"HTTP/1.0 1")):
                return head
    except asyncio.IncompleteReadError:
        raise PassingError("it hung up without an answer") from None
    except asyncio.LimitOverrunError:
        raise PassingError("its answer is no HTTP") from None


def _reply(head: bytes) -> Reply:
    status = _STATUS.match(head)
    if status is None:
        raise PassingError("its answer is no HTTP")
    later = _RETRY.search(head)
    return Reply(int(status[1]), float(later[1]) if later is not None else None)


def judge(reply: Reply) -> None:
    """What an answer means for a message.

    :raises PermanentError: it does not want it (3xx: it is not there; 4xx).
    :raises PassingError: it is in trouble, or wants it later (408, 425, 429, 5xx).
    """
    if 200 <= reply.status < 300:
        return
    if reply.status in (408, 425, 429) or reply.status >= 500:
        raise PassingError(f"it answered {reply.status}", after_s=reply.retry_after_s)
    if 300 <= reply.status < 400:
        raise PermanentError(f"it answered {reply.status}: redirects are not followed")
    raise PermanentError(f"it answered {reply.status}")
