"""Which channel is listened to: exactly the agent's own leg of the conversation he has now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from floor.state.model import Agent, CallKind, Channel, Key, Leg, LegStage, Pbx

TALKS = (LegStage.UP, LegStage.HELD)


class Floor(Protocol):
    """What is looked at; the store's snapshot is one."""

    @property
    def pbxs(self) -> Mapping[str, Pbx]: ...
    @property
    def agents(self) -> Mapping[Key, Agent]: ...
    @property
    def channels(self) -> Mapping[Key, Channel]: ...


@dataclass(frozen=True, slots=True)
class Conversation:
    """One leg of an agent, in one call."""

    channel: str
    """Uniqueid of the agent's leg."""
    call: str
    """Linkedid."""
    party: str | None = None
    """Uniqueid of the other party, as far as it is known and there."""


def conversations(agent: Agent, floor: Floor) -> list[Conversation]:
    """All he has, the one he speaks in first: a call on hold comes after the consultation it waits for, a call of a
    queue before one of his own. A Local channel behind which his phone has answered is not his leg; a channel that
    listens is no conversation, so nobody hears through him what he hears of others."""
    legs = [leg for leg in agent.legs if leg.stage in TALKS and not leg.superseded and not _listens(agent, leg, floor)]
    legs.sort(key=lambda leg: (leg.stage is LegStage.HELD, leg.kind is not CallKind.QUEUE, -leg.since))
    return [_of(agent, leg, floor) for leg in legs]


def conversation(agent: Agent, floor: Floor, call: str = "") -> Conversation | None:
    """The one to be listened to; ``call`` (linkedid, or the uniqueid of either party) asks for just this one."""
    found = conversations(agent, floor)
    if call:
        found = [one for one in found if call in (one.call, one.party, one.channel)]
    return found[0] if found else None


def goes_on(talk: Conversation, agent: Agent | None, floor: Floor) -> bool:
    """Whether it is still the same: the leg is up, and nobody of another call is at its other end."""
    legs = agent.legs if agent is not None else ()
    leg = next((one for one in legs if one.uniqueid == talk.channel), None)
    if agent is None or leg is None or leg.stage not in TALKS:
        return False
    if talk.party is None or leg.call == talk.party:
        return talk.party is None or (agent.pbx, talk.party) in floor.channels
    other = floor.channels.get((agent.pbx, leg.call)) if leg.call else None
    return other is not None and other.linkedid == talk.call


def is_another(talk: Conversation, before: Conversation | None) -> bool:
    """Whether this is another conversation than the one before, and not what is left of it: its leg may be up a moment
    longer than the call."""
    if before is None or talk.channel != before.channel:
        return True
    return talk.party is not None and talk.party != before.party


def _of(agent: Agent, leg: Leg, floor: Floor) -> Conversation:
    channel = floor.channels.get((agent.pbx, leg.uniqueid))
    party = leg.call if leg.call and (agent.pbx, leg.call) in floor.channels else None
    return Conversation(leg.uniqueid, channel.linkedid if channel is not None else leg.uniqueid, party)


def _listens(agent: Agent, leg: Leg, floor: Floor) -> bool:
    channel = floor.channels.get((agent.pbx, leg.uniqueid))
    return channel is not None and channel.listens
