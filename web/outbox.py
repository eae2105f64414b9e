"""What one client still has to be told: patches while he keeps up, a fresh snapshot when he has caught up again.

The answer to "full": nothing is queued here. A client whose socket holds more than the watermark is passed over, gets
one snapshot once it has drained, and is cut off when it has not drained for too long. Nobody waits for anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

HIGH_BYTES = 128 * 1024
"""More than this unsent: the client is behind."""
LOW_BYTES = 32 * 1024
"""At most this unsent: it has caught up."""
SNAPSHOT_EVERY_S = 1.0
"""A client gets at most one snapshot in this time, however often it asks."""
PATIENCE_S = 30.0
"""Behind for longer than this: cut off."""


class Receiver(Protocol):
    """The far end, as far as sending goes; ``deliver`` never waits."""

    def unsent(self) -> int:
        """Bytes the socket has not taken yet."""

    def deliver(self, message: bytes) -> None: ...

    def cut(self) -> None:
        """End the connection without a word: nothing more would get through."""


class Outbox:
    """One client's side of a stream; times are monotonic seconds."""

    __slots__ = ("_behind_since", "_high", "_snapshot_at", "owed", "receiver", "skipped")

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self.owed = True
        """A snapshot comes before anything else."""
        self.skipped = 0
        self._high = HIGH_BYTES
        self._behind_since: float | None = None
        self._snapshot_at: float | None = None

    def push(self, message: bytes, now: float) -> bool:
        """Send a patch or beat, unless the client needs a snapshot first; whether it was sent."""
        if self.owed:
            self.skipped += 1
            return False
        unsent = self.receiver.unsent()
        if unsent <= LOW_BYTES:
            self._high = HIGH_BYTES
        elif unsent > self._high:
            self.owed = True
            self._behind_since = now
            self.skipped += 1
            return False
        self.receiver.deliver(message)
        return True

    def owe(self) -> None:
        """The client asked for a snapshot, or everybody needs a new one."""
        self.owed = True

    def due(self, now: float) -> bool:
        """Whether the owed snapshot may go out now."""
        if not self.owed or self.receiver.unsent() > LOW_BYTES:
            return False
        return self._snapshot_at is None or now - self._snapshot_at >= SNAPSHOT_EVERY_S

    def give(self, messages: Sequence[bytes], now: float) -> None:
        """Send the owed snapshot, and the patches since it was made: the client is level again."""
        self.owed = False
        self._behind_since = None
        self._snapshot_at = now
        for message in messages:
            self.receiver.deliver(message)
        # A big floor's snapshot on its way through a thin line is not yet being behind, until it has drained.
        self._high = max(HIGH_BYTES, 2 * self.receiver.unsent())

    def hopeless(self, now: float) -> bool:
        """Whether it has been behind for too long."""
        if self.owed and self._behind_since is None and self.receiver.unsent() > LOW_BYTES:
            self._behind_since = now
        return self._behind_since is not None and now - self._behind_since > PATIENCE_S
