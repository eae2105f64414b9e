"""Why somebody was not told. Texts are shown on the alert, so they hold no address, URL or secret."""

from __future__ import annotations

from floor.errors import FloorError


class NotToldError(FloorError):
    """The message did not get through."""


class PermanentError(NotToldError):
    """Trying again cannot help: the address is wrong, or the receiver does not want it."""


class PassingError(NotToldError):
    """It may get through later: ``after_s`` if the receiver or the way says when, ``attempts`` if it should not be
    tried more often than that."""

    def __init__(self, sentence: str, *, after_s: float | None = None, attempts: int | None = None) -> None:
        super().__init__(sentence)
        self.after_s = after_s
        self.attempts = attempts
