"""Refusals of incidents, plans and drills as answers: a status, a sentence, and the fields it is about."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeVar

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
from floor.errors import FloorError
from web.answers import json, refusal

STATUS: dict[type[RefusedError], int] = {
    NotAllowedError: 403,
    UnknownError: 404,
    WrongMomentError: 409,
    IncompleteError: 422,
    InvalidError: 422,
}
ALSO = (
    (404, "there is no such thing"),
    (409, "not now: it is closed, or something else is going on"),
    (422, "something is missing or cannot be meant: `details` names it"),
)
"""For the descriptions of operations."""

W = TypeVar("W")


def told(handler: Callable[[Request, W], Awaitable[Response]]) -> Callable[[Request, W], Awaitable[Response]]:
    """A handler whose refusals become answers; a record that does not answer is 503."""

    @wraps(handler)
    async def answer(request: Request, who: W) -> Response:
        try:
            return await handler(request, who)
        except RefusedError as refused:
            status = STATUS.get(type(refused), 409)
            return json({"error": str(refused), "details": refused.details}, status)
        except FloorError:
            return refusal(503, "the record does not answer at present; what was said is kept and written later")

    return answer


def number_of(request: Request, name: str, default: float) -> float:
    """A number of the query; what is none is refused."""
    given = request.query_params.get(name)
    if given is None:
        return default
    try:
        number = float(given)
    except ValueError:
        number = math.nan
    if not abs(number) <= 1e12:
        raise InvalidError(f"{name}: a number is needed", [name])
    return number


def file(content: str, name: str, form: str) -> Response:
    """Something to save."""
    kinds = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}.{form}"'}
    return Response(content, media_type=kinds[form], headers=headers)
