"""That nobody would hear of a critical alert is found out before there is one."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.notify.reach import NO_WAY, unreachable, ways
from floor.people.model import Contact, Person, Role
from floor.sections.alerts import AlertsSettings
from floor.sections.notify import NotifySettings

MAIL = {"mail": {"server": "mail.example"}}
CHIEF = Person(1, "chi", "Chi", Role.CHIEF, contacts=(Contact("mail", "chi@floor.example"),))


def person(role: Role, kind: str = "mail", *, active: bool = True) -> Person:
    return Person(2, "x", "X", role, contacts=(Contact(kind, "x@floor.example"),), active=active)


def found(notify: dict[str, Any], *people: Person, **route: Any) -> str | None:
    routes = [{"name": "r", "contacts": [{"kind": "mail", "address": "a@b"}], **route}] if route else []
    alerts = AlertsSettings.model_validate({"route": routes})
    told = unreachable(alerts, NotifySettings.model_validate(notify), people)
    return None if told is None else told["en"]


def test_no_way_is_set_up() -> None:
    """However many contacts there are."""
    assert found({}, CHIEF) == NO_WAY["en"]
    assert ways(NotifySettings()) == frozenset()


@pytest.mark.parametrize(
    ("people", "reached"),
    [
        ((CHIEF,), True),
        ((person(Role.MANAGER),), True),
        ((person(Role.LEADER),), True),
        ((person(Role.CHIEF, "phone"),), False),
        ((person(Role.CHIEF, active=False),), False),
        ((person(Role.AGENT),), False),
        ((), False),
    ],
)
def test_somebody_of_the_chain_has_a_contact(people: tuple[Person, ...], reached: bool) -> None:
    """Of a way that is set up, and he works here."""
    assert (found(MAIL, *people) is None) == reached


@pytest.mark.parametrize(
    ("route", "reached"),
    [({"severity": []}, True), ({"severity": ["crit"]}, True), ({"severity": ["warn"]}, False),
     ({"contacts": [{"kind": "log", "address": "log"}]}, False)],
)  # fmt: skip
def test_a_route_names_a_contact(route: dict[str, Any], reached: bool) -> None:
    """A route for critical alerts reaches somebody; the log is nobody."""
    said = found(MAIL, **route)
    assert (said is None) == reached
    assert reached or "(mail)" in (said or "")


def test_all_ways() -> None:
    """As the settings name them."""
    everything = {
        **MAIL,
        "apprise": {"team": "file"},
        "webhook": {"ops": {"url": "https://a/"}},
        "phone": {"pbx": "hq"},
        "paging": {"groups": {"hall": ["1"]}},
    }
    known = ways(NotifySettings.model_validate(everything))
    assert known == {"mail", "apprise", "webhook", "phone", "paging"}
