"""One request to a stranger; how its answers are judged is in test_webhook.py."""

from __future__ import annotations

import pytest

from alerts.notify.errors import PermanentError
from alerts.notify.http import place, request
from tests.alerts.notify.cast import Receiver


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a/",
        "http:///x",
        "http://user:pass@a/",
        "http://a:99999/",
        "http://a/b c",
        "http://a/\r\nX: y",
        "//a",
        "http://a/ü",
    ],
)
def test_a_url_that_cannot_be_used(url: str) -> None:
    """It is refused for good, in a sentence that does not repeat it."""
    with pytest.raises(PermanentError) as raised:
        place(url)
    assert "user:pass" not in str(raised.value)


def test_a_url_taken_apart() -> None:
    """Default ports are not said, a query belongs to the target, an IPv6 address keeps its brackets."""
    assert place("https://a.example/x?y=1").authority == "a.example"
    assert place("https://a.example/x?y=1").target == "/x?y=1"
    assert place("http://[::1]:8080").authority == "[::1]:8080"
    assert place("http://[::1]:8080").target == "/"


async def test_a_header_cannot_begin_another() -> None:
    """A line break in a value is refused before anything is sent."""
    async with Receiver() as receiver:
        with pytest.raises(PermanentError):
            await request("POST", receiver.url, {"Idempotency-Key": "a\r\nX: y"}, b"{}", private=True)
    assert not receiver.requests


async def test_the_body_is_what_was_given() -> None:
    """Length and bytes agree; the connection is not kept."""
    async with Receiver() as receiver:
        assert (await request("POST", receiver.url, {}, "演练".encode(), private=True)).status == 204
    assert receiver.requests[0].body.decode() == "演练"
    assert receiver.requests[0].headers["connection"] == "close"
