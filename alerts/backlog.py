"""Cases that are still to be looked at: taken in slices, so that a floor of ten thousand agents that comes into view at
once holds up nothing else."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from alerts.violations import Case

SLICE = 100
"""Looks at a time: five to ten milliseconds."""
SAYING = 10
"""To say something of a case costs as much as so many looks."""

Cases = OrderedDict[Case, None]


@dataclass(slots=True)
class _Part:
    """What came at once, and why it is looked at."""

    cases: Cases
    since: float
    why: str


class Backlog:
    """In the order in which they came."""

    def __init__(self) -> None:
        self._parts: deque[_Part] = deque()

    def __len__(self) -> int:
        return sum(len(part.cases) for part in self._parts)

    @property
    def since(self) -> float | None:
        """Since when there has been something to look at; ``None``: there is nothing."""
        return next((part.since for part in self._parts if part.cases), None)

    def add(self, cases: Cases, at: float, why: str) -> None:
        """They are to be looked at; taken over as they are, however many."""
        if cases:
            self._parts.append(_Part(cases, at, why))

    def settle(self, case: Case) -> None:
        """It was looked at for another reason."""
        for part in self._parts:
            part.cases.pop(case, None)

    def give_back(self, pbx: str) -> Iterable[Case]:
        """Those of one exchange, which is not seen any more."""
        found = [case for part in self._parts for case in part.cases if case[1].pbx == pbx]
        for case in found:
            self.settle(case)
        return found

    def slice(self, said: Callable[[], int]) -> Iterator[tuple[Case, str]]:
        """The next ones, and why; ``said``: how much was said so far."""
        left = SLICE
        while self._parts and left > 0:
            part = self._parts[0]
            if not part.cases:
                self._parts.popleft()
                continue
            case, _ = part.cases.popitem(last=False)
            before = said()
            yield case, part.why
            left -= 1 + SAYING * (said() - before)

    def move(self, by_s: float) -> None:
        """Our clock was set."""
        for part in self._parts:
            part.since += by_s
