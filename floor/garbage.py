"""The collector of garbage, kept from holding the floor.

Python frees nearly everything here by counting references. Its collector looks for the rest, objects that hold one
another in a circle, and the full search goes through *everything* that is alive: a tenth of a second with a floor of
5,000 agents, in one piece, and several of them while a full picture makes that floor. So:

* what is there once all is built, and what is there when the first full picture of an exchange is complete, is set
  aside (``gc.freeze``): it is freed by counting as before and never searched again. That happens a bounded number of
  times, so what circles there may be among it are a bounded loss;
* while a picture is being taken the full search waits. The short ones, over what is young, go on;
* those come seldom: Python's own numbers are for programs that begin small, and one event makes some tens of
  containers, nearly all of which are freed without the collector.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from floor.ports import Outcome, hears
from floor.state.facts import LinkChanged
from floor.state.model import LinkState
from floor.store import FloorStore

YOUNG = 20_000
"""So many more new than freed containers before the youngest are searched."""
MIDDLE, OLD = 20, 20
"""Searches of a younger generation before the next one is searched, too."""
NEVER = 1_000_000
"""Searches of the middle-aged before a full one: more than there are in a day."""


class Garbage:
    """Says when the full search may be. One for the process; ``begin`` and ``end`` in pairs."""

    def __init__(self) -> None:
        self._before = gc.get_threshold()
        self._syncing: set[str] = set()
        self._seen: set[str] = set()

    def begin(self) -> None:
        """Everything is built."""
        self._before = gc.get_threshold()
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG, MIDDLE, OLD)

    @hears(LinkChanged)
    def hear(self, outcome: Outcome) -> None:
        """A listener: how the links are."""
        fact = outcome.fact
        if not isinstance(fact, LinkChanged):
            return
        if fact.link is LinkState.SYNCING:
            self._syncing.add(fact.pbx)
            gc.set_threshold(YOUNG, MIDDLE, NEVER)
            return
        self._syncing.discard(fact.pbx)
        if fact.link is LinkState.UP and fact.pbx not in self._seen:
            self._seen.add(fact.pbx)
            gc.freeze()
        if not self._syncing:
            gc.set_threshold(YOUNG, MIDDLE, OLD)

    def end(self) -> None:
        """As it was before."""
        gc.set_threshold(*self._before)
        gc.unfreeze()


def tidied(store: FloorStore) -> Callable[[], None]:
    """All is built, and from now on what holds the loop counts; call the result to end it."""
    garbage = Garbage()
    garbage.begin()
    forget = store.subscribe(garbage.hear)

    def end() -> None:
        forget()
        garbage.end()

    return end
