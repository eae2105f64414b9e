"""Since when several of something last, in order: how many for so long already is found without looking at each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from alerts.conditions.subjects import the_agent
from alerts.model import Subject
from floor.state.model import Key


class Since:
    """Agents by the moment (our clock) at which something began for each of them."""

    def __init__(self) -> None:
        self._moments: list[tuple[float, Key]] = []
        self._agents: list[Subject] = []
        """The same, place by place: all of the first so many are told at every reading, and must cost no loop."""
        self._of: dict[Key, float] = {}

    def __len__(self) -> int:
        return len(self._moments)

    def __contains__(self, key: Key) -> bool:
        return key in self._of

    def __iter__(self) -> Iterator[Key]:
        return iter(self._of)

    def put(self, key: Key, at: float | None) -> bool:
        """It began then for him; ``None``: it does not last. Whether that is news."""
        before = self._of.get(key)
        if before == at:
            return False
        if before is not None:
            place = bisect_left(self._moments, (before, key))
            del self._moments[place], self._agents[place], self._of[key]
        if at is not None:
            place = bisect_left(self._moments, (at, key))
            self._moments.insert(place, (at, key))
            self._agents.insert(place, the_agent(*key))
            self._of[key] = at
        return True

    def lasting(self, seconds: float, now: float) -> int:
        """For how many it lasts so long at least; they are the first ones."""
        moments = self._moments
        count = bisect_left(moments, (now - seconds, ("", "")))
        # The difference decides, as everywhere: a sum of the same numbers may be rounded to the other side of it.
        while count < len(moments) and now - moments[count][0] >= seconds:
            count += 1
        while count and now - moments[count - 1][0] < seconds:
            count -= 1
        return count

    def moment(self, place: int) -> float | None:
        """When it began for the one at this place; ``None``: there are not so many."""
        return self._moments[place][0] if place < len(self._moments) else None

    def first(self, count: int) -> tuple[Subject, ...]:
        """The first so many, the longest first."""
        return tuple(self._agents[:count])
