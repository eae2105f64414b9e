"""The bounded queue between the read loop and whoever applies what was read.

The read loop only puts; one task takes, in slices short enough that the event loop stays free for everybody else.
Its answer to "full": what waits is thrown away, the session ends, and a new full picture is taken. A floor that is
known to be unknown for a second is better than one that is silently wrong, or ever later.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence

import structlog

from asterisk.deliveries import Cut, Delivery, EventArrived, LinkClosed, LinkOpened, Sink

log = structlog.get_logger(__name__)

SLICE_S = 0.01
"""Processor seconds the sink may hold the event loop before others get a turn: what waits for a timer and then for its
own turn waits for some three of these. (Of the clock on the wall a busy machine
takes most for others, and the slices would fall behind the reading.)"""
_EVENTS = frozenset((EventArrived, tuple))
BETWEEN = 8
"""Events from one look at the processor's clock to the next; a look costs half a microsecond."""
DRAIN_S = 0.25
"""Seconds for what still waits when we are asked to stop."""

AfterSlice = Callable[[EventArrived | Cut], None]
"""Told the newest event of each slice."""
Tell = Callable[[Cut], None]


def _nobody(_: Cut) -> None:
    """Nothing is cut for nobody."""


class Inbox:
    """Everything one link has to say, in order, on its way to the sink."""

    def __init__(
        self,
        sink: Sink,
        limit: int,
        worked: Callable[[], float],
        overflowed: Callable[[], None],
        after: AfterSlice,
        tell: Tell = _nobody,
    ) -> None:
        """``tell`` gets what is cut, ``sink`` all else; by turns, in one order."""
        self.limit = limit
        self.delivered = 0
        self.overflows = 0
        self.sink_errors = 0
        self._sink = sink
        self._tell = tell
        self._worked = worked
        self._overflowed = overflowed
        self._after = after
        self._queue: deque[Delivery | Cut] = deque()
        self._filled = asyncio.Event()
        self._work: Iterator[None] | None = None
        """What the sink has begun and not ended; before that is done, the next delivery waits."""

    def go_on_with(self, work: Iterator[None]) -> None:
        """Called by the sink: what it was just handed is long, and wants to be done in steps."""
        self._work = work
        self._filled.set()

    def __len__(self) -> int:
        return len(self._queue)

    def put_events(self, events: Sequence[EventArrived | Cut]) -> None:
        """Events of the running session; may overflow."""
        if len(self._queue) + len(events) > self.limit:
            self._overflow()
            return
        self._queue.extend(events)
        self._filled.set()

    def put(self, delivery: Delivery) -> None:
        """Anything rarer than an event; never refused, for these are few."""
        self._queue.append(delivery)
        self._filled.set()

    def _overflow(self) -> None:
        self.overflows += 1
        # The ends of sessions stay, so that the sink sees each of them opened and closed.
        kept = [waiting for waiting in self._queue if isinstance(waiting, LinkOpened | LinkClosed)]
        self._queue.clear()
        self._queue.extend(kept)
        self._overflowed()

    async def deliver(self) -> None:
        """Hand on what waits, for ever."""
        while True:
            await self._filled.wait()
            self._slice(SLICE_S)
            if self._queue or self._work is not None:
                await asyncio.sleep(0)  # what is left goes on when everybody else has had a turn
            else:
                self._filled.clear()

    def drain(self) -> None:
        """Hand on what waits, once, and drop what takes too long."""
        self._slice(DRAIN_S)
        self._queue.clear()

    def _slice(self, seconds: float) -> None:
        sink, tell, queue, before = self._sink, self._tell, self._queue, self.delivered
        newest: EventArrived | Cut | None = None
        # A few events take no longer than a look at the clock is worth.
        short = self._work is None and len(queue) < BETWEEN and all(type(one) in _EVENTS for one in queue)
        until = math.inf if short else self._worked() + seconds
        while queue or self._work is not None:
            if self._work is not None:
                if short:
                    short, until = False, self._worked() + seconds
                if not self._done(self._work, until):
                    break
                continue
            delivery = queue.popleft()
            try:
                if type(delivery) is tuple:
                    tell(delivery)  # type: ignore[arg-type]  # what is a plain tuple is cut
                else:
                    sink(delivery)  # type: ignore[arg-type]  # and all else is not
            except Exception:
                # The edge of the loop: one delivery that cannot be applied must not cost the link.
                self._not_applied(delivery)
            if type(delivery) in _EVENTS:
                self.delivered += 1
                newest = delivery  # type: ignore[assignment]  # as just said
                if (self.delivered - before) % BETWEEN:
                    continue
            if self._worked() >= until:
                break
        if newest is not None:
            self._after(newest)

    def _done(self, work: Iterator[None], until: float) -> bool:
        """Go on with it; whether it is done before ``until``."""
        try:
            for _ in work:
                if self._worked() >= until:
                    return False
        except Exception:
            self._not_applied(work)
        self._work = None
        return True

    def _not_applied(self, delivery: Delivery | Cut | Iterator[None]) -> None:
        self.sink_errors += 1
        if self.sink_errors & (self.sink_errors - 1) == 0:
            log.exception("a delivery was not applied", kind=type(delivery).__name__, times=self.sink_errors)
