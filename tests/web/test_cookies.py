"""The cookie of a sign-in."""

from __future__ import annotations

import pytest
from starlette.responses import Response

from web.cookies import MAX_SECRET, Cookies, transient


@pytest.mark.parametrize(
    ("headers", "secret"),
    [
        ([], None),
        (["floor=abc"], "abc"),
        (["a=b; floor=abc; c=d"], "abc"),
        (["a=b", "floor=abc"], "abc"),
        (['floor="abc"'], "abc"),
        (["floor="], None),
        (["floor"], None),
        (["Floor=abc"], None),
        (["xfloor=abc"], None),
        (["floor=abc; floor=def"], None),
        (["floor=abc", "floor=abc"], None),
        (["floor=" + "a" * (MAX_SECRET + 1)], None),
        ([";;; ;=;floor=abc;="], "abc"),
    ],
)
def test_exactly_one_is_read(headers: list[str], secret: str | None) -> None:
    """None, two or an absurd one: nobody is signed in by that."""
    assert Cookies(https=False).secret(headers) == secret


def test_over_https_only_the_hosts_own_counts() -> None:
    """A cookie without the prefix could have been set by a neighbouring host."""
    assert Cookies(https=True).secret(["floor=abc"]) is None
    assert Cookies(https=True).secret(["__Host-floor=abc"]) == "abc"


def test_given_and_taken_back() -> None:
    """With the same name, path and marks, or the browser would keep it."""
    cookies, response = Cookies(https=True), Response()
    cookies.give(response, "abc")
    cookies.take_back(response)
    given, taken = response.headers.getlist("set-cookie")
    for cookie in (given, taken):
        for mark in ("__Host-floor=", "Path=/", "Secure", "HttpOnly", "SameSite=strict"):
            assert mark in cookie
    assert "Max-Age=0" in taken


def test_for_a_way_out_and_back() -> None:
    """It survives being sent here by another site, and not for long."""
    response = Response()
    transient(response, "floor-oidc", "abc", https=False, seconds=600)
    cookie = response.headers["set-cookie"]
    assert "SameSite=lax" in cookie
    assert "Max-Age=600" in cookie
    assert "HttpOnly" in cookie
