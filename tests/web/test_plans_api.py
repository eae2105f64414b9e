"""Plans over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from floor.people.model import Role
from tests.web.conftest import Open
from tests.web.readiness import Scene, staged

HERE = "/api/v1/plans"


@pytest.fixture
async def scene(open_house: Open, tmp_path: Path) -> AsyncIterator[Scene]:
    async with staged(open_house, tmp_path) as scene:
        yield scene


async def test_write_approve_read_review(scene: Scene) -> None:
    """A chief writes, a manager approves, everybody marks it read; each only what he may."""
    chief = await scene.be(Role.CHIEF)
    listed = (await chief.get(HERE)).json()
    assert listed.keys() == {"now", "plans", "coverage", "due"}
    assert len(listed["plans"]) >= 10
    fire = (await chief.get(f"{HERE}/fire")).json()
    parts = "type title purpose situations conditions starters steps target audience sentence".split()
    body = {name: fire[name] for name in parts} | {"note": "shorter"}
    written = await chief.send(f"{HERE}/fire", json=body | {"steps": fire["steps"][:2]})
    assert (written.json()["version"], written.json()["note"]) == (2, "shorter")
    assert (await chief.send(f"{HERE}/fire", json={"type": "flood"})).json()["details"] == ["type"]
    assert (await chief.send(f"{HERE}/fire", json=body | {"note": 7})).status_code == 422
    assert (await chief.send(f"{HERE}/fire/approve", json={"version": 2})).status_code == 403
    assert (await chief.send(f"{HERE}/fire/review", json={"what": "all", "why": "it holds"})).json() == {}
    assert [one["version"] for one in (await chief.get(f"{HERE}/fire/versions")).json()["versions"]] == [2, 1]
    assert (await chief.get(f"{HERE}/fire?version=1")).json()["version"] == 1
    assert (await chief.get(f"{HERE}/flood")).status_code == 404
    manager = await scene.be(Role.MANAGER)
    assert (await manager.send(f"{HERE}/fire/approve", json={"version": 2})).json()["approved_version"] == 2
    agent = await scene.be(Role.AGENT)
    assert (await agent.send(f"{HERE}/fire/read", json={"version": 2})).json() == {}
    assert (await agent.get(HERE)).status_code == 403
    leader = await scene.be(Role.LEADER)
    assert (await leader.get(f"{HERE}/fire/readers")).json()["readers"]
    assert (await leader.send(f"{HERE}/fire", json=body)).status_code == 403


async def test_incomplete_plan(scene: Scene) -> None:
    """A plan without its parts may be written, but not approved; what is missing is named."""
    manager = await scene.be(Role.MANAGER)
    await manager.send(f"{HERE}/night", json={"type": "power", "title": "Night"})
    refused = await manager.send(f"{HERE}/night/approve", json={"version": 1})
    assert refused.status_code == 422
    assert refused.json()["details"] == ["purpose", "situations", "conditions", "starters", "steps", "target"]
