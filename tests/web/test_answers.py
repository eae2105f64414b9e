"""Answers for programs."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from web.answers import json, key_of, refusal


@pytest.mark.parametrize(
    ("header", "query", "key"),
    [
        ("Bearer abc", "", "abc"),
        ("bearer  abc ", "key=def", "abc"),
        ("Basic abc", "key=def", "def"),
        ("", "key=def", "def"),
        ("Bearer", "", None),
    ],
)
def test_where_a_key_stands(header: str, query: str, key: str | None) -> None:
    """In the header, else in the address."""
    headers = [(b"authorization", header.encode())] if header else []
    assert key_of(Request({"type": "http", "headers": headers, "query_string": query.encode()})) == key


def test_nobody_keeps_an_answer() -> None:
    """Neither a good one nor a refusal, which is a sentence."""
    assert json({"a": 1}).headers["cache-control"] == "no-store"
    refused = refusal(404, "there is no such thing")
    assert (refused.status_code, refused.body) == (404, b'{"error":"there is no such thing"}')
