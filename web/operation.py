"""One operation of the HTTP face as data; every room of pages lists its own, :mod:`web.operations` has them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from web.gate import Need

Schema = dict[str, Any]
Needs = Literal["api key", "board key", "nothing"] | Need


@dataclass(frozen=True, slots=True)
class Operation:
    """What it answers, and to whom: to the bearer of a key, to somebody with a right, or to anybody."""

    path: str
    summary: str
    needs: Needs
    answer: str
    """Media type of a good answer."""
    schema: Schema
    parameters: tuple[tuple[str, str], ...] = ()
    """(query or path parameter, its meaning)."""
    also: tuple[tuple[int, str], ...] = ()
    """(status, when); what the gate answers is known."""
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    takes: tuple[tuple[str, str], ...] = ()
    """(field of the body, its meaning)."""
    or_key: bool = False
    """An API key does too."""

    @property
    def keyed(self) -> bool:
        """Whether a key opens it."""
        return self.needs in ("api key", "board key")

    @property
    def personal(self) -> bool:
        """Whether somebody must be signed in."""
        return not self.keyed and self.needs != "nothing"


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


TEXT: Schema = {"type": "string"}
JSON = "application/json"
HTML = "text/html"
KEYED = ((401, "a key is needed"), (403, "this key does not open this"))
