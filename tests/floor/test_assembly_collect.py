"""A collector as a whole: it keeps the record whatever the relay does, and takes up what was told before."""

from __future__ import annotations

from pathlib import Path

from floor.assembly_collect import Collector, Mending
from floor.clock import SystemClock
from floor.relay.memory import MemoryRelay
from floor.relay.ports import START
from floor.state.facts import Fact, RecordHealed
from floor.state.model import Caller, CallerStage, Ending, Gap, LinkState
from floor.store import FloorStore
from tests.floor.test_assembly_serve import collecting, exchange, shared
from tests.relay.floors import Collecting, gave_up, joined, until, up

__all__ = ["exchange"]


async def test_record_is_kept_without_a_relay(exchange: int, tmp_path: Path) -> None:
    """The relay is away from the beginning: calls are on record all the same; when it comes, it is told everything."""
    relay = MemoryRelay()
    relay.away = True
    async with collecting(Collector(shared(tmp_path, "one", exchange), relay)) as collector:

        async def written() -> bool:
            return collector.history.written > 20

        await until(written)
        assert collector.publisher.away is not None
        relay.away = False

        async def told() -> bool:
            return await relay.checkpoint("pbx1") is not None

        await until(told)
        assert await collector.history.visits_since(0.0)


async def test_takes_up_where_the_relay_left_off(exchange: int, tmp_path: Path) -> None:
    """Agents are on its floor before its own first picture, so that no screen is ever empty."""
    relay = MemoryRelay()
    async with collecting(Collector(shared(tmp_path, "one", exchange), relay)) as first:

        async def seen() -> bool:
            found = first.store.snapshot().pbxs.get("pbx1")
            return found is not None and found.link is LinkState.UP and await relay.checkpoint("pbx1") is not None

        await until(seen)
    last = await relay.last("pbx1")
    second = Collector(shared(tmp_path, "two", exchange), relay)
    await second.history.open()
    await second._remember()
    assert len(second.store.snapshot().agents) == 12
    assert second.store.snapshot().pbxs["pbx1"].link is LinkState.DOWN
    await second.history.close()
    assert last == await relay.last("pbx1")
    assert await relay.read({"pbx1": START}, 0.0)


async def test_what_ended_before_it_was_written_is_written(tmp_path: Path) -> None:
    """A collector that is killed takes calls with it that the relay knows: the next one puts them on record."""
    relay = MemoryRelay()
    before = Collecting(relay, ["pbx1"])
    before.say(up("pbx1"), joined("1", "pbx1"), joined("2", "pbx1"), *gave_up("1", "pbx1"))
    before.start()

    async def told() -> bool:
        return await relay.checkpoint("pbx1") is not None

    await until(told)
    await before.stop()
    collector = Collector(shared(tmp_path, "one", 1), relay)
    await collector.history.open()
    await collector._remember()
    await collector.history.flush()
    visits = {visit.uniqueid: visit.ending for visit in await collector.history.visits_since(0.0)}
    assert visits == {"1": Ending.ABANDONED, "2": None}
    assert [key[2] for key in collector.store.snapshot().callers] == ["2"]
    await collector.history.close()


def test_mending_is_told_to_nodes() -> None:
    """Once for each exchange whose record was mended."""
    store, told = FloorStore(SystemClock()), list[Fact]()
    store.on_fact = told.append
    visit = Caller("a", "sales", "1", CallerStage.ENDED, 1.0)
    Mending(store, SystemClock()).heal([(None, visit), (None, visit)], [Gap("b", 1.0, 2.0, "lost")])
    assert [(type(fact), fact.pbx) for fact in told] == [(RecordHealed, "a"), (RecordHealed, "b")]
