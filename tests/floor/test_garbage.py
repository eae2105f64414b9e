"""When the collector of garbage may search everything."""

from __future__ import annotations

import gc
import warnings
import weakref
from collections.abc import Iterator

import pytest

from floor.garbage import MIDDLE, NEVER, OLD, YOUNG, Garbage, tidied
from floor.ports import Outcome
from floor.state.facts import CallerLeft, Fact, LinkChanged
from floor.state.model import LinkState
from floor.store import FloorStore
from tests.support.replay import TapeClock


@pytest.fixture(autouse=True)
def nothing_of_others() -> None:
    """What other tests left to be found is not ours to tell."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def garbage(nothing_of_others: None) -> Iterator[Garbage]:
    before, one = gc.get_threshold(), Garbage()
    one.begin()
    yield one
    one.end()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


class Knot:
    def __init__(self) -> None:
        self.self = self


def test_searches_are_seldom_and_find_what_is_new(garbage: Garbage) -> None:
    """What stands is put aside; what comes later and holds itself is still freed, by a search of every generation."""
    assert gc.get_freeze_count() > 1000
    assert gc.get_threshold() == (YOUNG, MIDDLE, OLD)
    knot = weakref.ref(Knot())
    gc.collect()
    assert knot() is None


def told(garbage: Garbage, pbx: str, link: LinkState) -> None:
    hear(garbage, LinkChanged(pbx, 1.0, link))


def hear(garbage: Garbage, fact: Fact) -> None:
    garbage.hear(Outcome(1, fact, (), ()))


def test_no_full_search_while_a_picture_is_taken(garbage: Garbage) -> None:
    """From the login until the last of the exchanges is seen; the short searches go on all the while."""
    usual = gc.get_threshold()
    told(garbage, "east", LinkState.SYNCING)
    told(garbage, "west", LinkState.SYNCING)
    assert gc.get_threshold() == (*usual[:2], NEVER)
    told(garbage, "east", LinkState.UP)
    hear(garbage, CallerLeft("west", 1.0, "sales", "1.1"))
    assert gc.get_threshold() == (*usual[:2], NEVER)
    told(garbage, "west", LinkState.DOWN)
    assert gc.get_threshold() == usual


def test_floor_is_set_aside_once_per_exchange(garbage: Garbage) -> None:
    """The first picture is never searched again; what comes later is, for it may be garbage."""
    before, floor = gc.get_freeze_count(), [[number] for number in range(1000)]
    told(garbage, "east", LinkState.SYNCING)
    told(garbage, "east", LinkState.UP)
    aside = gc.get_freeze_count()
    assert aside >= before + len(floor)
    more = [[number] for number in range(1000)]
    told(garbage, "east", LinkState.SYNCING)
    told(garbage, "east", LinkState.UP)
    assert gc.get_freeze_count() < aside + len(more)


def test_a_store_is_heard_as_long_as_it_runs() -> None:
    """What the links are is heard from the floor itself; afterwards the collector is as it was."""
    before, store = gc.get_threshold(), FloorStore(TapeClock(1.0))
    end = tidied(store)
    store.apply(LinkChanged("east", 1.0, LinkState.SYNCING))
    assert gc.get_threshold()[2] == NEVER
    end()
    assert gc.get_threshold() == before
    store.apply(LinkChanged("west", 1.0, LinkState.SYNCING))
    assert gc.get_threshold() == before
