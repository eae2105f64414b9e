"""Posting, withdrawing and reading notices over HTTP, and where boards show them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.web.asked_house import Asked, open_asked
from tests.web.conftest import Open
from tests.web.visitor import visiting

GIVEN = {"text": {"zh": "系统升级"}, "level": "warn", "minutes": 30}


@pytest.fixture
async def asked(open_house: Open, tmp_path: Path) -> Asked:
    return await open_asked(open_house, tmp_path)


async def sent(asked: Asked, login: str, path: str = "", body: Any = None) -> tuple[int, dict[str, Any]]:
    async with visiting(asked.house) as visitor:
        await visitor.sign_in(login)
        answer = await visitor.send(f"/api/v1/notices{path}", body or {})
        return answer.status_code, answer.json()


async def test_posted_read_withdrawn(asked: Asked) -> None:
    """By a leader to his group; read by one of it; taken down by himself."""
    status, made = await sent(asked, "leader", "", GIVEN)
    assert (status, made["notice"]["groups"], made["notice"]["by"]) == (201, ["early"], "Wang Li")
    id_ = made["id"]
    assert (await sent(asked, "ann", f"/{id_}/read"))[0] == 200
    assert (await sent(asked, "cui", f"/{id_}/read"))[0] == 404
    async with visiting(asked.house) as visitor:
        await visitor.sign_in("other")
        found = (await visitor.get("/api/v1/notices")).json()
    assert (found["notices"][id_]["reads"], found["notices"][id_].get("mine", False)) == (1, False)
    assert found["groups"] == ["late"]
    assert [(one["id"], one["public"]) for one in found["boards"]] == [("floor", False), ("lobby", True)]
    assert (await sent(asked, "other", f"/{id_}/withdraw"))[0] == 403
    assert (await sent(asked, "leader", f"/{id_}/withdraw"))[0] == 200
    assert not asked.room.notices.standing


@pytest.mark.parametrize(
    ("more", "floor", "lobby"),
    [
        ({}, True, False),
        ({"public": True}, True, True),
        ({"boards": ["floor"]}, True, False),
        ({"boards": ["lobby"], "public": True}, False, True),
        ({"boards": None}, False, False),
    ],
)
async def test_which_boards_show_it(asked: Asked, more: dict[str, Any], floor: bool, lobby: bool) -> None:
    """Those that are named; visitors only what is meant for them (R-SEC-8), and never who posted it."""
    await sent(asked, "chief", "", GIVEN | more)
    async with visiting(asked.house) as visitor:
        for board, shown in (("floor", floor), ("lobby", lobby)):
            notices = (await visitor.get(f"/api/v1/floor?board={board}")).json()["floor"]["notices"]
            assert [sorted(one) for one in notices.values()] == ([["level", "text", "until"]] if shown else []), board


@pytest.mark.parametrize(
    ("login", "body", "status"),
    [
        ("ann", GIVEN, 403),
        ("coach", GIVEN, 403),
        ("qa", GIVEN, 403),
        ("chief", GIVEN | {"minutes": 0}, 422),
        ("chief", GIVEN | {"text": {}}, 422),
        ("chief", GIVEN | {"boards": ["x"]}, 422),
        ("chief", GIVEN | {"until": 1}, 400),
        ("chief", {"level": "warn"}, 400),
        ("leader", GIVEN | {"groups": ["late"]}, 403),
    ],
)
async def test_what_is_refused(asked: Asked, login: str, body: dict[str, Any], status: int) -> None:
    """Without the right, without an end, without words, to another's group: nothing is shown."""
    found, said = await sent(asked, login, "", body)
    assert found == status
    assert said["error"]
    assert not asked.room.notices.standing
