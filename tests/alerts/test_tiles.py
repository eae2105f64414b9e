"""What tiles count down."""

from __future__ import annotations

from alerts.conditions.contract import Lasting, Level
from alerts.conditions.subjects import the_agent, the_queue
from alerts.model import SubjectKind
from alerts.rules import Clause, Rule
from alerts.tiles import RuleClock, Tiles
from alerts.watch import Watch
from floor.state.model import Key

RULE = Rule("R", {}, {}, (Clause("c"),), SubjectKind.AGENT, notice=12, limit=15, every=15)
ANN = the_agent("p", "Ann")


def _watch(since: float, rule: Rule = RULE) -> Watch:
    watch = Watch(rule)
    watch.take(Lasting(since), rule, since)
    return watch


def test_told_once_per_change() -> None:
    """Set twice the same, it is told once; several changes of one agent are told together."""
    told: list[tuple[Key, int]] = []
    tiles = Tiles(lambda key, clocks: told.append((key, len(clocks))))
    tiles.set(("R", ANN), _watch(100))
    tiles.set(("S", ANN), _watch(100))
    tiles.tell()
    tiles.set(("R", ANN), _watch(100))
    tiles.tell()
    tiles.set(("R", ANN), None)
    tiles.tell()
    assert told == [(("p", "Ann"), 2), (("p", "Ann"), 1)]
    assert tiles.of(("p", "Ann")) == [RuleClock("S", 100, 12, 15, 15)]


def test_only_agents_and_only_spans_have_clocks() -> None:
    """A level has nothing to count down, a queue has no tile of an agent."""
    tiles = Tiles()
    level = Watch(RULE)
    level.take(Level(3), RULE, 0)
    tiles.set(("R", ANN), level)
    tiles.set(("R", the_queue("p", "sales")), _watch(0))
    shown = Rule("R", {}, {}, (Clause("c"),), SubjectKind.AGENT)
    tiles.set(("R", ANN), _watch(0, shown))
    assert tiles.of(("p", "Ann")) == []
