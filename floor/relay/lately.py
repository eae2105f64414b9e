"""What ended lately: visits and records that may not have reached the record yet, kept for a while.

A node that begins, or that missed something, reads the day from the record; what the record does not hold yet is told
by the floor it takes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from floor.ports import Clock, Outcome
from floor.state.copying import replace
from floor.state.model import Caller, Correction, Gap, Offer, Span
from floor.state.taken import FloorTaken

KEPT_S = 30.0
"""The record is written every second or so; when the database is away, figures of nodes wait for it."""
MOST = 20_000
"""Then the oldest go: they have been written long since on any floor where so much happens."""


class Lately:
    """A listener of one floor."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: deque[tuple[float, Caller | Offer | Span | Gap]] = deque(maxlen=MOST)

    def hear(self, outcome: Outcome) -> None:
        """Keep what is over."""
        now = self._clock.monotonic()
        if isinstance(taken := outcome.fact, FloorTaken):
            for told in (taken.ended, taken.offers, taken.spans, taken.gaps):
                self._kept.extend((now, one) for one in told)
        for change in outcome.changes:
            if isinstance(change.after, Caller) and change.after.ending is not None:
                self._kept.append((now, change.after))
        for record in outcome.records:
            self._kept.append((now, record.after if isinstance(record, Correction) else record))
        while self._kept and self._kept[0][0] < now - KEPT_S:
            self._kept.popleft()

    def of(self, kind: type[Any], pbx: str | None = None) -> Iterator[Any]:
        """Everything of a kind that is kept, the oldest first; of one exchange or of all."""
        return (one for _, one in self._kept if isinstance(one, kind) and pbx in (None, one.pbx))

    def added(self, taken: FloorTaken) -> FloorTaken:
        """The floor with what ended lately."""
        pbx = taken.pbx
        return replace(
            taken,
            ended=tuple(self.of(Caller, pbx)),
            offers=tuple(self.of(Offer, pbx)),
            spans=tuple(self.of(Span, pbx)),
            gaps=tuple(self.of(Gap, pbx)),
        )
