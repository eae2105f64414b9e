"""Tickets for the desk's stream: shown once, good for half a minute, and only for the sign-in they were made for.

A websocket carries the cookie whichever page opened it; a ticket can only be had by a page that may read our answers.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable

from floor.ports import Clock

GOOD_FOR_S = 30.0
MAX_TICKETS = 10_000
"""Of all sign-ins together; the oldest make room."""
MAX_EACH = 20
"""Of one sign-in: he loses his own oldest, nobody else's."""


class Tickets:
    """Those given out and not yet shown; times are monotonic."""

    def __init__(self, clock: Clock, token: Callable[[int], str] = secrets.token_urlsafe) -> None:
        self._clock, self._token = clock, token
        self._given: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._given)

    def give(self, sign_in: str) -> str:
        """A new ticket for this sign-in (its id, not the cookie's secret)."""
        self._forget()
        mine = [ticket for ticket, (whose, _) in self._given.items() if whose == sign_in]
        if len(mine) >= MAX_EACH:
            del self._given[mine[0]]
        elif len(self._given) >= MAX_TICKETS:
            self._given.popitem(last=False)
        ticket = self._token(24)
        self._given[ticket] = sign_in, self._clock.monotonic() + GOOD_FOR_S
        return ticket

    def take(self, ticket: str, sign_in: str) -> bool:
        """Whether it was good for this sign-in; whatever the answer, it is good no more."""
        whose, until = self._given.pop(ticket, ("", 0.0))
        return hmac.compare_digest(whose.encode(), sign_in.encode()) and self._clock.monotonic() < until

    def _forget(self) -> None:
        now = self._clock.monotonic()
        while self._given and next(iter(self._given.values()))[1] <= now:
            self._given.popitem(last=False)
