"""What conditions about agents share."""

from __future__ import annotations

from alerts.conditions.reading import agent_of, agents_touched, state_span
from alerts.conditions.subjects import the_agent
from floor.ports import Change, Outcome
from floor.state.facts import Fact
from tests.alerts.stage import rule_story
from tests.support.replay import PBX
from tests.support.stories import BEGIN

STORY = "at | what happens | Ann\n0 | Ann sits in sales; C1 joins sales; sales rings Ann for C1 | ringing"


def test_agents_touched() -> None:
    """Whoever came, changed or went; nobody else."""
    story = rule_story(STORY)
    ann = agent_of(the_agent(PBX, "Ann"), story.world)
    assert ann is not None
    changes = [Change(None, ann), Change(ann, None)]
    outcome = Outcome(1, Fact(PBX, BEGIN), changes, ())
    assert list(agents_touched(outcome, story.world)) == [the_agent(PBX, "Ann")] * 2
    assert list(agents_touched(Outcome(1, Fact(PBX, BEGIN), (), ()), story.world)) == []


def test_state_span() -> None:
    """A state as a span bears both clocks and the fact that proves it."""
    story = rule_story(STORY)
    ann = agent_of(the_agent(PBX, "Ann"), story.world)
    assert ann is not None
    span = state_span(ann, story.world, "OfferBegan")
    assert (span.since, span.raw, span.told) == (BEGIN, ann.since, False)
    assert span.about.evidence == ({"at": BEGIN, "fact": "OfferBegan", "queue": "sales", "call": "C1"},)
