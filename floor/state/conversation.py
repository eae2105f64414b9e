"""Which call an agent is in just now, as those who step into it must name it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from floor.state.model import Agent, CallerKey, Channel, Key, Leg
from floor.state.words import LegStage

TALKING = frozenset({LegStage.UP, LegStage.HELD})
_RANK = {stage: rank for rank, stage in enumerate(LegStage)}
_DIALLED = re.compile(r"[0-9*#+]+")


def leg_of(agent: Agent) -> Leg | None:
    """The leg that explains his state: the one that has come furthest, of the call his state names if it is among
    them; ``None``: no call."""
    legs = [leg for leg in agent.legs if not leg.superseded]
    return max(legs, key=lambda leg: (leg.call is not None and leg.call == agent.call, _RANK[leg.stage]), default=None)


def talking_leg(agent: Agent) -> Leg | None:
    """The leg on which he talks or holds; ``None``: he talks to nobody."""
    leg = leg_of(agent)
    return leg if leg is not None and leg.stage in TALKING else None


def call_of(agent: Agent, channels: Mapping[Key, Channel]) -> str | None:
    """Linkedid of his call; ``None``: no call. Before the exchange has told more, the call's Uniqueid."""
    leg = leg_of(agent)
    if leg is None:
        return None
    channel = channels.get((agent.pbx, leg.uniqueid))
    return channel.linkedid if channel is not None else agent.call


def visit_of(agent: Agent) -> CallerKey | None:
    """The visit he is in the conversation of, or rung for; ``None``: no call of a queue."""
    leg = leg_of(agent)
    if leg is None or leg.queue is None or leg.call is None:
        return None
    return agent.pbx, leg.queue, leg.call


def masked(number: str | None) -> str | None:
    """The first three and the last two digits (R-SEC-2); short numbers, and what is none, are nobody's."""
    if number is None:
        return None
    if len(number) <= 6 or not _DIALLED.fullmatch(number):
        return "*" * min(len(number), 12)
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"
