"""The description tells of every route, and of nothing else."""

from __future__ import annotations

import json

from starlette.routing import Route

from floor.people.model import Role
from tests.support.people import person
from tests.web.conftest import House, Open
from tests.web.whole import open_whole
from web.openapi import openapi
from web.operations import OPERATIONS, readable


def routes(house: House) -> set[tuple[str, str]]:
    return {
        (method, route.path.replace("{path:path}", "{path}"))
        for route in house.web.app.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }


async def test_every_route_is_described(open_house: Open) -> None:
    """Whoever adds a route has to say what it answers, to machines and to people."""
    house = await open_whole(open_house, (person(Role.AGENT),))
    document = openapi("1.0")
    assert {(m.upper(), path) for path, item in document["paths"].items() for m in item} == routes(house)
    text = readable("1.0")
    assert all(f"{method} {path}\n" in text for method, path in routes(house))


def test_references_lead_somewhere() -> None:
    """Every schema that is named exists."""
    document = openapi("1.0")
    text = json.dumps(document)
    for part in text.split('"#/components/schemas/')[1:]:
        assert part.split('"')[0] in document["components"]["schemas"]


def test_path_parameters_are_declared() -> None:
    """What stands in braces is a required parameter."""
    for operation in OPERATIONS:
        named = {name for name, _ in operation.parameters if f"{{{name}}}" in operation.path}
        assert len(named) == operation.path.count("{")
