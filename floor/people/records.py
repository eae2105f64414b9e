"""What sign-ins leave in the database, each with its deed; every method is one transaction and waits itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from floor.history.database import Database, reason
from floor.history.errors import DatabaseUnusableError
from floor.people import attempts, attendance, retention
from floor.people.attempts import Allowance, Guess
from floor.people.attendance import Live
from floor.people.deeds import Actor, Deed, Done, about, record
from floor.people.model import Person
from floor.people.rows import changing
from floor.people.staff import end_sign_ins, password_of, set_password
from floor.people.tables import persons

P = ParamSpec("P")
T = TypeVar("T")

MOST_WAITING = 100
"""Each takes a millisecond or two, or five seconds when the server is gone."""

Known = tuple[int, str | None]
"""Person's id, and his password's hash."""


class Records:
    """Call the methods in a thread: ``await records.do(records.began, live, person)``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def do(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """In a thread, one after the other; raises :class:`DatabaseUnusableError` when the database does not answer,
        and at once when many wait for it already."""
        if self._waiting >= MOST_WAITING:
            raise DatabaseUnusableError(f"database: {self._database.shown} is too slow; {self._waiting} wait for it")
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work, *arguments, **named)
        except SQLAlchemyError as error:
            raise DatabaseUnusableError(f"database: {self._database.shown} does not answer: {reason(error)}") from error
        finally:
            self._waiting -= 1

    def counted(self, guess: Guess, login: str, now: float, allowed: Allowance) -> tuple[bool, bool, Known | None]:
        """(May it be tried, is it the last time, who has the login)."""
        with changing(self._database, "attempts") as connection:
            may, last = attempts.begin(connection, guess, now, allowed)
            return may, last, password_of(connection, login) if may else None

    def forgiven(self, guess: Guess) -> None:
        """It was the right password."""
        with changing(self._database, "attempts") as connection:
            attempts.forgive(connection, guess)

    def refused(self, what: Deed, person: int | None, address: str, why: str, now: float) -> None:
        """Nobody was let in. The login as typed is not kept: it may be a password."""
        with self._database.writing() as connection:
            record(connection, now, what, Actor("", None, address), person, after={"why": why})

    def rehashed(self, person: int, old: str | None, new: str) -> None:
        """The same password under newer parameters, unless it was changed meanwhile."""
        with self._database.writing() as connection:
            same = (persons.c.id == person) & (persons.c.password == old)
            connection.execute(update(persons).where(same).values(password=new))

    def began(self, live: Live, person: Person) -> None:
        """He is in; where he was signed in before, he is no more."""
        by = Actor(person.login, person.id, live.address)
        with changing(self._database, "sign_ins") as connection:
            for ended in end_sign_ins(connection, person.id, "elsewhere", live.began_at):
                after = {"sign_in": ended, "why": "elsewhere"}
                record(connection, live.began_at, Deed.SIGNED_OUT, by, person.id, after=after)
            attendance.write(connection, live)
            record(connection, live.began_at, Deed.SIGNED_IN, by, person.id, after={"sign_in": live.id})

    def ended(self, sign_in: str, by: Actor, why: str, now: float) -> bool:
        """He is out; whether he was in."""
        with changing(self._database, "sign_ins") as connection:
            was = attendance.write_end(connection, sign_in, why, now)
            if was:
                after = {"sign_in": sign_in, "why": why}
                record(connection, now, Deed.SIGNED_OUT, by, by.person, after=after)
            return was

    def seen(self, seen: Mapping[str, float]) -> None:
        """Who did something, and when; nobody else needs to know at once."""
        with self._database.writing() as connection:
            attendance.write_seen(connection, seen)

    def locked(self, live: Live, idle_s: float, now: float) -> Live | None:
        """Lock it, unless he was seen elsewhere; as it stands then, ``None``: it does not."""
        with changing(self._database, "sign_ins") as connection:
            if attendance.write_lock(connection, live.id, now, idle_s):
                record(connection, now, Deed.LOCKED, Actor(""), live.person, after={"sign_in": live.id})
            return next(iter(attendance.standing(connection, live.digest)), None)

    def unlocked(self, live: Live, by: Actor, now: float) -> bool:
        """He gave his password; whether the sign-in still stood."""
        with changing(self._database, "sign_ins") as connection:
            stood = attendance.write_unlock(connection, live.id, now)
            if stood:
                record(connection, now, Deed.UNLOCKED, by, by.person, after={"sign_in": live.id})
            return stood

    def password(self, person: int, hash_: str, by: Actor, keep: str, now: float) -> None:
        """A new password, set by its owner."""
        with changing(self._database, "register") as connection:
            set_password(connection, person, hash_, by, now, keep=keep)

    def standing(self, digest: str) -> Live | None:
        """The sign-in behind a cookie."""
        with self._database.reading() as connection:
            return next(iter(attendance.standing(connection, digest)), None)

    def prune(self, before: float) -> int:
        """Forget a little of what was over before then; how many rows went."""
        with self._database.writing() as connection:
            return retention.prune(connection, before)

    def about(self, person: int, limit: int) -> list[Done]:
        """What is on record about somebody."""
        with self._database.reading() as connection:
            return about(connection, person, limit)
