"""Which of several Floorwatches acts on the alerts: under a lease in the database, and beside it a light on the relay.

Without a relay the database decides alone. Where nodes share one, whoever acts also shows a light there:

* Who stands by begins only when the database gives him the lease *and* no other's light is seen. Without the relay he
  sees no floor, without the database he knows no alert; so he begins without neither.
* Who acts goes on while the database refuses or the relay is away, and also without both: nobody else could tell. But
  who acts without the relay sees nothing, so he gives way: he keeps his name on the lease and leaves its time run out,
  so that one who sees may take it.
* Who acts without the database stands by when another shows the light under a greater number: that one has the
  database.

Who stands by and can ask neither the database nor see a light knows of nobody who acts, and may not begin: he says so
(:attr:`Succession.vacant`), for alerts may be lost until the database is back.

Two can act at once only while there is nothing that both reach, so that the one before cannot hear of the one after
him; what he writes later bears the smaller number, and is marked as told by another.
"""

from __future__ import annotations

import contextlib
from typing import Protocol

import structlog

from alerts.ledger.leases import Lease
from floor.errors import FloorError
from floor.history.errors import DatabaseUnusableError
from floor.ports import Beacon, Light

NOBODY_ACTS = {
    "en": "The database is away, and no Floorwatch is seen that acts on alerts: perhaps nobody is told of anything.",
    "zh": "数据库不可用，也看不到负责告警的 Floorwatch：可能没有任何人收到告警通知。",
}
log = structlog.get_logger(__name__)

LEASE_S = 30.0
RENEW_S = 8.0
FOLLOW_S = 2.0
"""How often who stands by looks at what the other does, and who acts without database or relay looks for them."""


class Leases(Protocol):
    """What is needed of the record (:class:`alerts.ledger.ledger.Ledger`)."""

    holder: str

    async def lease(self, for_s: float, *, anew: bool = False) -> Lease | None: ...


class Succession:
    """Seeks the lease, and keeps it."""

    def __init__(self, leases: Leases, beacon: Beacon | None = None) -> None:
        self.rest_s = FOLLOW_S
        """How long until it should be sought again."""
        self.vacant = False
        """Standing by, and as far as we can see nobody acts: the database is away, and no light shines."""
        self._leases = leases
        self._beacon = beacon
        self._unasked_s = 0.0
        """How long the database could not be asked while we stood by."""
        self._blind = False
        """Standing by without the relay: what we knew of others is all we know."""
        self._new = True
        """Whatever an earlier run under our name left unwritten is older than what we write."""

    async def seek(self, held: Lease | None) -> Lease | None:
        """The lease we have from now on; ``None``: we stand by.

        :param held: what we have; ``None``: we stand by.
        :raises DatabaseUnusableError: the database cannot be asked, and all stays as it is.
        """
        self.rest_s = FOLLOW_S
        try:
            lease = await self._sought(held)
        except DatabaseUnusableError:
            if held is None:
                self._unasked_s += FOLLOW_S
                # Where there are lights, the one of whoever acted has gone out by itself; on a relay that was emptied
                # just now it shines again when he shows it.
                self.vacant = self._unasked_s >= (LEASE_S if self._beacon is None else RENEW_S + FOLLOW_S)
            raise
        if lease is not None or not self._blind:
            self.vacant, self._unasked_s = False, 0.0
        self._new = self._new and lease is None
        return lease

    async def _sought(self, held: Lease | None) -> Lease | None:
        if self._beacon is not None:
            return await (self._begin(self._beacon) if held is None else self._go_on(self._beacon, held))
        lease = await self._leases.lease(LEASE_S, anew=self._new)
        self.rest_s = RENEW_S if lease is not None else FOLLOW_S
        return lease

    async def _begin(self, beacon: Beacon) -> Lease | None:
        try:
            light = await beacon.look()
        except FloorError as error:
            log.debug("alerts: standing by, and the relay is away", reason=str(error))
            self._blind = True
            return None
        self._blind = False
        if light is not None and light.holder != self._leases.holder:
            return None
        lease = await self._leases.lease(LEASE_S, anew=self._new)
        if lease is not None:
            await self._show(beacon, lease)
        return lease

    async def _go_on(self, beacon: Beacon, held: Lease) -> Lease | None:
        light = await self._show(beacon, held)
        try:
            # For no time at all: whoever sees the floor may take it, nobody else will.
            return await self._leases.lease(LEASE_S if light is not None else 0.0)
        except DatabaseUnusableError:
            if light is not None and light.fence > held.fence:
                return None
            raise

    async def _show(self, beacon: Beacon, lease: Lease) -> Light | None:
        """Whose light shines now; ``None``: nobody can say."""
        try:
            light = await beacon.show(Light(self._leases.holder, lease.fence), LEASE_S)
        except FloorError as error:
            log.debug("alerts: acting, and the relay is away", reason=str(error))
            return None
        self.rest_s = RENEW_S
        return light

    async def close(self) -> None:
        """Let another begin at once."""
        if self._beacon is not None:
            with contextlib.suppress(FloorError):
                await self._beacon.put_out(self._leases.holder)
