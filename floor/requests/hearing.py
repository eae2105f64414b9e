"""What the floor says that concerns requests: help and reasons from telephones, and who hung up first."""

from __future__ import annotations

from dataclasses import dataclass

from floor.ports import Outcome
from floor.requests.askers import Askers
from floor.requests.model import END_REASONS, About, Asker
from floor.requests.words import tamed
from floor.state.facts import EndReasonGiven, HelpAsked, LeaveAsked
from floor.state.model import AgentState, Caller, CompletedBy, Ending

DONE = "done"
"""Note of who needs help no more."""
MOST_MINUTES = 240


@dataclass(frozen=True, slots=True)
class HelpHeard:
    """Somebody asks for help from his phone; ``about is None``: he needs it no more."""

    by: Asker
    about: About | None
    text: str


@dataclass(frozen=True, slots=True)
class LeaveHeard:
    by: Asker
    reason: str
    minutes: int


@dataclass(frozen=True, slots=True)
class ReasonHeard:
    by: Asker
    reason: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """An agent ended a conversation first; ``reason``: he had said why before."""

    by: Asker
    queue: str
    visit: str
    call: str
    talk_s: float | None
    reason: str | None


Heard = HelpHeard | LeaveHeard | ReasonHeard | HungUp


def heard(outcome: Outcome, askers: Askers) -> list[Heard]:
    """What this outcome means to requests."""
    fact = outcome.fact
    if isinstance(fact, HelpAsked):
        by = askers.of_phone(fact.pbx, fact.agent, fact.channel, fact.uniqueid)
        return [] if by is None else [_help(by, fact.note)]
    if isinstance(fact, LeaveAsked):
        by = askers.of_phone(fact.pbx, fact.agent, fact.channel, fact.uniqueid)
        return [] if by is None else [LeaveHeard(by, tamed(fact.reason, 40), min(max(fact.minutes, 1), MOST_MINUTES))]
    if isinstance(fact, EndReasonGiven):
        by = askers.of_phone(fact.pbx, fact.agent, None, fact.uniqueid)
        return [] if by is None or fact.reason not in END_REASONS else [ReasonHeard(by, fact.reason)]
    return [found for change in outcome.changes for found in _hung_up(change.before, change.after, askers)]


def _help(by: Asker, note: str) -> HelpHeard:
    first, _, rest = note.strip().partition(" ")
    word = first.casefold()
    if word == DONE:
        return HelpHeard(by, None, "")
    named = word in tuple(About)
    return HelpHeard(by, About(word) if named else About.QUESTION, tamed(rest if named else note))


def _hung_up(before: object, after: object, askers: Askers) -> list[HungUp]:
    """As rule R-HUP-1 sees it: answered, ended by the agent, not passed on, and told for the first time."""
    if not isinstance(after, Caller) or after.ending is not Ending.ANSWERED or after.agent is None:
        return []
    told = isinstance(before, Caller) and before.completed_by is CompletedBy.AGENT
    if told or after.completed_by is not CompletedBy.AGENT or after.transfer is not None:
        return []
    agent = askers.agent((after.pbx, after.agent))
    if agent is not None and agent.state is AgentState.EMERGENCY:
        return []  # R-EMG-17
    reason = agent.end_reason if agent is not None and agent.end_reason in END_REASONS else None
    talk = None if after.talk_s is None else float(after.talk_s)
    by = askers.of_agent((after.pbx, after.agent))
    return [HungUp(by, after.queue, after.uniqueid, after.linkedid or "", talk, reason)]
