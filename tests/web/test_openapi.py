"""The description tells of every route, and of nothing else."""

from __future__ import annotations

import json

from starlette.routing import Route

from tests.web.conftest import House
from web.openapi import openapi
from web.operations import OPERATIONS, readable


def routes(house: House) -> set[str]:
    return {r.path.replace("{path:path}", "{path}") for r in house.web.app.routes if isinstance(r, Route)}


async def test_every_route_is_described(house: House) -> None:
    """Whoever adds a route has to say what it answers, to machines and to people."""
    document = openapi("1.0")
    assert set(document["paths"]) == routes(house)
    text = readable("1.0")
    assert all(f"GET {path}\n" in text for path in routes(house))


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
