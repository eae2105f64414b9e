"""What the alerts room refuses, each as a sentence for the person who asked."""

from __future__ import annotations

from floor.errors import FloorError


class AlertError(FloorError):
    """A command on an alert cannot be done."""


class NoSuchAlertError(AlertError):
    """No living alert, breach or silence has this id; it may have been resolved meanwhile."""


class WrongStageError(AlertError):
    """The alert is at a stage that does not allow it."""


class ReasonMissingError(AlertError):
    """Whoever resolves, silences, excuses or disputes must say why."""


class MomentInvalidError(AlertError):
    """The end of a silence lies in the past, or too far ahead."""


class StandbyError(AlertError):
    """Another Floorwatch acts on this floor at present; commands go there."""
