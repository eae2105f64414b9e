"""Where a request comes from, and where it may be sent on to."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers
from starlette.requests import Request

from web.origins import address_of, from_here, own_path, same_origin


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        (None, "a:1", True),
        ("http://a:1", "a:1", True),
        ("https://A", "a", True),
        ("http://b:1", "a:1", False),
        ("http://a:2", "a:1", False),
        ("null", "a:1", False),
        ("", "a:1", False),
        ("http://a:1", None, False),
        ("http://[", "[", False),
    ],
)
def test_origins(origin: str | None, host: str | None, same: bool) -> None:
    """A browser's page must come from the host it talks to; programs send no origin."""
    assert same_origin(origin, host) is same


@pytest.mark.parametrize(
    ("sent", "https", "ours"),
    [
        ({}, False, True),
        ({"origin": "http://floor:8000"}, False, True),
        ({"origin": "http://FLOOR:8000"}, False, True),
        ({"origin": "http://evil.example"}, False, False),
        ({"origin": "http://floor"}, False, False),
        ({"origin": "null"}, False, False),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, False, True),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, False, False),
        ({"origin": "http://floor:8000", "sec-fetch-site": "cross-site"}, False, False),
        ({"sec-fetch-site": "same-site"}, False, False),
        ({"sec-fetch-site": "none"}, False, True),
        ({"origin": "http://floor:8000"}, True, False),
        ({"origin": "https://floor:8000"}, True, True),
        ({"origin": "http://["}, False, False),
    ],
)
def test_who_is_behind_a_request(sent: dict[str, str], https: bool, ours: bool) -> None:
    """Our own page, or a program that is no browser; over https a page without it is not ours."""
    assert from_here(Headers({"host": "floor:8000", **sent}), https=https) is ours


def test_two_origins_are_none_of_ours() -> None:
    """What no browser sends is not interpreted."""
    twice = [(b"host", b"a"), (b"origin", b"http://a"), (b"origin", b"http://a")]
    assert not from_here(Headers(raw=twice), https=False)
    assert not from_here(Headers(raw=[(b"host", b"a"), (b"host", b"a")]), https=False)


@pytest.mark.parametrize("path", ["/", "/me", "/desk?board=a&x=1", "/incidents/17#note", "/me?next=http://x/"])
def test_own_paths(path: str) -> None:
    """Pages of ours, with what follows them."""
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None, "", "me", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "http://evil.example",
        "https:evil.example", "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "/me\r\nSet-Cookie: a=b",
        "/x" * 300, "/\u2028", " /me", "/javascript:x", "//[", "/\x00",
    ],
)  # fmt: skip
def test_other_paths_are_not_followed(path: str | None) -> None:
    """No other host, no scheme, nothing that a browser might read as one."""
    assert own_path(path) is None


PROXIES = frozenset({"10.0.0.1", "10.0.0.2"})


@pytest.mark.parametrize(
    ("peer", "told", "address"),
    [
        ("192.0.2.7", ["203.0.113.9"], "192.0.2.7"),
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9, nonsense"], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["2001:DB8::1"], "2001:db8::1"),
    ],
)
def test_whose_address(peer: str, told: list[str], address: str) -> None:
    """Only our own proxies are believed, and only what the last of them has seen itself."""
    headers = [(b"x-forwarded-for", hop.encode()) for hop in told]
    request = Request({"type": "http", "client": (peer, 1), "headers": headers})
    assert address_of(request, PROXIES) == address
