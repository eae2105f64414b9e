"""The evaluator: gaps, clocks, changes of the rules, and what every sequence of its words must keep to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.backlog import SAYING, SLICE
from alerts.conditions.contract import About, Condition, Level, Occurrence, Params, Reading, Unknown, World
from alerts.conditions.reading import agents_where
from alerts.conditions.registry import CONDITIONS
from alerts.conditions.subjects import the_agent
from alerts.evaluate import IN_A_GAP, IN_TIME, Evaluator
from alerts.model import Breach, Severity, Standing, Subject, SubjectKind
from alerts.rulebook import Rulebook
from alerts.rules import Clause, Rule
from alerts.ruling import Ruling
from alerts.tiles import RuleClock
from alerts.world import FloorWorld
from floor.day import Day
from floor.measures import Measures
from floor.ports import Outcome
from floor.state import facts as f
from floor.state.model import Device, LinkState, Member
from floor.store import FloorStore
from tests.alerts.stage import Register, RuleStory, Said, rule_story, rules_from
from tests.support.facts_at_random import histories
from tests.support.replay import PBX, TapeClock
from tests.support.stories import BEGIN

RINGING = """
        at    | what happens                     | Ann     | R-ANS-1 Ann
        0     | link up; Ann sits in sales; Bob sits in sales | ready | fine
        1     | C1 joins sales                   |         |
        2     | sales rings Ann for C1           | ringing | fine
"""
HOLDING = """
        at    | what happens                     | Ann     | R-HLD-2 Ann
        0     | link up; Ann sits in sales       | ready   | fine
        1     | C1 joins sales; sales rings Ann for C1; Ann lifts; sales connects Ann to C1 | talking | fine
        10    | Ann holds                        | holding | fine
"""


# A large floor


def large_floor(agents: int) -> tuple[FloorStore, Evaluator, Said, TapeClock]:
    """Everybody went to lunch long ago; nothing is seen yet."""
    clock, said = TapeClock(BEGIN + 900), Said()
    store = FloorStore(clock)
    world = FloorWorld(store.snapshot(), Measures(clock, Day("UTC")), Register(), clock, Day("UTC"))
    evaluator = Evaluator(Rulebook(CONDITIONS).rules, CONDITIONS, world, said)
    store.subscribe(evaluator.hear, happenings=True)
    store.apply(f.LinkChanged(PBX, BEGIN, LinkState.SYNCING))
    seats = tuple(
        Member("sales", f"A{n}", f"PJSIP/{n}", f"PJSIP/{n}", device=Device.IDLE, paused=True, reason="meal")
        for n in range(agents)
    )
    store.apply(f.QueuesSynced(PBX, BEGIN, (f.PictureQueue("sales"),), seats))
    return store, evaluator, said, clock


def look_on(evaluator: Evaluator, clock: TapeClock) -> int:
    """As the engine's clock does it; how many turns it took."""
    turns = 0
    while (due := evaluator.next_due()) is not None and due <= clock.at:
        evaluator.due(clock.at)
        turns += 1
    return turns


def test_a_large_floor_comes_into_view_in_slices() -> None:
    """Nothing is held up for long, and nobody is forgotten."""
    store, evaluator, said, clock = large_floor(250)
    store.apply(f.LinkChanged(PBX, clock.at, LinkState.UP))
    assert len(said.signals) <= SLICE / SAYING
    assert (evaluator.next_due() or 0) <= clock.at
    assert look_on(evaluator, clock) > 5
    clock.at += 301
    look_on(evaluator, clock)
    away = {one.subject.name for one in said.signals if (one.rule, one.standing) == ("R-PRS-7", Standing.BROKEN)}
    assert away == {f"A{n}" for n in range(250)}


def test_a_large_floor_that_is_lost_while_it_comes_into_view() -> None:
    """What was not yet looked at is looked at when the link is back; what was, too."""
    store, evaluator, said, clock = large_floor(250)
    store.apply(f.LinkChanged(PBX, clock.at, LinkState.UP))
    evaluator.due(clock.at)
    store.apply(f.LinkChanged(PBX, clock.at, LinkState.DOWN, "no answer"))
    look_on(evaluator, clock)
    said.signals.clear()
    clock.at += 60
    store.apply(f.LinkChanged(PBX, clock.at, LinkState.SYNCING))
    store.apply(f.LinkChanged(PBX, clock.at, LinkState.UP))
    look_on(evaluator, clock)
    clock.at += 301
    look_on(evaluator, clock)
    assert len({one.subject for one in said.signals if (one.rule, one.standing) == ("R-PRS-7", "broken")}) == 250


def test_many_at_once_come_in_slices() -> None:
    """A thousand who went to lunch together are not all judged at once, and all are judged."""
    store, evaluator, said, clock = large_floor(200)
    store.apply(f.LinkChanged(PBX, clock.at, LinkState.UP))
    look_on(evaluator, clock)
    clock.at += 301
    turns = 0
    while (evaluator.next_due() or clock.at + 1) <= clock.at:
        before, turns = len(said.signals), turns + 1
        evaluator.due(clock.at, SLICE)
        assert len(said.signals) - before <= SLICE / SAYING + 1
    assert turns > 5
    assert len({one.subject for one in said.signals if (one.rule, one.standing) == ("R-PRS-7", "broken")}) == 200


# Looks


class Looks:
    """Readings of cases, counted where they are taken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.of: Counter[tuple[str, Subject]] = Counter()
        read = Ruling.read

        def counted(ruling: Ruling, rule: Rule, subject: Subject, at: float, seen_since: float) -> Any:
            self.of[rule.id, subject] += 1
            return read(ruling, rule, subject, at, seen_since)

        monkeypatch.setattr(Ruling, "read", counted)


def test_time_alone_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lasts has a deadline: until it comes, and when it does, the floor is not asked again."""
    story = RuleStory()
    story.tell(RINGING)
    looks, ann = Looks(monkeypatch), the_agent(PBX, "Ann")
    for tenth in range(1, 200):
        story.evaluator.due(BEGIN + 2 + tenth / 10)
    assert story.said.stands("R-ANS-1", ann) == "info"
    assert looks.of["R-ANS-1", ann] == 0


def test_at_most_one_look_per_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many clauses and findings name a case, one outcome is one look at it."""
    looks, heard, story = Looks(monkeypatch), [0], RuleStory()
    hear, ann = story.evaluator.hear, the_agent(PBX, "Ann")

    def once(outcome: Outcome) -> None:
        looks.of.clear()
        hear(outcome)
        heard[0] += 1
        assert set(looks.of.values()) <= {1}, (outcome.fact, looks.of)

    story.stage.store.subscribe(once, happenings=True)
    story.tell(HOLDING)
    assert heard[0] > 5
    assert story.said.stands("R-HLD-2", ann) == "fine"


def test_others_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """One agent whose phone rings on a floor of two hundred: nobody else is looked at, now or later."""
    store, evaluator, _, clock = large_floor(200)
    store.apply(f.LinkChanged(PBX, clock.at, LinkState.UP))
    look_on(evaluator, clock)
    looks = Looks(monkeypatch)
    store.apply(f.ChannelOpened(PBX, clock.at, "1.1", "PJSIP/trunk-1", "1.1", "dialling"))
    store.apply(f.CallerJoined(PBX, clock.at, "sales", "1.1"))
    store.apply(f.OfferBegan(PBX, clock.at, "sales", "A7", "PJSIP/7", "1.1", "1.2"))
    assert {subject.name for _, subject in looks.of if subject.kind is SubjectKind.AGENT} <= {"A7"}


# Gaps


def test_breach_ends_where_the_gap_begins() -> None:
    """When the link is lost inside a hold, nobody knows how long it went on: the breach ends at the gap, the rule is
    unknown, and when the link is back the clock begins anew."""
    story = rule_story(
        HOLDING
        + """
        26    | time passes                      | holding | info
        28    | link down                        | holding | unknown
        90    | link syncing                     | holding | unknown
        91    | link up                          | holding | fine
        105   | time passes                      | holding | noticed
        107   | time passes                      | holding | info
        110   | Ann resumes                      | talking | fine
        """
    )
    assert story.spans("R-HLD-2") == [(25, 28, 18, Severity.INFO), (106, 110, 19, Severity.INFO)]
    assert story.breaches("R-HLD-2")[0].evidence[-1]["fact"] == "LinkLost"


def test_breach_that_began_in_a_gap_is_excused() -> None:
    """The link was dead already when the limit passed, as is found out only later: no fault of anybody's."""
    story = rule_story(HOLDING + "26 | time passes | holding | info")
    story.stage.tell(f.LinkChanged(PBX, BEGIN + 20, LinkState.DOWN, "silent"))
    (breach,) = story.breaches("R-HLD-2")
    assert (breach.began_at, breach.ended_at) == (BEGIN + 25, BEGIN + 25)
    assert (breach.excused_by, breach.excuse) == ("floor", IN_A_GAP)


def test_span_that_began_before_the_link_was_up() -> None:
    """What was found going on when the link came up is counted from then."""
    story = RuleStory()
    story.happens(0, "link syncing; Ann sits in sales; C1 joins sales; sales rings Ann for C1")
    story.happens(30, "link up")
    assert story.cell("R-ANS-1 Ann") == "fine"
    story.happens(46, "time passes")
    assert story.cell("R-ANS-1 Ann") == "info"


def test_what_is_fine_needs_no_word_in_an_outage() -> None:
    """A lost link makes unknown what was not fine, and says nothing of ten thousand agents who were."""
    story = rule_story(RINGING + "13 | time passes | ringing | noticed\n14 | link down | ringing | unknown")
    ringing = [one.standing for one in story.said.signals if one.rule == "R-ANS-1"]
    assert ringing == [Standing.NOTICED, Standing.UNKNOWN]


def test_counts_go_on_over_a_gap() -> None:
    """What was counted stays counted; while the link is down it is unknown whether it still matters."""
    story = rule_story(RINGING.replace("R-ANS-1", "R-ANS-5") + "7 | Ann lets it ring | ready | info")
    story.happens(8, "sales rings Ann for C1")
    story.happens(13, "Ann lets it ring")
    assert story.cell("R-ANS-5 Ann") == "warn"
    story.happens(20, "link down")
    assert story.cell("R-ANS-5 Ann") == "unknown"
    story.happens(200, "link up")
    assert story.cell("R-ANS-5 Ann") == "warn"


# Clocks


def test_late_word_excuses() -> None:
    """The ring was over in time, but its event came late: the breach stays visible, excused by the machine."""
    story = rule_story(RINGING + "18 | time passes | ringing | info")
    story.at = BEGIN + 16.5
    story.stage.tell(f.ChannelChanged(PBX, BEGIN + 16.5, story.legs["Ann"][-1], "up"))
    (breach,) = story.breaches("R-ANS-1")
    assert (breach.value, breach.excuse) == (15, IN_TIME)
    assert breach.ended_at == breach.began_at


def test_slow_event_within_patience_breaks_nothing() -> None:
    """An event that is a fifth of a second late changes nothing."""
    story = rule_story(RINGING + "17.2 | time passes | ringing | noticed")
    story.stage.tell(f.ChannelChanged(PBX, BEGIN + 16.9, story.legs["Ann"][-1], "up"))
    assert story.breaches() == []


def test_exchange_clock_set_forward() -> None:
    """The exchange's clock jumps a minute ahead inside a ring: it does not ring longer for that."""
    story = rule_story(RINGING)
    story.stage.tell(f.ClockMeasured(PBX, BEGIN + 2, 0.0, True))
    story.stage.at(BEGIN + 8)
    story.stage.tell(f.DialplanMoved(PBX, BEGIN + 68, "C1", "Queue", "sales"))
    story.stage.tell(f.ClockMeasured(PBX, BEGIN + 69, 60.0, True))
    story.stage.tell(f.ChannelChanged(PBX, BEGIN + 74, story.legs["Ann"][-1], "up"))
    story.stage.at(BEGIN + 60)
    assert story.breaches() == []


def test_exchange_clock_set_back() -> None:
    """The exchange's clock goes back a minute inside a hold: no negative time, and the breach still comes."""
    story = rule_story(HOLDING)
    story.stage.tell(f.ClockMeasured(PBX, BEGIN + 10, 0.0, True))
    story.stage.at(BEGIN + 12)
    story.stage.tell(f.ClockMeasured(PBX, BEGIN - 48, -60.0, True))
    story.stage.at(BEGIN + 30)
    story.stage.tell(f.HoldEnded(PBX, BEGIN - 30, story.legs["Ann"][-1]))
    assert story.spans("R-HLD-2") == [(25, 30, 20, Severity.INFO)]


class SetClock(TapeClock):
    """A clock that somebody sets: its steady hand goes on."""

    set_by: float = 0.0

    def now(self) -> float:
        return self.at + self.set_by

    def monotonic(self) -> float:
        return self.at


@pytest.mark.parametrize("by_s", [3600.0, -3600.0])
def test_our_own_clock_is_set(by_s: float) -> None:
    """Our clock is set inside a ring: nothing is overdue for that, and the limit comes when it would have come."""
    clock, said = SetClock(BEGIN), Said()
    store = FloorStore(clock)
    world = FloorWorld(store.snapshot(), RuleStory().stage.measures, Register(), clock, Day("UTC"))
    evaluator = Evaluator(Rulebook(CONDITIONS).rules, CONDITIONS, world, said)
    store.subscribe(evaluator.hear)
    story = RuleStory()
    told: list[f.Fact] = []
    story.stage.tell = lambda *facts: told.extend(facts)  # type: ignore[method-assign]
    for at, event in ((0, "link up; Ann sits in sales; C1 joins sales"), (2, "sales rings Ann for C1")):
        story.happens(at, event)
    for fact in (f.LinkChanged(PBX, BEGIN, LinkState.UP), f.ClockMeasured(PBX, BEGIN, 0.0, True), *told):
        clock.at = max(clock.at, fact.at)
        store.apply(fact)
    clock.at, clock.set_by = BEGIN + 8, by_s
    evaluator.due(clock.now())
    assert said.stands("R-ANS-1", the_agent(PBX, "Ann")) == "fine"
    clock.at = BEGIN + 17.3
    evaluator.due(clock.now())
    assert said.stands("R-ANS-1", Subject(SubjectKind.AGENT, PBX, "Ann")) == "info"
    store.apply(f.ChannelChanged(PBX, BEGIN + 20, story.legs["Ann"][-1], "up"))
    clock.at = BEGIN + 20
    (breach,) = [one for one in said.newest.values() if one.rule == "R-ANS-1"]
    assert breach.value is not None
    assert 15 <= breach.value <= 18


# Rules per place, hours, exemptions, reload


def test_limit_of_one_queue(tmp_path: Path) -> None:
    """A rule has other limits for some queues, groups and sites; the later override wins."""
    rules = rules_from(
        """
        [[rule]]
        id = "R-ANS-1"
        [[rule.override]]
        queues = ["vip"]
        notice = "1 ring"
        limit = "2 rings"
        severity = "warn"
        [[rule.override]]
        groups = ["new"]
        limit = "30 s"
        """,
        tmp_path,
    )
    story = RuleStory(rules, {"Cid": "new"})
    story.happens(0, "Ann sits in vip; Bob sits in sales; Cid sits in sales")
    story.happens(1, "C1 joins vip; C2 joins sales; C3 joins sales")
    story.happens(2, "vip rings Ann for C1; sales rings Bob for C2; sales rings Cid for C3")
    story.happens(12.3, "time passes")
    assert [story.cell(f"R-ANS-1 {name}") for name in ("Ann", "Bob", "Cid")] == ["warn", "noticed", "noticed"]
    story.happens(17.3, "time passes")
    assert [story.cell(f"R-ANS-1 {name}") for name in ("Ann", "Bob", "Cid")] == ["warn", "info", "noticed"]
    story.happens(32.3, "time passes")
    assert story.cell("R-ANS-1 Cid") == "info"


def test_rule_off_for_one_queue(tmp_path: Path) -> None:
    """Switched off there, or switched on only there."""
    toml = '[[rule]]\nid = "R-ANS-1"\n[[rule.override]]\nqueues = ["care"]\nenabled = false\n'
    toml += '[[rule]]\nid = "R-ANS-2"\n[[rule.override]]\nqueues = ["care"]\nenabled = true\n'
    story = RuleStory(rules_from(toml, tmp_path))
    story.happens(0, "Ann sits in care; Bob sits in sales; C1 joins care; C2 joins sales; care rings Ann for C1")
    story.happens(20, "Ann lifts; care connects Ann to C1")
    assert story.breaches("R-ANS-1") == []
    story.happens(30, "sales rings Bob for C2")
    story.happens(32, "Bob lifts; sales connects Bob to C2")
    assert story.breaches("R-ANS-2") == []


def test_opening_hours(tmp_path: Path) -> None:
    """A rule applies when it is open; what lasts over the opening is counted from then. The story begins at 22:13:20
    on a Tuesday."""
    toml = '[[rule]]\nid = "R-ANS-1"\nhours = { tue = ["08:00-22:10", "22:14-23:00"] }'
    story = rule_story(RINGING, rules_from(toml, tmp_path))
    story.happens(39, "time passes")
    assert story.cell("R-ANS-1 Ann") == "fine"
    story.happens(51, "time passes")
    assert story.cell("R-ANS-1 Ann") == "noticed"
    story.happens(58, "Ann lifts")
    assert story.spans("R-ANS-1") == [(55, 58, 18, Severity.INFO)]


def test_closing_ends_it(tmp_path: Path) -> None:
    """When it closes nothing is broken any more, and nothing is counted."""
    toml = '[[rule]]\nid = "R-ANS-1"\nhours = { tue = "22:00-22:14" }\n[[rule]]\nid = "R-ANS-5"\n'
    story = rule_story(RINGING, rules_from(toml + 'hours = { tue = "22:00-22:14" }', tmp_path))
    story.happens(39, "time passes")
    assert story.cell("R-ANS-1 Ann") == "info"
    story.happens(41, "time passes")
    assert story.cell("R-ANS-1 Ann") == "fine"
    assert story.spans("R-ANS-1") == [(17, 40, 38, Severity.INFO)]
    story.happens(50, "Ann lets it ring")
    assert story.breaches("R-ANS-5") == []


def test_reload_while_it_is_broken(tmp_path: Path) -> None:
    """New limits count at once: what is allowed now ends, what is forbidden now begins, a removed rule is silent."""
    story = rule_story(RINGING + "18 | time passes | ringing | info")
    longer = rules_from('[[rule]]\nid = "R-ANS-1"\nlimit = "60 s"', tmp_path)
    story.evaluator.reload(longer, BEGIN + 18)
    assert story.cell("R-ANS-1 Ann") == "noticed"
    assert story.spans("R-ANS-1") == [(17, 18, 16, Severity.INFO)]
    story.evaluator.reload(Rulebook(CONDITIONS).rules, BEGIN + 19)
    assert story.cell("R-ANS-1 Ann") == "info"
    without = rules_from('[[rule]]\nid = "R-ANS-1"\nenabled = false', tmp_path)
    story.evaluator.reload(without, BEGIN + 20)
    assert story.cell("R-ANS-1 Ann") == "fine"
    assert story.evaluator.clocks((PBX, "Ann")) == []
    assert all(breach.ended_at is not None for breach in story.breaches("R-ANS-1"))


def test_reload_finds_what_nobody_watched(tmp_path: Path) -> None:
    """A rule that is switched on looks at the whole floor once."""
    off = rules_from('[[rule]]\nid = "R-ANS-1"\nenabled = false', tmp_path)
    story = rule_story(RINGING, off)
    story.happens(30, "time passes")
    story.evaluator.reload(Rulebook(CONDITIONS).rules, BEGIN + 30)
    assert story.cell("R-ANS-1 Ann") == "info"


def test_drill_has_its_own_words(tmp_path: Path) -> None:
    """In a drill everything said bears its id, and rules that exempt drills are silent."""
    rules = rules_from('[[rule]]\nid = "R-HLD-2"\nexempt = ["drill"]', tmp_path)
    story = RuleStory()
    said = Said()
    drilled = Evaluator(rules, CONDITIONS, story.world, said, drill="d1")
    story.stage.store.subscribe(drilled.hear)
    story.tell(RINGING)
    drilled.due(BEGIN + 20)
    story.happens(20, "Ann lifts; sales connects Ann to C1; Ann holds")
    drilled.due(BEGIN + 60)
    assert {signal.drill for signal in said.signals} == {"d1"}
    assert {breach.drill for breach in said.newest.values()} == {"d1"}
    assert "R-HLD-2" not in {signal.rule for signal in said.signals}
    assert said.signals[0].key.endswith("|d1")


def test_tiles_count_down_by_themselves() -> None:
    """A tile is told once when a clock begins and once when it ends, with everything needed to count."""
    story = rule_story(HOLDING + "20 | time passes | holding | fine")
    clock = RuleClock("R-HLD-2", BEGIN + 10, 12, 15, 15)
    assert clock in story.evaluator.clocks((PBX, "Ann"))
    story.happens(40, "time passes")
    story.happens(41, "Ann resumes")
    running = [[clock.rule for clock in clocks] for key, clocks in story.told_clocks if key == (PBX, "Ann")]
    assert running == [["R-ANS-1"], [], ["R-HLD-2", "R-HLD-3"], []]


# One condition among others


def _shared(level: float | None, causes: Sequence[str] = ()) -> Condition:
    """A made-up condition about the site: a level that a test sets through the agent's number of memberships."""

    def read(_subject: Subject, world: World, _params: Params, _now: float) -> Reading:
        waiting = sum(queue.waiting for queue in world.floor.queues.values())
        about = About(causes=tuple(the_agent(PBX, name) for name in causes))
        return Level(waiting, about=about) if waiting else None

    return Condition("slow", SubjectKind.SITE, {}, "", lambda _o, _w: [Subject(SubjectKind.SITE, "", "site")], read)


def _excusing(rules: tuple[Rule, ...], limit: float) -> tuple[Rule, ...]:
    text = {"en": "slow", "zh": "慢"}
    slow = Rule("R-SLOW", text, text, (Clause("slow"),), SubjectKind.SITE, limit=limit)
    excused = (replace(one, exempt=one.exempt | {"R-SLOW"}) if one.id == "R-HLD-2" else one for one in rules)
    return (slow, *excused)


@pytest.mark.parametrize(("causes", "excused"), [((), True), (("Ann",), True), (("Bob",), False)])
def test_excused_by_another_rule(causes: tuple[str, ...], excused: bool) -> None:
    """While one rule explains the breaches of another, these are excused and stay visible (R-HLD-12): those that are
    open when it breaks, and those that begin while it is broken."""
    story = RuleStory()
    registry = {**CONDITIONS, "slow": _shared(None, causes)}
    said = Said()
    evaluator = Evaluator(_excusing(Rulebook(CONDITIONS).rules, 2), registry, story.world, said)
    story.stage.store.subscribe(evaluator.hear)
    story.tell(HOLDING)
    evaluator.due(BEGIN + 26)
    story.happens(27, "C2 joins sales; C3 joins sales")
    story.happens(28, "Ann resumes; Ann holds")
    evaluator.due(BEGIN + 50)
    found = [(one.excuse, one.excused_by) for one in said.newest.values() if one.rule == "R-HLD-2"]
    assert found == [("R-SLOW", "floor") if excused else (None, None)] * 2


def test_condition_that_fails_silences_no_other() -> None:
    """A defect in one condition is counted; the other rules go on."""

    def broken(*_: object) -> Reading:
        raise LookupError

    story = RuleStory()
    registry = {**CONDITIONS, "slow": replace(_shared(None), read=broken, touched=agents_where(lambda agent: agent))}
    said = Said()
    evaluator = Evaluator(_excusing(Rulebook(CONDITIONS).rules, 1), registry, story.world, said)
    story.stage.store.subscribe(evaluator.hear)
    story.tell(RINGING)
    evaluator.due(BEGIN + 18)
    assert evaluator.refused > 0
    assert said.stands("R-ANS-1", the_agent(PBX, "Ann")) == "info"


def test_condition_that_cannot_see() -> None:
    """A condition that says so itself makes its rule unknown."""
    blind = [False]

    def read(_subject: Subject, _world: World, _params: Params, _now: float) -> Reading:
        return Unknown() if blind[0] else Level(5)

    story = RuleStory()
    registry = {**CONDITIONS, "slow": replace(_shared(None), read=read)}
    said = Said()
    site = Subject(SubjectKind.SITE, "", "site")
    evaluator = Evaluator(_excusing(Rulebook(CONDITIONS).rules, 1), registry, story.world, said)
    story.stage.store.subscribe(evaluator.hear)
    story.happens(0, "Ann sits in sales")
    assert said.stands("R-SLOW", site) == "info"
    blind[0] = True
    story.happens(1, "C1 joins sales")
    assert said.stands("R-SLOW", site) == "unknown"


def test_recalled_occurrences_count() -> None:
    """What the record knows of today counts after a restart, and nothing is said again."""
    story = RuleStory()
    ann = the_agent(PBX, "Ann")
    for number in range(3):
        story.evaluator.recall("R-HLD-6", Occurrence(ann, BEGIN - 60 + number))
    assert (story.said.signals, story.said.words) == ([], [])
    story.happens(0, "Ann sits in sales; C1 joins sales; sales rings Ann for C1; Ann lifts; sales connects Ann to C1")
    story.happens(9, "Ann transfers blind")
    assert story.cell("R-HLD-6 Ann") == "warn"


# What always holds


def _heard(facts: Sequence[f.Fact], chunks: Sequence[int]) -> Said:
    """Facts through store and evaluator; after which of them the deadlines are asked for, ``chunks`` says."""
    clock, said = TapeClock(BEGIN - 1), Said()
    store = FloorStore(clock)
    story = RuleStory()
    world = FloorWorld(store.snapshot(), story.stage.measures, Register({"Ann": "a"}), clock, Day("UTC"))
    evaluator = Evaluator(Rulebook(CONDITIONS).rules, CONDITIONS, world, said)
    store.subscribe(evaluator.hear, happenings=True)
    for number, fact in enumerate(facts):
        clock.at = max(clock.at, fact.at)
        if number in chunks:
            evaluator.due(clock.at)
        store.apply(fact)
    clock.at += 400
    evaluator.due(clock.at)
    return said


def _checked(said: Said) -> None:
    last: dict[str, tuple[object, ...]] = {}
    for signal in said.signals:
        told = (signal.standing, signal.severity, signal.causes)
        assert told != last.get(signal.key, (Standing.FINE, Severity.INFO, ())), signal
        last[signal.key] = told
    for word in said.words:
        assert word.ended_at is None or word.ended_at >= word.began_at, word
    assert all(said.newest[word.id].began_at == word.began_at for word in said.words), "an id that means two breaches"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories)
def test_words_keep_to_their_order(facts: list[f.Fact]) -> None:
    """Whatever happens: no breach ends before it begins or changes its beginning, and no standing is told twice in a
    row."""
    _checked(_heard(facts, range(len(facts))))


ORDERED = st.lists(st.tuples(st.floats(0.1, 12), st.integers(0, 9)), min_size=3, max_size=25)


def _day(steps: Sequence[tuple[float, int]]) -> list[f.Fact]:
    """A likely stretch of Ann's day: rings, calls, holds, in their order and with sane stamps."""
    story = RuleStory()
    told: list[f.Fact] = []
    tell = story.stage.tell

    def both(*facts: f.Fact) -> None:
        told.extend(facts)
        tell(*facts)

    story.stage.tell = both  # type: ignore[method-assign]
    at, calls = 0.0, 0
    story.happens(0, "link up; Ann sits in sales with wrap-up 40")
    for after, choice in steps:
        at += after
        agent = story.agent("Ann")
        assert agent is not None
        state, call = agent.state.value, f"C{calls}"
        if state == "ready":
            calls += 1
            story.happens(at, f"C{calls} joins sales; sales rings Ann for C{calls}")
        elif state == "ringing":
            story.happens(at, f"Ann lifts; sales connects Ann to {call}" if choice % 3 else "Ann lets it ring")
        elif state == "talking":
            ends = f"sales completes Ann with {call}: 5 s, by agent; Ann hangs up; {call} hangs up"
            story.happens(at, "Ann holds" if choice % 2 else ends)
        elif state == "holding":
            story.happens(at, "Ann resumes")
        else:
            story.happens(at, "time passes")
    return told


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ORDERED, st.sets(st.integers(0, 200)))
def test_replay_in_other_chunks(steps: list[tuple[float, int]], chunks: set[int]) -> None:
    """However often the deadlines were asked for on the way, the same breaches are recorded."""
    facts = _day(steps)

    def told(breach: Breach) -> tuple[object, ...]:
        return (breach.rule, breach.id, breach.began_at, breach.ended_at, breach.value, breach.severity)

    always, sometimes = _heard(facts, range(len(facts))), _heard(facts, sorted(chunks))
    assert sorted(map(told, always.newest.values())) == sorted(map(told, sometimes.newest.values()))
