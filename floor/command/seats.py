"""Where everybody sat last: who is logged off belongs to no queue, and yet is to be logged on again at his phone."""

from __future__ import annotations

from collections import OrderedDict

from floor.ports import Outcome, hears
from floor.state.model import Agent, Key, Member

MOST = 20_000
"""Agents remembered; the longest unheard of goes first."""


class Seats:
    """Told by the store of every outcome."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._last: OrderedDict[Key, Member] = OrderedDict()

    @hears(Agent)
    def hear(self, outcome: Outcome) -> None:
        """Remember the place of everybody who has one."""
        for change in outcome.changes:
            if isinstance(change.after, Agent) and change.after.members:
                self._last[change.after.key] = change.after.members[0]
                self._last.move_to_end(change.after.key)
        while len(self._last) > self._most:
            self._last.popitem(last=False)

    def last(self, pbx: str, agent: str) -> Member | None:
        """``None``: not seen since we were started."""
        return self._last.get((pbx, agent))
