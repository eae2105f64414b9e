"""Asking and answering over HTTP: by role and scope, with what the audit keeps of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.web.asked_house import Asked, open_asked
from tests.web.conftest import Open
from tests.web.visitor import visiting


@pytest.fixture
async def asked(open_house: Open, tmp_path: Path) -> Asked:
    return await open_asked(open_house, tmp_path)


async def sent(asked: Asked, login: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
    async with visiting(asked.house) as visitor:
        await visitor.sign_in(login)
        answer = await visitor.send(f"/api/v1/requests/{path}", body or {})
        return answer.status_code, answer.json()


async def listed(asked: Asked, login: str, query: str = "") -> dict[str, Any]:
    async with visiting(asked.house) as visitor:
        await visitor.sign_in(login)
        found: dict[str, Any] = (await visitor.get(f"/api/v1/requests{query}")).json()["requests"]
        return found


async def test_help_from_asking_to_closing(asked: Asked) -> None:
    """Asked, seen by his leaders and the chief, answered by name, closed; the address is in the audit."""
    status, made = await sent(asked, "ann", "help", {"about": "technical", "text": "no sound"})
    assert (status, made["request"]["about"], made["request"]["mine"]) == (201, "technical", True)
    id_ = made["id"]
    for login, sees in {"leader": 1, "coach": 1, "chief": 1, "other": 0, "qa": 0, "admin": 0}.items():
        assert len(await listed(asked, login)) == sees, login
    status, answered = await sent(asked, "coach", f"{id_}/answer", {"answer": "coming"})
    assert (status, answered["request"]["answered_by"], answered["request"]["stage"]) == (200, "He Ping", "answered")
    assert (await sent(asked, "leader", f"{id_}/close"))[0] == 200
    assert [entry.by.address for entry in asked.audit.entries] == ["127.0.0.1"] * 3
    assert (await listed(asked, "leader", "?since=0"))[id_]["stage"] == "closed"


async def test_leave_from_asking_to_deciding(asked: Asked) -> None:
    """With a word; the second decision is refused, in both languages."""
    _, made = await sent(asked, "ann", "leave", {"reason": "toilet", "minutes": 5})
    id_ = made["id"]
    assert made["request"]["away"] == []
    status, decided = await sent(asked, "leader", f"{id_}/decide", {"approved": True, "word": "go"})
    assert (status, decided["request"]["stage"], decided["request"]["decided_by"]) == (200, "approved", "Wang Li")
    status, refused = await sent(asked, "chief", f"{id_}/decide", {"approved": False})
    assert (status, refused["words"]) == (409, {"en": "it is decided already: approved", "zh": "已批准"})
    assert (await sent(asked, "ann", f"{id_}/withdraw"))[1]["request"]["stage"] == "withdrawn"


@pytest.mark.parametrize(
    ("login", "path", "body", "status"),
    [
        ("ann", "help", {"about": "boredom"}, 400),
        ("ann", "help", {"about": "question", "text": "x" * 501}, 400),
        ("ann", "help", {"agent": "Bob"}, 400),
        ("leader", "help", {}, 409),
        ("ann", "leave", {"reason": "holiday", "minutes": 5}, 422),
        ("ann", "leave", {"reason": "meal", "minutes": "5"}, 400),
        ("ann", "none/reason", {"reason": "noise"}, 404),
        ("ann", "none/answer", {"answer": "coming"}, 403),
        ("ann", "none/decide", {"approved": True}, 403),
        ("coach", "none/decide", {"approved": True}, 403),
        ("leader", "none/decide", {"approved": True}, 404),
        ("leader", "none/answer", {"answer": "shout"}, 400),
        ("chief", "%2e%2e%2f/close", {}, 404),
    ],
)
async def test_what_is_refused(asked: Asked, login: str, path: str, body: dict[str, Any], status: int) -> None:
    """Hostile bodies, roles without the right, ids that were guessed: a status and a sentence, and nothing was done."""
    found, said = await sent(asked, login, path, body)
    assert found == status
    assert said["error"]
    assert not asked.room.shown


@pytest.mark.parametrize(("since", "status"), [("0", 200), ("x", 400), ("inf", 400), ("1e99", 400)])
async def test_moments_of_the_query(asked: Asked, since: str, status: int) -> None:
    """A number there may be, nothing else."""
    async with visiting(asked.house) as visitor:
        await visitor.sign_in("leader")
        assert (await visitor.get(f"/api/v1/requests?since={since}")).status_code == status
