"""Which rules are in force where."""

from __future__ import annotations

from dataclasses import replace

from alerts.conditions.contract import Condition, Lasting, Level, Params, Reading, Unknown, World
from alerts.conditions.registry import CONDITIONS
from alerts.conditions.subjects import the_agent, the_queue
from alerts.model import SubjectKind
from alerts.rulebook import Rulebook
from alerts.rules import Clause, Direction, Override, Rule
from alerts.ruling import CACHED, Ruling
from floor.ports import Change, Outcome
from floor.state.facts import Fact
from floor.state.model import Reach, Trunk
from tests.alerts.stage import RuleStory
from tests.support.replay import PBX

QUEUE = the_queue(PBX, "sales")


def _condition(name: str, reading: Reading) -> Condition:
    def read(_subject: object, _world: World, _params: Params, _now: float) -> Reading:
        return reading

    return Condition(name, SubjectKind.QUEUE, {}, "", None, read)


def _read(*readings: tuple[Reading, float | None], at: float = 100, seen_since: float = 0) -> object:
    """(what a rule with these clauses says, when to look again)."""
    registry = {f"c{number}": _condition(f"c{number}", reading) for number, (reading, _) in enumerate(readings)}
    clauses = tuple(Clause(f"c{n}", direction=Direction.AT_LEAST, limit=limit) for n, (_, limit) in enumerate(readings))
    rule = Rule("R", {}, {}, clauses, SubjectKind.QUEUE, limit=5)
    reading, _, again = Ruling((rule,), registry, RuleStory().world, False).read(rule, QUEUE, at, seen_since)
    return reading, again


def test_all_clauses_must_hold() -> None:
    """The first gives the value, while the others hold: depth and wait together."""
    assert _read((Level(9), None), (Level(3), 3)) == (Level(9), None)
    assert _read((Level(9), None), (Level(2), 3)) == (None, None)
    assert _read((Level(9), None), (None, 3)) == (None, None)
    assert _read((Level(9), None), (Unknown(), 3)) == (Unknown(), None)


def test_clause_that_will_hold() -> None:
    """A span among the further clauses says when it will be long enough."""
    assert _read((Level(9), None), (Lasting(90), 30)) == (None, 120)
    assert _read((Level(9), None), (Lasting(90), 10)) == (Level(9), None)


def test_level_that_changes_by_itself() -> None:
    """A level may name the moment at which it must be looked at again."""
    assert _read((Level(9, review_at=130), None), (Level(3, review_at=120), 3)) == (Level(9, review_at=130), 120)


def test_span_is_counted_since_the_link_is_up() -> None:
    """But what the exchange itself dates is believed."""
    assert _read((Lasting(10), None), seen_since=50) == (Lasting(50), None)
    assert _read((Lasting(10, told=True), None), seen_since=50) == (Lasting(10, told=True), None)


def test_places_are_remembered_within_bounds() -> None:
    """Rules with overrides are worked out once per place, and not for ever more places."""
    story = RuleStory()
    rule = replace(Rulebook(CONDITIONS).rules[0], overrides=(Override({"limit": 99.0}, queues=frozenset({"q7"})),))
    ruling = Ruling((rule,), CONDITIONS, story.world, False)
    ann = the_agent(PBX, "Ann")
    assert ruling.at(rule, ann, "q7").limit == 99
    assert ruling.at(rule, ann, "q7") is ruling.at(rule, ann, "q7")
    for number in range(CACHED + 10):
        ruling.at(rule, ann, f"x{number}")
    assert len(ruling._placed) <= CACHED


def test_what_is_never_on_is_not_looked_at() -> None:
    """A rule that is off everywhere costs nothing."""
    rules = Rulebook(CONDITIONS).rules
    off = tuple(replace(rule, enabled=False) for rule in rules)
    ruling = Ruling(off, CONDITIONS, RuleStory().world, False)
    assert (ruling.rules, ruling.measuring, ruling.counting) == ({}, {}, [])


def test_a_rule_is_shown_what_concerns_it() -> None:
    """By what is in the outcome; a condition that names nothing is shown everything."""
    story = RuleStory()
    ruling = Ruling(Rulebook(CONDITIONS).rules, CONDITIONS, story.world, False)
    nothing = ruling.concerned(Outcome(1, Fact(PBX, 0.0), (), ()))
    assert (nothing.finders, nothing.counters, nothing.link) == ((), (), False)
    trunk = ruling.concerned(
        Outcome(1, Fact(PBX, 0.0), (Change(None, Trunk(PBX, "PJSIP/carrier", Reach.REACHABLE, 0.0)),), ())
    )
    assert [rules for _, rules in trunk.finders] == [("R-EMG-22",)]
    open_to_all = {name: replace(one, hears=None) for name, one in CONDITIONS.items()}
    ruling = Ruling(Rulebook(CONDITIONS).rules, open_to_all, story.world, False)
    everything = ruling.concerned(Outcome(1, Fact(PBX, 0.0), (), ()))
    assert len(everything.finders) == len(ruling.measuring)
    assert len(everything.counters) == len(ruling.counting)
