"""Who may follow the desk's stream: asked when it is opened, and again every second as long as it lasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from floor.people.model import SignedIn
from floor.people.ports import Accounts
from floor.people.rights import Right, may
from web import protocol
from web.cookies import Cookies
from web.tickets import Tickets

NEEDED = Right.SEE_FLOOR
"""Of the desk and what belongs to it; other streams of people say what they need."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """The close code and reason for somebody who may not, or no longer."""

    code: int
    reason: str


SIGNED_OUT = Farewell(protocol.CLOSE_SIGNED_OUT, "sign in first")
LOCKED = Farewell(protocol.CLOSE_LOCKED, "locked: unlock it with your password")
NO_TICKET = Farewell(protocol.CLOSE_FORBIDDEN, "this needs a fresh ticket of this sign-in")


class Admission:
    """The cookie says who it is, a ticket that our own page asked for it."""

    def __init__(self, accounts: Accounts, cookies: Cookies, tickets: Tickets) -> None:
        self._accounts, self._cookies, self._tickets = accounts, cookies, tickets

    def secret(self, cookies: Sequence[str]) -> str:
        """What is to be kept for :meth:`judge`."""
        return self._cookies.secret(cookies) or ""

    async def admit(self, secret: str, ticket: str, need: Right = NEEDED) -> SignedIn | Farewell:
        """Who comes in. The ticket is used up, whatever the answer."""
        judged = await self.judge(secret, need)
        taken = self._tickets.take(ticket, judged.id if isinstance(judged, SignedIn) else "")
        return judged if taken or isinstance(judged, Farewell) else NO_TICKET

    async def judge(self, secret: str, need: Right = NEEDED) -> SignedIn | Farewell:
        """Who he is now, with his rights of now; or why he has to leave."""
        who = await self._accounts.signed_in(secret) if secret else None
        if who is None or not who.person.active:
            return SIGNED_OUT
        if who.locked:
            return LOCKED
        return who if may(who.person, need) else no_right(need)


def no_right(need: Right) -> Farewell:
    """He is somebody else."""
    return Farewell(protocol.CLOSE_FORBIDDEN, f"this needs the right {need}")
