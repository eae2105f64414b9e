"""The line above every page of somebody who is signed in: the pages he may open, and which of them is his first."""

from __future__ import annotations

from starlette.requests import Request
from starlette.routing import Route

from floor.people.model import Person, Role
from floor.people.rights import Right, may
from web.contexts import Door, Tongue

DOORS: tuple[tuple[str, Right, dict[Tongue, str]], ...] = (
    ("/desk", Right.SEE_FLOOR, {"en": "Desk", "zh": "班长台"}),
    ("/seat", Right.ASK, {"en": "My seat", "zh": "我的座席"}),
    ("/incidents", Right.SEE_FLOOR, {"en": "Incidents", "zh": "事件"}),
    ("/plans", Right.SEE_FLOOR, {"en": "Plans", "zh": "预案"}),
    ("/drills", Right.SEE_FLOOR, {"en": "Drills", "zh": "演练"}),
    ("/emergency", Right.REPORT_EMERGENCY, {"en": "Emergency", "zh": "紧急报告"}),
    ("/replay", Right.REPLAY, {"en": "Replay", "zh": "回放"}),
    ("/audit", Right.SEE_AUDIT, {"en": "Audit", "zh": "审计"}),
    ("/me", Right.SEE_OWN, {"en": "My record", "zh": "我的记录"}),
)
"""(page, the right it needs, what it is called), in order."""
HOMES = ("/desk", "/seat", "/me")
"""Where somebody begins: the first of them that he may open."""


def doors_of(person: Person, lang: Tongue, request: Request) -> list[Door]:
    """The pages this person may open, of those that are served."""
    served = {route.path for route in request.app.routes if isinstance(route, Route)}
    known = (row for row in DOORS if row[0] in served and may(person, row[1]))
    # A seat is of who takes calls; others have it, but not before their eyes all day.
    return [Door(url=url, words=words[lang]) for url, _, words in known if url != "/seat" or _takes_calls(person)]


def _takes_calls(person: Person) -> bool:
    return bool(person.agents) or person.role is Role.AGENT


def home_of(person: Person, request: Request) -> str:
    """Where somebody begins."""
    mine = {door["url"] for door in doors_of(person, "en", request)}
    return next((home for home in HOMES if home in mine), "/")
