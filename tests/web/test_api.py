"""The face for programs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest

from alerts.ailments import Wellbeing
from floor.history.trouble import Trouble
from floor.state.figures import TOTAL
from floor.state.model import LinkState
from tests.web.conftest import House, Open
from tests.web.doubles import NOON, pbx
from web import protocol, wire

PROMISED = (
    "offered answered abandoned timed_out exited transferred ring_no_answer answered_in_time wait_answered_s "
    "wait_abandoned_s talk_s hold_s completed_by_agent completed_by_caller"
).split()


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=house.base, trust_env=False) as one:
        yield one


async def test_floor_is_a_snapshot(client: httpx2.AsyncClient) -> None:
    """The same shape as on the stream: everything, agents by name, callers by nobody."""
    answer = (await client.get("/api/v1/floor")).json()
    assert answer["v"] == protocol.VERSION
    assert set(answer["floor"]) == set(wire.KINDS)
    assert list(answer["floor"]["agents"]) == ["pbx1/Ann"]
    assert answer["board"]["queues"] == ["pbx1/sales", "pbx1/support"]
    assert "13812345678" not in str(answer)


async def test_floor_of_a_board(client: httpx2.AsyncClient) -> None:
    """With a board's eyes one sees what the board shows."""
    answer = (await client.get("/api/v1/floor?board=lobby")).json()
    assert (answer["board"]["id"], answer["floor"]["agents"], answer["floor"]["trunks"]) == ("lobby", {}, {})
    assert (await client.get("/api/v1/floor?board=nowhere")).status_code == 404


async def test_today(house: House, client: httpx2.AsyncClient) -> None:
    """Total, queues and agents with every promised sum, and what is needed to judge them."""
    house.measures.set(TOTAL, offered=4, answered=3, answered_in_time=2, abandoned=1)
    house.measures.set(("queue", "pbx1", "support"), offered=4)
    house.measures.set(("queue", "pbx1", "gone"), offered=1)
    house.measures.set(("agent", "pbx1", "Ann"), answered=3)
    house.measures.breaks["pbx1"] = [(1.0, 2.0), (3.0, None)]
    answer = (await client.get("/api/v1/today")).json()
    assert [(row["pbx"], row["name"], row["offered"]) for row in answer["queues"]] == [
        ("pbx1", "gone", 1),
        ("pbx1", "sales", 0),
        ("pbx1", "support", 4),
    ]
    assert [(row["name"], row["answered"]) for row in answer["agents"]] == [("Ann", 3)]
    for row in (answer["total"], *answer["queues"], *answer["agents"]):
        assert set(PROMISED) <= set(row)
        assert set(row["sl"]) == set("ABCDE")
    assert answer["total"]["answer_rate"] == 0.75
    assert answer["queues"][1]["answer_rate"] is None
    assert (answer["formula"], answer["answer_s"], answer["day_began_at"]) == ("C", 15, NOON - 43200)
    assert answer["gaps"] == {"pbx1": [[1.0, 2.0], [3.0, None]]}


async def test_health(house: House, client: httpx2.AsyncClient) -> None:
    """Alive as long as it serves; ready while an exchange is connected. Neither names anything."""
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).json() == {"status": "ready", "links": {"up": 1}}
    house.store.put(pbx(link=LinkState.SYNCING))
    waiting = await client.get("/readyz")
    assert (waiting.status_code, waiting.json()) == (503, {"status": "waiting", "links": {"syncing": 1}})


@pytest.mark.parametrize("vacant", [False, True])
async def test_health_of_who_stands_by(open_house: Open, vacant: bool) -> None:
    """That perhaps nobody acts on the alerts is said without a key: whoever watches the process is to see it."""
    well = Wellbeing(False, 0, Trouble(), {}, True, vacant)
    house = await open_house(parts={"wellbeing": lambda: well})
    async with httpx2.AsyncClient(base_url=house.base, trust_env=False) as client:
        said = (await client.get("/healthz")).json()
    assert said == {"status": "ok", **({"alerts": "vacant"} if vacant else {})}


async def test_keys(open_house: Open) -> None:
    """Elsewhere than on loopback: 401 without, 403 with the wrong key, 200 with the right one, in header or query."""
    house = await open_house(host="0.0.0.0")
    _, api = house.web.access.create("api")
    _, board = house.web.access.create("board:floor")
    async with httpx2.AsyncClient(base_url=house.base, trust_env=False) as client:
        for path in ("/api/v1/floor", "/api/v1/today", "/metrics"):
            assert (await client.get(path)).status_code == 401
            assert (await client.get(path, params={"key": "guess"})).status_code == 403
            assert (await client.get(path, params={"key": board})).status_code == 403
            assert (await client.get(path, params={"key": api})).status_code == 200
            assert (await client.get(path, headers={"Authorization": f"bearer {api}"})).status_code == 200
        assert (await client.get("/api/v1/floor", params={"key": board, "board": "floor"})).status_code == 200
        assert (await client.get("/api/v1/floor", params={"key": board, "board": "lobby"})).status_code == 403
        for path in ("/healthz", "/readyz", "/openapi.json", "/api"):
            assert (await client.get(path)).status_code == 200


async def test_answers_are_not_kept(client: httpx2.AsyncClient) -> None:
    """The floor of a moment is nobody's cache entry."""
    assert (await client.get("/api/v1/today")).headers["cache-control"] == "no-store"


async def test_refusals_are_sentences(client: httpx2.AsyncClient) -> None:
    """Programs get JSON, whatever they did wrong."""
    assert (await client.get("/api/v1/nothing")).json() == {"error": "There is no such page."}
    assert (await client.post("/api/v1/today")).status_code == 405
