"""Which call an agent is in, and what is shown of the number at its other end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floor.state.conversation import call_of, leg_of, masked, talking_leg, visit_of
from floor.state.model import Agent, AgentState, CallKind, Channel, Leg, LegStage

RINGS = Leg("9.2", LegStage.RINGING, CallKind.QUEUE, 5.0, queue="support", call="9.1")
TALKS = Leg("8.2", LegStage.HELD, CallKind.QUEUE, 3.0, queue="sales", call="8.1")
ANN = Agent("pbx", "Ann", AgentState.TALKING, 3.0, call="8.1", legs=(RINGS, TALKS))


def test_the_leg_that_explains_him() -> None:
    """Of a ringing and a held leg the held one; of none, none; a Local leg with a phone behind it never."""
    assert leg_of(ANN) is TALKS
    assert talking_leg(ANN) is TALKS
    assert visit_of(ANN) == ("pbx", "sales", "8.1")
    ringing = replace(ANN, call="9.1", legs=(RINGS,))
    assert leg_of(ringing) is RINGS
    assert talking_leg(ringing) is None
    idle = replace(ANN, call=None, legs=(replace(RINGS, superseded=True),))
    assert leg_of(idle) is None
    assert visit_of(idle) is None
    assert call_of(idle, {}) is None


def test_the_call_by_the_name_everybody_uses() -> None:
    """The Linkedid of his own channel, which is the call's whatever became of it."""
    channel = Channel("pbx", "8.2", "PJSIP/1001-1", "7.9", 3.0)
    assert call_of(ANN, {channel.key: channel}) == "7.9"
    assert call_of(ANN, {}) == "8.1"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812345678", "138******78"),
        ("1234567", "123**67"),
        ("10086", "*****"),
        ("", ""),
        (None, None),
        ("<script>alert(1)</script>", "************"),
        ("\u202e13812345678", "************"),
    ],
)
def test_masked(number: str | None, shown: str | None) -> None:
    """First three and last two digits; a short number shows nothing, nor does what is no number."""
    assert masked(number) == shown
