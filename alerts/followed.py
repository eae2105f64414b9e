"""What is followed: one rule on one subject each, for as long as there is something to measure, count or ask again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alerts.conditions.contract import Lasting
from alerts.count import Count
from alerts.rules import Rule
from alerts.sayings import Told
from alerts.violations import Case
from alerts.watch import Watch


@dataclass(slots=True, eq=False)
class Followed:
    """Found once per look; all that must be known to see that nothing differs is at hand, without a search."""

    case: Case
    watch: Watch | None = None
    """Of a rule that measures."""
    count: Count | None = None
    """Of a rule that counts."""
    again: float | None = None
    """When it must be read anew, not only reckoned on."""
    due: float | None = None
    """When it stands otherwise by itself, as far as the last reading tells."""
    violated: bool = False
    """A breach of it is open."""
    told: Told | None = None
    """What was said of it last; ``None``: that must be looked up."""
    shown: tuple[float, Rule] | None = None
    """The span that its subject's tile counts down, and by which rule."""

    def differs(self, told: Told) -> bool:
        """Whether this was not what was said of it last; from now on it is."""
        if self.told == told:
            return False
        self.told = told
        return True

    def shows(self, watch: Watch) -> bool:
        """Whether the tile shows something else than this; from now on it shows this."""
        since = watch.since if isinstance(watch.reading, Lasting) else None
        if self.shown is None or since is None:
            changed = (self.shown is None) != (since is None)
        else:
            changed = self.shown[0] != since or self.shown[1] is not watch.rule
        if changed:
            self.shown = None if since is None else (since, watch.rule)
        return changed

    def move(self, by_s: float) -> None:
        """Our clock was set: nothing lasts longer or shorter for that."""
        if self.watch is not None:
            self.watch.move(by_s)
        if self.count is not None:
            self.count.move(by_s)
        self.again = None if self.again is None else self.again + by_s
        self.due = None if self.due is None else self.due + by_s


class Following:
    """All of it, by case and by exchange."""

    def __init__(self) -> None:
        self._by_case: dict[Case, Followed] = {}
        self._of_pbx: dict[str, dict[Followed, None]] = {}

    def __len__(self) -> int:
        return len(self._by_case)

    def __iter__(self) -> Iterator[Followed]:
        return iter(list(self._by_case.values()))

    def get(self, case: Case) -> Followed | None:
        return self._by_case.get(case)

    def begin(self, case: Case) -> Followed:
        """From now on; what is followed already goes on."""
        found = self._by_case.get(case)
        if found is None:
            found = self._by_case[case] = Followed(case)
            self._of_pbx.setdefault(case[1].pbx, {})[found] = None
        return found

    def end(self, followed: Followed) -> None:
        """No longer: there is nothing left to follow."""
        self._by_case.pop(followed.case, None)
        self._of_pbx.get(followed.case[1].pbx, {}).pop(followed, None)
        followed.watch = followed.count = followed.again = followed.due = None

    def of(self, pbx: str) -> list[Followed]:
        """What belongs to one exchange (``""``: to none)."""
        return list(self._of_pbx.get(pbx, ()))

    def move(self, by_s: float) -> None:
        """Our clock was set."""
        for one in self._by_case.values():
            one.move(by_s)
