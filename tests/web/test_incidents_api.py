"""Incidents over HTTP: the whole way of one, with rights asked and refusals in sentences."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from alerts.plan_model import Callback
from floor.people.model import Role
from tests.web.conftest import Open
from tests.web.readiness import Scene, staged

HERE = "/api/v1/incidents"


@pytest.fixture
async def scene(open_house: Open, tmp_path: Path) -> AsyncIterator[Scene]:
    async with staged(open_house, tmp_path) as scene:
        yield scene


async def test_the_whole_way(scene: Scene) -> None:
    """Opened, noted, corrected, scoped, amended, refused with what is missing, recovered, closed, exported."""
    leader = await scene.be(Role.LEADER)
    opened = await leader.send(HERE, json={"type": "comms", "description": "no lines", "place": "site"})
    assert opened.status_code == 201
    one = f"{HERE}/{opened.json()['id']}"
    note = await leader.send(f"{one}/note", json={"text": "called the carier"})
    await leader.send(f"{one}/correct", json={"entry": note.json()["id"], "text": "called the carrier"})
    refused = await leader.send(f"{one}/close")
    assert (refused.status_code, refused.json()["details"]) == (422, ["resolution", "recovered_at"])
    assert (await leader.send(f"{one}/scope", json={"scope": "carrier"})).status_code == 403
    assert (await leader.send(f"{one}/step", json={"step": "s1"})).status_code == 201
    assert (await leader.send(f"{one}/recover")).json()["stage"] == "recovered"
    assert (await leader.send(f"{one}/amend", json={"recovered_at": None})).json()["stage"] == "open"
    assert (await leader.send(f"{one}/recover", json={"at": scene.responses.clock.now()})).status_code == 200
    await leader.send(f"{one}/amend", json={"resolution": "they repaired it"})
    assert (await leader.send(f"{one}/close")).json()["stage"] == "closed"
    told = (await leader.get(one)).json()
    assert told.keys() == {
        "now", "incident", "entries", "missing", "times", "plan", "steps", "sentence", "rules", "evaluation",
    }  # fmt: skip
    assert [line["kind"] for line in told["entries"]][:4] == ["opened", "note", "correction", "step"]
    assert (told["missing"], told["plan"]["id"]) == ([], "comms")
    assert len((await leader.get(f"{one}/versions")).json()["versions"]) >= 5
    assert (await leader.get(f"{one}/export")).status_code == 403
    chief = await scene.be(Role.CHIEF)
    assert (await chief.send(f"{one}/scope", json={"scope": "carrier"})).json()["scoped_by"].startswith("Chief")
    file = await chief.get(f"{one}/export?format=csv")
    assert file.headers["content-disposition"].endswith('.csv"')
    assert "called the carrier" in file.text
    assert (await chief.get(f"{one}/export?format=pdf")).status_code == 422
    assert (await chief.get("/api/v1/faults?by=week")).json()["rows"][0]["type"] == "comms"
    assert "comms" in (await chief.get("/api/v1/faults?format=csv")).text
    assert (await chief.get("/api/v1/faults?since=x")).json()["details"] == ["since"]
    told_ = [(entry.act, entry.more["what"], entry.more["form"], entry.by.role) for entry in scene.audit.entries]
    assert told_ == [("export", "incident", "csv", "chief"), ("export", "faults", "csv", "chief")]


async def test_who_sees_whole_numbers_is_on_record(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many, of which incident, before they are seen (R-SEC-2); whoever sees them masked is not."""
    leader = await scene.be(Role.LEADER)
    id_ = (await leader.send(HERE, json={"type": "comms", "description": "x"})).json()["id"]

    async def callbacks(*_: object) -> list[Callback]:
        return [Callback("pbx1", "support", "1.1", "13812345678", 1.0, "abandoned")]

    monkeypatch.setattr(scene.responses.all.aftermath, "callbacks", callbacks)
    assert (await leader.get(f"{HERE}/{id_}/callbacks")).status_code == 200
    assert scene.audit.entries == []
    chief = await scene.be(Role.CHIEF)
    assert (await chief.get(f"{HERE}/{id_}/callbacks")).status_code == 200
    (entry,) = scene.audit.entries
    assert (entry.act, entry.more) == ("unmask", {"incident": id_, "rows": 1})


async def test_what_cannot_be_recorded_is_not_given(scene: Scene) -> None:
    """A file whose taking away nobody would know of is not taken away (R-SEC-3)."""
    chief = await scene.be(Role.CHIEF)
    scene.audit.full = True
    assert (await chief.get("/api/v1/faults?format=csv")).status_code == 503


async def test_suspected(scene: Scene) -> None:
    """What detection opened is confirmed or dismissed; the list of the living shrinks."""
    scene.responses.alarms.fire("R-EMG-20")
    scene.responses.alarms.fire("R-EMG-22")
    leader = await scene.be(Role.LEADER)
    listed = (await leader.get(f"{HERE}?live=1")).json()["incidents"]
    assert {one["stage"] for one in listed} == {"suspected"}
    first, second = (f"{HERE}/{one['id']}" for one in listed)
    assert (await leader.send(f"{first}/confirm")).json()["stage"] == "open"
    assert (await leader.send(f"{first}/confirm")).status_code == 409
    assert (await leader.send(f"{second}/dismiss", json={"reason": " "})).status_code == 422
    assert (await leader.send(f"{second}/dismiss", json={"reason": "maintenance"})).json()["stage"] == "dismissed"
    assert len((await leader.get(f"{HERE}?live=1")).json()["incidents"]) == 1
    assert len((await leader.get(f"{HERE}?since=0")).json()["incidents"]) == 2


async def test_impact_and_callbacks(scene: Scene) -> None:
    """Impact tells numbers only; callbacks are a list of their own, and a stranger's visit is none."""
    leader = await scene.be(Role.LEADER)
    one = f"{HERE}/{(await leader.send(HERE, json={'type': 'comms', 'description': 'x'})).json()['id']}"
    did = (await leader.get(f"{one}/impact")).json()
    assert "callbacks" not in did
    assert (did["lost"], did["open"]) == (0, True)
    assert (await leader.get(f"{one}/callbacks")).json() == {"callbacks": []}
    asked = {"pbx": "p", "queue": "q", "uniqueid": "1.1", "result": "reached"}
    assert (await leader.send(f"{one}/callbacks", json=asked)).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("", {"type": "flood", "description": "x"}, 422),
        ("", {"type": "fire"}, 400),
        ("/I-0/note", {"text": "x"}, 404),
        ("/I-0/note", {"text": 7}, 400),
    ],
)
async def test_refusals(scene: Scene, path: str, body: dict[str, object], status: int) -> None:
    """Each in a sentence with its status."""
    answer = await (await scene.be(Role.LEADER)).send(f"{HERE}{path}", json=body)
    assert (answer.status_code, bool(answer.json()["error"])) == (status, True)


async def test_agents_have_no_business_here(scene: Scene) -> None:
    """An agent neither reads nor writes incidents; who is not signed in is asked to."""
    assert (await scene.visitor.get(HERE)).status_code == 401
    agent = await scene.be(Role.AGENT)
    assert (await agent.get(HERE)).status_code == 403
    assert (await agent.send(HERE, json={"type": "fire", "description": "x"})).status_code == 403
