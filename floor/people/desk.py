"""Looking after people from the command line: one database, opened for one errand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from floor.errors import FloorError
from floor.history.database import Database, reason
from floor.history.errors import DatabaseUnusableError
from floor.people import fields
from floor.people.deeds import Actor
from floor.people.model import Person, Role
from floor.people.passwords import LONGEST, SHORTEST, Passwords, Weakness, weakness
from floor.people.roster import Plan, carry_out, plan_of
from floor.people.rows import changing, persons_in
from floor.people.sheet import Sheet, read_sheet
from floor.people.staff import change, set_password
from floor.people.tables import persons


class PersonError(FloorError):
    """Something is wrong with what was asked about a person; the text is a sentence."""


class Desk:
    """``by`` does it, at ``at`` (seconds since the epoch); raises :class:`FloorError`."""

    def __init__(self, database: Database, by: Actor, at: float) -> None:
        self._database = database
        self._by = by
        self._at = at

    def persons(self) -> dict[int, Person]:
        """Everybody, by id."""
        with self._answering(), self._database.reading() as connection:
            return persons_in(connection)

    def with_password(self) -> frozenset[int]:
        """Who can sign in with one."""
        with self._answering(), self._database.reading() as connection:
            return frozenset(connection.execute(select(persons.c.id).where(persons.c.password.is_not(None))).scalars())

    def find(self, login: str) -> Person:
        """Raises :class:`PersonError` when nobody has the login."""
        plain = fields.plain_login(login)
        found = next((person for person in self.persons().values() if person.login == plain), None)
        if found is None:
            raise PersonError(f"nobody has the login '{plain}'; see floor user list")
        return found

    def add(self, sheet: Sheet, password: str | None) -> Plan:
        """One new person as typed; ``password`` has been judged. With faults nothing is done."""
        with self._answering(), changing(self._database, "register") as connection:
            known = persons_in(connection)
            made = plan_of(sheet, known.values())
            if any(entry.before is not None for entry in made.entries):
                raise PersonError(f"'{made.entries[0].after.login}' is there already")
            if not made.faults:
                (number,) = carry_out(connection, made, self._by, self._at)
                if password is not None:
                    set_password(connection, number, Passwords().hash(password), self._by, self._at)
        return made

    def take_in(self, data: bytes, exchanges: frozenset[str], *, dry: bool) -> tuple[Plan, dict[int, Person]]:
        """A roster, all or nothing; and who was known before."""
        with self._answering(), changing(self._database, "register") as connection:
            known = persons_in(connection)
            made = plan_of(read_sheet(data), known.values(), exchanges)
            if not made.faults and not dry:
                carry_out(connection, made, self._by, self._at)
        return made, known

    def set_password(self, person: Person, password: str) -> None:
        """He signs in with it from now on, and with nothing else."""
        weak = weakness(password, person.login, person.name, person.number)
        if weak is not None:
            raise PersonError(WEAK[weak])
        hash_ = Passwords().hash(password)
        with self._answering(), changing(self._database, "register") as connection:
            set_password(connection, person.id, hash_, self._by, self._at)

    def set_role(self, person: Person, role: Role) -> bool:
        """Whether that was new."""
        return self._change(person, replace(person, role=role))

    def set_active(self, person: Person, active: bool) -> bool:
        """Let him in again, or no more: what he had open ends within a second."""
        return self._change(person, replace(person, active=active))

    def _change(self, before: Person, after: Person) -> bool:
        with self._answering(), changing(self._database, "register") as connection:
            return change(connection, before, after, self._by, self._at)

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise DatabaseUnusableError(f"database: {self._database.shown} does not answer: {reason(error)}") from error


WEAK: dict[Weakness, str] = {
    Weakness.SHORT: f"the password is shorter than {SHORTEST} characters",
    Weakness.LONG: f"the password is longer than {LONGEST} characters",
    Weakness.UNREADABLE: "the password holds a character that cannot be typed",
    Weakness.LOGIN: "the password is little more than login, name or number",
    Weakness.TRIVIAL: "the password is among the first that anybody tries",
}
"""Said on the command line."""
