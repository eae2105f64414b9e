"""The cookie that says who somebody is: one secret, out of reach of scripts, of other sites and of other hosts."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import Response

MAX_SECRET = 200


class Cookies:
    """Over https it carries the prefix ``__Host-``: then no neighbouring host can set it, and it never goes in the
    clear. It ends with the browser."""

    def __init__(self, *, https: bool) -> None:
        self.https = https
        self.name = "__Host-floor" if https else "floor"

    def secret(self, headers: Iterable[str]) -> str | None:
        """The secret in these ``Cookie`` headers; ``None`` when there is none, or more than one: then somebody else
        has put his beside it."""
        found = [value for name, value in _pairs(headers) if name == self.name]
        return found[0] if len(found) == 1 and 0 < len(found[0]) <= MAX_SECRET else None

    def give(self, response: Response, secret: str) -> None:
        """Let the browser keep it until it ends."""
        response.set_cookie(self.name, secret, path="/", secure=self.https, httponly=True, samesite="strict")

    def take_back(self, response: Response) -> None:
        """Let the browser forget it."""
        response.delete_cookie(self.name, path="/", secure=self.https, httponly=True, samesite="strict")


def _pairs(headers: Iterable[str]) -> Iterable[tuple[str, str]]:
    for header in headers:
        for part in header.split(";"):
            name, found, value = part.strip().partition("=")
            if found:
                yield name, value.strip('"')


def transient(response: Response, name: str, value: str, *, https: bool, seconds: int) -> None:
    """A cookie for a way out and back: it must survive being sent here by another site, so it is only ``Lax``."""
    response.set_cookie(name, value, seconds, path="/", secure=https, httponly=True, samesite="lax")
