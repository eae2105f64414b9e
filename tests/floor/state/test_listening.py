"""Who listens to whom: told with the agent, from wherever it was begun, and never taken for a call."""

from __future__ import annotations

import pytest

from floor.ports import Outcome
from floor.state import facts as f
from floor.state.happenings import Happening, LineReleased, LineTaken, ListeningBegan, ListeningEnded
from floor.state.model import SPY, AgentState, LinkState, Member
from floor.store import FloorStore
from tests.support.replay import PBX, TapeClock
from tests.support.stories import BEGIN

HEARD = ListeningBegan(PBX, BEGIN, "1.2", "Ann", "1.1", "9.9", "PJSIP/2-9")


class Floor:
    """Ann at PJSIP/1 talks on 1.2 with the caller 1.1 of sales; Bob, the leader, sits at PJSIP/2."""

    def __init__(self) -> None:
        self.store = FloorStore(TapeClock(BEGIN))
        self.heard: list[Happening] = []
        self.store.subscribe(self._hear, happenings=True)
        for name, phone in (("Ann", "PJSIP/1"), ("Bob", "PJSIP/2")):
            self.tell(f.MemberSeen(PBX, BEGIN, Member("sales", name, phone, phone)))
        self.tell(
            f.LinkChanged(PBX, BEGIN, LinkState.UP),
            f.ChannelOpened(PBX, BEGIN, "1.1", "PJSIP/carrier-1", "1.1", "dialling", "700"),
            f.CallerJoined(PBX, BEGIN, "sales", "1.1"),
            f.ChannelOpened(PBX, BEGIN, "1.2", "PJSIP/1-2", "1.1", "down"),
            f.OfferBegan(PBX, BEGIN, "sales", "Ann", "PJSIP/1", "1.1", "1.2"),
            f.OfferAnswered(PBX, BEGIN, "sales", "Ann", "PJSIP/1", "1.1", "1.2", 1, 1),
        )
        self.heard.clear()

    def _hear(self, outcome: Outcome) -> None:
        kinds = ListeningBegan | ListeningEnded | LineTaken | LineReleased
        self.heard.extend(one for one in outcome.happenings if isinstance(one, kinds))

    def tell(self, *facts: f.Fact) -> None:
        for fact in facts:
            self.store.apply(fact)
        assert self.store.refused == 0

    def state(self, agent: str) -> AgentState:
        return self.store.snapshot().agents[PBX, agent].state

    def listens(self, uniqueid: str = "1.2", spy: str = "9.9", channel: str = "PJSIP/2-9") -> None:
        self.tell(f.ListeningBegan(PBX, BEGIN, uniqueid, spy, channel, "1.1"))


def test_told_with_the_agent() -> None:
    """Who hears whom, of which call; and the end of it."""
    floor = Floor()
    floor.listens()
    floor.tell(f.ListeningEnded(PBX, BEGIN + 5, "9.9", "1.2"))
    assert floor.heard == [HEARD, ListeningEnded(PBX, BEGIN + 5, "1.2", "9.9")]


def test_on_the_callers_channel() -> None:
    """Who listens on the caller's side listens to the agent who talks with him."""
    floor = Floor()
    floor.listens("1.1")
    assert [one.agent for one in floor.heard if isinstance(one, ListeningBegan)] == ["Ann"]


def test_to_somebody_else() -> None:
    """A channel that is no agent's is told without one."""
    floor = Floor()
    floor.listens("7.7")
    assert [one.agent for one in floor.heard if isinstance(one, ListeningBegan)] == [None]


def test_listening_from_a_phone_of_the_floor_is_no_call() -> None:
    """Bob dials the exchange's own code for listening: what began as his call is none, nor an outside line's."""
    floor = Floor()
    floor.tell(f.ChannelOpened(PBX, BEGIN, "9.9", "PJSIP/2-9", "9.9", "dialling", "*1001"))
    floor.listens()
    assert floor.state("Bob") is AgentState.READY
    floor.tell(f.ChannelChanged(PBX, BEGIN, "9.9", "up"), f.ListeningEnded(PBX, BEGIN, "9.9", "1.2"))
    floor.tell(f.ChannelClosed(PBX, BEGIN, "9.9", 16))
    assert floor.state("Bob") is AgentState.READY
    assert not [one for one in floor.heard if isinstance(one, LineTaken | LineReleased)]


@pytest.mark.parametrize("channel", ["AudioSocket/127.0.0.1:9-1", "PJSIP/2-9", "PJSIP/unheard-9"])
def test_ours_is_known_before_it_hears(channel: str) -> None:
    """While the leader's phone is being rung to listen, it is no call of his, and no line is taken."""
    floor = Floor()
    spy = f"{SPY}1"
    floor.tell(
        f.ChannelOpened(PBX, BEGIN, spy, channel, spy, "down"),
        f.DialBegan(PBX, BEGIN, None, spy, channel),
        f.ChannelChanged(PBX, BEGIN, spy, "ringing"),
        f.ChannelChanged(PBX, BEGIN, spy, "up"),
    )
    assert floor.state("Bob") is AgentState.READY
    floor.tell(f.ChannelClosed(PBX, BEGIN, spy, 16))
    assert floor.heard == []


def test_phone_behind_a_local_channel() -> None:
    """Rung through the dialplan, the leader's phone belongs to the listening all the same."""
    floor = Floor()
    spy = f"{SPY}1"
    floor.tell(
        f.ChannelOpened(PBX, BEGIN, spy, "Local/2@internal-1;1", spy, "down"),
        f.ChannelOpened(PBX, BEGIN, f"{spy}-2", "Local/2@internal-1;2", spy, "dialling", "2"),
        f.ChannelOpened(PBX, BEGIN, "5.5", "PJSIP/2-5", spy, "down"),
        f.DialBegan(PBX, BEGIN, f"{spy}-2", "5.5", "PJSIP/2-5"),
        f.ChannelChanged(PBX, BEGIN, "5.5", "up"),
    )
    assert floor.state("Bob") is AgentState.READY
    dials = f.PictureChannel(f"{spy}-2", "Local/2@internal-1;2", spy, "up", "b2", "Dial", "PJSIP/2", 3.0)
    rung = f.PictureChannel("5.5", "PJSIP/2-5", spy, "up", "b2", "AppDial", "(Outgoing Line)", 3.0)
    floor.tell(f.ChannelsSynced(PBX, BEGIN, (*picture("1.2", "")[:2], dials, rung)))
    assert floor.state("Bob") is AgentState.READY
    assert floor.heard == []


def picture(spied: str, data: str) -> tuple[f.PictureChannel, ...]:
    return (
        f.PictureChannel("1.1", "PJSIP/carrier-1", "1.1", "up", "b", "Queue", "sales", 9.0),
        f.PictureChannel(spied, "PJSIP/1-2", "1.1", "up", "b", "AppQueue", "", 9.0),
        f.PictureChannel("9.9", "PJSIP/2-9", "9.9", "up", None, "ChanSpy", data, 3.0),
    )


@pytest.mark.parametrize("data", ["1.2,quE", "PJSIP/1,q", "PJSIP/1-2"])
def test_found_in_the_picture(data: str) -> None:
    """One that began while the link was down is told once, whether it names a uniqueid or the beginning of a name."""
    floor = Floor()
    for _ in range(2):
        floor.tell(f.ChannelsSynced(PBX, BEGIN, picture("1.2", data)))
    assert floor.heard == [HEARD]
    assert floor.state("Bob") is AgentState.READY


def test_gone_unseen() -> None:
    """One that ended while the link was down is told to have ended."""
    floor = Floor()
    floor.tell(f.ChannelOpened(PBX, BEGIN, "9.9", "PJSIP/2-9", "9.9", "up"))
    floor.listens()
    floor.tell(f.LinkChanged(PBX, BEGIN, LinkState.DOWN), f.LinkChanged(PBX, BEGIN + 3, LinkState.SYNCING))
    floor.tell(f.ChannelsSynced(PBX, BEGIN + 4, picture("1.2", "")[:2]))
    assert floor.heard == [HEARD, ListeningEnded(PBX, BEGIN + 4, "1.2", "9.9")]
