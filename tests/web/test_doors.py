"""The line above every page, and where somebody begins."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from floor.people.model import Role
from tests.support.people import person
from web.doors import DOORS, doors_of, home_of


async def nothing(_: Request) -> Response:
    return Response()


def request(*paths: str) -> Request:
    return Request({"type": "http", "app": Starlette(routes=[Route(path, nothing) for path in paths])})


EVERYTHING = request(*(url for url, _, _ in DOORS))


@pytest.mark.parametrize(("role", "home"), [(Role.AGENT, "/seat"), (Role.LEADER, "/desk"), (Role.MANAGER, "/desk")])
def test_where_one_begins(role: Role, home: str) -> None:
    """Who leads begins at the desk, an agent at his seat."""
    assert home_of(person(role), EVERYTHING) == home


def test_only_what_is_served_and_allowed() -> None:
    """No link leads to a page that is not there or would refuse."""
    assert [door["url"] for door in doors_of(person(Role.CHIEF), "en", request("/me", "/"))] == ["/me"]
    assert home_of(person(Role.OUTSIDE), EVERYTHING) == "/"
    assert doors_of(person(Role.AGENT), "zh", EVERYTHING)[-1]["words"] == "我的记录"
