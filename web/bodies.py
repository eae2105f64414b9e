"""What comes with a request: bounded in size before it is read, parsed before it is believed."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope

MAX_BODY_BYTES = 64 * 1024
"""More is refused with 413, whatever the route."""
MAX_FIELDS = 100
FORM = "application/x-www-form-urlencoded"

T = TypeVar("T")


def bounded(scope: Scope, receive: Receive, limit: int = MAX_BODY_BYTES) -> Receive:
    """The same ``receive``, which raises 413 as soon as a body is, or says it is, longer than ``limit`` bytes."""
    said = dict(scope["headers"]).get(b"content-length", b"0")
    read = int(said) if said.isdigit() and len(said) < 20 else 0
    total = 0

    async def counted() -> Message:
        nonlocal total
        message = await receive()
        if message["type"] == "http.request":
            total += len(message.get("body", b""))
            if max(total, read) > limit:
                raise HTTPException(413)
        return message

    return counted


async def form(request: Request) -> dict[str, str]:
    """The fields of a form as a page without script sends it; of a field given twice the last; else nothing.

    Raises 400 for what is no UTF-8 or has too many fields.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().casefold() != FORM:
        return {}
    try:
        text = (await request.body()).decode("ascii")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"))
    except ValueError:
        raise HTTPException(400) from None


async def json_body(request: Request, kind: type[T]) -> T:
    """The body as one of these; raises 400 with what is wrong with it."""
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise HTTPException(400, f"not what is expected here: {error}"[:300]) from None
