"""What comes with a request."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from web.bodies import bounded, form, json_body


def request(*parts: bytes, length: str | None = None, kind: str = "application/x-www-form-urlencoded") -> Request:
    headers = [(b"content-type", kind.encode())] + ([(b"content-length", length.encode())] if length else [])
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Message:
        return messages.pop(0)

    scope = {"type": "http", "method": "POST", "headers": headers}
    return Request(scope, bounded(scope, receive, limit=20))


@pytest.mark.parametrize(
    ("parts", "length"),
    [((b"a=1", b"x" * 18), None), ((b"x" * 21,), None), ((b"a=1",), "21"), ((b"a=1",), "99999999999999999999"[:19])],
)
async def test_too_long(parts: Sequence[bytes], length: str | None) -> None:
    """In one piece, in several, or only announced: 413."""
    with pytest.raises(HTTPException) as refused:
        await request(*parts, length=length).body()
    assert refused.value.status_code == 413


async def test_just_long_enough() -> None:
    """At the limit all of it is read; a length that is no number is no length."""
    assert await request(b"x" * 10, b"y" * 10, length="20").body() == b"x" * 10 + b"y" * 10
    assert await request(b"x", length="-1").body() == b"x"


async def test_form() -> None:
    """Fields as a page sends them; of one given twice the last."""
    assert await form(request(b"a=%E5%B7%A5&b=&a=c+d")) == {"a": "c d", "b": ""}
    assert await form(request(b'{"a": 1}', kind="application/json")) == {}
    assert await form(request(b"a=1", kind="Application/X-WWW-Form-Urlencoded; charset=utf-8")) == {"a": "1"}


@pytest.mark.parametrize("body", [b"a=%ff", b"\xff=1"])
async def test_what_is_no_form(body: bytes) -> None:
    """400."""
    with pytest.raises(HTTPException) as refused:
        await form(request(body))
    assert refused.value.status_code == 400


class Note(Struct):
    text: str


@pytest.mark.parametrize("body", [b"", b"{", b'{"text": 1}', b"[]", b"\xff", b"[" * 19])
async def test_what_is_no_json_of_ours(body: bytes) -> None:
    """400, with what is wrong with it."""
    with pytest.raises(HTTPException) as refused:
        await json_body(request(body), Note)
    assert refused.value.status_code == 400
    assert "not what is expected" in refused.value.detail


async def test_json() -> None:
    """Parsed into what it is."""
    assert await json_body(request(b'{"text": "a"}'), Note) == Note("a")
