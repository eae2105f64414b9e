"""Gaps are healed from queue_log: every case as a supervisor would tell it.

``log`` is Asterisk's own, with the time of day for the epoch. ``had`` and ``becomes`` are visits, one per line:
call, joined, what became of it, and then as known ``by`` whom, ``wait``, ``talk``, ``end``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from floor.history.backfill import Healing, heal
from floor.history.identity import complete
from floor.history.log_records import LogRecord, parse_line
from floor.state.model import Caller, CallerStage, CompletedBy, Ending, Gap, Offer, OfferResult

MIDNIGHT = 1_795_305_600.0
GAP = "10:02:00 10:05:00"


def moment(clock: str) -> float:
    """``HH:MM:SS[.f]`` of the day of the test."""
    hours, minutes, seconds = clock.split(":")
    return MIDNIGHT + int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def clock(at: float | None) -> str:
    """The other way round, whole seconds."""
    seconds = int((at or MIDNIGHT) - MIDNIGHT)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def visit(line: str) -> Caller:
    """A visit from one line of words."""
    call, joined, became, *rest = line.split()
    known = dict(zip(rest[::2], rest[1::2], strict=True))
    ended = became not in ("waiting", "talking")
    answered = became in ("talking", "answered")
    wait = int(known["wait"]) if "wait" in known else None
    joined_at = None if joined == "?" else moment(joined)
    return Caller(
        pbx="pbx",
        queue="support",
        uniqueid=call,
        stage=CallerStage.ENDED if ended else CallerStage(became),
        joined_at=joined_at,
        agent=known.get("by"),
        answered_at=joined_at + (wait or 0) if answered and joined_at else None,
        wait_s=wait,
        talk_s=int(known["talk"]) if "talk" in known else None,
        completed_by=CompletedBy.CALLER if "talk" in known else None,
        ending=Ending(became) if ended else None,
        ended_at=moment(known["end"]) if "end" in known else None,
    )


def words(one: Caller) -> str:
    """The line of a visit; a healed one is marked with a star."""
    became = one.ending.value if one.ending else one.stage.value
    parts = [one.uniqueid, clock(one.joined_at), became]
    for name, value in (("by", one.agent), ("wait", one.wait_s), ("talk", one.talk_s)):
        parts += [name, str(value)] if value is not None else []
    parts += ["end", clock(one.ended_at)] if one.ended_at is not None else []
    return " ".join(parts) + (" *" if one.healed else "")


def records(log: str) -> list[LogRecord]:
    """Records from lines that begin with the time of day."""
    lines = [line.strip() for line in log.strip().splitlines() if line.strip()]
    found = [parse_line(f"{moment(line[:8]):.0f}{line[8:]}") for line in lines]
    return [record for record in found if record is not None]


def gap(text: str = GAP) -> Gap:
    """A gap from ``begin end``."""
    begin, end = text.split()
    return Gap("pbx", moment(begin), moment(end), "no answer")


@dataclass
class Case:
    """One story."""

    log: str
    had: str = ""
    becomes: str = ""
    """The visits that were inserted or completed."""
    healed: bool = True
    doubt: str = ""


CASES = {
    "a whole call fell into the gap": Case(
        log="""10:02:10|1.1|support|NONE|ENTERQUEUE||1900|1
               10:02:30|1.1|support|Ann|CONNECT|20|1.2|5
               10:03:30|1.1|support|Ann|COMPLETECALLER|20|60|1""",
        becomes="1.1 10:02:10 answered by Ann wait 20 talk 60 end 10:03:30 *",
    ),
    "he joined before it and gave up during it": Case(
        had="1.1 10:01:50.4 unknown end 10:05:05",
        log="""10:01:50|1.1|support|NONE|ENTERQUEUE||1900|1
               10:02:20|1.1|support|NONE|ABANDON|1|1|30""",
        becomes="1.1 10:01:50 abandoned wait 30 end 10:02:20 *",
    ),
    "he was answered before it and the agent hung up during it": Case(
        had="1.1 10:00:00.9 answered by Ann wait 10 end 10:05:05",
        log="""10:00:00|1.1|support|NONE|ENTERQUEUE||1900|1
               10:00:10|1.1|support|Ann|CONNECT|10|1.2|5
               10:04:10|1.1|support|Ann|COMPLETEAGENT|10|240|1""",
        becomes="1.1 10:00:00 answered by Ann wait 10 talk 240 end 10:05:05 *",
    ),
    "he joined during it and was answered after it": Case(
        had="1.1 10:04:50.3 answered by Ann wait 30 talk 60 end 10:06:20",
        log="""10:04:50|1.1|support|NONE|ENTERQUEUE||1900|1
               10:05:20|1.1|support|Ann|CONNECT|30|1.2|5
               10:06:20|1.1|support|Ann|COMPLETECALLER|30|60|1""",
    ),
    "found talking after it, and only the log knows since when": Case(
        had="1.1 ? talking by Ann",
        log="""10:03:00|1.1|support|NONE|ENTERQUEUE||1900|1
               10:03:20|1.1|support|Ann|CONNECT|20|1.2|5
               10:06:20|1.1|support|Ann|COMPLETECALLER|20|180|1""",
        becomes="1.1 10:03:00 answered by Ann wait 20 talk 180 end 10:06:20 *",
    ),
    "every other way to leave a queue": Case(
        log="""10:02:00|1.1|support|NONE|ENTERQUEUE||1|1
               10:02:00|2.1|support|NONE|ENTERQUEUE||2|2
               10:02:00|3.1|support|NONE|ENTERQUEUE||3|3
               10:02:00|4.1|support|NONE|ENTERQUEUE||4|4
               10:02:30|1.1|support|NONE|EXITWITHTIMEOUT|1|1|30
               10:02:31|2.1|support|NONE|EXITWITHKEY|1|1|2|31
               10:02:32|3.1|support|NONE|EXITEMPTY|1|3|32
               10:02:33|4.1|support|NONE|WITHDRAW|1|4|33|sorry""",
        becomes="""1.1 10:02:00 timed_out wait 30 end 10:02:30 *
                   2.1 10:02:00 exit_key wait 31 end 10:02:31 *
                   3.1 10:02:00 exit_empty wait 32 end 10:02:32 *
                   4.1 10:02:00 withdrawn wait 33 end 10:02:33 *""",
    ),
    "the same caller three times in the same queue, one visit known": Case(
        had="1.1 10:02:31.2 timed_out wait 30 end 10:03:01.3",
        log="""10:02:00|1.1|support|NONE|ENTERQUEUE||1|1
               10:02:30|1.1|support|NONE|EXITWITHTIMEOUT|1|1|30
               10:02:31|1.1|support|NONE|ENTERQUEUE||1|1
               10:03:01|1.1|support|NONE|EXITWITHTIMEOUT|1|1|30
               10:03:02|1.1|support|NONE|ENTERQUEUE||1|1
               10:03:10|1.1|support|NONE|ABANDON|1|1|8""",
        becomes="""1.1 10:02:00 timed_out wait 30 end 10:02:30 *
                   1.1 10:03:02 abandoned wait 8 end 10:03:10 *""",
    ),
    "in and out of an empty queue within one second": Case(
        log="""10:02:00|1.1|support|NONE|ENTERQUEUE||1|1
               10:02:00|1.1|support|NONE|EXITEMPTY|1|1|0
               10:02:00|1.1|support|NONE|ENTERQUEUE||1|1
               10:02:00|1.1|support|NONE|EXITEMPTY|1|1|0""",
        becomes="""1.1 10:02:00 exit_empty wait 0 end 10:02:00 *
                   1.1 10:02:00 exit_empty wait 0 end 10:02:00 *""",
    ),
    "what we have complete is not touched, not even by a better figure": Case(
        had="1.1 10:02:10.2 answered by Ann wait 19 talk 61 end 10:03:30",
        log="""10:02:10|1.1|support|NONE|ENTERQUEUE||1900|1
               10:02:30|1.1|support|Ann|CONNECT|20|1.2|5
               10:03:30|1.1|support|Ann|COMPLETECALLER|20|60|1""",
    ),
    "taken away mid-wait is what the log calls abandoned": Case(
        had="1.1 10:02:10.2 transferred_away wait 5 end 10:02:15",
        log="""10:02:10|1.1|support|NONE|ENTERQUEUE||1900|1
               10:02:15|1.1|support|NONE|ABANDON|1|1|5""",
    ),
    "calls outside the gap are none of its business": Case(
        log="""09:00:00|1.1|support|NONE|ENTERQUEUE||1900|1
               09:00:15|1.1|support|NONE|ABANDON|1|1|15
               10:02:30|NONE|support|Ann|PAUSE|lunch
               11:00:00|2.1|support|NONE|ENTERQUEUE||1900|1
               11:00:15|2.1|support|NONE|ABANDON|1|1|15""",
    ),
    "a quiet gap": Case(log="09:00:00|NONE|NONE|NONE|CONFIGRELOAD|"),
    "he is still talking": Case(
        had="1.1 10:01:00 talking by Ann wait 10",
        log="""10:01:00|1.1|support|NONE|ENTERQUEUE||1900|1
               10:01:10|1.1|support|Ann|CONNECT|10|1.2|5""",
    ),
    "Asterisk was killed in the gap": Case(
        had="1.1 10:01:50 unknown end 10:05:05",
        log="""10:01:50|1.1|support|NONE|ENTERQUEUE||1900|1
               10:04:00|NONE|NONE|NONE|QUEUESTART|""",
        becomes="1.1 10:01:50 unknown end 10:04:00 *",
        doubt="Asterisk was restarted during this visit",
    ),
    "the log says otherwise": Case(
        had="1.1 10:02:10 abandoned wait 30 end 10:02:40",
        log="""10:02:10|1.1|support|NONE|ENTERQUEUE||1900|1
               10:02:40|1.1|support|NONE|EXITWITHTIMEOUT|1|1|30""",
        healed=False,
        doubt="stored as abandoned, in the log timed_out",
    ),
    "an event nobody knows": Case(
        log="10:03:00|1.1|support|NONE|SURVEY|5", healed=False, doubt="unknown event 'SURVEY'"
    ),
    "a torn line": Case(log="10:03:00|1.1|sup", healed=False, doubt="not an entry"),
    "a call the log does not know": Case(
        had="1.1 10:01:50 unknown end 10:05:05",
        log="09:00:00|NONE|NONE|NONE|CONFIGRELOAD|",
        healed=False,
        doubt="the log does not know this call",
    ),
    "a call that could not be connected for its codecs": Case(
        log="""10:02:10|1.1|support|NONE|ENTERQUEUE||1900|1
               10:02:20|1.1|support|Ann|SYSCOMPAT|""",
        becomes="1.1 10:02:10 unknown wait 10 end 10:02:20 *",
        healed=False,
        doubt="does not say how",
    ),
    "a call the log never lets end and the floor does not have": Case(
        log="10:02:10|1.1|support|NONE|ENTERQUEUE||1900|1", healed=False, doubt="not on the floor"
    ),
}


def _heal(
    case: Case, had: list[Caller], *, offers: list[Offer] | None = None, gaps: list[Gap] | None = None
) -> Healing:
    return heal(
        "pbx",
        visits=had,
        offers=offers or [],
        gaps=gaps or [gap()],
        records=records(case.log),
        reaches_back_to=moment("08:00:00"),
    )


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.strip().splitlines() if line.strip()]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_story(case: Case) -> None:
    """The visits become what the log knows, nothing else changes, and the gap is healed or says why not."""
    had = [visit(line) for line in _lines(case.had)]
    healing = _heal(case, had)
    assert sorted(map(words, healing.visits)) == _lines(case.becomes)
    assert bool(healing.healed) is case.healed
    assert bool(healing.unhealed) is not case.healed
    if case.doubt:
        assert case.doubt in healing.doubts[0].why
        assert case.healed or case.doubt in healing.unhealed[0][1]
    else:
        assert healing.doubts == []


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_twice(case: Case) -> None:
    """Healing what is already healed finds nothing more to write."""
    had = [visit(line) for line in _lines(case.had)]
    first = _heal(case, had)
    before = [one.before for one in first.completed]
    now = [*(one for one in had if one not in before), *first.visits]
    again = _heal(case, now, offers=first.offers)
    assert (again.visits, again.offers) == ([], [])
    assert bool(again.healed) is case.healed


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_complete_is_sacred(case: Case) -> None:
    """No visit that is complete is among those that change."""
    had = [visit(line) for line in _lines(case.had)]
    assert not any(complete(one.before) for one in _heal(case, had).completed)


def test_log_begins_too_late() -> None:
    """A log that was rotated away cannot vouch for a gap before it."""
    healing = heal("pbx", visits=[], offers=[], gaps=[gap()], records=[], reaches_back_to=moment("10:03:00"))
    assert healing.healed == []
    assert healing.unhealed == [(gap(), "queue_log begins after the gap")]


def test_open_healed_and_foreign_gaps() -> None:
    """A gap that lasts, one that is healed and one of another exchange are left alone."""
    others = [replace(gap(), ended_at=None), replace(gap(), healed=True), replace(gap(), pbx="other")]
    healing = heal("pbx", visits=[], offers=[], gaps=others, records=[], reaches_back_to=0.0)
    assert healing == Healing()


def test_two_gaps() -> None:
    """Each gap stands for itself: trouble in one keeps the other from nothing."""
    case = Case("10:03:00|1.1|support|NONE|SURVEY|5")
    healing = _heal(case, [], gaps=[gap(), gap("11:00:00 11:05:00")])
    assert [one.began_at for one in healing.healed] == [moment("11:00:00")]
    assert [one.began_at for one, _ in healing.unhealed] == [moment("10:02:00")]


def test_still_followed() -> None:
    """A call that the floor is about to end itself is left to it, so that it is not ended twice on the screens."""
    had = visit("1.1 10:01:50 waiting")
    case = CASES["he joined before it and gave up during it"]
    healing = heal(
        "pbx", visits=[had], offers=[], gaps=[gap()], records=records(case.log), reaches_back_to=0.0, followed=[had.key]
    )
    assert (healing.visits, healing.healed) == ([], [])
    assert "not yet let go" in healing.unhealed[0][1]


RINGS = """10:02:10|1.1|support|NONE|ENTERQUEUE||1900|1
           10:02:25|1.1|support|Ann|RINGNOANSWER|15000
           10:02:27|1.1|support|Cho|RINGCANCELED|2000
           10:02:30|1.1|support|Bob|CONNECT|20|1.2|3
           10:03:30|1.1|support|Bob|COMPLETECALLER|20|60|1"""


def _ring(agent: str, begin: str, end: str, result: OfferResult, ring_ms: int | None) -> Offer:
    return Offer("pbx", "support", agent, "1.1", moment(begin), moment(end), result, ring_ms)


def test_rings() -> None:
    """Rings that the gap swallowed come back, in vain or answered, with their length."""
    assert _heal(Case(RINGS), []).offers == [
        _ring("Ann", "10:02:10", "10:02:25", OfferResult.NO_ANSWER, 15000),
        _ring("Cho", "10:02:25", "10:02:27", OfferResult.CANCELLED, 2000),
        _ring("Bob", "10:02:27", "10:02:30", OfferResult.ANSWERED, None),
    ]


def test_known_rings() -> None:
    """A ring that we saw ourselves is not counted again, and only once stands for one."""
    known = [_ring("Ann", "10:02:10.5", "10:02:25.7", OfferResult.NO_ANSWER, 15000)]
    twice = RINGS + "\n10:02:26|1.1|support|Ann|RINGNOANSWER|500"
    agents = [offer.agent for offer in _heal(Case(twice), [], offers=known).offers]
    assert sorted(agents) == ["Ann", "Bob", "Cho"]


def test_rung_twice() -> None:
    """The ring an agent missed is not taken for the one he answered a second later."""
    answered = _ring("Ann", "10:02:25.9", "10:02:26.5", OfferResult.ANSWERED, None)
    log = "10:02:25|1.1|support|Ann|RINGNOANSWER|2000\n10:02:26|1.1|support|Ann|CONNECT|16|1.2|0"
    assert [one.result for one in _heal(Case(log), [], offers=[answered]).offers] == [OfferResult.NO_ANSWER]


def test_caller_number() -> None:
    """A healed visit carries the caller's number from the log."""
    case = CASES["a whole call fell into the gap"]
    assert _heal(case, []).inserted[0].number == "1900"


def test_two_visits_in_one_second_stay_in_order() -> None:
    """We know the first to the fraction of a second, the log both to the second: the second is written down behind the
    first, so that looking again finds each in its place."""
    log = records(
        """10:02:10|1.1|support|NONE|ENTERQUEUE||1900|1
           10:02:10|1.1|support|Ann|CONNECT|0|1.2|0
           10:02:10|1.1|support|Ann|BLINDTRANSFER|7990|internal|0|0|1
           10:02:10|1.1|support|NONE|ENTERQUEUE||1900|1
           10:02:10|1.1|support|Bob|CONNECT|0|1.3|0
           10:02:11|1.1|support|Bob|COMPLETECALLER|0|1|1"""
    )
    first = visit("1.1 10:02:10.096 answered by Ann wait 0 end 10:05:05")
    once = heal("pbx", visits=[first], offers=[], gaps=[gap()], records=log, reaches_back_to=0.0)
    (done,) = once.completed
    (second,) = once.inserted
    assert (done.after.agent, done.after.talk_s, second.agent) == ("Ann", 0, "Bob")
    again = heal("pbx", visits=[second, first], offers=[], gaps=[gap()], records=log, reaches_back_to=0.0)
    assert ([one.after for one in again.completed], again.inserted) == ([done.after], [])


def test_passed_on_but_not_how() -> None:
    """The gap swallowed the word on the transfer, not the end of the talk: the log says whether it was blind."""
    had = replace(visit("1.1 10:01:10 answered by Ann wait 20 talk 60 end 10:05:30"), completed_by=CompletedBy.TRANSFER)
    log = """10:01:10|1.1|support|NONE|ENTERQUEUE||1900|1
             10:01:30|1.1|support|Ann|CONNECT|20|1.2|5
             10:02:30|1.1|support|Ann|BLINDTRANSFER|7990|internal|20|60|1"""
    (done,) = _heal(Case(log), [had]).completed
    assert (done.after.transfer, done.after.completed_by, done.after.talk_s) == ("blind", CompletedBy.TRANSFER, 60)
