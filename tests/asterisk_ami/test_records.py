"""Headers, read once: what is missing, empty, malformed or hostile gives nothing, and never an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk import records
from asterisk.records import completed_by, member, moment, number, reach, seconds, text
from asterisk.values import MAX_TEXT
from floor.state.model import CompletedBy, Device, Ending, Member, Reach

TEXTS = {
    "plain": ("Ann", "Ann"),
    "empty": ("", None),
    "none of Asterisk's": ("<unknown>", None),
    "another": ("<null>", None),
    "first of several": (["Ann", "Bob"], "Ann"),
    "no one of several": ([], None),
    "Chinese, with its own space": ("张　三", "张　三"),
    "line breaks and bells": ("An\r\nn\x07", "Ann"),
    "nothing but control characters": ("\x00\x01", None),
    "too long": ("x" * 999, "x" * MAX_TEXT),
    "right to left, not to be turned round": ("a\u202eb", "ab"),
}


@pytest.mark.parametrize(("value", "read"), TEXTS.values(), ids=TEXTS)
def test_text(value: str | list[str], read: str | None) -> None:
    """A text is short, printable, and says something."""
    assert text({"H": value}, "H") == read


def test_text_takes_the_first_header_that_says_something() -> None:
    """Older exchanges call the same thing by another name."""
    assert text({"Location": "", "Interface": "PJSIP/1"}, "Location", "Interface") == "PJSIP/1"
    assert text({}, "Location", "Interface") is None


NUMBERS = {"7": 7, "-3": -3, " 7 ": 7, "": None, "7.5": None, "many": None, "9" * 300: None, "0x10": None}


@pytest.mark.parametrize(("value", "read"), NUMBERS.items())
def test_number(value: str, read: int | None) -> None:
    """A whole number of a size that counts something, else nothing."""
    assert number({"H": value}, "H") == read


def test_seconds_are_never_negative() -> None:
    """A clock set back makes Asterisk count below zero."""
    assert seconds({"H": "-5"}, "H") == 0
    assert seconds({"H": "5"}, "H") == 5
    assert seconds({}, "H") is None


MOMENTS = {
    "1795324062.170649": 1795324062.170649,
    "0": None,
    "-1": None,
    "nan": None,
    "inf": None,
    "1e300": None,
    "": None,
}


@pytest.mark.parametrize(("value", "read"), MOMENTS.items())
def test_moment(value: str, read: float | None) -> None:
    """Zero is never, and what is no time is none."""
    assert moment({"H": value}, "H") == read


def test_who_hung_up() -> None:
    """Three words are known (F4); any other says nothing."""
    words = ("caller", "agent", "transfer", "", "other")
    assert [completed_by(word) for word in words] == [*CompletedBy, None, None]


REACHES = {
    "Reachable": Reach.REACHABLE,
    "Registered": Reach.REACHABLE,
    "Lagged": Reach.REACHABLE,
    "Unreachable": Reach.UNREACHABLE,
    "Unregistered": Reach.UNREACHABLE,
    "Rejected": Reach.UNREACHABLE,
    "NonQualified": Reach.UNKNOWN,
    "Created": Reach.UNKNOWN,
    "": Reach.UNKNOWN,
}


@pytest.mark.parametrize(("word", "is_"), REACHES.items())
def test_reach(word: str, is_: Reach) -> None:
    """Words that say neither are unknown, which is no change (F9)."""
    assert reach(word) is is_


def test_every_ending_the_queue_application_knows() -> None:
    """All values QUEUESTATUS takes on 16 and 22."""
    assert set(records.QUEUE_STATUS.values()) == {
        Ending.TIMED_OUT,
        Ending.QUEUE_FULL,
        Ending.JOIN_EMPTY,
        Ending.EXIT_EMPTY,
        Ending.CONTINUED,
        Ending.WITHDRAWN,
    }


FULL = {
    "Queue": "sales",
    "MemberName": "Ann",
    "Interface": "Local/1@agents/n",
    "StateInterface": "hint:1@phones",
    "Membership": "dynamic",
    "Penalty": "3",
    "LastPause": "1795324000",
    "LoginTime": "1795320000",
    "Status": "2",
    "Paused": "1",
    "PausedReason": "meal",
    "Ringinuse": "0",
    "Wrapuptime": "5",
}


def test_member() -> None:
    """Everything Asterisk says about a membership."""
    assert member(FULL) == Member(
        queue="sales",
        agent="Ann",
        interface="Local/1@agents/n",
        device_name="hint:1@phones",
        dynamic=True,
        penalty=3,
        paused=True,
        reason="meal",
        paused_at=1795324000.0,
        logged_in_at=1795320000.0,
        device=Device.IN_USE,
        wrapup_s=5,
        ring_in_use=False,
    )


def test_member_of_a_list() -> None:
    """QueueStatus calls name and interface otherwise; who is not paused has no reason and no pause."""
    read = member(
        {"Queue": "sales", "Name": "Ann", "Location": "PJSIP/1", "Paused": "0", "PausedReason": "old", "Status": "99"}
    )
    assert read == Member("sales", "Ann", "PJSIP/1", "PJSIP/1")


@pytest.mark.parametrize("missing", ["Queue", "Interface"])
def test_no_member(missing: str) -> None:
    """Without queue or interface there is no membership; without a name the interface is the name."""
    assert member({key: value for key, value in FULL.items() if key != missing}) is None
    nameless = member({key: value for key, value in FULL.items() if key != "MemberName"})
    assert nameless is not None
    assert nameless.agent == "Local/1@agents/n"


values = st.one_of(st.text(max_size=300), st.lists(st.text(max_size=5), max_size=3))


@given(st.dictionaries(st.sampled_from(sorted(FULL)), values))
def test_readers_take_anything(headers: dict[str, str | list[str]]) -> None:
    """No value makes a reader raise, and none gets through unprintable or over-long."""
    for name in FULL:
        read = text(headers, name)
        assert read is None or (0 < len(read) <= MAX_TEXT and "\n" not in read)
        number(headers, name), seconds(headers, name), moment(headers, name)
    completed_by(text(headers, "Reason"))
    member(headers)
