"""How often may be guessed: wrong passwords are counted by login and by address, and both get locked out.

An attempt is counted before the password is looked at, so that a hundred at once are a hundred, and given back when it
was right. What is counted is a hash: people type passwords where the login belongs.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from floor.people.tables import attempts

ADDRESS_TIMES = 10
"""Many people may sit behind one address."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """``failures`` wrong passwords in a row, then ``lockout_s`` seconds of nothing."""

    failures: int
    lockout_s: float


@dataclass(frozen=True, slots=True)
class Guess:
    """Who is tried from where, in a form that may be stored."""

    login: str
    address: str

    @classmethod
    def of(cls, login: str, address: str) -> Guess:
        return cls(_digest(login), _digest(_network(address)))


def begin(connection: Connection, guess: Guess, now: float, allowed: Allowance) -> tuple[bool, bool]:
    """Count an attempt: (may it be made, is this the one after which nothing is heard).

    To be called under the turn ``attempts``.
    """
    connection.execute(delete(attempts).where(attempts.c.last_at < now - allowed.lockout_s))
    counts = (
        ("login", guess.login, allowed.failures),
        ("address", guess.address, allowed.failures * ADDRESS_TIMES),
    )
    if any(_locked(connection, kind, name, now) for kind, name, _ in counts):
        return False, False
    last = [_count(connection, kind, name, now, most, allowed.lockout_s) for kind, name, most in counts]
    return True, any(last)


def forgive(connection: Connection, guess: Guess) -> None:
    """It was right: the login begins anew, the address gets this one attempt back."""
    connection.execute(delete(attempts).where(attempts.c.kind == "login", attempts.c.name == guess.login))
    own = (attempts.c.kind == "address") & (attempts.c.name == guess.address)
    connection.execute(update(attempts).where(own).values(failures=attempts.c.failures - 1, locked_until=None))


def _locked(connection: Connection, kind: str, name: str, now: float) -> bool:
    until = connection.execute(
        select(attempts.c.locked_until).where(attempts.c.kind == kind, attempts.c.name == name)
    ).scalar()
    return until is not None and now < until


def _count(connection: Connection, kind: str, name: str, now: float, most: int, lockout_s: float) -> bool:
    """One more; whether that was the last one allowed. A lock-out that is over leaves nothing behind."""
    own = (attempts.c.kind == kind) & (attempts.c.name == name)
    row = connection.execute(select(attempts).where(own)).one_or_none()
    failures = 1 if row is None or row.locked_until is not None else row.failures + 1
    until = now + lockout_s if failures >= most else None
    values = {"failures": failures, "last_at": now, "locked_until": until}
    if row is None:
        connection.execute(insert(attempts).values(kind=kind, name=name, **values))
    else:
        connection.execute(update(attempts).where(own).values(**values))
    return until is not None


def _network(address: str) -> str:
    """Who has one IPv6 address has 2^64 of them."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
