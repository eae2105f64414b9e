"""Bytes to patch: the stream of the bench of ingest, up to the bytes that readers of three streams are handed.

A board, a public board and a desk that sees the whole site are looked at, each by one reader in memory. Beside it the
same stream where nobody looks, and once more with the hub's own calls timed, which is what the pages cost. Everything
is told in processor time of the process that reads; the exchange is a process of its own. The hub keeps time by the
processor, too: on a machine that others use, a flush holds as many events as on one that is free.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from asterisk.link import Link
from asterisk.placed import wanted_too
from asterisk.reporter import Reporter
from asterisk.straight import straight_to
from asterisk.translate import WANTED
from floor.clock import SystemClock
from floor.day import Day
from floor.garbage import tidied
from floor.measures import Measures
from floor.people.model import Person, Role
from floor.people.register import Register
from floor.ports import Outcome, hears
from floor.settings import BoardSettings, PbxSettings, Settings
from floor.state.facts import EndpointSeen, Fact, LinkChanged
from floor.state.model import LinkState
from floor.store import FloorStore
from tests.bench.contenders import Watch
from tests.bench.ingest import race
from tests.bench.peer import LAST_PHONE
from tests.bench.reading import Reading, printed
from tests.bench.traffic import BEGUN, PER_S, Traffic
from web.alarms import Sources
from web.boards import Boards
from web.desk import Desks
from web.hub import HEARD, TICK_S, Hub
from web.naming import Names
from web.traffic import Traffic as Sent

EVENTS = 60_000
ARMS = ("nobody", "looked", "timed")
AGENTS, QUEUES = 200, 10
BOARDS = (BoardSettings(id="floor"), BoardSettings(id="lobby", public=True))
SALT = b"bench"
LOOK_UP_EVERY = 50
"""Facts between two looks at the processor's clock, which is not for nothing."""
_STAMP = re.compile(rb"(Timestamp: |Event: )(\d{9,})")


class Glass:
    """A reader in memory that takes everything at once."""

    def __init__(self) -> None:
        self.messages = self.bytes = 0

    def unsent(self) -> int:
        return 0

    def deliver(self, message: bytes) -> None:
        self.messages += 1
        self.bytes += len(message)

    def cut(self) -> None:
        raise AssertionError("who takes everything is not cut off")


class NoHealth:
    """The link's health, which no board asks for here."""

    def heard_ago(self, pbx: str) -> float | None: ...

    def events(self, pbx: str) -> int:
        return 0

    def queue_size(self, pbx: str) -> int:
        return 0

    def lag_s(self, pbx: str) -> float | None: ...


class TimedHub(Hub):
    """Counts the processor time of everything that happens on the floor, and of every flush and tick."""

    spent_s = 0.0
    calls = 0

    @hears(*HEARD)
    def hear(self, outcome: Outcome) -> None:
        self._timed(lambda: super(TimedHub, self).hear(outcome))

    def flush(self) -> None:
        self._timed(super().flush)

    def _timed(self, call: Callable[[], None]) -> None:
        begun = time.thread_time()
        call()
        self.spent_s += time.thread_time() - begun
        self.calls += 1

    def share_s(self) -> float:
        """What was spent, without the timing itself."""
        spent, calls = self.spent_s, self.calls
        for _ in range(calls):
            self._timed(_nothing)
        return spent - (self.spent_s - spent)


def _nothing() -> None: ...


class ProcessorClock:
    """Our clock, but durations are of processor time."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.process_time()


class House:
    """Store, figures and hub, as the product puts them together; :meth:`look_up` stands in for the hub's timers."""

    def __init__(self, hub: type[Hub] = Hub) -> None:
        clock = ProcessorClock()
        self._flushed_at = self._ticked_at = time.process_time()
        settings = Settings(board=BOARDS, pbx=(PbxSettings(name="pbx1"),))
        people = Register()
        people._set({1: Person(1, "qa", "Qa", Role.QA, "7001")}, ())
        sources = Sources(people=people)
        self.store, self.measures = FloorStore(clock), Measures(clock, Day("UTC", "00:00"))
        self.store.subscribe(self.measures)
        boards = Boards(settings, self.measures, SALT, sources)
        self.hub = hub(
            store=self.store,
            measures=self.measures,
            health=NoHealth(),
            clock=clock,
            audiences=boards.audiences,
            build="bench",
            traffic=Sent(),
            sources=sources,
            scores=boards.scores,
        )
        self._desks = Desks(people, settings, SALT, boards.scores, sources)
        self.names = Names.of(settings, SALT)

    def look_up(self) -> None:
        """Flush and tick when it is time to."""
        now = time.process_time()
        if now - self._flushed_at < self.hub.pause_s:
            return
        self._flushed_at = now
        if now - self._ticked_at < TICK_S:
            self.hub.flush()
        else:
            self._ticked_at = now
            self.hub.tick()

    def look(self) -> list[Glass]:
        """One reader at each of the three."""
        self.hub.admit("desk:1", self._desks.audience(1))
        glasses = [Glass(), Glass(), Glass()]
        for stream, glass in zip(("floor", "lobby", "desk:1"), glasses, strict=True):
            self.hub.join(stream, glass)
        return glasses


async def read(port: int, arm: str) -> dict[str, float]:
    """Read one stream; what it cost, and what came out."""
    house, watch, up = House(TimedHub if arm == "timed" else Hub), Watch(), asyncio.Event()

    facts = 0

    def apply(fact: Fact) -> None:
        nonlocal facts
        house.store.apply(fact)
        facts += 1
        if facts % LOOK_UP_EVERY == 0:
            house.look_up()
        if isinstance(fact, LinkChanged) and fact.link is LinkState.UP:
            up.set()
        if isinstance(fact, EndpointSeen) and fact.name == LAST_PHONE:
            house.hub.flush()
            watch.end()

    house.store.subscribe(house.hub.hear)
    glasses = [] if arm == "nobody" else house.look()
    settings = PbxSettings(name="pbx1", host="127.0.0.1", port=port, user="floor", secret="floor")
    reporter = Reporter("pbx1", apply)
    link = Link(settings, reporter, SystemClock(), wanted=wanted_too(WANTED), straight=straight_to(reporter))
    running = asyncio.ensure_future(link.run())
    await up.wait()
    tidied(house.store)  # as the product
    watch.begin()
    ready = asyncio.ensure_future(link.act("FloorBenchReady"))
    await watch.ended.wait()
    ready.cancel()
    link.stop()
    await running
    traffic = house.hub.traffic
    assert not traffic.failures
    sums = {"patches": traffic.patches, "flushes": traffic.flushes}
    spent = house.hub.share_s() if isinstance(house.hub, TimedHub) else 0.0
    return {**watch.result, **sums, "pages_s": spent, "facts": facts, "bytes": sum(glass.bytes for glass in glasses)}


def stamped_now(events: Iterator[bytes]) -> Iterator[bytes]:
    """The same events as if they ended now: figures of the last hour are part of the work."""
    shift = int(time.time()) - BEGUN - EVENTS // PER_S
    return (_STAMP.sub(lambda found: found[1] + b"%d" % (int(found[2]) + shift), event) for event in events)


def measure(rounds: int, scale: int = 1) -> list[Reading]:
    """Rates per core of the whole way, and the pages' share of it per event."""
    traffic = Traffic(AGENTS * scale, QUEUES * scale)
    whole = list(stamped_now(event for part in (traffic.members(), traffic.events(EVENTS)) for event in part))
    calls = sum(event.startswith(b"Event: QueueCallerJoin\r\n") for event in whole)
    told: dict[str, list[dict[str, float]]] = {arm: [] for arm in ARMS}
    with tempfile.TemporaryDirectory() as folder:
        stream = Path(folder) / "stream.ami"
        stream.write_bytes(b"".join(event + b"\r\n\r\n" for event in whole))
        for _ in range(rounds):
            for arm, results in told.items():
                results.append(race(stream, arm, "tests.bench.patch"))
    cpu = [one["cpu_s"] for one in told["looked"]]
    alone = [one["cpu_s"] for one in told["nobody"]]
    share = [one["pages_s"] / len(whole) * 1e6 for one in told["timed"]]
    beside = {
        "facts": median(one["facts"] for one in told["looked"]),
        "events": len(whole),
        "calls": calls,
        "nobody_looks_events_per_s": round(len(whole) / median(alone)),
        "patches": median(one["patches"] for one in told["looked"]),
        "flushes": median(one["flushes"] for one in told["looked"]),
        "bytes": median(one["bytes"] for one in told["looked"]),
    }
    rate = Reading("patch.events_per_s", "1/s", [len(whole) / one for one in cpu], at_least=40_000, scale=scale)
    return [
        replace(rate, beside=beside),
        Reading("patch.calls_per_s", "1/s", [calls / one for one in cpu], at_least=400, scale=scale),
        Reading("patch.pages_us_per_event", "us", share, at_most=5.0, scale=scale),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in ARMS:
        print(json.dumps(asyncio.run(read(int(sys.argv[2]), sys.argv[1]))))
    else:
        print(printed(measure(*map(int, sys.argv[1:3] or ["5"]))))
