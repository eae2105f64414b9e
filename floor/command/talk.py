"""The conversation a command is about: the agent's own leg, and who is at its other end. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from floor.command.plan import Floor, Text, lasting
from floor.command.refusals import refused
from floor.state.conversation import TALKING
from floor.state.model import Agent, Channel, Key, Leg


@dataclass(frozen=True, slots=True)
class Talk:
    """One leg of an agent on which he talks or holds."""

    leg: Channel
    call: str
    """Linkedid."""
    party: Channel | None
    queue: str
    lasts_s: float

    def told(self) -> Text:
        """``call of 3:12 in support``, as far as it is known."""
        for_, zh_for = (
            (f" of {lasting(self.lasts_s)}", f"{lasting(self.lasts_s)}") if self.lasts_s is not None else ("", "")
        )
        where, zh_where = (f" in {self.queue}", f"在{self.queue}的") if self.queue else ("", "")
        return {"en": f"call{for_}{where}", "zh": f"{zh_where}{zh_for}通话"}


def talk_of(agent: Agent, call: str, floor: Floor, now: float) -> Talk:
    """His conversation, if it is this call (its linkedid, or the uniqueid of either end); raises where it is not."""
    found = [talk for leg in agent.legs if (talk := _talk(agent, leg, floor, now)) is not None]
    if not found:
        raise refused("no_call", agent=agent.name)
    for talk in found:
        if call in (talk.call, talk.leg.uniqueid, talk.party.uniqueid if talk.party is not None else talk.call):
            return talk
    raise refused("other_call", agent=agent.name)


def other_end(talk: Talk) -> Channel:
    """Who is at the other end; raises where that is not known for certain."""
    if talk.party is None:
        raise refused("no_party")
    return talk.party


def _talk(agent: Agent, leg: Leg, floor: Floor, now: float) -> Talk | None:
    channel = floor.channels.get((agent.pbx, leg.uniqueid))
    if leg.stage not in TALKING or leg.superseded or channel is None or channel.listens:
        return None
    visit = floor.callers.get((agent.pbx, leg.queue, leg.call)) if leg.queue and leg.call else None
    since = visit.answered_at if visit is not None and visit.answered_at is not None else leg.since
    return Talk(channel, channel.linkedid, _party(leg, channel, floor.channels), leg.queue or "", now - since)


def _party(leg: Leg, channel: Channel, channels: Mapping[Key, Channel]) -> Channel | None:
    """Whom the floor knows to be there, else the only other channel of the same bridge."""
    known = channels.get((channel.pbx, leg.call)) if leg.call else None
    if known is not None and not known.listens:
        return known
    if channel.bridge is None:
        return None
    beside = [
        one
        for one in channels.values()
        if (one.pbx, one.bridge) == (channel.pbx, channel.bridge) and one != channel and not one.listens
    ]
    return beside[0] if len(beside) == 1 else None
