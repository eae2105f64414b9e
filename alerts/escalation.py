"""Who is told, and who next: the chain leader, chief, manager (R-SUP-3), and the routes of the settings.

A level first goes to those of it who are present; only when none is, to the addresses of all of it. What is critical
goes to leader and chief at once; an emergency of people goes to all levels at once, present or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alerts.model import Alert, Recipient, Severity, SubjectKind
from floor.people.model import Person, Role
from floor.people.ports import People
from floor.people.rights import RIGHTS, Right
from floor.sections.alerts import RouteSettings

LADDERS: dict[Severity, tuple[tuple[Role, ...], ...]] = {
    Severity.INFO: (),
    Severity.WARN: ((Role.LEADER,), (Role.CHIEF,), (Role.MANAGER,)),
    Severity.CRIT: ((Role.LEADER, Role.CHIEF), (Role.MANAGER,)),
    Severity.EMERGENCY: ((Role.LEADER, Role.CHIEF, Role.MANAGER),),
}
"""Roles by level; a level without anybody is left out."""

ABLE = tuple(role for role, rights in RIGHTS.items() if Right.ACKNOWLEDGE in rights)

BROWSER = "browser"
PHONE = "phone"


def route_of(routes: Sequence[RouteSettings], named: str | None, alert: Alert) -> RouteSettings | None:
    """The route the rule names, else the first that fits; ``None``: the chain alone."""
    for route in routes:
        if named is not None and route.name == named:
            return route
    return next((route for route in routes if _fits(route, alert)), None)


def _fits(route: RouteSettings, alert: Alert) -> bool:
    if route.severity and alert.severity.value not in route.severity:
        return False
    if route.groups and alert.group not in route.groups:
        return False
    return not route.rules or any(_named(pattern, alert.rule) for pattern in route.rules)


def _named(pattern: str, rule: str) -> bool:
    return rule.startswith(pattern[:-1]) if pattern.endswith("*") else rule == pattern


def levels(alert: Alert, people: People, route: RouteSettings | None) -> list[list[Recipient]]:
    """Recipients by level, nobody twice, empty levels left out; all empty: nobody can be told."""
    found: list[list[Recipient]] = []
    known: set[tuple[str, str]] = set()
    for persons, addresses in _steps(alert, people, route):
        ones = [*_reached(persons, people, alert.severity), *addresses]
        fresh = [one for one in _once(ones) if (one.kind, one.address) not in known]
        known.update((one.kind, one.address) for one in fresh)
        if fresh:
            found.append(fresh)
    return found


def _steps(
    alert: Alert, people: People, route: RouteSettings | None
) -> Iterable[tuple[list[Person], Sequence[Recipient]]]:
    if route is not None and (route.to or route.contacts):
        roles = tuple(Role(role) for role in route.to)
        yield _persons(roles, alert, people), _addresses(route)
        if not route.chain:
            return
    chain = [_persons(roles, alert, people) for roles in LADDERS[alert.severity]]
    if LADDERS[alert.severity] and not any(chain):
        # Without a chief or manager in the register it must still reach somebody who can act.
        chain = [_active(people, *ABLE)]
    for persons in chain:
        yield persons, ()


def _addresses(route: RouteSettings) -> list[Recipient]:
    return [Recipient(None, one.name or one.address, one.kind, one.address, one.language) for one in route.contacts]


def _persons(roles: Sequence[Role], alert: Alert, people: People) -> list[Person]:
    """In the order of responsibility: the leaders of its group or queue, the chiefs and managers above them."""
    group = alert.group if alert.group in people.groups else None
    chain = [*_queue_leaders(alert, people), *people.responsible(group)]
    found = [one for one in chain if one.role in roles]
    others = [role for role in roles if role not in (Role.LEADER, Role.CHIEF, Role.MANAGER)]
    return [*dict.fromkeys(found), *(_active(people, *others) if others else ())]


def _queue_leaders(alert: Alert, people: People) -> list[Person]:
    """Leaders who answer for the queue it is about."""
    if alert.subject.kind is not SubjectKind.QUEUE:
        return []
    subject = alert.subject
    return [one for one in _active(people, Role.LEADER) if people.sees_queue(one, subject.pbx, subject.name)]


def _active(people: People, *roles: Role) -> list[Person]:
    """Filtered before it is sorted: a register may hold ten thousand agents."""
    return sorted((p for p in people.persons.values() if p.role in roles and p.active), key=lambda one: one.id)


def _reached(persons: Sequence[Person], people: People, severity: Severity) -> list[Recipient]:
    present = people.present()
    here = [one for one in persons if one.id in present]
    if severity is Severity.EMERGENCY:
        return [r for one in persons for r in _ways(one, browser=one.id in present, phone=True)]
    if here:
        return [r for one in here for r in _ways(one, browser=True, phone=False)]
    return [r for one in persons for r in _ways(one, browser=False, phone=True)]


def _ways(person: Person, *, browser: bool, phone: bool) -> Iterable[Recipient]:
    language = "en" if person.language == "en" else "zh"
    if browser:
        yield Recipient(person.id, person.name, BROWSER, str(person.id), language)
    for contact in person.contacts:
        if phone or contact.kind != PHONE:
            yield Recipient(person.id, person.name, contact.kind, contact.address, language)


def _once(recipients: Iterable[Recipient]) -> list[Recipient]:
    return list({(one.kind, one.address): one for one in recipients}.values())
