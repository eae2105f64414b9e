"""What can go wrong with the history, each as a sentence that names the key to look at."""

from __future__ import annotations

from floor.errors import FloorError


class HistoryError(FloorError):
    """The history cannot do what was asked; the message is a sentence for the operator, without secrets."""


class DatabaseUnusableError(HistoryError):
    """The database behind the key ``database`` cannot be opened, written or upgraded."""


class QueueLogUnreadableError(HistoryError):
    """The source behind the key ``pbx.queue_log`` cannot be read."""
