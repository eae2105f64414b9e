"""Every plug is pulled during a load, on real Asterisk 22 and 16: Floorwatch comes back by itself and tells the truth.

Seconds of every fault are printed; the seed, too, and it can be given again as FLOOR_TEST_SEED.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable

import pytest

from floor.history.identity import TOLERANCE_S
from floor.state.model import Caller, Ending, Gap
from tests.asterisk.cast import VERSIONS
from tests.asterisk.compare import says, visit_apart
from tests.asterisk.faults import EXCHANGE_DIES, FAULTS, FINISHED, WATCHDOG_S, Report, play
from tests.asterisk.judge import Visit
from tests.asterisk.versions import Played, side_by_side

pytestmark = [pytest.mark.alone, pytest.mark.asterisk, pytest.mark.slow, pytest.mark.timeout(900)]
on_both = pytest.mark.parametrize("version", VERSIONS)
each = pytest.mark.parametrize("fault", FAULTS)

SEED = int(os.environ.get("FLOOR_TEST_SEED") or random.SystemRandom().randrange(1_000_000))
SECOND = TOLERANCE_S
"""queue_log has whole seconds, and what happens on either side of a gap may be told on the other."""


@pytest.fixture(scope="module")
def plays() -> dict[str, Played[Report]]:
    """What has been played, by fault."""
    return {}


@pytest.fixture
def report(
    version: str, fault: str, plays: dict[str, Played[Report]], tmp_path_factory: pytest.TempPathFactory
) -> Report:
    """What came of this fault on this version; each is played once, on both versions at the same time."""
    if fault not in plays:
        folder = tmp_path_factory.mktemp(fault)
        plays[fault] = side_by_side(lambda version, own: play(version, own, fault, SEED), folder)
        for played_on, one in plays[fault].results.items():
            print(f"\n{fault}, seed {SEED}, on Asterisk {played_on}: {_row(one)}")
    return plays[fault].on(version)


def _row(one: Report | BaseException) -> str:
    if isinstance(one, BaseException):
        return repr(one)
    unknown = sum(visit.ending is Ending.UNKNOWN for visit in one.alone)
    return (
        f"blind {one.ended - one.began:.1f} s, noticed after {one.noticed_s:.2f} s, right again {one.right_s:.2f} s "
        f"later; {len(one.logged)} visits, {len(one.before)} over before; alone {len(one.alone)}, {unknown} unknown; "
        f"healed by itself {sum(visit.healed for visit in one.healed)}, by hand {sum(v.healed for v in one.filled)}; "
        f"differing {len(one.healed_apart)} and {len(one.filled_apart)}"
    )


def gap_of(report: Report, gaps: Iterable[Gap]) -> Gap:
    """The one gap that the fault made."""
    found = [gap for gap in gaps if gap.ended_at is not None and gap.ended_at >= report.began]
    assert len(found) == 1, gaps
    return found[0]


@on_both
@each
def test_it_comes_back(report: Report, fault: str) -> None:
    """The loss is noticed in time, and soon after it is over the floor is again as the exchange says."""
    assert report.noticed_s <= WATCHDOG_S + 1
    assert report.right_s <= 20
    assert report.refused == 0


@on_both
@each
def test_the_gap_is_told(report: Report, fault: str) -> None:
    """Exactly one gap is on record and shown, and it holds the whole time without word."""
    gap = gap_of(report, report.alone_gaps)
    assert gap.began_at <= report.lost + 1
    assert gap.ended_at is not None
    # Who restarts an exchange learns that it is up when his own command returns, which may be after us.
    soonest = report.lost if fault in EXCHANGE_DIES else report.ended - 1
    assert soonest <= gap.ended_at <= report.ended + report.right_s + 1
    assert [gap.began_at, gap.ended_at] in [pytest.approx(shown, abs=1) for shown in report.shown_gaps]


@on_both
@each
def test_no_finished_call_is_lost(report: Report) -> None:
    """Whatever was over before the fault is on record afterwards, unchanged, and counted."""
    assert len(report.before) >= FINISHED
    for kept in (report.alone, report.healed, report.filled):
        known = {(visit.key, visit.joined_at): _essence(visit) for visit in kept}
        assert [visit for visit in report.before if known.get((visit.key, visit.joined_at)) != _essence(visit)] == []


def _essence(visit: Caller) -> tuple[object, ...]:
    return visit.ending, visit.agent, visit.wait_s, visit.talk_s, visit.completed_by


@on_both
@each
def test_nothing_is_guessed(report: Report) -> None:
    """With nothing but AMI, what fell into the gap is missing or unknown, and never otherwise than queue_log says."""
    gap = gap_of(report, report.alone_gaps)
    rest = list(report.logged)
    for ours in report.alone:
        told = _same(ours, rest)
        if told is None:
            assert ours.ending in (Ending.JOIN_EMPTY, Ending.QUEUE_FULL), f"queue_log does not know {ours}"
            continue
        rest.remove(told)
        apart = visit_apart(ours, told)
        if _touches(told, gap):
            # That he was passed on may be known, and how not.
            apart = [one for one in apart if one[1] not in (None, "", "TRANSFER")]
        assert apart == [], (ours, told)
    assert [visit for visit in rest if not _touches(visit, gap)] == []


def _same(ours: Caller, logged: list[Visit]) -> Visit | None:
    """The visit that this is in queue_log."""
    same = [one for one in logged if (one.queue, one.call) == (ours.queue, ours.uniqueid)]
    moment = ours.joined_at if ours.joined_at is not None else 0.0
    return min(
        same, key=lambda one: (bool(says(ours)) and says(ours) != one.ending, abs(one.joined - moment)), default=None
    )


def _touches(visit: Visit, gap: Gap) -> bool:
    assert gap.ended_at is not None
    ended = visit.ended if visit.ended is not None else gap.ended_at
    return visit.joined <= gap.ended_at + SECOND and ended >= gap.began_at - SECOND


@on_both
@each
def test_it_heals_by_itself(report: Report, fault: str) -> None:
    """Where queue_log can be read, soon every figure and visit equals it again, and what was mended is marked."""
    assert report.healed_apart == []
    assert report.healed_visits_apart == []
    assert gap_of(report, report.healed_gaps).healed
    _marked(report, report.healed, gap_of(report, report.healed_gaps), fault)


@on_both
@each
def test_it_is_healed_by_hand(report: Report, fault: str) -> None:
    """`floor backfill` does the same later, and says what it did."""
    assert report.filled_apart == [], report.backfill
    began = gap_of(report, report.alone_gaps).began_at
    assert [gap.healed for gap in report.filled_gaps if gap.began_at == began] == [True], report.backfill
    assert "gaps healed" in report.backfill
    _marked(report, report.filled, gap_of(report, report.alone_gaps), fault)


def _marked(report: Report, visits: list[Caller], gap: Gap, fault: str) -> None:
    """Only what touches the gap is marked; a cut wire hides whole calls, so there must be some."""
    marked = [one for one in visits if one.healed]
    assert all(_same(one, report.logged) is not None for one in marked)
    assert all(_touches(told, gap) for one in marked if (told := _same(one, report.logged)) is not None)
    assert marked or fault in EXCHANGE_DIES
