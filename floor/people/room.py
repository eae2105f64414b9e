"""The room of people, put together: register and accounts on one database, kept in step with other processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from floor.day import Day
from floor.history.database import Database
from floor.history.errors import HistoryError
from floor.people.accounts import Accounts
from floor.people.attendance import Attendance, standing
from floor.people.passwords import Passwords
from floor.people.records import Records
from floor.people.register import QueuesOf, Register
from floor.people.rows import versions_of
from floor.ports import Clock
from floor.settings import Settings

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.0
"""How soon what another process did (the command line, another node) is in force here."""
ENFORCE_EVERY = 5
"""Looks between two rounds of locking and signing out those who are not asked for."""
PRUNE_EVERY = 3600
"""Looks until what is too old is looked for again."""
DAY_S = 86400.0


class PeopleRoom:
    """``load`` before anybody is let in, then ``keep`` for as long as it lasts."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        *,
        queues_of: QueuesOf = lambda _pbx, _agent: (),
        passwords: Passwords | None = None,
    ) -> None:
        self._database = database
        self._attendance = Attendance()
        self._records = Records(database)
        self._clock = clock
        self._keep_s = settings.people.keep_days * DAY_S
        self._versions: dict[str, int] = {}
        self._failing = False
        self.register = Register(
            settings.group, settings.persons, queues_of=queues_of, present=self._attendance.present
        )
        day = Day(settings.time_zone, settings.day_starts)
        self.accounts = Accounts(
            self._records,
            self.register,
            self._attendance,
            clock,
            settings.people,
            day,
            refresh=self.load,
            passwords=passwords,
        )

    async def load(self) -> None:
        """Read what was changed since the last time; raises :class:`HistoryError`."""
        async with self.accounts.turn:
            put = await self._records.do(self._read)
            put()

    async def keep(self) -> None:
        """Look every second; a database that is away changes nothing, and is told once."""
        looks, prune_at = 0, PRUNE_EVERY
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            looks += 1
            try:
                await self.load()
                self._failing = False
            except HistoryError as error:
                if not self._failing:
                    log.warning("people not read", error=str(error))
                self._failing = True
            if looks % ENFORCE_EVERY == 0:
                await self.accounts.enforce()
            if looks >= prune_at:
                prune_at = looks + (1 if await self._prune() else PRUNE_EVERY)

    async def _prune(self) -> bool:
        """Forget a little of what is too old; whether there may be more."""
        try:
            gone = await self._records.do(self._records.prune, self._clock.now() - self._keep_s)
        except HistoryError as error:
            log.warning("people: too old records are still there", error=str(error))
            return False
        return gone > 0

    def _read(self) -> Callable[[], None]:
        """In a thread: what differs; what comes back puts it in force."""
        with self._database.reading() as connection:
            found = versions_of(connection)
            if found == self._versions:
                return lambda: None
            register = sign_ins = None
            if found.get("register") != self._versions.get("register"):
                register = self.register.read(connection)
            if found.get("sign_ins") != self._versions.get("sign_ins"):
                sign_ins = standing(connection)

        def put() -> None:
            self._versions = found
            if register is not None:
                register()
            if sign_ins is not None:
                self.accounts.take(sign_ins)

        return put
