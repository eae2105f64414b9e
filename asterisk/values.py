"""What stands behind a header, read once and typed.

Every reader is total: what is missing, empty or malformed gives ``None``, because what arrives is hostile until read.
"""

from __future__ import annotations

from functools import lru_cache

MAX_TEXT = 200
"""Longer names and numbers are cut: no screen or table needs more."""
MAX_DIGITS = 15
"""Longer numbers are no counts or seconds of anything; sums of shorter ones stay exact."""
SPACES = "\u00a0\u3000"
"""Printed as gaps in names, though Unicode does not call them printable."""
NOTHING = frozenset({"<unknown>", "<null>", "(null)"})
KNOWN = 50_000
"""Texts remembered: the names of a large floor, and the channels of its calls."""
NUMBERS = 4096
"""Numbers remembered: few are said, and each again and again, so that to look one up is cheaper than to read it."""


def as_text(value: str | None) -> str | None:
    """What it says, control characters removed."""
    if not value or value in NOTHING:
        return None
    if value.isprintable():
        return value[:MAX_TEXT]
    return "".join(c for c in value if c.isprintable() or c in SPACES)[:MAX_TEXT] or None


class Texts(dict[bytes, str | None]):
    """As :func:`as_text`, by the bytes of a value: an exchange says the same names and channels again and again.

    What was said before is neither decoded nor looked through again, and is the same text, whose hash is known already
    wherever the floor looks for it. What there is no more room for is forgotten, all at once.
    """

    def __missing__(self, value: bytes) -> str | None:
        if len(self) >= KNOWN:
            self.clear()
        said = as_text(value.decode("utf-8", "replace"))
        if len(value) <= MAX_TEXT:
            self[value] = said
        return said


@lru_cache(NUMBERS)
def as_number(said: str | None) -> int | None:
    """A whole number."""
    try:
        return int(said) if said is not None and len(said) <= MAX_DIGITS else None
    except ValueError:
        return None


@lru_cache(NUMBERS)
def as_seconds(said: str | None) -> int | None:
    """A duration in whole seconds, never negative."""
    number = as_number(said)
    return None if number is None else max(0, number)


def as_moment(said: str | None) -> float | None:
    """Seconds since the epoch; zero means "never" in AMI."""
    try:
        stamp = float(said) if said else 0.0
    except ValueError:
        return None
    return stamp if 0 < stamp < 1e11 else None


@lru_cache(NUMBERS)
def as_flag(said: str | None) -> bool | None:
    """``1``/``0`` and the words for it."""
    return None if said is None else said.lower() in ("1", "yes", "true", "on")


@lru_cache(NUMBERS)
def as_share(said: str | None) -> float | None:
    """RTCP's fraction lost, in 256ths: 0 to 1."""
    number = as_number(said)
    return number / 256 if number is not None and 0 <= number <= 256 else None
