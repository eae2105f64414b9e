"""What a fact costs: printed for whoever looks (``pytest -s``), and never more on a larger floor than the noise."""

from __future__ import annotations

import time
from pathlib import Path

from asterisk.translate import translate
from floor.day import Day
from floor.measures import Measures
from floor.state import facts as f
from floor.state.model import CompletedBy, Member
from floor.store import FloorStore
from tests.support.replay import PBX, TapeClock, messages
from tests.support.stories import BEGIN

TAPE = Path(__file__).parent.parent / "tapes" / "22" / "hold-several.ami"
QUEUES = 20


def floor_of(agents: int) -> FloorStore:
    """A store with figures, and this many agents spread over the queues."""
    clock = TapeClock(BEGIN)
    store = FloorStore(clock)
    store.subscribe(Measures(clock, Day("UTC")))
    for number in range(agents):
        phone = f"PJSIP/{number}"
        store.apply(f.MemberSeen(PBX, BEGIN, Member(f"q{number % QUEUES}", f"A{number}", phone, phone)))
    return store


def one_call(number: int, agent: int) -> list[f.Fact]:
    """An answered call, with a hold."""
    at, queue, who, phone = BEGIN + number, f"q{agent % QUEUES}", f"A{agent}", f"PJSIP/{agent}"
    caller, leg = f"{number}.0", f"{number}.1"
    return [
        f.ChannelOpened(PBX, at, caller, f"PJSIP/trunk-{number}", caller, "dialling"),
        f.CallerJoined(PBX, at, queue, caller),
        f.ChannelOpened(PBX, at, leg, f"{phone}-{number}", caller, "ringing"),
        f.OfferBegan(PBX, at, queue, who, phone, caller, leg),
        f.ChannelChanged(PBX, at + 3, leg, "up"),
        f.CallerLeft(PBX, at + 3, queue, caller),
        f.OfferAnswered(PBX, at + 3, queue, who, phone, caller, leg, 3, 3),
        f.HoldBegan(PBX, at + 5, leg),
        f.HoldEnded(PBX, at + 7, leg),
        f.CallCompleted(PBX, at + 9, queue, who, phone, caller, leg, 3, 6, CompletedBy.CALLER),
        f.ChannelClosed(PBX, at + 9, leg),
        f.ChannelClosed(PBX, at + 9, caller),
    ]


def spent_us(store: FloorStore, told: list[f.Fact]) -> float:
    """Microseconds of processor time per fact."""
    begun = time.process_time()
    for fact in told:
        store.apply(fact)
    return (time.process_time() - begun) / len(told) * 1e6


def test_cost_does_not_grow_with_the_floor() -> None:
    """Ten agents or five thousand: the same work per fact (tests/floor/state/test_floor.py proves it by counting)."""
    for agents in (10, 5000):
        store = floor_of(agents)
        told = [fact for number in range(100) for fact in one_call(number, number % agents)]
        print(f"{agents:5} agents: {spent_us(store, told):6.1f} µs per fact")
        assert store.refused == 0


def test_cost_of_a_tape() -> None:
    """From the headers of real Asterisk to figures."""
    said = [message for message in messages(TAPE) if "Event" in message and "ActionID" not in message]
    begun = time.process_time()
    told = [fact for message in said if (fact := translate(PBX, message, BEGIN)) is not None]
    translating = (time.process_time() - begun) / len(said) * 1e6
    store = floor_of(0)
    print(f"{translating:.1f} µs to translate an event, {spent_us(store, told):.1f} µs per fact, {len(told)} facts")
    assert store.refused == 0
