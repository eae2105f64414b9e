"""Rules on real Asterisk 22 and 16 with real phones, a real trunk and an exchange that dies: who breaks a rule is
found, at once, with the actual value; what cannot be seen is unknown; who must know is told.

Prints a line per rule: from the moment at which it was broken, by the exchange's own stamps, to the alert published,
and to the message with a notifier.
"""

from __future__ import annotations

import pytest

from alerts.model import AlertStage, DeliveryState, Severity
from tests.asterisk.cast import VERSIONS
from tests.asterisk.rules_stage import (
    AGAIN,
    EMPTY,
    HOLD_LIMIT,
    HOLD_NOTICE,
    HOLD_WARN,
    HOLDS,
    LINK_S,
    LOST_TOGETHER,
    RING_LIMIT,
    RINGS,
    SITE_NAME,
    SPANS,
    TOTAL_LIMIT,
    TRUNK,
    play,
)
from tests.asterisk.rules_witness import Report
from tests.asterisk.versions import Played, side_by_side

pytestmark = [pytest.mark.asterisk, pytest.mark.slow, pytest.mark.timeout(400)]
on_both = pytest.mark.parametrize("version", VERSIONS)

SOON_S = 2.0
"""Generous: a busy machine runs two exchanges and a dozen phones."""
STOOD_STILL_S = 0.75
"""Holds and rings here are seconds apart: on a machine that lets even a bystander wait longer they run into each other,
so all is played again; what comes of the last time counts, however it was."""
TIMES = 3
NEAR_S = 0.5
"""How far our measure of a span may be from the exchange's stamps; a phone rings a moment after it is called."""
EARLY_S = 0.1
"""Stamps of different channels, and the measured offset of the clocks, are no more exact than that."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played[Report]:
    """Played once, on both versions at the same time."""
    for _ in range(TIMES):
        one = side_by_side(play, tmp_path_factory.mktemp("rules"))
        reports = [report for report in one.results.values() if isinstance(report, Report)]
        if len(reports) == len(VERSIONS) and all(report.late_s <= STOOD_STILL_S for report in reports):
            break
        print(f"played again: a bystander was {[round(report.late_s, 1) for report in reports]} s late")
    for report in reports:
        print("", *(measure.line(report.version) for measure in report.measures), sep="\n")
    return one


@pytest.fixture
def report(version: str, played: Played[Report]) -> Report:
    """What came of it on this version."""
    return played.on(version)


@on_both
def test_every_rule_is_told_at_once(report: Report) -> None:
    """From the fact to the alert, and to the message where one is due, no rule takes long, and none is early."""
    print(
        f"R-EMG-20, Asterisk {report.version}: published {report.seen_lost - report.killed:.2f} s after kill -9 "
        f"(limit {LINK_S:g} s), resolved {report.seen_back - report.restarted:.2f} s after it was started again; "
        f"a bystander was at worst {1000 * report.late_s:.0f} ms late"
    )
    assert report.seen_lost - report.killed < LINK_S + SOON_S
    for one in report.measures:
        assert -EARLY_S <= one.alert - one.fact < SOON_S, one.line(report.version)
        assert one.message is None or one.alert - EARLY_S <= one.message < one.fact + SOON_S, one.line(report.version)
    told = {measure.rule for measure in report.measures if measure.message is not None}
    due = {measure.rule for measure, _ in report.due}
    assert told == due >= {"R-ANS-5 warn", "R-PRS-16", "R-HLD-2 again", "R-EMG-20", "R-EMG-22", "R-EMG-23", "R-EMG-24"}


@on_both
def test_ringing_out_is_a_breach_with_its_value(report: Report) -> None:
    """Both rings are on record with how long they really lasted (R-ANS-1), both as not answered (R-ANS-5)."""
    ann = RINGS.agent_name(0)
    rung = report.of("R-ANS-1", ann)[:2]  # the third ring is answered; on a slow machine, late
    assert [one.value for one in rung] == [pytest.approx(seconds, abs=NEAR_S) for seconds in report.rung_s]
    assert all(one.limit == RING_LIMIT and one.value is not None and one.value > RING_LIMIT for one in rung)
    assert [one.severity for one in report.of("R-ANS-5", ann)] == [Severity.INFO, Severity.WARN]
    assert [one.value for one in report.of("R-PRS-16", ann)] == [2]


@on_both
def test_a_long_hold_is_counted_anew(report: Report) -> None:
    """Notice, breach, and again after as long once more, which is a warning; the breach says how long it was (R-HLD-2),
    and a later hold is another breach, which ends where nothing was heard any more."""
    first, second = report.of("R-HLD-2", HOLDS.agent_name(0))
    assert first.value == pytest.approx(report.held_s[0], abs=NEAR_S)
    assert first.value is not None
    assert first.value > HOLD_WARN > HOLD_LIMIT == first.limit
    assert first.severity is Severity.WARN
    assert "LimitPassedAgain" in [one["fact"] for one in first.evidence]
    assert second.began_at > (first.ended_at or 0)
    (dead,) = report.alert("R-EMG-20", "pbx")
    assert second.ended_at == pytest.approx(dead.began_at, abs=NEAR_S)


@on_both
def test_every_hold_has_its_own_clock(report: Report) -> None:
    """Three holds within the limit break nothing of R-HLD-2, each noticed in its time; together they are too long and
    too many (R-HLD-3)."""
    ann = AGAIN.agent_name(0)
    assert len(report.again_s) == SPANS
    assert all(seconds < HOLD_LIMIT for seconds in report.again_s), "the machine was too slow to hold for so short"
    assert report.of("R-HLD-2", ann) == []
    assert all(HOLD_NOTICE - EARLY_S <= seconds < HOLD_NOTICE + SOON_S for seconds in report.again_noticed)
    (total,) = report.of("R-HLD-3", ann)
    assert total.value == pytest.approx(sum(report.again_s), abs=NEAR_S)
    assert total.limit == TOTAL_LIMIT
    (spans,) = report.of("R-HLD-3-spans", ann)
    assert spans.value == SPANS


@on_both
def test_phones_lost_together_are_one_alert(report: Report) -> None:
    """One phone is an alert of its own (R-EMG-23); a row is one alert (R-EMG-24), of which the phones' own are
    children, and nobody is told of these."""
    (many,) = report.alert("R-EMG-24", SITE_NAME)
    assert report.many is not None
    assert (report.many.id, report.many.times, report.many.worst) == (many.id, 1, len(LOST_TOGETHER))
    assert {one.subject.name for one in report.children} == {f"PJSIP/{number}" for number in LOST_TOGETHER}
    assert {one.parent for one in report.children} == {many.id}
    assert [report.deliveries[child.id] for child in report.children] == [[]] * len(LOST_TOGETHER)


@on_both
def test_a_lost_trunk_is_found_and_comes_back(report: Report) -> None:
    """A carrier that stops answering is one critical alert, resolved when it answers again (R-EMG-22)."""
    lost = report.trunk
    assert lost is not None
    assert [one.id for one in report.alert("R-EMG-22", TRUNK)] == [lost.id]
    assert (lost.severity, lost.times, lost.stage) == (Severity.CRIT, 1, AlertStage.RESOLVED)


@on_both
def test_a_dead_exchange_makes_the_rest_unknown(report: Report) -> None:
    """It is one critical alert (R-EMG-20); alerts of its queues and agents become its children and unknown, not
    resolved; on return all is seen again."""
    assert {one.rule for one in report.unknown} == {"R-ANS-8", "R-HLD-2"}
    (dead,) = report.alert("R-EMG-20", "pbx")
    assert (dead.severity, dead.stage) == (Severity.CRIT, AlertStage.RESOLVED)
    (waiting,) = report.alert("R-ANS-8", EMPTY.name)
    events = [one.event for one in report.transitions[waiting.id]]
    assert {"unknown", "explained"} < set(events)
    assert events[-1] == "recovered"
    assert [one for one in report.left if one.unknown or one.parent is not None] == []
    # The one stands for a minute; lines and phones are first asked by the exchange whether they are there.
    assert {one.rule for one in report.left} <= {"R-ANS-5", "R-EMG-22", "R-EMG-23", "R-EMG-24"}


@on_both
def test_nothing_is_sent_twice_and_nothing_failed(report: Report) -> None:
    """Every message was delivered once, by its own id, and no rule and no listener failed."""
    sent = [one for ones in report.deliveries.values() for one in ones]
    assert sent
    assert {one.state for one in sent} == {DeliveryState.SENT}
    assert max(one.attempts for one in sent) == 1
    assert len({one.message.id for one in sent}) == len(sent)
    assert report.failures == 0
