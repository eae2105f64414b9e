"""Emergency numbers: who dials one is noticed, once, whatever step names the number first."""

from __future__ import annotations

import pytest

from floor.ports import Outcome
from floor.state import facts as f
from floor.state.happenings import EmergencyCalled
from floor.state.model import Member, Reach
from floor.store import FloorStore
from tests.support.replay import PBX, TapeClock
from tests.support.stories import BEGIN

NUMBERS = ("119", "120")


class Floor:
    """Ann at PJSIP/1, a phone of nobody, and a trunk."""

    def __init__(self) -> None:
        self.store = FloorStore(TapeClock(BEGIN), NUMBERS)
        self.heard: list[EmergencyCalled] = []
        self.store.subscribe(self._hear, happenings=True)
        self.tell(f.MemberSeen(PBX, BEGIN, Member("sales", "Ann", "PJSIP/1", "PJSIP/1")))
        self.tell(f.EndpointSeen(PBX, BEGIN, "PJSIP/lobby", Reach.REACHABLE))
        self.tell(f.TrunkSeen(PBX, BEGIN, "PJSIP/carrier", Reach.REACHABLE, "x"))

    def _hear(self, outcome: Outcome) -> None:
        self.heard.extend(one for one in outcome.happenings if isinstance(one, EmergencyCalled))

    def tell(self, *facts: f.Fact) -> None:
        for fact in facts:
            self.store.apply(fact)
        assert self.store.refused == 0

    def opens(self, channel: str, exten: str | None, state: str = "dialling") -> None:
        self.tell(f.ChannelOpened(PBX, BEGIN, "1.1", channel, "1.1", state, exten))


def test_dialled_from_a_seat() -> None:
    """Who, where and what, before anybody has answered."""
    floor = Floor()
    floor.opens("PJSIP/1-00000001", "119")
    assert floor.heard == [EmergencyCalled(PBX, BEGIN, "PJSIP/1", "Ann", "119", "PJSIP/1-00000001", "1.1")]


def test_told_once() -> None:
    """Every further step of the same call says nothing new; another call does."""
    floor = Floor()
    floor.opens("PJSIP/1-00000001", "119")
    floor.tell(f.DialplanMoved(PBX, BEGIN, "1.1", "Dial", None, "119"))
    floor.tell(f.DialBegan(PBX, BEGIN, "1.1", "1.2", "PJSIP/carrier-1", "119"))
    floor.tell(
        f.ChannelClosed(PBX, BEGIN, "1.1", 16),
        f.ChannelOpened(PBX, BEGIN, "2.1", "PJSIP/1-2", "2.1", "dialling", "119"),
    )
    assert [one.uniqueid for one in floor.heard] == ["1.1", "2.1"]


STEPS: tuple[tuple[f.Fact, list[str]], ...] = (
    (f.DialplanMoved(PBX, BEGIN, "1.1", "Dial", None, "120"), ["120"]),
    (f.DialBegan(PBX, BEGIN, "1.1", "1.2", "PJSIP/carrier-1", "120"), ["120"]),
    (f.DialBegan(PBX, BEGIN, "1.1", "1.2", "PJSIP/120-1", None), []),
    (f.DialBegan(PBX, BEGIN, None, "1.2", "PJSIP/carrier-1", "120"), []),
    (f.DialplanMoved(PBX, BEGIN, "9.9", "Dial", None, "120"), []),
    (f.DialplanMoved(PBX, BEGIN, "1.1", "Dial", None, "1200"), []),
)


@pytest.mark.parametrize(("step", "told"), STEPS)
def test_number_that_a_dialplan_made(step: f.Fact, told: list[str]) -> None:
    """``9120`` on the phone is ``120`` on the trunk, and click-to-call gives the phone its number later."""
    floor = Floor()
    floor.opens("PJSIP/1-00000001", "9120")
    floor.tell(step)
    assert [one.number for one in floor.heard] == told


PLACES: tuple[tuple[str, str | None, str, list[str | None]], ...] = (
    ("PJSIP/lobby-1", "119", "dialling", [None]),
    ("PJSIP/1-1", "1190", "dialling", []),
    ("PJSIP/1-1", None, "dialling", []),
    ("PJSIP/1-1", "119", "ringing", []),
    ("PJSIP/carrier-1", "119", "dialling", []),
    ("PJSIP/stranger-1", "119", "dialling", []),
)


@pytest.mark.parametrize(("channel", "exten", "state", "agents"), PLACES)
def test_from_which_phones(channel: str, exten: str | None, state: str, agents: list[str | None]) -> None:
    """Any phone of the house; a call from outside, or to a phone, is none."""
    floor = Floor()
    floor.opens(channel, exten, state)
    assert [one.agent for one in floor.heard] == agents


def test_without_numbers_nothing_is_told() -> None:
    """A copy of the floor that nobody gave any."""
    store = FloorStore(TapeClock(BEGIN))
    store.subscribe(
        lambda outcome: pytest.fail(str(outcome.happenings)) if outcome.happenings else None, happenings=True
    )
    store.apply(f.MemberSeen(PBX, BEGIN, Member("sales", "Ann", "PJSIP/1", "PJSIP/1")))
    store.apply(f.ChannelOpened(PBX, BEGIN, "1.1", "PJSIP/1-1", "1.1", "dialling", "119"))
