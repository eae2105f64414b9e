"""Every operation of the HTTP face as data, and its description for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from floor.state.figures import NAMES, Figures, indicators, service_levels

Schema = dict[str, Any]
Needs = Literal["api key", "board key", "nothing"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One GET: what it answers, and to whom."""

    path: str
    summary: str
    needs: Needs
    answer: str
    """Media type of a good answer."""
    schema: Schema
    parameters: tuple[tuple[str, str], ...] = ()
    """(query or path parameter, its meaning)."""
    also: tuple[tuple[int, str], ...] = ()
    """(status, when)."""


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


TEXT: Schema = {"type": "string"}
JSON = "application/json"
HTML = "text/html"
KEYED = ((401, "a key is needed"), (403, "this key does not open this"))

OPERATIONS = (
    Operation("/", "Start page: the boards this key opens; with only one, a redirect to it.", "board key", HTML, TEXT),
    Operation(
        "/board/{board}", "A wallboard.", "board key", HTML, TEXT, (("board", "id of the board"),),
        (*KEYED, (404, "there is no such board")),
    ),
    Operation(
        "/api/v1/floor",
        "The floor as it is: the entities of the stream's snapshot. Without `board` everything, agents by name.",
        "api key", JSON, ref("FloorAnswer"), (("board", "see only what this board shows; its key is enough"),),
        (*KEYED, (404, "there is no such board")),
    ),
    Operation("/api/v1/today", "Figures of today: total, queues, agents.", "api key", JSON, ref("Today"), (), KEYED),
    Operation(
        "/ws", "The stream, a websocket: a snapshot, then patches (docs/protocol.md).", "board key", JSON,
        {"description": "see docs/protocol.md"},
        (("board", "id of the board"), ("key", "its key, as a browser cannot send headers here")),
        ((101, "the stream begins"), (403, "opened by a foreign page"), (426, "not a websocket request")),
    ),
    Operation("/healthz", "200 as long as the process serves.", "nothing", JSON, ref("Health")),
    Operation(
        "/readyz", "200 when at least one exchange is connected and its floor is known.", "nothing", JSON,
        ref("Health"), (), ((503, "not yet, or not any more"),),
    ),
    Operation("/metrics", "Metrics for Prometheus.", "api key", "text/plain", TEXT, (), KEYED),
    Operation("/openapi.json", "This description, for machines.", "nothing", JSON, {"type": "object"}),
    Operation("/api", "This description, for people.", "nothing", "text/plain", TEXT),
    Operation(
        "/static/{digest}/{path}", "Scripts, styles and pictures of the pages; to be kept for ever.", "nothing",
        "application/octet-stream", TEXT, (("digest", "build of the files"), ("path", "file")),
        ((404, "there is no such file"),),
    ),
)  # fmt: skip


def readable(version: str, operations: Iterable[Operation] = OPERATIONS) -> str:
    """The same for people."""
    lines = [
        f"Floorwatch {version}: what programs can read here",
        "",
        "Everything is GET. Keys: `Authorization: Bearer KEY`, or ?key=KEY. An api key opens everything, a board's key",
        "its board. On 127.0.0.1, as long as no key was ever made, no key is needed. Times are seconds since the",
        "epoch; what is absent or null is not known, never zero. Ratios run from 0 to 1.",
    ]
    for operation in operations:
        lines += ["", f"GET {operation.path}", f"    {operation.summary}", f"    needs: {operation.needs}"]
        lines += [f"    {name}: {meaning}" for name, meaning in operation.parameters]
        lines += [f"    {status}: {when}" for status, when in operation.also]
    figures = ", ".join([*NAMES, "sl {" + ", ".join(service_levels(Figures())) + "}", *indicators(Figures())])
    lines += [
        "",
        "Figures: " + figures,
        "",
        "The stream and all entities: docs/protocol.md. Schemas: /openapi.json.",
        "",
    ]
    return "\n".join(lines)
