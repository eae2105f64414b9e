"""Which channel is listened to, in every situation a phone can be in: exactly one, and the agent's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floor.listening.conversation import Conversation, conversation, conversations, goes_on, is_another
from floor.state import facts as f
from floor.state.model import Agent, AgentState, CallKind, Channel, Leg, LegStage
from tests.listening.stage import House, P


class Small:
    """A floor of channels only."""

    def __init__(self, *channels: Channel) -> None:
        self.pbxs: dict[str, object] = {}
        self.agents: dict[tuple[str, str], Agent] = {}
        self.channels = {channel.key: channel for channel in channels}


def channel(uniqueid: str, call: str, **more: bool) -> Channel:
    return Channel(P, uniqueid, f"PJSIP/1-{uniqueid}", call, 0.0, up=True, **more)  # type: ignore[arg-type]


def leg(uniqueid: str, stage: LegStage = LegStage.UP, kind: CallKind = CallKind.QUEUE, **more: object) -> Leg:
    return Leg(uniqueid, stage, kind, 10.0, **more)  # type: ignore[arg-type]


def agent(*legs: Leg) -> Agent:
    return Agent(P, "Ann", AgentState.TALKING, 0.0, legs=legs)


OWN, CALLER, DESK, FRIEND = channel("1.2", "1.1"), channel("1.1", "1.1"), channel("3.1", "3.1"), channel("3.2", "3.1")
FLOOR = Small(OWN, CALLER, DESK, FRIEND, channel("9.1", "9.1", listens=True))
TALK, HELD = leg("1.2", call="1.1"), leg("1.2", LegStage.HELD, call="1.1")
CONSULT = leg("3.1", kind=CallKind.INTERNAL, outgoing=True, call="3.2")

CHOICES: dict[str, tuple[tuple[Leg, ...], str, str | None]] = {
    # what is on his phone -> (legs, call asked for, channel listened to)
    "nothing": ((), "", None),
    "a caller of a queue": ((TALK,), "", "1.2"),
    "a phone that rings": ((leg("1.2", LegStage.RINGING),), "", None),
    "a number being dialled": ((leg("3.1", LegStage.DIALLING, CallKind.OUTBOUND),), "", None),
    "a caller on hold": ((HELD,), "", "1.2"),
    "a consultation while the caller waits": ((HELD, CONSULT), "", "3.1"),
    "the caller of that, asked for": ((HELD, CONSULT), "1.1", "1.2"),
    "a call of his own beside the caller's": ((CONSULT, TALK), "", "1.2"),
    "a Local channel and the phone behind it": ((leg("l.1", superseded=True), TALK), "", "1.2"),
    "a Local channel whose phone is elsewhere": ((leg("l.1"),), "", "l.1"),
    "his phone listening to somebody": ((leg("9.1", kind=CallKind.DIRECT),), "", None),
    "listening to somebody beside his own call": ((leg("9.1", kind=CallKind.DIRECT), TALK), "", "1.2"),
    "by its linkedid": ((TALK,), "1.1", "1.2"),
    "by his leg": ((TALK,), "1.2", "1.2"),
    "another call": ((TALK,), "7.7", None),
}


@pytest.mark.parametrize("situation", CHOICES)
def test_choice(situation: str) -> None:
    """The one he speaks in, and never a channel that itself listens: else one would hear through him what he hears."""
    legs, call, wanted = CHOICES[situation]
    chosen = conversation(agent(*legs), FLOOR, call)  # type: ignore[arg-type]
    assert (chosen and chosen.channel) == wanted


def test_similar_names_are_not_confused() -> None:
    """``PJSIP/10`` and ``PJSIP/100`` are told apart: a channel is named by its uniqueid, not by how its name begins."""
    house = House()
    for name, n in (("Ann", 1), ("Lea", 10)):
        house.call(name, n)
    floor = house.store.snapshot()
    ann, lea = conversation(floor.agents[P, "Ann"], floor), conversation(floor.agents[P, "Lea"], floor)
    assert (ann and ann.channel, lea and lea.channel) == ("1.2", "10.2")


def test_all_of_them_the_spoken_first() -> None:
    """What the agent says now is heard first."""
    assert [one.channel for one in conversations(agent(HELD, CONSULT), FLOOR)] == ["3.1", "1.2"]  # type: ignore[arg-type]


NOW = Conversation("1.2", "1.1", "1.1")
GOES_ON: dict[str, tuple[tuple[Leg, ...], bool]] = {
    "as it was": ((TALK,), True),
    "on hold": ((HELD,), True),
    "with a consultation beside it": ((HELD, CONSULT), True),
    "the leg is gone": ((CONSULT,), False),
    "the leg rings anew": ((leg("1.2", LegStage.RINGING, call="1.1"),), False),
    "another caller on the same leg": ((leg("1.2", call="3.1"),), False),
    "another channel of the same call": ((leg("1.2", call="1.2"),), True),
    "nobody at the other end any more": ((leg("1.2", call=None),), False),
}


@pytest.mark.parametrize("what", GOES_ON)
def test_goes_on(what: str) -> None:
    """As long as leg and call are the same."""
    legs, wanted = GOES_ON[what]
    assert goes_on(NOW, agent(*legs), FLOOR) is wanted  # type: ignore[arg-type]


def test_goes_on_without_agent_or_caller() -> None:
    """An agent who is gone, or a caller who hung up, ends it; a party never known does not."""
    assert not goes_on(NOW, None, FLOOR)  # type: ignore[arg-type]
    assert not goes_on(NOW, agent(TALK), Small(OWN))  # type: ignore[arg-type]
    assert goes_on(replace(NOW, party=None), agent(TALK), Small(OWN))  # type: ignore[arg-type]


def test_what_is_another_one() -> None:
    """Another leg, or another caller on the same leg; what is left of a call that is over is none."""
    assert is_another(NOW, None)
    assert is_another(Conversation("2.2", "2.1", "2.1"), NOW)
    assert is_another(replace(NOW, party="5.1"), NOW)
    assert not is_another(replace(NOW, party=None), NOW)
    assert not is_another(NOW, NOW)


def test_queue_ends_the_call_before_the_channel_is_gone() -> None:
    """Between the queue's word and the hang-up the leg is up a moment: the call is over all the same."""
    house = House()
    house.call("Ann")
    floor = house.store.snapshot()
    talk = conversation(floor.agents[P, "Ann"], floor)
    assert talk is not None
    house.tell(f.CallCompleted(P, house.clock.at, "sales", "Ann", "PJSIP/Ann", "1.1", "1.2", 1, 5, None))
    house.tell(f.ChannelClosed(P, house.clock.at, "1.1", 16))
    assert not goes_on(talk, floor.agents[P, "Ann"], floor)
