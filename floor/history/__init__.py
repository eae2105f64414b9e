"""History: what happened on the floor, kept in a database so that a restart loses nothing and zeroes nothing."""

from floor.history.errors import DatabaseUnusableError, HistoryError, QueueLogUnreadableError
from floor.history.history import History
from floor.history.writer import WriterLimits

__all__ = ["DatabaseUnusableError", "History", "HistoryError", "QueueLogUnreadableError", "WriterLimits"]
