"""Everybody who reads one stream: sent the same bytes, whoever comes late, and whatever becomes of one of them.

A newcomer is given the snapshot the last one got, if it is not old, and the patches since: however many screens come
back at once, a big floor is encoded twice a second at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from floor.ports import Clock
from web.framing import Told
from web.outbox import Outbox
from web.traffic import Traffic

KEPT_S = 0.5
"""How long a snapshot is good for newcomers."""


@dataclass(slots=True)
class _Kept:
    """A snapshot, when it was made (monotonic), and the patches after it."""

    at: float
    messages: list[bytes] = field(default_factory=list)


class Readers:
    """The readers of one stream. ``snapshot`` makes everything at the present revision, at a moment of our clock."""

    def __init__(self, clock: Clock, traffic: Traffic, snapshot: Callable[[float], bytes]) -> None:
        self.outboxes: set[Outbox] = set()
        self._clock, self._traffic, self._snapshot = clock, traffic, snapshot
        self._kept: _Kept | None = None
        self.expected = False
        """Whether somebody may be due a snapshot by now."""

    def __len__(self) -> int:
        return len(self.outboxes)

    def push(self, message: bytes) -> int:
        """Send to everybody who is level; how many that were."""
        told, now = Told.of(message, len(self.outboxes)), self._clock.monotonic()
        sent = sum(outbox.push(told, now) for outbox in self.outboxes if not outbox.owed)
        self._traffic.sent += sent
        self._traffic.sent_bytes += sent * len(told)
        self._traffic.skipped += len(self.outboxes) - sent
        return sent

    def patch(self, message: bytes) -> None:
        """Send what leads to the next revision."""
        told = Told.of(message, len(self.outboxes))
        if self._kept is not None:
            self._kept.messages.append(told)
        self._traffic.patches += 1
        self.push(told)

    def begin_anew(self) -> None:
        """What is known is no longer so: everybody needs a snapshot."""
        self._kept = None
        self.expected = True
        for outbox in self.outboxes:
            outbox.owe()

    def give(self, outbox: Outbox) -> None:
        """Send one reader the snapshot it is owed, if it may have it now."""
        now = self._clock.monotonic()
        if not outbox.due(now):
            return
        messages = self._level(now)
        outbox.give(messages, now)
        self._traffic.snapshots += 1
        self._traffic.sent_bytes += sum(map(len, messages))

    def due(self) -> list[Outbox]:
        """Those who may have the snapshot they are owed. Looked for when there can be some, which the stalled are not:
        they are looked at again with the next tick, and not with every patch."""
        if not self.expected:
            return []
        now = self._clock.monotonic()
        due = [outbox for outbox in self.outboxes if outbox.due(now)]
        self.expected = bool(due)
        return due

    def _level(self, now: float) -> list[bytes]:
        if self._kept is None or now - self._kept.at >= KEPT_S:
            self._kept = _Kept(now, [Told(self._snapshot(self._clock.now()))])
        return self._kept.messages

    def forget(self) -> None:
        """Let go of a snapshot that is too old to be given."""
        if self._kept is not None and self._clock.monotonic() - self._kept.at >= KEPT_S:
            self._kept = None

    def cut_hopeless(self) -> None:
        """Cut off the readers that stayed behind for too long."""
        now = self._clock.monotonic()
        for outbox in self.outboxes:
            if outbox.hopeless(now):
                self._traffic.cut += 1
                outbox.receiver.cut()
