"""Which conversation is meant, and how it is told; see also test_calls."""

from __future__ import annotations

from floor.command.talk import talk_of
from floor.state.model import AgentState, CallKind, Leg, LegStage
from tests.command.floor import NOW, agent, busy_floor, channel, member


def test_one_of_two() -> None:
    """He holds a caller and consults somebody: the call that is named is the one that is meant."""
    view = busy_floor()
    legs = (
        Leg("8.2", LegStage.HELD, CallKind.QUEUE, NOW - 192, queue="support", call="1.1"),
        Leg("9.2", LegStage.UP, CallKind.INTERNAL, NOW - 7),
        Leg("7.2", LegStage.UP, CallKind.QUEUE, NOW - 7, superseded=True),
    )
    ann = agent("Ann", member("Ann", "support", "PJSIP/1001"), state=AgentState.TALKING, legs=legs)
    view.put(channel("9.2", "PJSIP/1001-00000009", "9.2"), channel("7.2", "Local/1001@a-1;1", "7.2"))
    assert talk_of(ann, "1.0", view, NOW).leg.uniqueid == "8.2"
    consulting = talk_of(ann, "9.2", view, NOW)
    assert consulting.leg.name == "PJSIP/1001-00000009"
    assert consulting.told() == {"en": "call of 0:07", "zh": "0:07通话"}
