"""What was said, and that nothing is said twice."""

from __future__ import annotations

from alerts.conditions.contract import About, Lasting, Level
from alerts.conditions.subjects import the_agent, the_queue
from alerts.model import Severity, Standing, SubjectKind
from alerts.rules import Clause, Rule
from alerts.sayings import Sayings
from alerts.watch import Watch
from tests.alerts.stage import Said

ANN = the_agent("p", "Ann")
RULE = Rule("R", {}, {}, (Clause("c"),), SubjectKind.AGENT, notice=5, limit=10, severity=Severity.WARN, for_s=30)


def _watch(level: float, at: float, causes: tuple[str, ...] = ()) -> Watch:
    watch = Watch(RULE)
    watch.take(Level(level, about=About(causes=tuple(the_agent("p", one) for one in causes))), RULE, at)
    watch.settle(at)
    return watch


def test_everybody_starts_fine() -> None:
    """That is not said; nor is anything a second time."""
    said = Said()
    sayings = Sayings(said)
    sayings.tell(("R", ANN), Standing.FINE, 0)
    sayings.say(("R", ANN), _watch(6, 1), 1)
    sayings.say(("R", ANN), _watch(7, 2), 2)
    assert ("R", ANN) in sayings
    sayings.tell(("R", ANN), Standing.FINE, 3)
    assert [(one.standing, one.at) for one in said.signals] == [(Standing.NOTICED, 1), (Standing.FINE, 3)]
    assert ("R", ANN) not in sayings


def test_limit_that_was_passed() -> None:
    """Noticed: the notice; beyond the limit: the limit, be it that it waits out its time."""
    said = Said()
    sayings = Sayings(said)
    sayings.say(("R", ANN), _watch(6, 1), 1)
    sayings.say(("S", ANN), _watch(12, 2), 2)
    assert [(one.standing, one.value, one.limit) for one in said.signals] == [
        (Standing.NOTICED, 6, 5),
        (Standing.NOTICED, 12, 10),
    ]


def test_to_explain_more_is_news() -> None:
    """A rule that stands as before, but now explains another agent, is told again."""
    said = Said()
    sayings = Sayings(said)
    for causes in (("Ann",), ("Ann",), ("Ann", "Bob")):
        sayings.say(("R", ANN), _watch(6, 1, causes), 1)
    assert [len(one.causes) for one in said.signals] == [1, 2]


def test_since() -> None:
    """A span began when it began."""
    said = Said()
    watch = Watch(RULE)
    watch.take(Lasting(100), RULE, 100)
    watch.settle(106)
    Sayings(said, "d1").say(("R", ANN), watch, 106)
    assert [(one.since, one.value, one.drill) for one in said.signals] == [(100, 6, "d1")]


def test_of_one_exchange() -> None:
    """What was not fine on an exchange whose link is lost."""
    sayings = Sayings(Said())
    for subject in (ANN, the_queue("q", "sales")):
        sayings.tell(("R", subject), Standing.UNKNOWN, 0)
    assert list(sayings.of("q")) == [("R", the_queue("q", "sales"))]
    assert len(list(sayings.of())) == 2
