"""Passwords: argon2id in a thread, a few at a time, and a rule against the ones everybody tries first (R-SEC-4)."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 256
"""Characters. A longer one would only cost time; nobody remembers it."""
AT_ONCE = 2
"""Each takes 64 MB and a core for a moment, so that guessing is dear; so must a crowd at the door be."""
WAITING = 64
"""More than these would wait for seconds: they are told to come back."""

_WALKS = (
    "01234567890 9876543210 abcdefghijklmnopqrstuvwxyz qwertyuiop asdfghjkl zxcvbnm "
    "1qaz2wsx3edc4rfv5tgb 1q2w3e4r5t6y7u8i9o0p"
).split()
_WORDS = (
    "password passwort passw0rd p@ssw0rd welcome letmein iloveyou admin administrator qwerty floorwatch mima"
).split()

P = ParamSpec("P")
T = TypeVar("T")


class Weakness(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"
    LONG = "long"
    UNREADABLE = "unreadable"
    LOGIN = "login"
    """It is the login, the name or the service number, or one of them with little around it."""
    TRIVIAL = "trivial"
    """A walk over the keyboard, few different characters, or a word from the top of every list."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of comparing; ``anew``: the hash was made with other parameters and is to be replaced."""

    right: bool
    anew: bool = False


class Crowded(Exception):  # noqa: N818 - nothing went wrong, only too much at once
    """So many sign in at this moment that this one is not even looked at."""


class Passwords:
    """Makes and compares hashes; ``hasher`` decides what that costs."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    @cached_property
    def _nobody(self) -> str:
        """What a password is compared with where there is nobody."""
        return self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """For the command line: waits itself, about a tenth of a second."""
        return self._hasher.hash(composed(password))

    async def hashed(self, password: str) -> str:
        """The same off the event loop. Raises :class:`Crowded`."""
        return await self._in_turn(self.hash, password)

    async def verdict(self, known: str | None, password: str) -> Verdict:
        """Compare with somebody's hash; ``None``: the same work is done for nobody. Raises :class:`Crowded`."""
        return await self._in_turn(self._compare, known, password)

    def _compare(self, known: str | None, password: str) -> Verdict:
        try:
            self._hasher.verify(self._nobody if known is None else known, composed(password)[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return Verdict(False)
        except UnicodeEncodeError:  # half a character
            return Verdict(False)
        return Verdict(known is not None, known is not None and self._hasher.check_needs_rehash(known))

    async def _in_turn(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        if self._waiting >= WAITING:
            raise Crowded
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work, *arguments, **named)
        finally:
            self._waiting -= 1


def composed(password: str) -> str:
    """However it was typed, on whichever keyboard: one form (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def weakness(password: str, *about: str | None) -> Weakness | None:
    """What is wrong with a password; ``about``: login, name, service number of its owner."""
    plain = composed(password)
    if len(plain) > LONGEST:
        return Weakness.LONG
    if not plain.isprintable():
        return Weakness.UNREADABLE
    if len(plain) < SHORTEST:
        return Weakness.SHORT
    small = plain.casefold()
    for word in about:
        rest = small.replace(composed(word).casefold(), "") if word and len(word) > 2 else small
        if rest != small and (len(rest) < 4 or _trivial(rest)):
            return Weakness.LOGIN
    return Weakness.TRIVIAL if _trivial(small) else None


def _trivial(small: str) -> bool:
    if len(set(small)) < 5 or small.isdecimal():
        return True
    rest = small
    for known in (*_WORDS, *_pieces()):
        rest = rest.replace(known, "")
    return len(rest.strip("0123456789!.-_ ")) < 3 and len(rest) < 8


@cache
def _pieces() -> list[str]:
    """Every walk over the keyboard of four keys or more, there and back, longest first."""
    walks = [walk for there in _WALKS for walk in (there, there[::-1])]
    found = {walk[i:j] for walk in walks for i in range(len(walk)) for j in range(i + 4, len(walk) + 1)}
    return sorted(found, key=lambda piece: (-len(piece), piece))
