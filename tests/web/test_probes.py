"""What a process without pages answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from floor.clock import SystemClock
from floor.history.trouble import Trouble
from floor.state.model import LinkState
from tests.web.doubles import FloorDouble, HealthDouble, pbx
from web.errors import AddressInUse
from web.keys import API, KeyFile
from web.probes import Probes


@dataclass
class Telling:
    published: int = 7
    away: str | None = None
    put_aside: set[str] = field(default_factory=lambda: {"pbx2"})


class Watching:
    """A collector that sees one exchange."""

    def __init__(self) -> None:
        self.store, self.health, self.publisher = FloorDouble(pbx()), HealthDouble(), Telling()

    def trouble(self) -> Trouble:
        return Trouble(waiting=3)


@pytest.fixture
def watching() -> Watching:
    return Watching()


@pytest.fixture
async def probes(watching: Watching, tmp_path: Path) -> AsyncIterator[Probes]:
    one = Probes(watching, "127.0.0.1", 0, tmp_path, SystemClock())
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def client(probes: Probes) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{probes.port}", trust_env=False) as one:
        yield one


async def test_it_lives(client: httpx2.AsyncClient) -> None:
    """As long as it serves; nothing else is there."""
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/")).status_code == 404


async def test_it_sees_and_is_heard(client: httpx2.AsyncClient, watching: Watching) -> None:
    """Ready: an exchange is seen, and the relay takes what is told of it."""
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "links": {"up": 1}})
    watching.publisher.away = "the relay does not answer"
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "waiting", "links": {"up": 1}, "relay": "away"})
    watching.publisher.away = None
    watching.store.put(pbx(link=LinkState.DOWN))
    assert (await client.get("/readyz")).status_code == 503


async def test_figures(client: httpx2.AsyncClient, watching: Watching) -> None:
    """Exchanges, record and relay."""
    watching.publisher.away = "the relay does not answer"
    told = {
        sample.name: sample.value
        for family in text_string_to_metric_families((await client.get("/metrics")).text)
        for sample in family.samples
    }
    assert (told["floor_link_up"], told["floor_history_waiting"]) == (1, 3)
    assert told["floor_relay_published_total"] == 7
    assert (told["floor_relay_away"], told["floor_relay_put_aside"]) == (1, 1)
    assert "floor_today" not in told


async def test_keys_close_figures_only(client: httpx2.AsyncClient, tmp_path: Path) -> None:
    """Once there is a key, figures want one; health never does. Other names than this machine's are refused."""
    assert (await client.get("/metrics", headers={"host": "evil.example"})).status_code == 421
    _, secret = KeyFile(tmp_path).create(API, "graphs", 1.0)
    assert (await client.get("/metrics")).status_code == 401
    assert (await client.get("/metrics", headers={"authorization": f"Bearer {secret}"})).status_code == 200
    assert (await client.get("/healthz", headers={"host": "evil.example"})).status_code == 200


async def test_address_in_use(probes: Probes, watching: Watching, tmp_path: Path) -> None:
    """Said in a sentence, with the setting to change."""
    with pytest.raises(AddressInUse, match=r"relay\.health_port"):
        await Probes(watching, "127.0.0.1", probes.port, tmp_path, SystemClock()).start()
