"""One AMI session over panoramisk, from dial to hang-up, used once.

panoramisk keeps the connection, the login, the action ids and the futures of answers. Taken from it, because they
lose events, leak or repeat actions (each was observed): the parsing, the dispatch to callbacks, the pings nobody
checks, the reconnect with its re-sending of old actions. A new ``Manager`` per session carries nothing over.

Everything that arrives is routed here in one pass, in the order of the stream: answers to their futures, list items
to their collections, events to ``hears``.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog
from panoramisk import Manager
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol

from asterisk.collect import ITEM_CAP, Collection, Listing
from asterisk.deliveries import CloseReason
from asterisk.wire import EventFilter, Framer, Headers, Message, check_action, event_name, first, parse
from floor.errors import (
    ActionTimeoutError,
    FloorError,
    LinkBusyError,
    LinkDownError,
    LoginRefusedError,
    NotAmiError,
    UnreachableError,
    WireError,
)
from floor.ports import Clock
from floor.settings import PbxSettings

PENDING_CAP = 256
"""Actions that may wait for their answers at once."""
ASK_S = 5.0
"""Seconds an action may take, unless its caller says otherwise."""

log = structlog.get_logger(__name__)

_mute = logging.getLogger(f"{__name__}.panoramisk")
# What panoramisk logs is told again by us, without the chance of a secret in a dumped action.
_mute.disabled = True


@dataclass(frozen=True, slots=True)
class Closing:
    """How a session ended."""

    reason: CloseReason
    detail: str


class Tap(Protocol):
    """Sees the raw bytes of a session (a tape recorder)."""

    def opened(self) -> None: ...

    def heard(self, data: bytes) -> None: ...

    def closed(self) -> None: ...


class Ask(Action):  # type: ignore[misc]  # panoramisk ships no types
    """An action whose first answer is its answer, as our own message."""

    def add_message(self, message: _Answer) -> bool:
        if not self.future.done():
            self.future.set_result(message.message)
        return True


@dataclass(frozen=True, slots=True)
class _Answer:
    """What panoramisk's routing needs to know of a message."""

    message: Message
    id: str

    @property
    def action_id(self) -> str:
        return self.id


class _OneSession(Manager):  # type: ignore[misc]
    """panoramisk's manager without what it does by itself after the connection is made."""

    over = False

    def connection_made(self, dialled: asyncio.Task[Any]) -> None:
        if dialled.cancelled() or dialled.exception() is not None:
            return  # whoever awaits the dialling is told
        if self.over:
            dialled.result()[0].abort()
            return
        super().connection_made(dialled)

    def login(self, future: asyncio.Future[Message]) -> bool:
        self.authenticated_future = None
        self.authenticated = not future.cancelled() and future.exception() is None and succeeded(future.result())
        return self.authenticated

    def ping(self) -> None:
        """The watchdog pings, and awaits the answer."""

    async def send_awaiting_actions(self, *_: object) -> None:
        """No action is ever sent twice."""

    def connection_lost(self, exc: Exception | None) -> None:
        """No reconnect: the link opens a new session."""


def succeeded(answer: Message) -> bool:
    """Whether an action's answer is not an error."""
    return first(answer, "Response") in ("Success", "Follows", "Goodbye")


class _Line(AMIProtocol):  # type: ignore[misc]
    """panoramisk's protocol with our ear."""

    def __init__(self, session: Session) -> None:
        self._session = session
        super().__init__()

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.log = _mute
        self._session._connected(transport)

    def data_received(self, data: bytes) -> None:
        self._session._received(data)

    def send(self, data: Any, as_list: bool | None = False) -> asyncio.Future[Message]:
        action = data if isinstance(data, Ask) else Ask(data)
        answered: asyncio.Future[Message] = super().send(action, as_list=as_list)
        return answered

    def connection_lost(self, exc: Exception | None) -> None:
        self._session._lost(exc)

    def close(self) -> None:
        """Fail what waits; panoramisk would keep it for the next connection."""
        for action in {id(action): action for action in self.responses.values()}.values():
            if not action.future.done():
                action.future.set_exception(LinkDownError("the link went down before the exchange answered"))
                action.future.exception()  # an answer nobody awaits any more is no error
        self.responses.clear()
        self.closed = True
        self.transport.abort()


class Session:
    """Dial with :meth:`open`, then :meth:`ask` and :meth:`collect` until :attr:`closed` resolves."""

    def __init__(
        self,
        settings: PbxSettings,
        clock: Clock,
        hears: Callable[[Message, float], None],
        wanted: EventFilter | None = None,
        tap: Tap | None = None,
    ) -> None:
        self.closed: asyncio.Future[Closing] = asyncio.get_running_loop().create_future()
        self.picture_due = asyncio.Event()
        """FullyBooted was heard, or somebody asks for a new picture; cleared by whoever takes it."""
        self.heard_at: float | None = None
        """Monotonic time of the last byte."""
        self.heard_now: float | None = None
        """Wall time of the last byte."""
        self.skipped = 0
        self._settings = settings
        self._clock = clock
        self._hears = hears
        self._wanted = wanted
        self._tap = tap
        self._framer = Framer()
        self._collections: dict[str, Collection] = {}
        self._manager: Any = None
        self._line: _Line | None = None
        self._shutting_down = False

    # -- life ---------------------------------------------------------------------------------------------------

    async def open(self, within_s: float = 10.0) -> str:
        """Connect and log in; the greeting.

        :raises UnreachableError | NotAmiError | LoginRefusedError: with a sentence that says what to look at.
        """
        credentials = login_of(self._settings)
        self._manager = _OneSession(
            host=self._settings.host,
            port=self._settings.port,
            ssl=tls_of(self._settings),
            log=_mute,
            protocol_factory=self._new_line,
            loop=asyncio.get_running_loop(),
            **credentials,
        )
        try:
            async with asyncio.timeout(within_s):
                await self._dial()
                verdict = await self._manager.authenticated_future
        except TimeoutError:
            raise self._no_answer(within_s) from None
        except LinkDownError:
            raise self._hung_up() from None
        if not succeeded(verdict):
            raise LoginRefusedError(_why_refused(verdict, self._settings.user))
        return self._framer.greeting or ""

    async def _dial(self) -> None:
        try:
            await self._manager.connect()
        except OSError as error:
            raise UnreachableError(_why_unreachable(error, self._settings)) from error

    def _new_line(self) -> _Line:
        self._line = _Line(self)
        return self._line

    def _no_answer(self, within_s: float) -> FloorError:
        where = f"{self._settings.host}:{self._settings.port}"
        if self._line is None:
            return UnreachableError(f"{where} did not accept a connection within {within_s:.0f} s")
        if not self._framer.greeting:
            return NotAmiError(f"{where} accepted the connection but does not greet like AMI (TLS on one side only?)")
        return UnreachableError(f"{where} speaks AMI but did not answer the login within {within_s:.0f} s")

    def _hung_up(self) -> FloorError:
        where = f"{self._settings.host}:{self._settings.port}"
        if self._framer.greeting:
            return UnreachableError(f"{where} hung up before it answered the login")
        if self._framer.greeting == "":
            return NotAmiError(f"{where} does not speak AMI")
        return UnreachableError(f"{where} hung up without a greeting (too many sessions, or TLS on one side only)")

    def close(self, reason: CloseReason, detail: str) -> None:
        """End it now; waiting actions fail, nothing is flushed."""
        if self._manager is not None:
            self._manager.over = True
            self._manager.close()
        if self._line is not None:
            self._line.close()
        if not self.closed.done():
            self.closed.set_result(Closing(reason, detail))
            if self._tap is not None:
                self._tap.closed()
        for collection in self._collections.values():
            collection.over = True
        self._collections.clear()

    # -- speaking -----------------------------------------------------------------------------------------------

    async def ask(self, action: str, headers: Headers | None = None, within_s: float = ASK_S) -> Message:
        """Send one action, once, and await its answer (success or error).

        :raises ActionInvalidError | LinkBusyError: nothing was sent.
        :raises ActionTimeoutError | LinkDownError: it was sent; whether it took effect is not known.
        """
        sent = self._send(action, headers or {})
        try:
            async with asyncio.timeout(within_s):
                return await asyncio.shield(sent.future)
        except TimeoutError:
            raise ActionTimeoutError(f"the exchange did not answer {action} within {within_s:.0f} s") from None
        finally:
            self._forget(sent)

    def collect(self, listing: Listing, whole: Callable[[Collection], None]) -> Collection:
        """Send a list action; ``whole`` is called in the read loop when its last line came."""
        collection = Collection(listing, whole)
        sent = self._send(listing.action, {})
        self._forget(sent)  # its answers go to the collection
        self._collections[sent.id] = collection
        return collection

    def _send(self, action: str, headers: Headers) -> Ask:
        headers = {"Action": action, **headers}
        check_action(headers)
        line = self._line
        if line is None or line.closed or self.closed.done():
            raise LinkDownError("there is no link to the exchange")
        if len(line.responses) >= PENDING_CAP:
            raise LinkBusyError(f"{PENDING_CAP} actions are waiting for the exchange already")
        sent = Ask(headers)
        line.send(sent)
        return sent

    def _forget(self, sent: Ask) -> None:
        if self._line is not None:
            self._line.responses.pop(sent.id, None)
        sent.future.cancel()

    # -- hearing ------------------------------------------------------------------------------------------------

    def _connected(self, transport: asyncio.Transport) -> None:
        _keep_alive(transport.get_extra_info("socket"), self._settings.watchdog_s)
        if self._tap is not None:
            self._tap.opened()

    def _received(self, data: bytes) -> None:
        if self.closed.done():
            return
        self.heard_at, self.heard_now = self._clock.monotonic(), self._clock.now()
        if self._tap is not None:
            self._tap.heard(data)
        try:
            self._route(self._framer.feed(data), self.heard_now)
        except WireError as error:
            self.close(CloseReason.GARBAGE, str(error))
        except Exception as error:
            # The edge of the read loop: a defect of ours costs the session, never the process.
            log.exception("reading failed")
            self.close(CloseReason.FAULT, f"a defect of Floorwatch: {type(error).__name__}")

    def _route(self, frames: list[bytes], received_at: float) -> None:
        collections = self._collections
        for frame in frames:
            if self.closed.done():
                return
            if frame[:7] != b"Event: " or (collections and b"\nActionID: " in frame):
                self._answered(frame, received_at)
            else:
                self._heard(frame, received_at)

    def _heard(self, frame: bytes, received_at: float) -> None:
        name = event_name(frame)
        if name == b"FullyBooted":
            self.picture_due.set()
        elif name == b"Shutdown":
            self._shutting_down = True
        if self._wanted is None or self._wanted(name, frame):
            self._hears(parse(frame), received_at)
        else:
            self.skipped += 1

    def _answered(self, frame: bytes, received_at: float) -> None:
        """A response, a list item, or an event that carries an action's id for another reason."""
        message = parse(frame)
        action_id = first(message, "ActionID")
        collection = self._collections.get(action_id)
        if collection is not None:
            if len(collection.messages) >= ITEM_CAP:
                raise WireError(f"the answer to {collection.listing.action} has no end")
            if collection.add(message):
                self._collections.pop(action_id, None)
        elif self._line is not None and action_id in self._line.responses and "Response" in message:
            self._line.handle_message(_Answer(message, action_id))
        elif "Event" in message:
            self._heard(frame, received_at)

    def _lost(self, error: Exception | None) -> None:
        if self._shutting_down:
            self.close(CloseReason.SHUTDOWN, "the exchange was shut down")
        else:
            why = f" ({error})" if error is not None else ""
            self.close(CloseReason.CLOSED, f"the exchange closed the connection{why}")


def login_of(settings: PbxSettings) -> Mapping[str, str]:
    """User and secret; the secret file is read anew each time, so that mending it is enough.

    :raises LoginRefusedError: there is no usable secret.
    """
    secret = settings.secret.get_secret_value() if settings.secret is not None else ""
    if settings.secret_file is not None:
        secret = _first_line(settings.secret_file)
    try:
        check_action({"Username": settings.user, "Secret": secret})
    except FloorError as error:
        raise LoginRefusedError(f"the AMI user or secret cannot be sent: {error}") from None
    return {"username": settings.user, "secret": secret}


def _first_line(file: Path) -> str:
    try:
        return (file.read_text(encoding="utf-8").splitlines() or [""])[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise LoginRefusedError(f"the secret file {file} cannot be read: {why}") from None


def tls_of(settings: PbxSettings) -> ssl.SSLContext | None:
    """The TLS context of one exchange, or none.

    :raises UnreachableError: the CA file cannot be used.
    """
    if not settings.tls:
        return None
    try:
        return ssl.create_default_context(cafile=settings.tls_ca)
    except (OSError, ssl.SSLError) as error:
        raise UnreachableError(f"the CA file {settings.tls_ca} cannot be used: {error.strerror or error}") from None


def _keep_alive(sock: socket.socket | None, watchdog_s: float) -> None:
    """Let the kernel notice a dead peer too; not every platform has every option."""
    if sock is None:
        return
    seconds = max(1, int(watchdog_s / 2))
    options = {"TCP_KEEPIDLE": seconds, "TCP_KEEPINTVL": max(1, seconds // 2), "TCP_KEEPCNT": 3}
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in options.items():
            if (option := getattr(socket, name, None)) is not None:
                sock.setsockopt(socket.IPPROTO_TCP, option, value)


def _why_unreachable(error: OSError, settings: PbxSettings) -> str:
    where = f"{settings.host}:{settings.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of {where} is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"no TLS with {where}: {error.reason or 'the handshake failed'}"
    if isinstance(error, socket.gaierror):
        return f"the host name {settings.host} is not known"
    if isinstance(error, ConnectionRefusedError):
        return f"nothing listens on {where}"
    return f"no connection to {where}: {error.strerror or error}"


def _why_refused(verdict: Message, user: str) -> str:
    said = first(verdict, "Message") or "no reason given"
    return f"the exchange refused the login of user {user}: {said}"
