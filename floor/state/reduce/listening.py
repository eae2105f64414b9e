"""Who listens to whom: a channel that listens is nobody's call, whoever's phone it is."""

from __future__ import annotations

from floor.state import facts
from floor.state.copying import replace
from floor.state.floor import Draft
from floor.state.happenings import ListeningBegan, ListeningEnded
from floor.state.model import CallerStage, Channel
from floor.state.reduce.legs import leg_of


def listening_began(draft: Draft, fact: facts.ListeningBegan) -> None:
    """Told with the agent whose call it is; the call he had on the phone that listens was none."""
    set_apart(draft, fact.pbx, fact.spy, hears=fact.uniqueid)
    agent = _agent_on(draft, fact.pbx, fact.uniqueid)
    draft.happenings.append(
        ListeningBegan(fact.pbx, fact.at, fact.uniqueid, agent, fact.call, fact.spy, fact.spy_channel)
    )


def listening_ended(draft: Draft, fact: facts.ListeningEnded) -> None:
    """The channel that listened is usually hung up next."""
    channel = draft.channels.get((fact.pbx, fact.spy))
    if channel is not None:
        draft.channels.put(channel.key, replace(channel, hears=None))
    draft.happenings.append(ListeningEnded(fact.pbx, fact.at, fact.uniqueid, fact.spy))


def find_listening(draft: Draft, seen: facts.PictureChannel, fact: facts.ChannelsSynced) -> None:
    """A channel found listening that was not seen to begin: whom it hears stands in its application's data."""
    known = draft.channels.get((fact.pbx, seen.uniqueid))
    heard = seen.data.split(",", 1)[0] if seen.application == "ChanSpy" else ""
    spied = next((one for one in fact.channels if heard and heard == one.uniqueid), None) or next(
        (one for one in fact.channels if heard and one.channel.startswith(heard)), None
    )
    if known is not None and not known.hears and spied is not None:
        began = facts.ListeningBegan(fact.pbx, fact.at, spied.uniqueid, seen.uniqueid, seen.channel, spied.linkedid)
        listening_began(draft, began)
    else:
        set_apart(draft, fact.pbx, seen.uniqueid)


def miss_listening(draft: Draft, channel: Channel, at: float) -> None:
    """A channel that listened is gone, and nobody said so."""
    if channel.hears is not None:
        draft.happenings.append(ListeningEnded(channel.pbx, at, channel.hears, channel.uniqueid))


def set_apart(draft: Draft, pbx: str, spy: str, hears: str | None = None) -> None:
    """The channel listens: it leads nowhere and is no leg of an agent's, though it may be on his phone."""
    found = leg_of(draft, pbx, spy)
    if found is not None:
        agent, leg = found
        draft.agents.put(agent.key, replace(agent, legs=tuple(one for one in agent.legs if one is not leg)))
    channel = draft.channels.get((pbx, spy))
    if channel is not None:
        draft.channels.put(channel.key, replace(channel, listens=True, hears=hears or channel.hears, agent=None))


def _agent_on(draft: Draft, pbx: str, uniqueid: str) -> str | None:
    """The agent whose phone this is, or who talks with the caller whose phone this is."""
    channel = draft.channels.get((pbx, uniqueid))
    if channel is not None and channel.agent is not None:
        return channel.agent
    callers = (draft.caller(pbx, queue, uniqueid) for queue in draft.floor.visits.get((pbx, uniqueid), ()))
    return next((one.agent for one in callers if one is not None and one.stage is CallerStage.TALKING), None)
