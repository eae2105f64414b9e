"""``floor user``: the first administrator, and whoever needs help with his password. Passwords are asked, or come by
standard input; never as an argument, which everybody on the machine could read."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping

from floor.clock import SystemClock
from floor.errors import ConfigInvalidError
from floor.history.database import Database
from floor.people.deeds import Actor
from floor.people.desk import WEAK, Desk, PersonError
from floor.people.faults import shown
from floor.people.model import Person, Role
from floor.people.parse import ROLES
from floor.people.passwords import weakness
from floor.people.rights import RIGHTS
from floor.people.sheet import typed
from floor.settings import Settings

Ask = Callable[[], str]
"""Where a password comes from."""


def desk(settings: Settings) -> Desk:
    """The database of these settings, of this version; what is done is recorded under the machine's user."""
    database = Database(settings.database_url)
    database.upgrade()
    return Desk(database, Actor(f"{_user()} (command line)"), SystemClock().now())


def add_user(settings: Settings, cells: Mapping[str, str], ask: Ask | None) -> str:
    """A new person; without ``ask`` he has no password (a contact, or who signs in elsewhere)."""
    room = desk(settings)
    if ask is None:
        password = None
    else:
        password = ask()
        weak = weakness(password, cells["login"], cells.get("name"), cells.get("number"))
        if weak is not None:
            raise PersonError(WEAK[weak])
    made = room.add(typed(cells), password)
    if made.faults:
        raise ConfigInvalidError([fault.sentence() for fault in made.faults])
    person = made.entries[0].after
    said = f"{person.login} is {person.role.value}"
    if password is None:
        said += "; without a password"
    if not any(one.role is Role.ADMIN and one.active for one in room.persons().values()):
        said += f"\nThere is no administrator yet: floor user roles {person.login} admin"
    return said


def list_users(settings: Settings) -> str:
    """A line per person: login, role, number, name, groups; who cannot sign in is marked."""
    room = desk(settings)
    known, keyed = room.persons(), room.with_password()
    lines = [_line(person, person.id in keyed) for person in sorted(known.values(), key=lambda one: one.login)]
    return "\n".join(lines) or "There is nobody yet: floor user add LOGIN --role admin"


def set_user_password(settings: Settings, login: str, ask: Ask) -> str:
    """What he has open is signed out."""
    room = desk(settings)
    person = room.find(login)
    room.set_password(person, ask())
    return f"{person.login} has a new password; where he was signed in, he is no more"


def disable_user(settings: Settings, login: str, *, again: bool) -> str:
    """Nobody is deleted: records keep their names."""
    room = desk(settings)
    person = room.find(login)
    done = room.set_active(person, again)
    state = "may sign in" if again else "cannot sign in any more"
    return f"{person.login} {state}" if done else f"{person.login} {state}, as before"


def set_user_role(settings: Settings, login: str, word: str) -> str:
    """A role by its word, English or Chinese."""
    role = ROLES.get(word.casefold())
    if role is None:
        raise ConfigInvalidError([f"'{shown(word)}' is no role; choose from {', '.join(Role)}"])
    room = desk(settings)
    person = room.find(login)
    done = room.set_role(person, role)
    return f"{person.login} is {role.value}" + ("" if done else ", as before")


def table_of_roles() -> str:
    """Every role and its rights."""
    return "\n".join(
        f"{role.value:10} {', '.join(sorted(right.value for right in rights)) or 'no sign-in; a contact'}"
        for role, rights in RIGHTS.items()
    )


def _line(person: Person, keyed: bool) -> str:
    marks = [] if person.active else ["left"]
    if person.active and not keyed and person.role is not Role.OUTSIDE:
        marks.append("no password")
    groups = ", ".join(f"{name}*" if name in person.leads else name for name in person.groups)
    said = f"{person.login:20} {person.role.value:9} {person.number or '–':8} {person.name}"
    return said + (f"  [{groups}]" if groups else "") + (f"  ({', '.join(marks)})" if marks else "")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "somebody"
