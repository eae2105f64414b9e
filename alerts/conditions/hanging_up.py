"""Hang-up etiquette and silent calls (domain.md §3): who ended a conversation, after how long, and why."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from alerts.conditions.contract import About, Condition, Occurrence, Params, World
from alerts.conditions.subjects import SITE, changed, said, the_agent, the_queue
from alerts.model import SubjectKind
from floor.ports import Outcome
from floor.state.facts import TalkingBegan
from floor.state.model import Caller, CompletedBy, Correction, Ending, Key

REASONS = ("silent", "faint", "noise", "dialect", "left_on_line", "nuisance", "device_fault", "emergency")
"""The fixed codes for ending a call first."""
CALLS = 10_000
"""So many channels are remembered of which something was heard."""
DETECTED_S = 3600.0
"""Talk detection is on for a queue when somebody was heard in it within this time (F6)."""


def hung_up_first(outcome: Outcome, world: World, params: Params) -> Iterator[Occurrence]:
    """R-HUP-1, -7: the agent ended the conversation, and gave none of the reasons that excuse it."""
    for caller, reason in _ended_by_agent(outcome, world):
        if reason not in params["excused_by"]:
            yield _ended(caller, world, reason)


def silent_hung_up(outcome: Outcome, world: World, _params: Params) -> Iterator[Occurrence]:
    """R-HUP-2: the agent ended a conversation in which the caller was never heard. Where nobody was heard lately, talk
    detection is off and silence tells nothing."""
    _note_heard(outcome, world)
    for before, after in changed(outcome, Caller):
        if after is None or after.answered_at is None or (before is not None and before.ending is not None):
            continue
        if after.ending is not None and _spoke(after, world):
            world.tally("heard", the_queue(after.pbx, after.queue)).add(world.ours(after.pbx, outcome.fact.at))
    for caller, reason in _ended_by_agent(outcome, world):
        at = world.ours(caller.pbx, outcome.fact.at)
        _, heard = world.tally("heard", the_queue(caller.pbx, caller.queue)).within(at - DETECTED_S)
        if heard and _spoke(caller, world) is False:
            yield _ended(caller, world, reason, silent=True)


def _heard(world: World) -> OrderedDict[Key, None]:
    """Channels on which somebody was heard: the word that a call is complete may come after its channel is gone."""
    found: OrderedDict[Key, None] = world.memory("silent_hung_up", SITE).setdefault("heard", OrderedDict())
    return found


def _note_heard(outcome: Outcome, world: World) -> None:
    fact = outcome.fact
    if isinstance(fact, TalkingBegan):
        heard = _heard(world)
        heard[fact.pbx, fact.uniqueid] = None
        if len(heard) > CALLS:
            heard.popitem(last=False)


def _spoke(caller: Caller, world: World) -> bool | None:
    """Whether he was heard; ``None``: his channel is gone, and not all of his call was seen."""
    key = caller.pbx, caller.uniqueid
    channel = world.floor.channels.get(key)
    if channel is not None:
        return channel.spoke_at is not None
    return None if caller.gap else key in _heard(world)


def _ended_by_agent(outcome: Outcome, world: World) -> Iterator[tuple[Caller, str | None]]:
    """(visit, the reason he gave) of conversations that the agent ended, also where the last word came late."""
    corrected = ((one.before, one.after) for one in outcome.records if isinstance(one, Correction))
    for before, after in (*changed(outcome, Caller), *corrected):
        if after is None or after.ending is not Ending.ANSWERED or after.agent is None:
            continue
        told = before is not None and before.completed_by is CompletedBy.AGENT
        if after.completed_by is CompletedBy.AGENT and after.transfer is None and not told:
            agent = world.floor.agents.get((after.pbx, after.agent))
            yield after, agent.end_reason if agent is not None else None


def _ended(caller: Caller, world: World, reason: str | None, silent: bool | None = None) -> Occurrence:
    at = world.ours(caller.pbx, caller.ended_at or 0.0)
    seconds = None if caller.talk_s is None else float(caller.talk_s)
    proof = said(
        at,
        "CallCompleted",
        by="agent",
        queue=caller.queue,
        call=caller.uniqueid,
        talk_s=caller.talk_s,
        reason=reason,
        silent=silent,
    )
    about = About(caller.queue, caller.uniqueid, caller.agent, (proof,))
    return Occurrence(the_agent(caller.pbx, caller.agent or ""), at, seconds, about)


CONDITIONS = (
    Condition(
        name="hung_up_first",
        subject=SubjectKind.AGENT,
        params={"excused_by": (list, list(REASONS))},
        help="Each conversation the agent ended, none of excused_by being his reason, by its seconds (R-HUP-1, -7).",
        occurred=hung_up_first,
        hears=frozenset({Caller, Correction}),
    ),
    Condition(
        name="silent_hung_up",
        subject=SubjectKind.AGENT,
        params={},
        help="Each conversation the agent ended in which the caller was never heard, by its seconds (R-HUP-2).",
        occurred=silent_hung_up,
        hears=frozenset({Caller, Correction, TalkingBegan}),
    ),
)
