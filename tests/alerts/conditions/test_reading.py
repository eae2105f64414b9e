"""What conditions about agents share."""

from __future__ import annotations

from dataclasses import replace

from alerts.conditions.reading import agent_of, agents_where, state_span
from alerts.conditions.subjects import the_agent
from alerts.model import Subject
from floor.ports import Change, Outcome
from floor.state.facts import Fact
from floor.state.model import AgentState
from tests.alerts.stage import rule_story
from tests.support.replay import PBX
from tests.support.stories import BEGIN

STORY = "at | what happens | Ann\n0 | Ann sits in sales; C1 joins sales; sales rings Ann for C1 | ringing"


def test_agents_concerned() -> None:
    """Of whom something else is to be read than before: who came, changed or went; nobody else."""
    story = rule_story(STORY)
    ann = agent_of(the_agent(PBX, "Ann"), story.world)
    assert ann is not None
    idle = replace(ann, state=AgentState.READY)
    other = replace(ann, call="C2")
    touched = agents_where(lambda agent: agent.call if agent.state is AgentState.RINGING else None)

    def found(*changes: Change) -> list[Subject]:
        return list(touched(Outcome(1, Fact(PBX, BEGIN), changes, ()), story.world))

    each = (Change(None, ann), Change(idle, ann), Change(ann, other), Change(ann, idle), Change(ann, None))
    assert found(*each) == [the_agent(PBX, "Ann")] * 5
    same = (Change(None, idle), Change(idle, replace(idle, misses=2)), Change(ann, replace(ann, misses=2)))
    assert found(*same, Change(idle, None)) == found() == []


def test_state_span() -> None:
    """A state as a span bears both clocks and the fact that proves it."""
    story = rule_story(STORY)
    ann = agent_of(the_agent(PBX, "Ann"), story.world)
    assert ann is not None
    span = state_span(ann, story.world, "OfferBegan")
    assert (span.since, span.raw, span.told) == (BEGIN, ann.since, False)
    assert span.about.evidence == ({"at": BEGIN, "fact": "OfferBegan", "queue": "sales", "call": "C1"},)
