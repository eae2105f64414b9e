"""Listeners: everybody is told what concerns him, in the order in which they came."""

from __future__ import annotations

from floor.listeners import Listeners
from floor.ports import Outcome, hears
from floor.state.facts import HelpAsked, LinkChanged, VoiceReported
from floor.state.happenings import Happening
from floor.state.model import Agent, LinkState, Queue
from floor.store import FloorStore
from tests.support.replay import TapeClock


class Choosy:
    """Wants agents, and calls for help."""

    def __init__(self) -> None:
        self.heard: list[Outcome] = []

    @hears(Agent, HelpAsked)
    def hear(self, outcome: Outcome) -> None:
        self.heard.append(outcome)


def test_who_says_nothing_is_told_all() -> None:
    """Only who names kinds is left out where there is none of them."""
    listeners, choosy = Listeners(), Choosy()
    everything: list[Outcome] = []
    listeners.add(everything.append, happenings=False)
    listeners.add(choosy.hear, happenings=False)
    assert listeners.of(frozenset({LinkChanged, Queue})) == (everything.append,)
    assert listeners.of(frozenset({LinkChanged, Queue, Agent})) == (everything.append, choosy.hear)


def test_what_changed_nothing_is_told_to_those_who_asked() -> None:
    """And of them to those whom it concerns."""
    listeners, asked, not_asked = Listeners(), Choosy(), Choosy()
    listeners.add(asked.hear, happenings=True)
    listeners.add(not_asked.hear, happenings=False)
    assert listeners.of_silent(frozenset({HelpAsked, Happening})) == (asked.hear,)
    assert listeners.of_silent(frozenset({VoiceReported, Happening})) == ()


def test_who_comes_and_goes_is_minded_at_once() -> None:
    """Whom a combination concerned before says nothing of who is there now; one of two alike stays."""
    listeners, choosy = Listeners(), Choosy()
    kinds = frozenset({Agent})
    assert not listeners.of(kinds)
    stop = listeners.add(choosy.hear, happenings=False)
    listeners.add(choosy.hear, happenings=False)
    assert listeners.of(kinds) == (choosy.hear, choosy.hear)
    stop()
    assert listeners.of(kinds) == (choosy.hear,)


def test_store_tells_whom_it_concerns() -> None:
    """A call for help changes nothing, and reaches who waits for it; a link concerns him not."""
    store, choosy = FloorStore(TapeClock(100.0)), Choosy()
    store.subscribe(choosy.hear, happenings=True)
    store.apply(LinkChanged("p", 100.0, LinkState.UP))
    store.apply(HelpAsked("p", 101.0, "C1", "PJSIP/1001-1", "Ann", "fault"))
    assert [type(outcome.fact) for outcome in choosy.heard] == [HelpAsked]
