"""Drills over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from floor.people.model import Role
from tests.web.conftest import Open
from tests.web.readiness import Scene, staged

HERE = "/api/v1/drills"


@pytest.fixture
async def scene(open_house: Open, tmp_path: Path) -> AsyncIterator[Scene]:
    async with staged(open_house, tmp_path) as scene:
        yield scene


async def test_the_whole_way(scene: Scene) -> None:
    """Started by the chief, stepped, noted, ended, evaluated, improved."""
    leader = await scene.be(Role.LEADER)
    assert (await leader.send(HERE, json={"plan": "fire"})).status_code == 403
    chief = await scene.be(Role.CHIEF)
    drill = (await chief.send(HERE, json={"plan": "fire", "kind": "tabletop", "participants": ["Li"]})).json()
    one = f"{HERE}/{drill['id']}"
    assert (await chief.send(HERE, json={"plan": "press", "kind": "tabletop"})).status_code == 409
    listed = (await chief.get(HERE)).json()
    assert (listed["running"]["id"], len(listed["outages"]) >= 8) == (drill["id"], True)
    report = (await chief.send(f"{one}/step", json={"step": "s1"})).json()
    assert report["steps"][0]["by"].startswith("Chief")
    assert (await chief.send(f"{one}/note", json={"text": "stairs were locked"})).json() == {}
    assert (await chief.send(f"{one}/stop")).json()["end"] == "completed"
    assert (await chief.send(f"{one}/stop", json={"reason": "x"})).status_code == 409
    evaluated = await chief.send("/api/v1/evaluations", json={"about": drill["id"], "verdict": "partly"})
    assert (evaluated.status_code, evaluated.json()["plan"]) == (201, "fire")
    asked = {"about": drill["id"], "text": "unlock the stairs", "owner": "Li"}
    made = (await chief.send("/api/v1/improvements", json=asked)).json()
    assert len((await chief.get("/api/v1/improvements?pending=1")).json()["improvements"]) == 1
    done = await chief.send(f"/api/v1/improvements/{made['id']}/done", json={"how": "unlocked"})
    assert done.json()["done_how"] == "unlocked"
    whole = (await chief.get(one)).json()
    assert (whole["evaluation"]["verdict"], len(whole["improvements"])) == ("partly", 1)
    assert "stairs were locked" in (await chief.get(f"{one}?format=csv")).text
    (entry,) = scene.audit.entries
    assert (entry.act, entry.more["what"], entry.by.role) == ("export", "drill", "chief")


async def test_a_program_starts_and_ends(scene: Scene) -> None:
    """With an API key drills are started, read and ended; steps are for people."""
    _, secret = scene.house.web.access.create("api")
    headers = {"authorization": f"Bearer {secret}"}
    started = await scene.visitor.send(HERE, json={"plan": "system", "kind": "simulated"}, headers=headers)
    assert (started.status_code, started.json()["leader"]) == (201, "API")
    one = f"{HERE}/{started.json()['id']}"
    assert (await scene.visitor.get(one, headers=headers)).json()["drill"]["outage"] == "exchange_dead"
    assert (await scene.visitor.send(f"{one}/step", json={"step": "s1"}, headers=headers)).status_code == 401
    assert (await scene.visitor.send(f"{one}/stop", headers=headers)).json()["end"] == "completed"
    assert (await scene.visitor.get(HERE)).status_code == 401
