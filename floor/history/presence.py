"""Up to when the record of each exchange is whole, so that a restart of Floorwatch leaves a gap and not a silence.

While a link is up the record is kept current by a pulse; at the next start the time from the last pulse to the first
picture is a gap like any other. A quiet night is no gap: the pulse goes on without calls. Pure; moments are on the
exchange's clock, seconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from floor.history.rows import Entry, Seen
from floor.ports import Outcome
from floor.state.facts import LinkChanged, ReviewDue
from floor.state.model import Gap, LinkState, Pbx

DOUBT_S = 15.0
"""A dead link may go unnoticed this long, so the pulse stays behind; a gap begun too early only costs a comparison."""
RESTARTED = "restart"
"""The reason of a gap that is our own absence."""


class Presence:
    """Told of every outcome; says what to record."""

    def __init__(self, seen: Mapping[str, float], open_gaps: Sequence[Gap]) -> None:
        self._last = dict(seen)
        self._open = list(open_gaps)
        self._links: dict[str, Pbx] = {}
        self._begun: set[str] = set()

    def left_off(self) -> dict[str, float]:
        """Per exchange the moment from which our record is missing: its open gap's beginning, or the last pulse."""
        return {**self._last, **{gap.pbx: gap.began_at for gap in self._open}}

    def note(self, outcome: Outcome) -> list[Entry]:
        """Gaps that end now because the first picture since our start is complete."""
        for change in outcome.changes:
            if isinstance(change.after, Pbx):
                self._links[change.after.pbx] = change.after
        fact = outcome.fact
        if isinstance(fact, LinkChanged):
            return self._began(fact) if fact.link is LinkState.UP else []
        if self._up(fact.pbx) and not isinstance(fact, ReviewDue):
            self._last[fact.pbx] = max(fact.at, self._last.get(fact.pbx, fact.at))
        return []

    def pulse(self, now: float) -> list[Seen]:
        """Per exchange whose link is up, the moment until which its record is whole; ``now`` on our clock."""
        for name, pbx in list(self._links.items()):
            if name in self._begun and pbx.link is LinkState.UP:
                offset = (pbx.clock_offset_s or 0.0) if pbx.timestamps else 0.0
                known = now + offset - DOUBT_S
                self._last[name] = max(known, self._last.get(name, known))
        return [Seen(name, at) for name, at in list(self._last.items()) if name in self._begun]

    def _up(self, pbx: str) -> bool:
        return pbx in self._begun and pbx in self._links and self._links[pbx].link is LinkState.UP

    def _began(self, fact: LinkChanged) -> list[Entry]:
        if fact.pbx in self._begun:
            return []
        self._begun.add(fact.pbx)
        last = self._last.get(fact.pbx)
        left: list[Entry] = [replace(gap, ended_at=fact.at) for gap in self._open if gap.pbx == fact.pbx]
        if not left and last is not None and last < fact.at:
            left.append(Gap(fact.pbx, last, fact.at, RESTARTED))
        self._last[fact.pbx] = max(fact.at, last or fact.at)
        return left
