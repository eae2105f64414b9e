"""What the floor says that concerns requests: telephones, and who hung up first."""

from __future__ import annotations

from typing import Any

import pytest

from floor.requests.model import About, EndReason, Help, Leave, Stage, Way
from floor.state.facts import EndReasonGiven, HelpAsked, LeaveAsked
from floor.state.model import AgentState, Channel, CompletedBy
from tests.requests.seats import PBX, Seats


@pytest.mark.parametrize(
    ("note", "about", "text"),
    [
        ("", About.QUESTION, ""),
        ("abusive", About.ABUSIVE, ""),
        ("Technical no sound", About.TECHNICAL, "no sound"),
        ("refund of 3 months?", About.QUESTION, "refund of 3 months?"),
    ],
)
def test_help_by_a_phone_code(seats: Seats, note: str, about: About, text: str) -> None:
    """The note's first word may say what it is about; the rest is said to the leader."""
    seats.tells(HelpAsked(PBX, 1.0, "PJSIP/Ann-1", "9.9", "Ann", note))
    asked = seats.only()
    assert isinstance(asked, Help)
    assert (asked.about, asked.text, asked.way, asked.by.name) == (about, text, Way.PHONE, "Ann Li")
    assert (asked.escalated_at is not None) is (about is About.ABUSIVE)


def test_done_by_a_phone_code(seats: Seats) -> None:
    """The same phone takes it back; there is nothing to take back twice."""
    seats.tells(HelpAsked(PBX, 1.0, None, None, "Ann", ""))
    seats.tells(HelpAsked(PBX, 2.0, None, None, "Ann", "done"))
    assert seats.only().stage is Stage.WITHDRAWN
    seats.tells(HelpAsked(PBX, 3.0, None, None, "Bob", "done"))
    assert seats.only().by.agent == "Ann"


@pytest.mark.parametrize(
    ("said", "agent"),
    [
        ({"agent": "Ann"}, "Ann"),
        ({"agent": "1002"}, "Bob"),
        ({"uniqueid": "9.9"}, "Cui"),
        ({"agent": "nobody", "channel": "PJSIP/Bob-00000001"}, "Bob"),
        ({"channel": "PJSIP/shared-00000001"}, None),
        ({"agent": "nobody"}, None),
        ({}, None),
    ],
)
def test_whose_phone_it_is(seats: Seats, said: dict[str, Any], agent: str | None) -> None:
    """By member name, service number, the channel's agent, the phone's only seat; else nobody is made up."""
    seats.view.channels[PBX, "9.9"] = Channel(PBX, "9.9", "PJSIP/Cui-1", "9.9", 0.0, agent="Cui")
    seats.view.seats |= {(PBX, "PJSIP/Bob"): ("Bob",), (PBX, "PJSIP/shared"): ("Ann", "Bob")}
    seats.tells(HelpAsked(PBX, 1.0, **said))
    assert [one.by.agent for one in seats.room.shown.values()] == ([] if agent is None else [agent])


@pytest.mark.parametrize(
    ("reason", "minutes", "kept"), [("toilet", 8, ("toilet", 8)), ("x", 999, ("meal", 240)), ("", 0, ("meal", 1))]
)
def test_leave_by_a_phone_code(seats: Seats, reason: str, minutes: int, kept: tuple[str, int]) -> None:
    """An unknown reason is the first there is, minutes are kept within bounds; a second one changes nothing."""
    seats.tells(LeaveAsked(PBX, 1.0, reason, minutes, agent="Ann"))
    seats.tells(LeaveAsked(PBX, 2.0, "smoke", 5, agent="Ann"))
    leave = seats.only()
    assert isinstance(leave, Leave)
    assert (leave.reason, leave.minutes) == kept


@pytest.mark.parametrize(
    ("by", "more", "asked"),
    [
        (CompletedBy.AGENT, {}, True),
        (CompletedBy.CALLER, {}, False),
        (CompletedBy.AGENT, {"transfer": "blind"}, False),
        (CompletedBy.AGENT, {"agent": None}, False),
    ],
)
def test_who_hung_up_first_is_asked_why(seats: Seats, by: CompletedBy, more: dict[str, Any], asked: bool) -> None:
    """As R-HUP-1 sees it: the agent ended it and did not pass the caller on."""
    seats.hangs_up("Ann", by, **more)
    assert [isinstance(one, EndReason) for one in seats.room.shown.values()] == ([True] if asked else [])


def test_an_evacuated_agent_is_asked_nothing(seats: Seats) -> None:
    """R-EMG-17."""
    seats.is_("Ann", AgentState.EMERGENCY, "emergency")
    seats.hangs_up("Ann")
    assert not seats.room.shown


def test_a_reason_said_before_is_kept(seats: Seats) -> None:
    """Given by phone before the call ended, nothing is asked any more."""
    seats.is_("Ann", AgentState.READY, end_reason="noise")
    seats.hangs_up("Ann")
    given = seats.only()
    assert isinstance(given, EndReason)
    assert (given.stage, given.reason, given.way) == (Stage.GIVEN, "noise", Way.PHONE)


@pytest.mark.parametrize(("reason", "stage"), [("nuisance", Stage.GIVEN), ("bored", Stage.OPEN)])
def test_a_reason_by_phone_afterwards(seats: Seats, reason: str, stage: Stage) -> None:
    """One of the fixed codes closes what is owed."""
    seats.hangs_up("Ann")
    seats.tells(EndReasonGiven(PBX, 1.0, reason, None, "Ann"))
    assert seats.only().stage is stage


def test_who_stands_by_hears_nothing(seats: Seats) -> None:
    """The one that acts hears it."""
    seats.acts = False
    seats.tells(HelpAsked(PBX, 1.0, agent="Ann"))
    seats.hangs_up("Ann")
    assert not seats.room.shown
