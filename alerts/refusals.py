"""What cannot be done with incidents, plans and drills, each as a sentence for the person who asked."""

from __future__ import annotations

from collections.abc import Sequence

from floor.errors import FloorError


class RefusedError(FloorError):
    """A command cannot be done; ``details`` names the fields or parts it is about."""

    def __init__(self, sentence: str, details: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.details = tuple(details)


class UnknownError(RefusedError):
    """There is no incident, plan, drill or step of this id."""


class InvalidError(RefusedError):
    """What was given cannot be meant: an unknown type, an empty text, a time in the future."""


class IncompleteError(RefusedError):
    """Something mandatory is missing: ``details`` lists it (R-EMG-8, R-PLN-1)."""


class WrongMomentError(RefusedError):
    """Not at this stage: closed already, another drill runs, the token is too old."""


class NotAllowedError(RefusedError):
    """This role may not do it (R-EMG-10, R-EMG-16)."""
