"""Who is told of what happens on the floor: each listener may say which kinds of news concern him.

Of a dozen listeners most wait for one kind of fact that comes once an hour. Asking all of them at every change was a
tenth of what a change costs; so the kinds that are in an outcome are looked up, once for each combination that occurs.
"""

from __future__ import annotations

from collections.abc import Callable

from floor.ports import Listener

Kinds = frozenset[type]
"""Classes of the fact, of the entities that changed, of the records and happenings of one outcome."""


class Listeners:
    """In the order in which they came."""

    def __init__(self) -> None:
        self._all: tuple[tuple[Listener, bool], ...] = ()
        """Each, and whether he is told of what changed nothing, too."""
        self._loud: dict[Kinds, tuple[Listener, ...]] = {}
        self._silent: dict[Kinds, tuple[Listener, ...]] = {}
        """Whom the combinations met so far concern; there are some dozens of them."""

    def add(self, listener: Listener, *, happenings: bool) -> Callable[[], None]:
        """From now on; call the result to end it. Whoever is being told just then is told still."""
        self._set((*self._all, (listener, happenings)))

        def stop() -> None:
            rest = list(self._all)
            rest.remove((listener, happenings))
            self._set(tuple(rest))

        return stop

    def _set(self, listeners: tuple[tuple[Listener, bool], ...]) -> None:
        self._all = listeners
        self._loud, self._silent = {}, {}

    def of(self, kinds: Kinds) -> tuple[Listener, ...]:
        """Whom an outcome with changes or records concerns."""
        found = self._loud.get(kinds)
        if found is None:
            found = self._loud[kinds] = tuple(one for one, _ in self._all if _concerned(one, kinds))
        return found

    def of_silent(self, kinds: Kinds) -> tuple[Listener, ...]:
        """Whom one concerns that changed nothing."""
        found = self._silent.get(kinds)
        if found is None:
            concerned = (one for one, happenings in self._all if happenings and _concerned(one, kinds))
            found = self._silent[kinds] = tuple(concerned)
        return found

    def __bool__(self) -> bool:
        return bool(self._all)


def _concerned(listener: Listener, kinds: Kinds) -> bool:
    wanted = getattr(listener, "hears", None)
    return wanted is None or not kinds.isdisjoint(wanted)
