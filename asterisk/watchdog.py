"""The watchdog of one session: silence is broken or ends the session; and the clocks are compared on the way.

Half of the allowed time is waiting, half is for the answer to a Ping. What counts is that *anything* was heard after
the Ping was sent: when our own process slept, the silence was ours, and what waits in the kernel speaks for the peer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from asterisk.deliveries import CloseReason
from asterisk.session import Session
from asterisk.wire import first, seconds_of
from floor.errors import ActionTimeoutError, LinkError
from floor.ports import Clock

Compared = Callable[[float | None, float], None]
"""Told the exchange's clock minus ours (``None``: it does not tell its time) and the round trip; seconds."""


async def watch(session: Session, clock: Clock, silence_s: float, compare_s: float, compared: Compared) -> None:
    """Until cancelled: Ping every ``compare_s``, and whenever nothing was heard for a third of ``silence_s``.

    A link from which nothing has come for ``silence_s`` is closed as SILENT, at the latest then.
    """
    pinged_at: float | None = None
    while True:
        now = clock.monotonic()
        quiet_s = now - (session.heard_at if session.heard_at is not None else now)
        if pinged_at is None or now - pinged_at >= compare_s or quiet_s >= silence_s * 0.35:
            pinged_at = now
            await _insist(session, clock, silence_s, compared)
        await asyncio.sleep(silence_s * 0.1)


async def _insist(session: Session, clock: Clock, silence_s: float, compared: Compared) -> None:
    sent_at, sent_now = clock.monotonic(), clock.now()
    try:
        pong = await session.ask("Ping", within_s=silence_s / 2)
    except ActionTimeoutError:
        if session.heard_at is None or session.heard_at <= sent_at:
            session.close(CloseReason.SILENT, f"nothing was heard for {silence_s:.0f} s and a Ping was not answered")
        return
    except LinkError:
        return  # the session is over, or too busy to be dead
    round_trip_s = clock.monotonic() - sent_at
    theirs = seconds_of(pong, "Timestamp") if first(pong, "Ping") else None
    compared(theirs - (sent_now + round_trip_s / 2) if theirs is not None else None, round_trip_s)
