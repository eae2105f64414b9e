"""Who is told on which level (R-SUP-3), by presence, route and severity."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.content import new_alert
from alerts.escalation import levels, route_of
from alerts.model import Alert, AlertStage, Severity, Subject, SubjectKind
from floor.people.model import Contact, Role
from floor.sections.alerts import ContactSettings, RouteSettings
from tests.alerts.lives import CHI, LEE, MAN, PBX, T0, Staff, agent, broken

QUEUE = Subject(SubjectKind.QUEUE, PBX, "sales")
TRUNK = Subject(SubjectKind.TRUNK, PBX, "sip-1")
QING = replace(LEE, id=4, name="Qing", groups=(), queues=("sales",), contacts=(Contact("phone", "9004"),))
ALL = Staff((LEE, CHI, MAN, QING), here=frozenset({1, 2, 3, 4}))


def alert(subject: Subject, severity: Severity) -> Alert:
    return new_alert(broken(subject, severity, T0), T0, AlertStage.FIRING, ALL, None)


def told(one: Alert, staff: Staff = ALL, route: RouteSettings | None = None) -> list[str]:
    """Level by level: name and way."""
    return [" ".join(f"{r.name}:{r.kind}" for r in level) for level in levels(one, staff, route)]


@pytest.mark.parametrize(
    ("subject", "severity", "expected"),
    [
        (agent(), Severity.INFO, []),
        (agent(), Severity.WARN, ["Lee:browser Lee:mail", "Chi:browser Chi:mail", "Man:browser"]),
        (agent(), Severity.CRIT, ["Lee:browser Lee:mail Chi:browser Chi:mail", "Man:browser"]),
        (QUEUE, Severity.WARN, ["Qing:browser", "Chi:browser Chi:mail", "Man:browser"]),
        (TRUNK, Severity.WARN, ["Chi:browser Chi:mail", "Man:browser"]),
        (TRUNK, Severity.CRIT, ["Chi:browser Chi:mail", "Man:browser"]),
        (agent(), Severity.EMERGENCY, ["Lee:browser Lee:mail Chi:browser Chi:mail Man:browser Man:phone"]),
    ],
    ids=str,
)
def test_chain(subject: Subject, severity: Severity, expected: list[str]) -> None:
    """Leaders of the group or queue, the chiefs, the managers; an emergency reaches all of them at once."""
    assert told(alert(subject, severity)) == expected


def test_nobody_present() -> None:
    """When nobody of a level is here, all of it is told by every address, the phone too."""
    away = replace(ALL, here=frozenset({2}))
    assert told(alert(agent(), Severity.WARN), away) == ["Lee:mail", "Chi:browser Chi:mail", "Man:phone"]


def test_of_several_those_who_are_here() -> None:
    """Of a level only those present are told."""
    second = replace(CHI, id=5, name="Chen", contacts=(Contact("mail", "chen@floor.example"),))
    staff = Staff((CHI, second), here=frozenset({5}))
    assert told(alert(TRUNK, Severity.WARN), staff) == ["Chen:browser Chen:mail"]


def test_nobody_in_the_chain() -> None:
    """Without chiefs and managers it still reaches somebody who may take it over; never a mere agent."""
    worker = replace(LEE, id=9, name="Wang", role=Role.AGENT)
    staff = Staff((LEE, worker), here=frozenset({1, 9}), groups={})
    assert told(alert(TRUNK, Severity.CRIT), staff) == ["Lee:browser Lee:mail"]
    assert told(alert(TRUNK, Severity.CRIT), Staff((), frozenset(), {})) == []


def test_who_left_is_not_told() -> None:
    """Nobody who is no longer active."""
    staff = Staff((replace(CHI, active=False), MAN), here=frozenset({3}))
    assert told(alert(TRUNK, Severity.WARN), staff) == ["Man:browser"]


def test_route() -> None:
    """A route's roles and addresses first, then the chain, nobody twice; or no chain at all."""
    noc = ContactSettings(kind="mail", address="noc@floor.example", name="NOC", language="en")
    route = RouteSettings(to=("chief",), contacts=(noc,))
    one = alert(agent(), Severity.WARN)
    assert told(one, route=route) == ["Chi:browser Chi:mail NOC:mail", "Lee:browser Lee:mail", "Man:browser"]
    assert told(one, route=route.model_copy(update={"chain": False})) == ["Chi:browser Chi:mail NOC:mail"]
    assert told(alert(agent(), Severity.INFO), route=route) == ["Chi:browser Chi:mail NOC:mail"]


@pytest.mark.parametrize(
    ("named", "severity", "expected"),
    [("night", Severity.WARN, "night"), (None, Severity.CRIT, "crit"), ("none", Severity.WARN, "rest"),
     (None, Severity.INFO, None)],
)  # fmt: skip
def test_which_route(named: str | None, severity: Severity, expected: str | None) -> None:
    """The one the rule names, else the first that fits severity, rule and group."""
    routes = [
        RouteSettings(name="crit", severity=("crit",), rules=("R-TEST",)),
        RouteSettings(name="other", rules=("R-X*",)),
        RouteSettings(name="late", groups=("late",)),
        RouteSettings(name="rest", rules=("R-*",), severity=("warn",), groups=("early",)),
        RouteSettings(name="night", severity=("emergency",)),
    ]
    found = route_of(routes, named, alert(agent(), severity))
    assert (found.name if found else None) == expected
