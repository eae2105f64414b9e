"""Reporting emergencies and leaving the floor over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from alerts.model import INCIDENT_TYPES
from floor.people.model import Role
from tests.web.conftest import Open
from tests.web.readiness import Scene, staged

REPORT, LEAVE = "/api/v1/emergencies", "/api/v1/evacuation"


@pytest.fixture
async def scene(open_house: Open, tmp_path: Path) -> AsyncIterator[Scene]:
    async with staged(open_house, tmp_path) as scene:
        yield scene


async def test_an_agent_reports_a_fire(scene: Scene) -> None:
    """Anybody may: the form offers every type with its numbers, the answer is the sentence with his name in it."""
    agent = await scene.be(Role.AGENT)
    types = {one["type"]: one for one in (await agent.get(REPORT)).json()["types"]}
    assert set(types) == set(INCIDENT_TYPES)
    assert "119" in types["fire"]["numbers"]
    assert [one["type"] for one in types.values() if one["calling"] == "ask"] == ["fire"]
    told = await agent.send(REPORT, json={"type": "fire", "place": "row 3", "details": {"material": "paper"}})
    assert told.status_code == 201
    assert "row 3" in told.json()["sentence"]["en"]
    assert "Agent" in told.json()["sentence"]["zh"]
    assert told.json()["steps"][0]["step"]["who"] == "agent"
    assert scene.responses.alarms.raised[0][0] == "R-EMG-1"


async def test_a_program_reports(scene: Scene) -> None:
    """With an API key; without one it may not."""
    _, secret = scene.house.web.access.create("api")
    body = {"type": "power", "place": "hall"}
    assert (await scene.visitor.send(REPORT, json=body)).status_code == 401
    headers = {"authorization": f"Bearer {secret}"}
    told = await scene.visitor.send(REPORT, json=body, headers=headers)
    assert (told.status_code, told.json()["incident"]["recorder"]) == (201, "API")


async def test_evacuation(scene: Scene) -> None:
    """A leader may not; the chief prepares, confirms and lifts, each once."""
    leader = await scene.be(Role.LEADER)
    assert (await leader.send(f"{LEAVE}/prepare")).status_code == 403
    assert (await leader.get(LEAVE)).json()["active"] is False
    chief = await scene.be(Role.CHIEF)
    assert (await chief.send(f"{LEAVE}/confirm", json={"token": "x"})).status_code == 409
    token = (await chief.send(f"{LEAVE}/prepare")).json()["token"]
    state = (await chief.send(f"{LEAVE}/confirm", json={"token": token})).json()
    assert (state["active"], state["by"].startswith("Chief")) == (True, True)
    assert (await chief.send(f"{LEAVE}/lift")).json()["active"] is False
    assert (await chief.send(f"{LEAVE}/lift")).status_code == 409
