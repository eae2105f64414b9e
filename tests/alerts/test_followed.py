"""What is followed."""

from __future__ import annotations

from alerts.conditions.contract import Lasting, Level
from alerts.conditions.subjects import SITE, the_agent
from alerts.followed import Followed, Following
from alerts.model import Severity, Standing, SubjectKind
from alerts.rules import Clause, Rule
from alerts.watch import Watch

RULE = Rule("R", {}, {}, (Clause("c"),), SubjectKind.AGENT, limit=15)
OTHER = Rule("R", {}, {}, (Clause("c"),), SubjectKind.AGENT, limit=30)
ANN = ("R", the_agent("p", "Ann"))


def _watch(reading: Lasting | Level, rule: Rule = RULE) -> Watch:
    watch = Watch(rule)
    watch.take(reading, rule, 100)
    return watch


def test_found_by_case_and_by_exchange() -> None:
    """What is begun twice is one; what has ended is found no more, and waits for nothing."""
    following = Following()
    ann, site = following.begin(ANN), following.begin(("S", SITE))
    assert following.begin(("R", the_agent("p", "Ann"))) is ann
    assert (following.of("p"), following.of(""), following.of("q")) == ([ann], [site], [])
    ann.watch, ann.due = _watch(Lasting(100)), 115
    following.end(ann)
    assert (following.get(ANN), following.of("p"), len(following), list(following)) == (None, [], 1, [site])
    assert [ann.watch, ann.due] == [None, None]


def test_what_was_said_is_not_said_again() -> None:
    """It differs the first time, and whenever it is otherwise."""
    ann = Followed(ANN)
    told = (Standing.BROKEN, Severity.WARN, ())
    assert [ann.differs(told), ann.differs(told), ann.differs((Standing.BROKEN, Severity.CRIT, ()))] == [
        True,
        False,
        True,
    ]


def test_tile_is_set_when_its_span_differs() -> None:
    """Another beginning, another rule, a span that is none any more; a level is never shown."""
    ann = Followed(ANN)
    seen: list[Lasting | Level] = [Lasting(100), Lasting(100), Lasting(120), Level(3), Level(4)]
    assert [ann.shows(_watch(one)) for one in seen] == [True, False, True, True, False]
    assert [ann.shows(_watch(Lasting(120), rule)) for rule in (RULE, RULE, OTHER)] == [True, False, True]


def test_moved_with_the_clock() -> None:
    """Nothing lasts longer for that, and nothing comes sooner."""
    following = Following()
    ann = following.begin(ANN)
    ann.watch, ann.due, ann.again = _watch(Lasting(100)), 115, 130
    following.move(1000)
    assert (ann.watch.since, ann.due, ann.again) == (1100, 1115, 1130)
