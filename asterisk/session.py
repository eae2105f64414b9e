"""One AMI session over panoramisk, from dial to hang-up, used once.

Everything that arrives is routed here in one pass, in the order of the stream: answers to their futures, list items
to their collections, events to ``hears``. A new panoramisk ``Manager`` per session carries nothing over to the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from asterisk import dial
from asterisk.borrowed import Answer, Ask, Line, OneSession, mute, succeeded
from asterisk.collect import ITEM_CAP, Collection, Listing
from asterisk.deliveries import CloseReason, Cut, EventArrived
from asterisk.reading import Reader
from asterisk.records import Row
from asterisk.wire import Framer, Headers, Message, check_action, event_name, first, parse
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

log = structlog.get_logger(__name__)

PENDING_CAP = 256
"""Actions that may wait for their answers at once."""
_OF_ITSELF = (b"Event: FullyBooted", b"Event: Shutdown")
ASK_S = 5.0
"""Seconds an action may take, unless its caller says otherwise."""


@dataclass(frozen=True, slots=True)
class Closing:
    """How a session ended."""

    reason: CloseReason
    detail: str


class Tap(Protocol):
    """Sees the raw bytes of a session (a tape); must not raise."""

    def opened(self) -> None: ...

    def heard(self, data: bytes) -> None: ...

    def closed(self) -> None: ...


class Session:
    """Dial with :meth:`open`, then :meth:`ask` and :meth:`collect` until :attr:`over` resolves.

    ``opened`` is called with the greeting in the read loop when the login is accepted, before the first event.
    """

    def __init__(
        self,
        settings: PbxSettings,
        clock: Clock,
        hears: Callable[[Sequence[EventArrived | Cut]], None],
        *,
        opened: Callable[[str], None] = lambda _: None,
        wanted: Mapping[str, tuple[str, ...]] | None = None,
        straight: Mapping[str, Row] | None = None,
        tap: Tap | None = None,
    ) -> None:
        self.over: asyncio.Future[Closing] = asyncio.get_running_loop().create_future()
        self.picture_due = asyncio.Event()
        """FullyBooted was heard, or somebody asks for a new picture; cleared by whoever takes it."""
        self.heard_at: float | None = None
        """Monotonic time of the last byte."""
        self.heard_now: float | None = None
        """Wall time of the last byte."""
        self._settings = settings
        self._clock = clock
        self._hears = hears
        self._opened = opened
        self._reader = Reader(wanted, straight=straight)
        self._tap = tap
        self._framer = Framer()
        self._collections: dict[str, Collection] = {}
        self._manager: Any = None
        self._line: Line | None = None
        self._logged_in = False
        self._shutting_down = False

    @property
    def skipped(self) -> int:
        """Events that were not wanted."""
        return self._reader.skipped

    # -- life ---------------------------------------------------------------------------------------------------

    async def open(self, within_s: float = 10.0) -> None:
        """Connect and log in.

        :raises UnreachableError | NotAmiError | LoginRefusedError: with a sentence that says what to look at.
        """
        self._manager = OneSession(
            host=self._settings.host,
            port=self._settings.port,
            ssl=dial.tls(self._settings),
            log=mute,
            protocol_factory=self._new_line,
            loop=asyncio.get_running_loop(),
            **dial.credentials(self._settings),
        )
        try:
            async with asyncio.timeout(within_s):
                await self._connect()
                verdict = await self._manager.authenticated_future
        except TimeoutError:
            raise self._no_answer(within_s) from None
        except LinkDownError:
            raise self._hung_up() from None
        if not succeeded(verdict):
            raise self._refused(verdict)

    def _refused(self, verdict: Message) -> FloorError:
        said = first(verdict, "Message") or "no reason given"
        place = dial.where(self._settings)
        if "already in use" in said.lower():
            # allowmultiplelogin = no, and our last session is not yet known to be dead: no reason to wait for long.
            return UnreachableError(f"{place} still holds a session of user {self._settings.user}: {said}")
        return LoginRefusedError(f"{place} refused the login of user {self._settings.user}: {said}", said)

    async def _connect(self) -> None:
        try:
            await self._manager.connect()
        except OSError as error:
            raise UnreachableError(dial.why_unreachable(error, self._settings)) from error
        if self._manager.authenticated_future is None:
            raise LinkDownError("the link went down before the login was sent")

    def _new_line(self) -> Line:
        self._line = Line(self)
        return self._line

    def _no_answer(self, within_s: float) -> FloorError:
        place = dial.where(self._settings)
        if self._line is None:
            return UnreachableError(f"{place} did not accept a connection within {within_s:.0f} s")
        if not self._framer.greeting:
            return NotAmiError(f"{place} accepts connections but does not greet like AMI (TLS on one side only?)")
        return UnreachableError(f"{place} speaks AMI but did not answer the login within {within_s:.0f} s")

    def _hung_up(self) -> FloorError:
        place = dial.where(self._settings)
        if self._framer.greeting:
            return UnreachableError(f"{place} hung up before it answered the login")
        if self._framer.greeting == "":
            return NotAmiError(f"{place} does not speak AMI")
        return UnreachableError(f"{place} hung up without a greeting (too many sessions, or TLS on one side only)")

    def close(self, reason: CloseReason, detail: str) -> None:
        """End it now; waiting actions fail, nothing is flushed."""
        if self.over.done():
            return
        self.over.set_result(Closing(reason, detail))
        if self._manager is not None:
            self._manager.over = True
            self._manager.close()
        if self._line is not None:
            self._line.close()
            if self._tap is not None:
                self._tap.closed()
        for collection in self._collections.values():
            collection.over = True
        self._collections.clear()

    # -- speaking -----------------------------------------------------------------------------------------------

    async def ask(self, action: str, headers: Headers | None = None, within_s: float = ASK_S) -> Message:
        """Send one action, once, and await its answer (success or error).

        :raises ActionInvalidError | LinkBusyError: nothing was sent.
        :raises ActionTimeoutError | LinkDownError: if it was sent, it is not known whether it took effect.
        """
        if self._line is not None and len(self._line.responses) >= PENDING_CAP:
            raise LinkBusyError(f"{PENDING_CAP} actions are waiting for the exchange already")
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
        if self._line is None or self.over.done():
            raise LinkDownError("there is no link to the exchange")
        sent = Ask(headers)
        self._line.send(sent)
        return sent

    def _forget(self, sent: Ask) -> None:
        if self._line is not None:
            self._line.responses.pop(sent.id, None)
        sent.future.cancel()

    def ends(self) -> tuple[str, str] | None:
        """Our address and the exchange's on this connection."""
        transport = self._line.transport if self._line is not None else None
        if transport is None:
            return None
        ours, theirs = transport.get_extra_info("sockname"), transport.get_extra_info("peername")
        return (str(ours[0]), str(theirs[0])) if ours and theirs else None

    # -- hearing ------------------------------------------------------------------------------------------------

    def connected(self, transport: asyncio.Transport) -> None:
        """The line is there (Ear)."""
        dial.keep_alive(transport.get_extra_info("socket"), self._settings.watchdog_s)
        if self._tap is not None:
            self._tap.opened()

    def received(self, data: bytes) -> None:
        """Bytes came (Ear); never blocks, never raises."""
        if self.over.done():
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

    def lost(self, error: Exception | None) -> None:
        """The line is gone (Ear)."""
        if self._shutting_down:
            self.close(CloseReason.SHUTDOWN, "the exchange was shut down")
        else:
            why = f" ({error})" if error is not None else ""
            self.close(CloseReason.CLOSED, f"the exchange closed the connection{why}")

    def _route(self, frames: list[bytes], received_at: float) -> None:
        """Runs of events, and between them what must be seen by itself."""
        place = 0
        while place < len(frames) and not self.over.done():
            if self._logged_in:
                events, place = self._reader.read_on(frames, place, received_at, bool(self._collections))
                if events:
                    self._hears(events)
            if place < len(frames) and not self.over.done():
                self._answered(frames[place], received_at)
                place += 1

    def _heard(self, frame: bytes, received_at: float) -> None:
        message = self._reader.read(frame)
        if message is not None:
            self._hears((EventArrived(message, received_at),))
        if frame.startswith(_OF_ITSELF):
            self._said_of_itself(event_name(frame))

    def _said_of_itself(self, name: bytes) -> None:
        if name == b"FullyBooted":
            self.picture_due.set()
        elif name == b"Shutdown":
            self._shutting_down = True

    def _answered(self, frame: bytes, received_at: float) -> None:
        """A response, a list item, or an event that carries an action's id for another reason or is seen by itself."""
        message = parse(frame)
        action_id = first(message, "ActionID")
        collection = self._collections.get(action_id)
        if collection is not None:
            if len(collection.messages) >= ITEM_CAP:
                raise WireError(f"the answer to {collection.listing.action} has no end")
            if collection.add(message):
                self._collections.pop(action_id, None)
        elif frame[:7] == b"Event: ":  # first, for OriginateResponse is an event that has a header Response
            if self._logged_in:
                self._heard(frame, received_at)
        elif "Response" in message:
            self._responded(message, action_id)

    def _responded(self, message: Message, action_id: str) -> None:
        if self._line is None or action_id not in self._line.responses:
            return  # an answer nobody waits for any more
        self._line.handle_message(Answer(message, action_id))
        if not self._logged_in and succeeded(message):
            # Here, and not where the login is awaited: events may follow in the same read.
            self._logged_in = True
            self._opened(self._framer.greeting or "")
