"""Whether anybody would hear of a critical alert while no page is open: asked before it matters. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from alerts.escalation import ABLE, LADDERS
from alerts.model import Severity, Text
from floor.people.model import Person
from floor.sections.alerts import AlertsSettings
from floor.sections.notify import NotifySettings

NO_WAY: Text = {
    "en": "Nobody is told of a critical alert unless he looks at a page: no way of telling is set up. Remedy: [notify] "
    "in floor.toml (mail, apprise, webhook, phone), and a contact of that way for chiefs and managers, or in "
    "[[alerts.route]].",
    "zh": "除非有人正看着页面，否则严重告警不会通知任何人：尚未配置任何通知方式。请在 floor.toml 的 [notify] 中配置"
    "（邮件、apprise、webhook、电话），并为话务班长与经理填写相应联系方式，或写在 [[alerts.route]] 中。",
}
NOBODY: Text = {
    "en": "Nobody is told of a critical alert unless he looks at a page: of the ways that are set up ({ways}) no "
    "leader, chief or manager has a contact, and no route for critical alerts names one. Remedy: contacts in the "
    "roster (floor roster), or [[alerts.route]]; then: floor notify test.",
    "zh": "除非有人正看着页面，否则严重告警不会通知任何人：已配置的方式（{ways}）中，没有组长、班长或经理的联系方式，"
    "严重告警的路由也未指定联系人。请在人员名册中填写联系方式（floor roster）或配置 [[alerts.route]]，"
    "然后执行 floor notify test。",
}


def ways(settings: NotifySettings) -> frozenset[str]:
    """Kinds of contacts that the settings provide for, beyond pages and log."""
    phone = settings.phone.pbx is not None
    found = {
        "mail": settings.mail.server is not None,
        "apprise": bool(settings.apprise),
        "webhook": bool(settings.webhook),
        "phone": phone,
        "paging": phone and bool(settings.paging.groups),
    }
    return frozenset(kind for kind, there in found.items() if there)


def unreachable(alerts: AlertsSettings, notify: NotifySettings, persons: Iterable[Person]) -> Text | None:
    """What is wrong and its remedy, in both languages; ``None``: somebody would hear of it."""
    known = ways(notify)
    if not known:
        return NO_WAY
    if _routed(alerts, known) or _in_the_chain(persons, known):
        return None
    named = ", ".join(sorted(known))
    return {language: text.format(ways=named) for language, text in NOBODY.items()}


def _routed(alerts: AlertsSettings, known: Collection[str]) -> bool:
    routes = (one for one in alerts.route if not one.severity or Severity.CRIT.value in one.severity)
    return any(contact.kind in known for route in routes for contact in route.contacts)


def _in_the_chain(persons: Iterable[Person], known: Collection[str]) -> bool:
    chain = {role for roles in LADDERS[Severity.CRIT] for role in roles}
    able = [one for one in persons if one.active and one.role in (*chain, *ABLE)]
    asked = [one for one in able if one.role in chain] or able
    return any(contact.kind in known for one in asked for contact in one.contacts)
