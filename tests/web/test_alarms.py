"""Alerts on boards: who sees which, under what name, and what never leaves the house."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from alerts.model import AlertStage, Severity
from floor.settings import BoardSettings, GroupSettings, PbxSettings, Settings
from tests.web.alarm_doubles import (
    AlarmsDouble,
    AnnouncementsDouble,
    ClocksDouble,
    Order,
    RegisterDouble,
    RunningClock,
    alert,
    person,
)
from tests.web.doubles import NOON, FloorDouble, MeasuresDouble, agent, member, pbx, queue
from web import alarms, protocol
from web.alarms import Sources
from web.audience import Audience
from web.naming import Names
from web.scores import Scores

FLOOR = FloorDouble(
    pbx("pbx1"), pbx("pbx2"), queue("sales"), queue("support"), queue("support", "pbx2"), agent("Ann"),
    agent("Bob", member("sales", "Bob", "PJSIP/1002")),
)  # fmt: skip
WORDS = SimpleNamespace(
    name={"en": "Hold without a word", "zh": "保持未通报"},
    text={"en": "{subject}: {value} of {limit} s {sic}", "zh": "{subject}：{value} 秒"},
    alert_unit="s",
    breach_unit="s",
)


def audience(sources: Sources | None = None, **board: Any) -> Audience:
    settings = Settings(
        pbx=(PbxSettings(name="pbx1"), PbxSettings(name="pbx2")), group=(GroupSettings(name="night", agents=("Ann",)),)
    )
    sources = sources or Sources(AlarmsDouble(), wording=lambda rule: WORDS if rule == "R-HLD-2" else None)
    names = Names.of(settings, b"salt")
    one = Audience(BoardSettings.model_validate(board), settings, names, Scores(MeasuresDouble()), sources=sources)
    one.select(FLOOR.view)
    return one


def shown(one: Audience, what: Any) -> dict[str, Any] | None:
    part = one.alert(what, FLOOR.view)[2]
    return None if part is None else json.loads(protocol.encode({"it": part}))["it"]


def test_alert_with_all_that_a_board_may_know() -> None:
    """Number instead of name, the rule's words filled in, and neither call, facts nor braces of ours."""
    what = alert(value=47.0, limit=15.0, queue="support", call="1.7", evidence=({"at": 1.0, "fact": "HoldBegan"},))
    assert shown(audience(), what) == {
        "rule": "R-HLD-2",
        "severity": "crit",
        "stage": "firing",
        "kind": "agent",
        "name": WORDS.name,
        "text": {"en": "1001: 47 of 15 s {sic}", "zh": "1001：47 秒"},
        "since": NOON - 47,
        "subject": "1001",
        "pbx": "pbx1",
        "queue": "support",
        "fired_at": NOON - 32,
        "value": 47.0,
        "limit": 15.0,
    }


def test_board_of_numbers_never_says_a_name() -> None:
    """Neither the agent's nor the owner's, nor in the id."""
    people = RegisterDouble(person(7, name="Frau Sommer", number="2007"))
    sources = Sources(AlarmsDouble(), people=people)
    what = alert("Ann-1", stage=AlertStage.ACKNOWLEDGED, owner=7, owner_name="Frau Sommer")
    told = audience(sources).alert(what, FLOOR.view)
    assert told[2] is not None
    assert told[2].owner == "2007"
    text = protocol.encode({told[1]: told[2]}).decode()
    assert "Ann" not in text
    assert "Sommer" not in text


@pytest.mark.parametrize(("identity", "label", "owner"), [("name", "Ann", "Lee"), ("none", None, None)])
def test_names_follow_the_board(identity: str, label: str | None, owner: str | None) -> None:
    """A board of names says both; a board that names nobody says neither."""
    told = audience(agents=identity).alert(alert(owner=1, owner_name="Lee"), FLOOR.view)[2]
    assert told is not None
    assert (told.subject, told.owner) == (label, owner)


def test_public_board_gets_no_alert() -> None:
    """R-SEC-8: visitors see no faults, not even a count of them."""
    one = audience(public=True)
    for kind, name in (("agent", "Ann"), ("queue", "support"), ("pbx", "pbx1"), ("trunk", "carrier"), ("site", "")):
        assert shown(one, alert(kind=kind, name=name)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"severity": Severity.INFO},
        {"parent": "a0"},
        {"stage": AlertStage.PENDING},
        {"stage": AlertStage.RESOLVED},
    ],
    ids=str,
)
def test_what_is_no_business_of_a_board(changes: dict[str, Any]) -> None:
    """Only recorded, explained by another, not yet or no more firing."""
    assert shown(audience(), replace(alert(), **changes)) is None


@pytest.mark.parametrize(
    ("kind", "exchange", "name", "sales", "night"),
    [
        ("agent", "pbx1", "Ann", False, True),
        ("agent", "pbx1", "Bob", True, False),
        ("agent", "pbx1", "Gone", False, False),
        ("queue", "pbx1", "sales", True, True),
        ("queue", "pbx1", "support", False, True),
        ("endpoint", "pbx1", "PJSIP/1002", True, False),
        ("endpoint", "pbx1", "PJSIP/9999", False, False),
        ("group", "", "night", False, True),
        ("group", "", "day", False, False),
        ("pbx", "pbx1", "pbx1", True, True),
        ("trunk", "pbx2", "carrier", False, True),
        ("site", "", "", True, True),
    ],
)
def test_boards_of_queues_and_groups_get_their_own(
    kind: str, exchange: str, name: str, sales: bool, night: bool
) -> None:
    """A board of one queue and a board of one group: each hears of what it shows."""
    what = alert(kind=kind, name=name, exchange=exchange)
    assert (shown(audience(queues=("sales",)), what) is not None) is sales
    assert (shown(audience(groups=("night",)), what) is not None) is night


def test_everything_is_seen_by_a_board_of_everything() -> None:
    """Also an agent and a phone nobody knows."""
    for kind, name in (("agent", "Gone"), ("endpoint", "PJSIP/9999"), ("group", "day")):
        assert shown(audience(), alert(kind=kind, name=name)) is not None


def test_phone_is_named_by_number_only() -> None:
    """A phone whose name may be a person's is not named on a board of numbers."""
    assert shown(audience(), alert(kind="endpoint", name="PJSIP/1002"))["subject"] == "1002"
    assert "subject" not in shown(audience(), alert(kind="endpoint", name="PJSIP/anna"))
    assert shown(audience(agents="name"), alert(kind="endpoint", name="PJSIP/anna"))["subject"] == "PJSIP/anna"


def test_a_rule_without_words_is_named_by_its_id() -> None:
    """What was raised without a rule still says what it is."""
    assert shown(audience(), alert(rule="R-XYZ"))["name"] == {"en": "R-XYZ", "zh": "R-XYZ"}


def test_clocks_come_with_the_agent() -> None:
    """A running clock stands at the agent; none where none runs; nothing at all where no rules run."""
    clocks = ClocksDouble()
    clocks.run("pbx1", "Ann", RunningClock(since=NOON))
    one = audience(Sources(clocks=clocks))
    ann, bob = (json.loads(protocol.encode({"it": one.show(agent(n))[2]}))["it"] for n in ("Ann", "Bob"))
    assert ann["clocks"] == [
        {
            "rule": "R-HLD-2",
            "since": NOON,
            "word": {"en": "report", "zh": "通报"},
            "notice_s": 12,
            "limit_s": 15,
            "every_s": 15,
        }
    ]
    assert bob["clocks"] == []
    assert "clocks" not in json.loads(protocol.encode({"it": audience().show(agent())[2]}))["it"]


def test_notices_for_visitors_are_those_meant_for_them() -> None:
    """The order to leave reaches everybody, a broadcast of the house does not; a drill is said with it."""
    told = AnnouncementsDouble()
    told.notices = {"e": Order(), "b": Order(evacuation=False, public=False)}
    told.drill = "d1"
    sources = Sources(announcements=told)
    assert set(audience(sources).notices()) == {"e", "b"}
    public = audience(sources, public=True)
    assert set(public.notices()) == {"e"}
    assert public.notices()["e"].drill
    assert audience(sources).view_board().drill
    assert not public.view_board().drill


def test_severity_counts_from_the_least_on() -> None:
    """The order of weight is the model's."""
    assert alarms.concerns(alert(severity=Severity.EMERGENCY), least=Severity.CRIT)
    assert not alarms.concerns(alert(severity=Severity.WARN), least=Severity.CRIT)
