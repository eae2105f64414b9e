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
    """Whoever it is true of, or was: who came, changed or went; nobody else."""
    story = rule_story(STORY)
    ann = agent_of(the_agent(PBX, "Ann"), story.world)
    assert ann is not None
    idle = replace(ann, state=AgentState.READY)
    touched = agents_where(lambda agent: agent.state is AgentState.RINGING)

    def found(*changes: Change) -> list[Subject]:
        return list(touched(Outcome(1, Fact(PBX, BEGIN), changes, ()), story.world))

    each = (Change(None, ann), Change(idle, ann), Change(ann, idle), Change(ann, None))
    assert found(*each) == [the_agent(PBX, "Ann")] * 4
    assert found(Change(None, idle), Change(idle, idle), Change(idle, None)) == found() == []


def test_state_span() -> None:
    """A state as a span bears both clocks and the fact that proves it."""
    story = rule_story(STORY)
    ann = agent_of(the_agent(PBX, "Ann"), story.world)
    assert ann is not None
    span = state_span(ann, story.world, "OfferBegan")
    assert (span.since, span.raw, span.told) == (BEGIN, ann.since, False)
    assert span.about.evidence == ({"at": BEGIN, "fact": "OfferBegan", "queue": "sales", "call": "C1"},)
