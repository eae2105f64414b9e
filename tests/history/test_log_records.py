"""Every event of queue_log, and every way a line can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floor.history.log_records import (
    Aside,
    Completed,
    Connected,
    Entered,
    Left,
    LogRecord,
    RangOut,
    Restarted,
    Unclassified,
    parse_line,
)
from floor.state.model import CompletedBy, Ending, OfferResult

TAPES = sorted((Path(__file__).parents[1] / "tapes").glob("*/*.queue_log"))
HEAD = "1795315250|1795315250.4|support|"
BASE = (1795315250.0, "support", "1795315250.4")


@pytest.mark.parametrize(
    ("line", "record"),
    [
        ("NONE|ENTERQUEUE||1900|1", Entered(*BASE, None, "ENTERQUEUE", number="1900", position=1)),
        ("NONE|ENTERQUEUE|http://a||3", Entered(*BASE, None, "ENTERQUEUE", number=None, position=3)),
        ("NONE|ENTERQUEUE||19|00|2", Entered(*BASE, None, "ENTERQUEUE", number="19|00", position=2)),
        ("Ann|CONNECT|17|1795315266.6|1", Connected(*BASE, "Ann", "CONNECT", wait_s=17, ring_s=1)),
        ("Ann|CONNECT|17", Connected(*BASE, "Ann", "CONNECT", wait_s=17, ring_s=None)),
        ("Ann|COMPLETEAGENT|3|4|1", Completed(*BASE, "Ann", "COMPLETEAGENT", CompletedBy.AGENT, None, 3, 4)),
        ("Ann|COMPLETECALLER|3|11|1", Completed(*BASE, "Ann", "COMPLETECALLER", CompletedBy.CALLER, None, 3, 11)),
        (
            "Ann|BLINDTRANSFER|1003|internal|2|3|1",
            Completed(*BASE, "Ann", "BLINDTRANSFER", CompletedBy.TRANSFER, "blind", 2, 3),
        ),
        ("Ann|TRANSFER|1003|internal|2|3|1", Completed(*BASE, "Ann", "TRANSFER", CompletedBy.TRANSFER, "blind", 2, 3)),
        (
            "Ann|ATTENDEDTRANSFER|BRIDGE|f6d3|2|11|1",
            Completed(*BASE, "Ann", "ATTENDEDTRANSFER", CompletedBy.TRANSFER, "attended", 2, 11),
        ),
        (
            "Ann|ATTENDEDTRANSFER|LINK|PJSIP/1-1|PJSIP/2-2|2|11|1",
            Completed(*BASE, "Ann", "ATTENDEDTRANSFER", CompletedBy.TRANSFER, "attended", 2, 11),
        ),
        ("NONE|ABANDON|1|1|9", Left(*BASE, None, "ABANDON", Ending.ABANDONED, 9)),
        ("NONE|EXITWITHTIMEOUT|1|1|30", Left(*BASE, None, "EXITWITHTIMEOUT", Ending.TIMED_OUT, 30)),
        ("NONE|EXITWITHTIMEOUT|1", Left(*BASE, None, "EXITWITHTIMEOUT", Ending.TIMED_OUT, None)),
        ("NONE|EXITWITHKEY|5|2|3|12", Left(*BASE, None, "EXITWITHKEY", Ending.EXIT_KEY, 12)),
        ("NONE|EXITEMPTY|1|1|4", Left(*BASE, None, "EXITEMPTY", Ending.EXIT_EMPTY, 4)),
        ("NONE|WITHDRAW|1|1|16|called back", Left(*BASE, None, "WITHDRAW", Ending.WITHDRAWN, 16)),
        ("Ann|SYSCOMPAT|", Left(*BASE, "Ann", "SYSCOMPAT", Ending.UNKNOWN, None)),
        ("Ann|RINGNOANSWER|15000", RangOut(*BASE, "Ann", "RINGNOANSWER", OfferResult.NO_ANSWER, 15000)),
        ("Ann|RINGCANCELED|1003", RangOut(*BASE, "Ann", "RINGCANCELED", OfferResult.CANCELLED, 1003)),
        ("Ann|PAUSE|lunch", Aside(*BASE, "Ann", "PAUSE")),
        ("NONE|QUEUESTART|", Restarted(*BASE, None, "QUEUESTART")),
    ],
)
def test_events(line: str, record: LogRecord) -> None:
    """Each event gives its record, with numbers taken from where that event has them."""
    assert parse_line(HEAD + line + "\n") == record


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("nonsense", "not an entry"),
        ("1795315250|1.1|support|Ann", "not an entry"),
        ("99999999999999999999999|1.1|support|Ann|CONNECT|1", "not an entry"),
        ("-5|1.1|support|Ann|CONNECT|1", "not an entry"),
        ("1٣95315250|1.1|support|Ann|CONNECT|1", "not an entry"),
        ("12|1.1|support|Ann|CONNECT|1", "not an entry"),
        (HEAD + "Ann|SURVEY|5", "unknown event 'SURVEY'"),
        (HEAD + "NONE|CONNECT|1|2|3", "without an agent"),
        ("1795315250|NONE|support|Ann|CONNECT|1", "without a queue or a call"),
        ("1795315250|1.1||Ann|CONNECT|1", "without a queue or a call"),
    ],
)
def test_what_cannot_be_understood(line: str, why: str) -> None:
    """It is said, not guessed."""
    record = parse_line(line)
    assert isinstance(record, Unclassified)
    assert why in record.why


@pytest.mark.parametrize("number", ["", "-1", "x", "9" * 13, "99999999", "٣", "1.5", " 1"])
def test_no_number(number: str) -> None:
    """What is no plausible number of seconds is unknown, not zero."""
    record = parse_line(f"{HEAD}NONE|ABANDON|1|1|{number}")
    assert isinstance(record, Left)
    assert record.wait_s is None


@settings(deadline=None)
@given(st.text() | st.from_regex(r"1795\d{6}(\|[^|]{0,5}){0,8}"))
def test_any_line(line: str) -> None:
    """No line, however strange, raises."""
    assert parse_line(line) is None or isinstance(parse_line(line), LogRecord)


@pytest.mark.parametrize("tape", TAPES, ids=lambda tape: f"{tape.parent.name}-{tape.stem}")
def test_tapes(tape: Path) -> None:
    """Nothing that real Asterisk 16 and 22 wrote is beyond us."""
    for line in tape.read_text().splitlines():
        assert not isinstance(parse_line(line), Unclassified), line


def test_empty_line() -> None:
    """An empty line is nothing."""
    assert parse_line("\r\n") is None
