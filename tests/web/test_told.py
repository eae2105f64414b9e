"""Refusals as answers."""

from __future__ import annotations

import json

import pytest
from starlette.requests import Request
from starlette.responses import Response

from alerts.refusals import (
    IncompleteError,
    InvalidError,
    NotAllowedError,
    RefusedError,
    UnknownError,
    WrongMomentError,
)
from floor.history.errors import DatabaseUnusableError
from web.told import number_of, told


def request(query: str = "") -> Request:
    return Request({"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": query.encode()})


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UnknownError("no such thing"), 404),
        (WrongMomentError("not now"), 409),
        (IncompleteError("missing", ["resolution"]), 422),
        (InvalidError("cannot be meant", ["type"]), 422),
        (NotAllowedError("not you"), 403),
        (RefusedError("no"), 409),
    ],
)
async def test_refusal_becomes_an_answer(error: RefusedError, status: int) -> None:
    """Its sentence, its details, the status of its kind."""

    async def handler(_: Request, __: None) -> Response:
        raise error

    answer = await told(handler)(request(), None)
    assert answer.status_code == status
    assert json.loads(bytes(answer.body)) == {"error": str(error), "details": list(error.details)}


async def test_record_that_does_not_answer() -> None:
    """503, without a word about where it is."""

    async def handler(_: Request, __: None) -> Response:
        raise DatabaseUnusableError("database: postgresql://floor@db/floor does not answer")

    answer = await told(handler)(request(), None)
    assert answer.status_code == 503
    assert b"postgresql" not in bytes(answer.body)


@pytest.mark.parametrize("text", ["x", "nan", "inf", "1e99", ""])
def test_no_number(text: str) -> None:
    """What is no number is refused by name; what is absent is the default."""
    assert number_of(request(), "since", 5.0) == 5.0
    with pytest.raises(InvalidError) as refused:
        number_of(request(f"since={text}"), "since", 0.0)
    assert refused.value.details == ("since",)
