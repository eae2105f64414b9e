"""What Prometheus scrapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from floor.state.figures import TOTAL
from floor.state.model import AgentState, LinkState
from tests.web.alarm_doubles import AlarmsDouble, alert
from tests.web.conftest import House, Open
from tests.web.doubles import agent, member, pbx, queue

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def scrape(house: House) -> Samples:
    async with httpx2.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{house.base}/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(answer.text)
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


async def test_links_and_floor(house: House) -> None:
    """Link state, events, queue size, agents by state, callers waiting."""
    house.store.put(pbx("pbx2", LinkState.REFUSED), queue("support", waiting=3))
    house.store.put(agent("Bob", member(agent="Bob"), state=AgentState.TALKING))
    samples = await scrape(house)
    assert samples["floor_link_up", (("pbx", "pbx1"),)] == 1
    assert samples["floor_link_up", (("pbx", "pbx2"),)] == 0
    assert samples["floor_link_state", (("pbx", "pbx2"), ("state", "refused"))] == 1
    assert samples["floor_events_total", (("pbx", "pbx1"),)] == 42
    assert samples["floor_inbound_queue", (("pbx", "pbx1"),)] == 3
    assert samples["floor_agents", (("pbx", "pbx1"), ("state", "talking"))] == 1
    assert samples["floor_agents", (("pbx", "pbx1"), ("state", "paused"))] == 0
    assert samples["floor_callers_waiting", (("pbx", "pbx1"), ("queue", "support"))] == 3


async def test_what_is_not_known_has_no_sample(house: House) -> None:
    """A lag never measured is absent, not zero."""
    assert not [name for name, _ in await scrape(house) if name == "floor_event_lag_seconds"]


async def test_figures(house: House) -> None:
    """Today's sums per queue and in total, and the five service levels."""
    house.measures.set(TOTAL, offered=4, answered=4, answered_in_time=3)
    house.measures.set(("queue", "pbx1", "support"), offered=4)
    samples = await scrape(house)
    assert samples["floor_today", (("figure", "offered"), ("pbx", "pbx1"), ("queue", "support"))] == 4
    assert samples["floor_today_total", (("figure", "answered_in_time"),)] == 3
    assert samples["floor_service_level", (("formula", "A"),)] == 0.75


async def test_streams(house: House) -> None:
    """Clients by board, and what was sent, skipped and cut."""
    async with house.stream() as stream:
        await stream.recv()
        samples = await scrape(house)
    assert samples["floor_clients", (("board", "floor"),)] == 1
    assert samples["floor_stream_snapshots_total", ()] == 1
    for name in ("outcomes", "flushes", "patches", "messages_sent", "messages_skipped", "resyncs", "readers_cut"):
        assert (f"floor_stream_{name}_total", ()) in samples
    assert ("floor_stream_round_trip_seconds_count", ()) in samples


@dataclass(frozen=True)
class Record:
    """A record in trouble."""

    failing_s: float | None = 4.0
    waiting: int = 3
    spilled: int = 0
    lost: int = 1
    refused: int = 0


@dataclass(frozen=True)
class Ailing:
    """Alerts that do not do well."""

    acting: bool = True
    vacant: bool = False
    unjudged: int = 2
    record: Record = field(default_factory=Record)
    untold: Mapping[str, str] = field(default_factory=lambda: {"mail": "refused"})
    reachable: bool = False


async def test_alerts(open_house: Open) -> None:
    """How many by severity and stage, drills left out; and whether they are judged, recorded and told."""
    alarms = AlarmsDouble(alert("a"), alert("b"), alert("c", drill="d1"))
    samples = await scrape(await open_house(parts={"alarms": alarms, "wellbeing": Ailing}))
    assert samples["floor_alerts", (("severity", str(alert("a").severity)), ("stage", str(alert("a").stage)))] == 2
    assert samples["floor_alerts_acting", ()] == 1
    assert samples["floor_alerts_vacant", ()] == 0
    assert samples["floor_alerts_reachable", ()] == 0
    assert samples["floor_alerts_unjudged_total", ()] == 2
    assert samples["floor_alerts_untold", (("kind", "mail"),)] == 1
    assert samples["floor_alerts_record_failing_seconds", ()] == 4
    assert samples["floor_alerts_record_waiting", ()] == 3
    assert samples["floor_alerts_record_lost", ()] == 1


async def test_names_of_people_are_no_labels(house: House) -> None:
    """And a hostile queue name is only a label's value."""
    house.store.put(queue('ev"il\n\\{}', waiting=1))
    samples = await scrape(house)
    assert samples["floor_callers_waiting", (("pbx", "pbx1"), ("queue", 'ev"il\n\\{}'))] == 1
    assert "Ann" not in str(samples)
