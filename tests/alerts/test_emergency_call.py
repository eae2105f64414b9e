"""Who dials an emergency number is named at once, with seat and place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from alerts.emergency_call import RULE, EmergencyCalls, Places, seat_of
from alerts.model import Severity, Subject, SubjectKind
from floor.clock import SystemClock
from floor.ports import Outcome
from floor.state.facts import ChannelOpened, DialplanMoved, PhonesSynced
from floor.state.happenings import EmergencyCalled, Happening
from floor.state.model import Reach
from floor.store import FloorStore

CALLED = EmergencyCalled("hq", 5.0, "PJSIP/1001", "Ann", "119", "PJSIP/1001-00000001", "1.1")


class Raised:
    """Notes what is raised."""

    def __init__(self) -> None:
        self.alerts: list[tuple[str, Subject, Severity, Mapping[str, Any]]] = []

    def raise_alert(
        self, rule: str, subject: Subject, severity: Severity, evidence: Mapping[str, Any], *, drill: str | None = None
    ) -> None:
        assert drill is None
        self.alerts.append((rule, subject, severity, evidence))

    def clear_alert(self, rule: str, subject: Subject, *, drill: str | None = None) -> None:
        raise AssertionError("an emergency call ends when a person says so")


def outcome(*happenings: Happening) -> Outcome:
    return Outcome(1, ChannelOpened("hq", 5.0, "1.1", "PJSIP/1001-1", "1.1", "dialling"), (), (), happenings)


def test_agent_seat_and_place_are_named() -> None:
    """An emergency of people, at the person who calls, with what leads helpers to him."""
    raised = Raised()
    EmergencyCalls(raised, {"1001": "3F, row B"}, lambda pbx, device: "10.0.0.7").listen(outcome(CALLED))
    [(rule, subject, severity, evidence)] = raised.alerts
    assert (rule, severity) == (RULE, Severity.EMERGENCY)
    assert subject == Subject(SubjectKind.AGENT, "hq", "Ann")
    assert evidence == {
        "at": 5.0, "fact": "EmergencyCalled", "number": "119", "seat": "1001", "phone": "PJSIP/1001", "agent": "Ann",
        "place": "3F, row B", "address": "10.0.0.7",
    }  # fmt: skip


def test_a_phone_at_which_nobody_is_logged_in() -> None:
    """Then the phone is what the alert is about."""
    raised = Raised()
    EmergencyCalls(raised, {}).listen(outcome(EmergencyCalled("hq", 5.0, "PJSIP/1001", None, "119", "x", "1.1")))
    assert raised.alerts[0][1] == Subject(SubjectKind.ENDPOINT, "hq", "PJSIP/1001")
    assert "agent" not in raised.alerts[0][3]


def test_other_happenings_raise_nothing() -> None:
    """Only calls to emergency numbers."""
    raised = Raised()
    EmergencyCalls(raised, {}).listen(outcome(Happening("hq", 1.0)))
    assert not raised.alerts


def test_on_a_floor() -> None:
    """From the exchange's first word on the call to the alert, through the floor itself, once per call."""
    raised = Raised()
    store = FloorStore(SystemClock(), ["119"])
    store.subscribe(EmergencyCalls(raised, {}).listen, happenings=True)
    store.apply(PhonesSynced("hq", 1.0, (("PJSIP/1001", Reach.REACHABLE, None),)))
    store.apply(ChannelOpened("hq", 2.0, "1.1", "PJSIP/1001-00000001", "1.1", "dialling", "119"))
    store.apply(DialplanMoved("hq", 2.1, "1.1", "Dial", None, "119"))
    assert len(raised.alerts) == 1


@pytest.mark.parametrize(
    ("device", "place"),
    [
        ("PJSIP/1001", "desk"), ("PJSIP/1002", "row"), ("PJSIP/1099", "floor"), ("PJSIP/2001", None),
        ("SIP/77", "gate"),
    ],
)  # fmt: skip
def test_the_most_exact_place_counts(device: str, place: str | None) -> None:
    """A phone's own word over the one for its row, over the one for its floor."""
    places = Places({"1001": "desk", "100*": "row", "10*": "floor", "SIP/77": "gate"})
    assert places.of(device) == place


def test_seats() -> None:
    """The number is what is written on the phone."""
    assert seat_of("PJSIP/1001") == "1001"
    assert seat_of("1001") == "1001"
