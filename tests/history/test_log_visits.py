"""What queue_log alone tells: on every tape of real Asterisk it is what the independent judge counts."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from floor.history.log_records import LogRecord, parse_line
from floor.history.log_visits import LogPicture, read_visits
from floor.state.figures import TOTAL, Figures, Limits, Subject, scores_of_caller, scores_of_offer
from floor.state.model import CallerStage, CompletedBy, Ending
from tests.asterisk.judge import judge_file

TAPES = sorted((Path(__file__).parents[1] / "tapes").glob("*/*.queue_log"))
T = 1_795_315_000


def _picture(text: str) -> LogPicture:
    records: list[LogRecord] = []
    for line in text.split():
        at, _, rest = line.partition("|")
        record = parse_line(f"{T + int(at)}|{rest}")
        assert record is not None
        records.append(record)
    return read_visits("pbx", records)


@pytest.mark.parametrize("tape", TAPES, ids=lambda tape: f"{tape.parent.name}-{tape.stem}")
def test_equals_the_judge(tape: Path) -> None:
    """Scored by the floor's own functions, the visits and rings of a log are the judge's figures, queue by queue."""
    records = [record for line in tape.read_text().splitlines() if (record := parse_line(line)) is not None]
    picture = read_visits("pbx", records)
    sums: dict[Subject, Figures] = defaultdict(Figures)
    for one in picture.visits:
        for subject, figures in scores_of_caller(one.visit, Limits()):
            sums[subject] += figures
    for ring in picture.offers:
        for subject, figures in scores_of_offer(ring.offer):
            sums[subject] += figures
    day = judge_file(tape)
    judged = {TOTAL: day.total} | {("queue", "pbx", name): figures for name, figures in day.queues.items()}
    for subject, told in judged.items():
        assert {name: getattr(sums[subject], name) for name in told.as_dict()} == told.as_dict(), subject


def test_beginning_not_in_the_log() -> None:
    """A visit whose ENTERQUEUE was rotated away is dated by the seconds its ending carries."""
    picture = _picture("100|1.1|q|Ann|COMPLETECALLER|20|30|1 200|2.1|q|NONE|ABANDON|1|1|9 300|3.1|q|Ann|CONNECT|7|x|2")
    told = [(one.visit.joined_at or 0, one.visit.answered_at, one.visit.ended_at) for one in picture.visits]
    assert told == [(T + 50, T + 70, T + 100), (T + 191, None, T + 200), (T + 293, T + 300, None)]


def test_restart() -> None:
    """What Asterisk's restart cut off ends there: the answered one as answered, the waiting one unknown."""
    picture = _picture(
        "0|1.1|q|NONE|ENTERQUEUE||1|1 5|1.1|q|Ann|CONNECT|5|x|2 "
        "6|2.1|q|NONE|ENTERQUEUE||2|1 60|NONE|NONE|NONE|QUEUESTART|"
    )
    assert [(one.visit.ending, one.visit.ended_at) for one in picture.visits] == [
        (Ending.ANSWERED, T + 60),
        (Ending.UNKNOWN, T + 60),
    ]
    assert all(one.restarted for one in picture.visits)


def test_joined_again_without_an_ending() -> None:
    """A second ENTERQUEUE of the same call closes the first visit, whose ending the log does not have."""
    first, second = _picture("0|1.1|q|NONE|ENTERQUEUE||1|1 9|1.1|q|NONE|ENTERQUEUE||1|1").visits
    assert (first.visit.ending, first.note) == (Ending.UNKNOWN, "the log has no ending for this visit")
    assert (second.visit.stage, second.ended) == (CallerStage.WAITING, False)


def test_seconds_missing() -> None:
    """Old versions leave out the seconds: they follow from the moments."""
    (one,) = _picture("0|1.1|q|NONE|ENTERQUEUE||1|1 30|1.1|q|NONE|EXITWITHTIMEOUT|1").visits
    assert one.visit.wait_s == 30


def test_passed_on_to_where_he_came_from() -> None:
    """He joins the queue again before the log says that the agent who sent him there is done: two whole visits."""
    picture = _picture(
        """
        0|c1|sales|NONE|ENTERQUEUE||555|1
        2|c1|sales|Ann|CONNECT|2|c2|1
        5|c1|sales|NONE|ENTERQUEUE||555|1
        5|c1|sales|Ann|BLINDTRANSFER|700|internal|2|3|1
        6|c1|sales|Bob|CONNECT|1|c3|1
        9|c1|sales|Bob|COMPLETECALLER|1|3|1
        """
    )
    told = [(one.visit.agent, one.visit.wait_s, one.visit.talk_s, one.visit.transfer) for one in picture.visits]
    assert told == [("Ann", 2, 3, "blind"), ("Bob", 1, 3, None)]
    assert [one.note for one in picture.visits] == [None, None]


def test_gave_up_while_the_agent_heard_an_announcement() -> None:
    """The log lays it at the agent's door, and so do we."""
    picture = _picture("0|c1|sales|NONE|ENTERQUEUE||555|1 4|c1|sales|Ann|ABANDON|1|1|4")
    assert [(one.visit.agent, one.visit.ending) for one in picture.visits] == [("Ann", Ending.ABANDONED)]


def test_conversation_ended_twice() -> None:
    """Asterisk hung up on and transferred in the same moment may log both: it was one conversation."""
    picture = _picture(
        """
        0|c1|sales|NONE|ENTERQUEUE||555|1
        1|c1|sales|Ann|CONNECT|1|c2|1
        5|c1|sales|Ann|COMPLETEAGENT|1|4|1
        5|c1|sales|Ann|ATTENDEDTRANSFER|BRIDGE|b1|1|4|1
        """
    )
    assert [one.visit.completed_by for one in picture.visits] == [CompletedBy.AGENT]
