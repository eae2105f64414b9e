"""Signing in and out: one sign-in per person (R-SEC-4), locked when idle, over when the shift is (R-SEC-6)."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable

import structlog

from floor.day import Day
from floor.history.errors import HistoryError
from floor.people.attempts import Allowance, Guess
from floor.people.attendance import WRITE_EVERY_S, Attendance, Live
from floor.people.deeds import Actor, Deed, Done
from floor.people.fields import LOGIN, plain_login
from floor.people.model import Person, Role, SignedIn
from floor.people.passwords import Crowded, Passwords, Weakness, weakness
from floor.people.ports import Denied, Standing
from floor.people.records import Records
from floor.people.register import Register
from floor.people.shifts import over_at
from floor.ports import Clock
from floor.sections.people import PeopleSettings

log = structlog.get_logger(__name__)

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
"""256 bits, as ``secrets.token_urlsafe(32)`` writes them."""


ADDRESS = 80
"""Characters of an address that are kept."""


class Accounts:
    """Implements :class:`floor.people.ports.Accounts`. What signs somebody in or out raises
    :class:`floor.history.errors.HistoryError` when the database does not answer; asking who is signed in never does."""

    def __init__(
        self,
        records: Records,
        register: Register,
        attendance: Attendance,
        clock: Clock,
        settings: PeopleSettings,
        day: Day,
        *,
        refresh: Callable[[], Awaitable[None]],
        passwords: Passwords | None = None,
    ) -> None:
        """``refresh`` reads the register, for somebody who was added a moment ago."""
        self._records = records
        self._register = register
        self._attendance = attendance
        self._clock = clock
        self._settings = settings
        self._day = day
        self._refresh = refresh
        self._passwords = passwords or Passwords()
        self._allowed = Allowance(settings.attempts, settings.lockout_s)
        self._owed: dict[str, tuple[Actor, str, float]] = {}
        """Ends the database has not taken yet: by whom, why, when."""
        self.turn = asyncio.Lock()
        """What changes sign-ins in the database and in memory happens under it, so that both tell the same."""

    async def sign_in(self, login: str, password: str, address: str) -> tuple[str, SignedIn] | Denied:
        """The cookie's secret, shown to nobody else, and the sign-in; what was signed in before ends."""
        address = _plain(address)
        found = await self._tried(plain_login(login), password, address)
        return found if isinstance(found, Denied) else await self._begin(found, address)

    async def sign_in_as(self, login: str, address: str) -> tuple[str, SignedIn] | Denied:
        """After an identity provider has vouched for the login; it is to be one of the register."""
        person, address = await self._found(plain_login(login)), _plain(address)
        if person is not None and may_enter(person):
            return await self._begin(person, address)
        denied = Denied.UNKNOWN if person is None else Denied.NO_SIGN_IN
        await self._refuse(Deed.REFUSED, None if person is None else person.id, address, denied)
        return denied

    async def signed_in(self, secret: str) -> SignedIn | None:
        """Who this cookie is, if his sign-in still stands; does not count as activity."""
        if not _SECRET.fullmatch(secret):
            return None
        digest = _digest(secret)
        live = self._attendance.by_digest(digest) or await self._of_others(digest)
        if live is None or not await self.stands(live):
            return None
        return self._told(live, secret)

    async def standing(self, sign_in: str) -> Standing:
        """Whether a sign-in still stands, by its id; does not count as activity."""
        live = self._attendance.by_id(sign_in)
        if live is None or not await self.stands(live):
            return Standing.OVER
        return Standing.OPEN if live.locked_at is None else Standing.LOCKED

    async def active(self, sign_in: str) -> None:
        """The person did something: puts off the idle lock, does not lift it."""
        live = self._attendance.by_id(sign_in)
        if live is None or not await self.stands(live) or live.locked_at is not None:
            return
        live.seen_at = self._clock.now()  # written by ``enforce``: nobody waits for the database to have done something

    async def unlock(self, secret: str, password: str) -> SignedIn | Denied:
        """Lift the idle lock; wrong passwords count as they do at the door."""
        live, person = self._who(secret)
        if live is None or person is None or not await self.stands(live):
            return Denied.UNKNOWN
        found = await self._tried(person.login, password, live.address)
        if isinstance(found, Denied):
            return found
        now = self._clock.now()
        async with self.turn:
            if not await self._records.do(self._records.unlocked, live, _actor(live, person), now):
                self._attendance.drop(live.id)
                return Denied.UNKNOWN
            live.locked_at, live.seen_at, live.written_at = None, now, now
        return self._told(live, secret) or Denied.UNKNOWN

    async def sign_out(self, sign_in: str, why: str) -> None:
        """``why`` is a word for the record: ``asked``, ``shift_end`` …"""
        async with self.turn:
            live = self._attendance.by_id(sign_in)
            person = None if live is None else self._register.persons.get(live.person)
            self._attendance.drop(sign_in)  # whatever the database says: he wants to be out
            by = Actor("") if live is None or person is None else _actor(live, person)
            self._owed[sign_in] = (by, why[:ADDRESS], self._clock.now())
            await self._pay(sign_in)

    async def change_password(self, secret: str, old: str, new: str) -> Weakness | Denied | None:
        """Somebody's own, which he must know; ``None``: done, and what else of his was signed in is over."""
        live, person = self._who(secret)
        if live is None or person is None or not await self.stands(live) or live.locked_at is not None:
            return Denied.UNKNOWN
        weak = weakness(new, person.login, person.name, person.number)
        if weak is not None:
            return weak
        found = await self._tried(person.login, old, live.address)
        if isinstance(found, Denied):
            return found
        try:
            hash_ = await self._passwords.hashed(new)
        except Crowded:
            return Denied.LOCKED_OUT
        by, now = _actor(live, person), self._clock.now()
        await self._records.do(self._records.password, person.id, hash_, by, live.id, now)
        return None

    async def about(self, person: int, limit: int = 200) -> list[Done]:
        """What is on record about somebody's sign-ins and place, the newest first (R-SEC-15)."""
        return await self._records.do(self._records.about, person, limit)

    def take(self, standing: list[Live]) -> None:
        """What the database says; what ended here meanwhile has ended."""
        self._attendance.replace([live for live in standing if live.id not in self._owed])

    async def stands(self, live: Live) -> bool:
        """Whether a sign-in still does; what is idle is locked here, and what is over ends."""
        now = self._clock.now()
        live.seen_at = min(live.seen_at, now)  # a clock set back must not keep a screen open
        person = self._register.persons.get(live.person)
        if person is None or not may_enter(person):
            await self._over(live, "left")
        elif now >= live.until:
            await self._over(live, "too_long" if person.shift_end is None else "shift_end")
        elif live.locked_at is None and now - live.seen_at >= self._settings.idle_lock_s:
            await self._lock(live, now)
        return self._attendance.by_id(live.id) is not None

    async def enforce(self) -> None:
        """Lock and end what is due, asked for or not, and write what was seen and could not be written."""
        for live in self._attendance:
            await self.stands(live)
        await self._write_seen()
        for sign_in in tuple(self._owed):
            try:
                async with self.turn:
                    await self._pay(sign_in)
            except HistoryError:
                break  # told when it began; the next round tries again

    # The parts

    async def _write_seen(self) -> None:
        fresh = [live for live in self._attendance if abs(live.seen_at - live.written_at) >= WRITE_EVERY_S]
        if not fresh:
            return
        seen = {live.id: live.seen_at for live in fresh}
        try:
            await self._records.do(self._records.seen, seen)
        except HistoryError as error:
            log.warning("activity not written", error=str(error))
            return
        for live in fresh:
            live.written_at = seen[live.id]

    async def _pay(self, sign_in: str) -> None:
        """Write an end that is only known in memory."""
        if sign_in in self._owed:
            by, why, at = self._owed[sign_in]
            await self._records.do(self._records.ended, sign_in, by, why, at)
            del self._owed[sign_in]

    async def _tried(self, login: str, password: str, address: str) -> Person | Denied:
        """Whoever has login and password: counted before it is looked at, and the same work for who is not there."""
        guess, do = Guess.of(login, address), self._records.do
        asked = login if LOGIN.fullmatch(login) else ""
        allowed, last, known = await do(self._records.counted, guess, asked, self._clock.now(), self._allowed)
        if not allowed:
            return Denied.LOCKED_OUT
        number, hash_ = known if known is not None else (None, None)
        try:
            verdict = await self._passwords.verdict(hash_, password)
        except Crowded:
            await do(self._records.forgiven, guess)
            return Denied.LOCKED_OUT
        if not verdict.right:
            denied = Denied.UNKNOWN if known is None else Denied.WRONG
            await self._refuse(Deed.LOCKED_OUT if last else Deed.REFUSED, number, address, denied)
            return denied
        await do(self._records.forgiven, guess)
        person = await self._found(login)
        if person is None or not may_enter(person):
            await self._refuse(Deed.REFUSED, number, address, Denied.NO_SIGN_IN)
            return Denied.NO_SIGN_IN
        if verdict.anew:
            await do(self._records.rehashed, person.id, hash_, await self._passwords.hashed(password))
        return person

    async def _found(self, login: str) -> Person | None:
        """Who has the login, also when he was added since the last look."""
        if self._register.by_login(login) is None:
            await self._refresh()
        return self._register.by_login(login)

    async def _begin(self, person: Person, address: str) -> tuple[str, SignedIn]:
        secret, now = secrets.token_urlsafe(32), self._clock.now()
        until = over_at(now, person.shift_end, self._settings.sign_in_max_h, self._day)
        live = Live(
            secrets.token_hex(8), person.id, _digest(secret), address, now, seen_at=now, until=until, written_at=now
        )
        async with self.turn:
            await self._records.do(self._records.began, live, person)
            self._attendance.put(live)
        return secret, SignedIn(live.id, person, now, now, _csrf(secret))

    def _who(self, secret: str) -> tuple[Live | None, Person | None]:
        live = self._attendance.by_digest(_digest(secret))
        return live, None if live is None else self._register.persons.get(live.person)

    def _told(self, live: Live, secret: str) -> SignedIn | None:
        person = self._register.persons.get(live.person)
        if person is None:
            return None
        return SignedIn(live.id, person, live.began_at, live.seen_at, _csrf(secret), live.locked_at is not None)

    async def _of_others(self, digest: str) -> Live | None:
        """Signed in at another process, a moment ago."""
        try:
            found = await self._records.do(self._records.standing, digest)
        except HistoryError as error:
            log.warning("sign-in not looked up", error=str(error))
            return None
        if found is not None and found.id in self._owed:
            return None
        if found is not None:
            self._attendance.put(found)
        return found

    async def _over(self, live: Live, why: str) -> None:
        try:
            await self.sign_out(live.id, why)
        except HistoryError as error:
            log.warning("end of a sign-in not written", error=str(error))

    async def _lock(self, live: Live, now: float) -> None:
        """Idle here may be busy at another process: the database knows. Where it does not answer, he is locked."""
        live.locked_at = now
        try:
            async with self.turn:
                found = await self._records.do(self._records.locked, live, self._settings.idle_lock_s, now)
                if found is None:
                    self._attendance.drop(live.id)
                else:
                    live.locked_at, live.seen_at = found.locked_at, max(live.seen_at, found.seen_at)
        except HistoryError as error:
            log.warning("lock not written", error=str(error))

    async def _refuse(self, what: Deed, person: int | None, address: str, why: Denied) -> None:
        await self._records.do(self._records.refused, what, person, address, why.value, self._clock.now())


def may_enter(person: Person) -> bool:
    """Contacts and people who left cannot sign in."""
    return person.active and person.role is not Role.OUTSIDE


def _actor(live: Live, person: Person) -> Actor:
    return Actor(person.login, person.id, live.address)


def _plain(address: str) -> str:
    """As it may be kept, whatever stands before us says."""
    return "".join(one for one in address[:ADDRESS] if one.isprintable())


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def _csrf(secret: str) -> str:
    """Follows from the secret, which only the cookie has; the secret does not follow from it."""
    return hashlib.sha256(b"floor page token " + secret.encode()).hexdigest()
