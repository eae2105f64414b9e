"""Permanent and passing errors."""

from __future__ import annotations

from alerts.notify.errors import NotToldError, PassingError, PermanentError
from floor.errors import FloorError


def test_both_are_ours_and_one_says_when() -> None:
    """A caller that does not tell them apart can catch both."""
    error = PassingError("busy", after_s=3, attempts=2)
    assert isinstance(error, NotToldError)
    assert isinstance(PermanentError("gone"), NotToldError)
    assert issubclass(NotToldError, FloorError)
    assert (str(error), error.after_s, error.attempts) == ("busy", 3, 2)
