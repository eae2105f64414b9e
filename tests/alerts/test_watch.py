"""One measured rule on one subject."""

from __future__ import annotations

from alerts.conditions.contract import About, Lasting, Level
from alerts.model import Severity, Standing, SubjectKind
from alerts.rules import AlertLevel, Clause, Direction, Rule
from alerts.watch import Watch

RULE = Rule(
    "R",
    {},
    {},
    (Clause("c"),),
    SubjectKind.QUEUE,
    limit=10,
    severity=Severity.WARN,
    levels=(AlertLevel(Severity.CRIT, value=20),),
)


def _rule(**changes: object) -> Rule:
    fields = {name: getattr(RULE, name) for name in RULE.__slots__}
    return Rule(**{**fields, **changes})


def _levels(rule: Rule, *steps: tuple[float, float]) -> list[str]:
    """How it stands after each (moment, value)."""
    watch, found = Watch(rule), []
    for at, value in steps:
        while watch.due is not None and watch.due < at:
            watch.settle(watch.due)
        watch.take(Level(value), rule, at)
        watch.settle(at)
        found.append(watch.severity.value if watch.broken else watch.standing.value)
    return found


def test_hold_down() -> None:
    """A level must stay beyond its limit before it counts; a dip begins it anew."""
    rule = _rule(for_s=30)
    assert _levels(rule, (0, 12), (29, 12), (30, 12)) == ["noticed", "noticed", "warn"]
    assert _levels(rule, (0, 12), (29, 5), (30, 12), (59, 12), (60, 12)) == [
        "noticed",
        "fine",
        "noticed",
        "noticed",
        "warn",
    ]


def test_hold_down_is_a_deadline() -> None:
    """Nothing needs to happen for the hold-down to end."""
    watch = Watch(_rule(for_s=30))
    watch.take(Level(12), watch.rule, 100)
    watch.settle(100)
    assert watch.due == 130
    watch.settle(130)
    assert (watch.standing, watch.over_since) == (Standing.BROKEN, 100)


def test_clear_level() -> None:
    """Recovered only when it is well below the limit: at the clear level, not one above it."""
    assert _levels(_rule(clear=5), (0, 10), (1, 9), (2, 6), (3, 5)) == ["warn", "warn", "warn", "fine"]
    falling = _rule(clauses=(Clause("c", direction=Direction.BELOW),), limit=5, clear=8, levels=())
    assert _levels(falling, (0, 4), (1, 6), (2, 8)) == ["warn", "warn", "fine"]


def test_keep_firing() -> None:
    """Recovered, it is kept for a while; back within it, it was never gone."""
    assert _levels(_rule(keep_s=60), (0, 12), (10, 3), (69, 3), (70, 3)) == ["warn", "warn", "warn", "fine"]
    assert _levels(_rule(keep_s=60), (0, 12), (10, 3), (69, 12), (71, 3), (130, 3)) == ["warn"] * 5


def test_severity_follows_the_level() -> None:
    """Worse and better again."""
    assert _levels(RULE, (0, 12), (1, 25), (2, 15), (3, 1)) == ["warn", "crit", "warn", "fine"]


def test_too_few_to_tell() -> None:
    """A share of few cases is none."""
    rule, watch = _rule(sample=10), Watch(_rule(sample=10))
    watch.take(Level(50, sample=9), rule, 0)
    watch.settle(0)
    assert watch.standing is Standing.FINE
    watch.take(Level(50, sample=10), rule, 1)
    watch.settle(1)
    assert watch.standing is Standing.BROKEN


def test_span_has_its_deadlines() -> None:
    """Notice, limit and levels one after the other, then none."""
    watch = Watch(_rule(notice=8))
    watch.take(Lasting(1_800_000_000.123), watch.rule, 1_800_000_000.2)
    watch.settle(1_800_000_000.2)
    told = []
    while (due := watch.due) is not None:
        watch.settle(due)
        told.append((round(due - 1_800_000_000.123, 6), watch.standing.value, watch.severity.value))
    assert told == [(8, "noticed", "info"), (10, "broken", "warn"), (20, "broken", "crit")]


def test_repeating_clock() -> None:
    """Each further period has a deadline of its own."""
    watch = Watch(_rule(limit=15, every=15, levels=()))
    watch.take(Lasting(100), watch.rule, 100)
    periods = []
    for _ in range(4):
        assert watch.due is not None
        watch.settle(watch.due)
        periods.append((watch.at, watch.periods(watch.at)))
    assert periods == [(115, 1), (130, 2), (145, 3), (160, 4)]


def test_same_span_keeps_its_beginning() -> None:
    """However clocks are compared meanwhile, a span that the exchange dates alike began when it began."""
    about = About(call="C1")
    watch = Watch(RULE)
    watch.take(Lasting(100, about, raw=7), RULE, 101)
    watch.take(Lasting(40, about, raw=7), RULE, 102)
    assert watch.since == 100
    watch.take(Lasting(160, about, raw=67), RULE, 161)
    assert watch.since == 160
    assert not watch.continues(Lasting(160, About(call="C2"), raw=67))


def test_moved_with_the_clock() -> None:
    """When our clock is set, it lasts as long as before."""
    watch = Watch(_rule(keep_s=60))
    watch.take(Lasting(100), watch.rule, 100)
    watch.settle(112)
    watch.move(1000)
    assert (watch.value(1112), watch.over_since) == (12, 1110)
