"""The description of the HTTP face for machines: OpenAPI 3.1, with schemas taken from the types on the wire."""

from __future__ import annotations

from collections.abc import Iterable

from web.operation import HTML, JSON, TEXT, Operation, Schema
from web.operations import OPERATIONS
from web.schemas import schemas


def _security(operation: Operation) -> list[Schema]:
    keys: list[Schema] = [{"bearer": []}, {"key": []}] if operation.keyed or operation.or_key else []
    person: Schema = {"cookie": []} if operation.method == "GET" else {"cookie": [], "token": []}
    return [*keys, person] if operation.personal else keys


def _body(operation: Operation) -> Schema:
    if not operation.takes:
        return {}
    kind = "application/x-www-form-urlencoded" if operation.answer == HTML else JSON
    fields = {name: {"description": meaning} for name, meaning in operation.takes}
    return {"requestBody": {"content": {kind: {"schema": {"type": "object", "properties": fields}}}}}


def _paths(operations: Iterable[Operation]) -> Schema:
    paths: Schema = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    return paths


def _described(operation: Operation) -> Schema:
    good: Schema = {"description": "as described", "content": {operation.answer: {"schema": operation.schema}}}
    return {
        "summary": operation.summary,
        "security": _security(operation),
        **_body(operation),
        "parameters": [
            {
                "name": name,
                "in": "path" if f"{{{name}}}" in operation.path else "query",
                "required": f"{{{name}}}" in operation.path,
                "description": meaning,
                "schema": TEXT,
            }
            for name, meaning in operation.parameters
        ],
        "responses": {"200": good, **{str(status): {"description": when} for status, when in operation.also}},
    }


def openapi(version: str, operations: Iterable[Operation] = OPERATIONS) -> Schema:
    """The OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Floorwatch",
            "version": version,
            "description": "The live floor of a call center. Times are seconds since the epoch; "
            "what is absent or null is not known, never zero.",
        },
        "paths": _paths(operations),
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "query", "name": "key"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "floor"},
                "token": {"type": "apiKey", "in": "header", "name": "X-Floor-Token"},
            },
        },
    }
