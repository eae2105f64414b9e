"""One exchange, one AMI session at a time, for ever: the life cycle around :mod:`asterisk.session`.

A session is opened and its login verdict awaited; the full picture is taken while events flow; the watchdog makes
sure that silence is an answer; whatever ends the session is told with its reason, and after a growing, jittered wait
the next one is opened. A refused login is retried slowly, because repeating it quickly is what intruders do.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import structlog

from asterisk.borrowed import succeeded
from asterisk.collect import ESSENTIAL
from asterisk.deliveries import (
    ClockCompared,
    CloseReason,
    Cut,
    EventArrived,
    LinkClosed,
    LinkHealth,
    LinkOpened,
    Sink,
    Straight,
)
from asterisk.filtering import ask_for_less
from asterisk.inbox import Inbox
from asterisk.picture import take_picture, wait_within
from asterisk.session import ASK_S, Closing, Session, Tap
from asterisk.watchdog import watch
from asterisk.wire import Headers, Message, first, seconds_of
from floor.backoff import Backoff, Draw
from floor.clock import worked
from floor.errors import ActionTimeoutError, AnswerLostError, LinkDownError, LinkError, LoginRefusedError, NotAmiError
from floor.ports import Answer, Clock
from floor.settings import PbxSettings
from floor.state.model import LinkState
from floor.tasks import Tasks

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Times and sizes of a link that nobody needs to set; seconds."""

    retry: Backoff = field(default_factory=Backoff)
    refused: Backoff = field(default_factory=lambda: Backoff(first_s=60, factor=2, cap_s=600))
    """Slow enough not to be banned as an intruder: at most four attempts in any ten minutes."""
    open_s: float = 10.0
    """For connecting and logging in."""
    proven_s: float = 10.0
    """A session that lasted this long makes the next wait short again."""
    booted_s: float = 1.0
    """How long the first picture waits for FullyBooted, which an account may not be allowed to see."""
    list_s: float = 15.0
    """A list may be silent for this long before it is given up."""
    retake: Backoff = field(default_factory=lambda: Backoff(first_s=10, factor=2, cap_s=300))
    """When to take the picture again after an essential list was refused."""
    clock_s: float = 30.0
    """How often the clocks are compared."""
    queue_limit: int = 50_000
    """Deliveries that may wait: seconds of the worst burst, some hundred megabytes at most."""


class Link:
    """The link to one exchange; :meth:`run` it in a task, read :meth:`health`, :meth:`ask` through it."""

    def __init__(
        self,
        settings: PbxSettings,
        sink: Sink,
        clock: Clock,
        *,
        wanted: Mapping[str, tuple[str, ...]] | None = None,
        straight: Straight | None = None,
        pace: Pace | None = None,
        draw: Draw = random.random,
        tap: Tap | None = None,
    ) -> None:
        self.pbx = settings.name
        self.state = LinkState.CONNECTING
        self._settings = settings
        self._clock = clock
        self._wanted, self._straight = wanted, straight
        self._pace = pace or Pace()
        self._draw = draw
        self._tap = tap
        self._inbox = Inbox(
            *(sink, self._pace.queue_limit, worked, self._overflowed, self._after_slice),
            *((straight.tell,) if straight is not None else ()),
        )
        self._session: Session | None = None
        self._stop = asyncio.Event()
        self._opened_at: float | None = None
        self._told: Closing | None = None
        self._last: Closing | None = None
        self._opened = 0
        self._skipped = 0
        self._heard_at: float | None = None
        self._heard_now: float | None = None
        self._clocks: ClockCompared | None = None
        self._lag_s: float | None = None
        self._defect: BaseException | None = None

    # -- life ---------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Keep the link until :meth:`stop`; no trouble with the exchange ends it."""
        tasks = Tasks(died=self._failed)
        tasks.start(f"{self.pbx}: deliver", self._inbox.deliver())
        tasks.start(f"{self.pbx}: connect", self._keep_connected())
        try:
            await self._stop.wait()
        finally:
            await tasks.stop()
            self._inbox.drain()
        if self._defect is not None:
            raise self._defect

    def _failed(self, _: str, error: BaseException) -> None:
        self._defect = error
        self._stop.set()

    def stop(self) -> None:
        """End :meth:`run` now, in whatever phase it is."""
        self._stop.set()

    async def _keep_connected(self) -> None:
        retry, refused = self._pace.retry.delays(self._draw), self._pace.refused.delays(self._draw)
        while True:
            self._turn(LinkState.CONNECTING)
            self._opened_at = None
            closing = await self._one_session()
            if self._opened_at is not None and self._clock.monotonic() - self._opened_at > self._pace.proven_s:
                retry, refused = self._pace.retry.delays(self._draw), self._pace.refused.delays(self._draw)
            await asyncio.sleep(next(refused if closing.reason is CloseReason.REFUSED else retry))

    async def _one_session(self) -> Closing:
        session = Session(
            self._settings,
            self._clock,
            self._inbox.put_events,
            opened=self._open,
            wanted=self._wanted,
            straight=self._straight.rows if self._straight is not None else None,
            tap=self._tap,
        )
        self._session = session
        closing = Closing(CloseReason.STOPPED, "we were asked to stop")
        try:
            closing = await self._live(session)
        except Exception as error:
            log.exception("link failed", pbx=self.pbx)
            closing = Closing(CloseReason.FAULT, f"a defect of Floorwatch: {type(error).__name__}")
        finally:
            session.close(closing.reason, closing.detail)
            self._session = None
            self._ended(session, closing)
        return closing

    async def _live(self, session: Session) -> Closing:
        try:
            await session.open(self._pace.open_s)
        except LinkError as error:
            return Closing(_reason(error), str(error))
        tasks = Tasks(died=lambda name, _: session.close(CloseReason.FAULT, f"a defect of Floorwatch in '{name}'"))
        tasks.start(
            f"{self.pbx}: watchdog",
            watch(session, self._clock, self._settings.watchdog_s, self._pace.clock_s, self._compared),
        )
        tasks.start(f"{self.pbx}: picture", self._take_pictures(session))
        try:
            return await asyncio.shield(session.over)
        finally:
            await tasks.stop()

    async def _ask_for_less(self, session: Session) -> None:
        """Once a session, for its filter goes with it; an exchange that will not goes on sending everything."""
        if not self._settings.filters or self._wanted is None:
            return
        refused = await ask_for_less(session, self._wanted)
        if refused is None:
            log.info("event filter taken", pbx=self.pbx)
        else:
            log.warning(
                "event filter refused: everything is sent, and the rest is dropped here", pbx=self.pbx, said=refused
            )

    def _open(self, greeting: str) -> None:
        self._opened += 1
        self._opened_at = self._clock.monotonic()
        self._told = None
        log.info("link open", pbx=self.pbx, greeting=greeting)
        self._turn(LinkState.SYNCING)
        self._inbox.put(LinkOpened(self._clock.now(), greeting))

    def _ended(self, session: Session, closing: Closing) -> None:
        self._skipped += session.skipped
        self._heard_at = session.heard_at if session.heard_at is not None else self._heard_at
        self._heard_now = session.heard_now if session.heard_now is not None else self._heard_now
        told = LinkClosed(self._clock.now(), closing.reason, closing.detail, self._heard_now)
        self._turn(told.state)
        if closing == self._told:
            return  # the same trouble again: said once
        self._told = self._last = closing
        log.warning("link closed", pbx=self.pbx, reason=closing.reason.value, detail=closing.detail)
        self._inbox.put(told)

    def _turn(self, state: LinkState) -> None:
        # While a refused or lost link is tried again it stays what it was, so that a screen does not flicker.
        if state is LinkState.CONNECTING and self._told is not None:
            return
        self.state = state

    def _overflowed(self) -> None:
        if self._session is not None:
            limit = self._pace.queue_limit
            self._session.close(CloseReason.OVERFLOW, f"more than {limit} events waited to be applied")

    # -- the clocks and the picture -----------------------------------------------------------------------------

    def _compared(self, offset_s: float | None, round_trip_s: float) -> None:
        stamped = self._clocks is not None and self._clocks.timestamps
        self._tell_clocks(ClockCompared(self._clock.now(), offset_s, round_trip_s, stamped))

    def _tell_clocks(self, clocks: ClockCompared) -> None:
        self._clocks = clocks
        self._inbox.put(clocks)

    def _after_slice(self, newest: EventArrived | Cut) -> None:
        if isinstance(newest, EventArrived):
            stamp = seconds_of(newest.message, "Timestamp")
        else:
            stamp = float(newest[1][0]) if newest[1][0] else None
        if self._clocks is None or stamp is None:
            return
        if not self._clocks.timestamps:
            self._tell_clocks(replace(self._clocks, timestamps=True))
        if self._clocks.offset_s is not None:
            self._lag_s = max(0.0, self._clock.now() - (stamp - self._clocks.offset_s))

    def go_on_with(self, work: Iterator[None]) -> None:
        """For the sink: goes on with what it was just handed, in turns, before it gets the next delivery."""
        self._inbox.go_on_with(work)

    def retake(self) -> None:
        """Ask for a new full picture of the running session."""
        if self._session is not None:
            self._session.picture_due.set()

    async def _take_pictures(self, session: Session) -> None:
        """One picture when the exchange is up, another whenever it says again that it has booted, and one from time to
        time, because some things are told by no event (``queue reload``)."""
        await self._ask_for_less(session)
        await wait_within(session.picture_due, self._pace.booted_s)
        again = self._pace.retake.delays(self._draw)
        due = True
        while True:
            session.picture_due.clear()
            # A picture taken by the way puts nothing in doubt.
            self.state = LinkState.SYNCING if due else LinkState.UP
            try:
                missing = await take_picture(session, self._clock, self._inbox.put, self._pace.list_s)
            except LinkDownError:
                return  # told by whoever ended the session
            self.state = LinkState.UP
            (log.info if due else log.debug)("picture taken", pbx=self.pbx, missing=missing)
            rest_s = next(again) if ESSENTIAL & set(missing) else self._settings.picture_every_s
            due = await wait_within(session.picture_due, rest_s)

    # -- asking and health --------------------------------------------------------------------------------------

    async def ask(self, action: str, headers: Headers | None = None, within_s: float = ASK_S) -> Message:
        """Send one action over the running session; errors as in :meth:`Session.ask`, never sent twice."""
        session = self._session
        if session is None or self.state not in (LinkState.SYNCING, LinkState.UP):
            raise LinkDownError("there is no link to the exchange")
        return await session.ask(action, headers, within_s)

    async def act(self, action: str, headers: Headers | None = None, within_s: float = ASK_S) -> Answer:
        """As :meth:`ask`, for commands: every way in which it can go wrong is an answer that says so."""
        try:
            message = await self.ask(action, headers, within_s)
        except LinkError as error:
            return Answer(False, str(error), lost=isinstance(error, AnswerLostError | ActionTimeoutError))
        return Answer(succeeded(message), first(message, "Message"))

    def ends(self) -> tuple[str, str] | None:
        """Our address and the exchange's on the running connection; ``None`` while there is no link."""
        up = self._session is not None and self.state in (LinkState.SYNCING, LinkState.UP)
        return self._session.ends() if up and self._session is not None else None

    def health(self) -> LinkHealth:
        """How the link is at this moment."""
        session = self._session
        heard_at = session.heard_at if session is not None and session.heard_at is not None else self._heard_at
        return LinkHealth(
            state=self.state,
            heard_ago_s=None if heard_at is None else max(0.0, self._clock.monotonic() - heard_at),
            events=self._inbox.delivered,
            skipped=self._skipped + (session.skipped if session is not None else 0),
            queue_size=len(self._inbox),
            queue_limit=self._inbox.limit,
            lag_s=self._lag_s,
            clock_offset_s=None if self._clocks is None else self._clocks.offset_s,
            reconnects=max(0, self._opened - 1),
            overflows=self._inbox.overflows,
            sink_errors=self._inbox.sink_errors,
            reason=None if self._last is None else self._last.reason,
            last_error=None if self._last is None else self._last.detail,
        )


def _reason(error: LinkError) -> CloseReason:
    if isinstance(error, LoginRefusedError):
        return CloseReason.REFUSED
    return CloseReason.NOT_AMI if isinstance(error, NotAmiError) else CloseReason.UNREACHABLE
