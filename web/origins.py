"""Where a request comes from: our own page, another's, or no page at all."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request

SAFE = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""
OWN_SITES = frozenset({"same-origin", "none"})
"""``Sec-Fetch-Site`` of our own pages, and of what a person typed or opened himself."""
MAX_PATH = 500


def same_origin(origin: str | None, host: str | None) -> bool:
    """Whether a browser's page comes from here. Programs send no ``Origin`` and need none."""
    if origin is None:
        return True
    try:
        return bool(host) and urlsplit(origin).netloc.casefold() == (host or "").casefold()
    except ValueError:
        return False


def from_here(headers: Headers, *, https: bool) -> bool:
    """Whether no foreign page is behind this request.

    Browsers send ``Sec-Fetch-Site`` over https and from this machine, and ``Origin`` with whatever changes something;
    what sends neither is no browser. ``Origin: null`` (a sandbox, a page without referrer) is ours only if the browser
    vouches for it by ``Sec-Fetch-Site``.
    """
    sites, origins, hosts = (headers.getlist(name) for name in ("sec-fetch-site", "origin", "host"))
    if len(origins) > 1 or len(hosts) != 1 or any(site not in OWN_SITES for site in sites):
        return False
    if not origins or (origins[0] == "null" and sites):
        return True
    return same_origin(origins[0], hosts[0]) and not (https and not origins[0].startswith("https:"))


def own_path(wish: str | None) -> str | None:
    """The path if it leads to a page of ours, else ``None``: no other host, no other scheme, nothing a browser reads
    differently than we do."""
    if not wish or len(wish) > MAX_PATH or not wish.startswith("/") or wish.startswith("//"):
        return None
    if "\\" in wish or any(not char.isprintable() for char in wish):
        return None
    try:
        parts = urlsplit(wish)
    except ValueError:
        return None
    return wish if not parts.scheme and not parts.netloc and ":" not in parts.path.split("/")[1] else None


def address_of(request: Request, proxies: frozenset[str]) -> str:
    """Where a request comes from: the peer, or, if that is one of our proxies, whom the last of them saw.

    Nobody else's ``X-Forwarded-For`` is believed: with it anybody could be anywhere.
    """
    peer = request.client.host if request.client else ""
    if peer not in proxies:
        return peer
    hops = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    for hop in (text.strip() for text in reversed(hops)):
        try:
            address = str(ip_address(hop))
        except ValueError:
            return peer
        if address not in proxies:
            return address
    return peer
