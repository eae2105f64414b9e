"""What becomes of a caller whom an agent passed on, and why an agent says he ends a call."""

from __future__ import annotations

from floor.state import facts
from floor.state.copying import replace
from floor.state.floor import Draft
from floor.state.model import Agent, LegStage
from floor.state.reduce.legs import leg_of

PASSED_ON = 16
"""Callers passed on and not yet taken that are kept in mind per agent."""


def pass_on(draft: Draft, fact: facts.CallTransferred) -> None:
    """From now on he is somebody else's; until that somebody takes him, he is the agent's still (R-HLD-8).

    An attended transfer hands him to whom the agent speaks with, unless the agent hung up while it still rang there.
    """
    found = leg_of(draft, fact.pbx, fact.transferer)
    second = leg_of(draft, fact.pbx, fact.second) if fact.second is not None else None
    talked = fact.how == "attended" and (second is None or second[1].stage in (LegStage.UP, LegStage.HELD))
    channel = draft.channels.get((fact.pbx, fact.transferee)) if fact.transferee is not None else None
    if found is None or talked or channel is None:
        return
    draft.channels.put(channel.key, replace(channel, passed_by=found[0].name))
    if fact.how == "attended":
        _put(draft, fact.pbx, found[0].name, channel.uniqueid, fact.at)


def ring_on(draft: Draft, fact: facts.DialBegan) -> None:
    """It rings where he was passed on to."""
    channel = draft.channels.get((fact.pbx, fact.uniqueid)) if fact.uniqueid is not None else None
    if channel is not None and channel.passed_by is not None:
        _put(draft, fact.pbx, channel.passed_by, channel.uniqueid, fact.at)


def stop_ringing(draft: Draft, pbx: str, uniqueid: str) -> None:
    """The dialplan does something else with him: a mailbox, a queue, another phone."""
    channel = draft.channels.get((pbx, uniqueid))
    if channel is not None and channel.passed_by is not None:
        _put(draft, pbx, channel.passed_by, uniqueid, None)


def taken_up(draft: Draft, pbx: str, uniqueid: str) -> None:
    """Somebody talks to him, or he has hung up."""
    channel = draft.channels.get((pbx, uniqueid))
    if channel is not None and channel.passed_by is not None:
        _put(draft, pbx, channel.passed_by, uniqueid, None)
        draft.channels.put(channel.key, replace(channel, passed_by=None))


def _put(draft: Draft, pbx: str, name: str, uniqueid: str, at: float | None) -> None:
    """``at is None``: it rings for him no longer; rung anew elsewhere he still waits since it first rang."""
    agent = draft.agents.get((pbx, name))
    if agent is None:
        return
    known = dict(agent.passed_on)
    if at is None:
        known.pop(uniqueid, None)
    else:
        known.setdefault(uniqueid, at)
    draft.agents.put(agent.key, replace(agent, passed_on=tuple(known.items())[-PASSED_ON:]))


def end_reason_given(draft: Draft, fact: facts.EndReasonGiven) -> None:
    """Why he is about to end the call he has."""
    agent = _whose(draft, fact)
    if agent is not None:
        draft.agents.put(agent.key, replace(agent, end_reason=fact.reason))


def _whose(draft: Draft, fact: facts.EndReasonGiven) -> Agent | None:
    if fact.agent is not None:
        return draft.agents.get((fact.pbx, fact.agent))
    found = leg_of(draft, fact.pbx, fact.uniqueid) if fact.uniqueid is not None else None
    if found is not None or fact.uniqueid is None:
        return found[0] if found is not None else None
    served = next((visit for visit in draft.visits(fact.pbx, fact.uniqueid) if visit.agent is not None), None)
    return draft.agents.get((fact.pbx, served.agent or "")) if served is not None else None
