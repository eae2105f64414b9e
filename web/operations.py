"""Every operation of the HTTP face as data, and its description for people."""

from __future__ import annotations

from collections.abc import Iterable

from floor.people.rights import Right
from floor.state.figures import NAMES, Figures, indicators, service_levels
from web import (
    alerts_api,
    audit_api,
    calls_api,
    command_api,
    company,
    drills_api,
    emergencies_api,
    incidents_api,
    listening_api,
    me,
    notices_api,
    numbers_api,
    password,
    plans_api,
    replay,
    reports_api,
    requests_api,
    signin,
    telling_api,
    workplace,
)
from web.operation import HTML, JSON, KEYED, TEXT, Operation, ref

READING = (
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


OPERATIONS: tuple[Operation, ...] = (
    *READING,
    *reports_api.OPERATIONS,
    *signin.OPERATIONS,
    *company.OPERATIONS,
    *password.OPERATIONS,
    *me.OPERATIONS,
    *replay.OPERATIONS,
    *workplace.OPERATIONS,
    *alerts_api.OPERATIONS,
    *calls_api.OPERATIONS,
    *telling_api.OPERATIONS,
    *command_api.OPERATIONS,
    *numbers_api.OPERATIONS,
    *audit_api.OPERATIONS,
    *requests_api.OPERATIONS,
    *notices_api.OPERATIONS,
    *listening_api.OPERATIONS,
    *incidents_api.OPERATIONS,
    *emergencies_api.OPERATIONS,
    *plans_api.OPERATIONS,
    *drills_api.OPERATIONS,
)
"""All of them, room by room."""


def readable(version: str, operations: Iterable[Operation] = OPERATIONS) -> str:
    """The same for people."""
    lines = [
        f"Floorwatch {version}: what programs can read here",
        "",
        "Keys: `Authorization: Bearer KEY`, or ?key=KEY. An api key opens whatever needs a key, a board's key its",
        "board. On 127.0.0.1, as long as no key was ever made, no key is needed. What needs a right needs somebody who",
        "is signed in and has it: 401 sign in, 403 not this role or not our own page, 423 locked. What changes",
        "something carries the header X-Floor-Token. Times are seconds since the epoch; what is absent or null is not",
        "known, never zero. Ratios run from 0 to 1.",
    ]
    for operation in operations:
        needed = f"the right {operation.needs}" if isinstance(operation.needs, Right) else operation.needs
        needed += ", or an api key" if operation.or_key else ""
        lines += ["", f"{operation.method} {operation.path}", f"    {operation.summary}", f"    needs: {needed}"]
        lines += [f"    {name}: {meaning}" for name, meaning in (*operation.parameters, *operation.takes)]
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
