"""Where the microseconds of an event go: ``python -m tests.bench.stages [AGENTS] [SECONDS]``.

The whole product runs in this process, on an exchange and with the screens of :mod:`tests.bench.big_floor` in two
others. A timer of processor time looks, every millisecond of it, at what is being done: the innermost function of the
product says the stage. What other threads use (the record is written in one) is told apart by their own clocks, and
the collector of garbage by its callbacks. All of it is divided by the events the exchange said, also those that are
passed over by name and cost next to nothing: that is what a goal in events a second speaks of. Unlike a tracing
profiler this costs the product next to nothing.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from types import FrameType
from typing import Any

from floor.assembly import Floorwatch
from floor.load import load
from floor.logs import configure_logs
from tests.bench.big_floor import BOARDS, LOAD, QUEUES_EACH, SCREENS, settings
from tests.bench.machine import ROOT
from tests.bench.processes import beside, free_port
from tests.bench.reading import Reading, printed

AGENTS = 2000
"""Few enough that the product keeps up beside others on two cores: what waits is not counted, but bends the picture."""
EVERY_S = 0.001
WARM_S = 10.0
STAGES: dict[str, tuple[str, ...]] = {
    "cut": (
        "asterisk/wire",
        "asterisk/session",
        "asterisk/link",
        "asterisk/inbox",
        "asterisk/borrowed",
        "asterisk/flight",
    ),
    "translate": ("asterisk/",),
    "state": ("floor/state/", "floor/store", "floor/reviews"),
    "figures": ("floor/measures",),
    "rules": ("alerts/conditions/", "alerts/evaluate", "alerts/world", "alerts/count", "alerts/deadlines"),
    "alerts": ("alerts/",),
    "record": ("floor/history/", "floor/audit/", "floor/past"),
    "people": ("floor/people/", "floor/requests/", "floor/listening/", "floor/command/"),
    "views": ("web/audience", "web/views", "web/alarms", "web/live", "web/hub", "web/desk"),
    "encode": ("web/stream", "web/protocol", "web/wire"),
    "send": ("web/outbox", "web/session", "web/server", "web/"),
    "other": ("floor/",),
}
"""Stage -> where in the product; the first that fits. What is under none is the event loop's."""


class Sampler:
    """Looks at the main thread every so often, by processor time."""

    def __init__(self) -> None:
        self.spent_s: defaultdict[str, float] = defaultdict(float)
        self.within: defaultdict[tuple[str, str], float] = defaultdict(float)
        """(stage, function) -> seconds."""
        self._stage_of: dict[str, str | None] = {}
        self._collecting: tuple[float, float] | None = None
        """Clocks of the thread and of the process when the collector began."""
        self._main_s = self._all_s = 0.0

    def begin(self) -> None:
        """From now on."""
        self._main_s, self._all_s = time.thread_time(), time.process_time()
        gc.callbacks.append(self._collected)
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)

    def end(self) -> None:
        """No longer."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        gc.callbacks.remove(self._collected)

    def _look(self, _number: int, frame: FrameType | None) -> None:
        if self._collecting is not None:
            return  # what the collector takes is its own
        main_s, all_s = time.thread_time(), time.process_time()
        spent_s = main_s - self._main_s
        self._look_beside(all_s - self._all_s - spent_s)
        self._main_s, self._all_s = main_s, all_s
        stage, function = self._place(frame)
        self.spent_s[stage] += spent_s
        self.within[stage, function] += spent_s

    def _look_beside(self, spent_s: float) -> None:
        """Time of other threads, shared among those that are in the midst of something of ours."""
        if spent_s <= 0:
            return
        self.spent_s["threads"] += spent_s
        mine = threading.get_ident()
        frames = [frame for thread, frame in sys._current_frames().items() if thread != mine]
        busy = [place for stage, place in map(self._place, frames) if stage != "loop"]
        for place in busy:
            self.within["threads", place] += spent_s / len(busy)

    def _place(self, frame: FrameType | None) -> tuple[str, str]:
        while frame is not None:
            name = frame.f_code.co_filename
            stage = self._stage_of.get(name, "")
            if stage == "":
                stage = self._stage_of[name] = _stage(name)
            if stage is not None:
                return stage, f"{Path(name).stem}.{frame.f_code.co_qualname}"
            frame = frame.f_back
        return "loop", "event loop"

    def _collected(self, phase: str, _told: dict[str, int]) -> None:
        now, all_now = time.thread_time(), time.process_time()
        if phase == "start":
            self._collecting = now, all_now
        elif self._collecting is not None:
            took_s, all_took_s = now - self._collecting[0], all_now - self._collecting[1]
            self.spent_s["garbage"] += took_s
            self._main_s, self._all_s = self._main_s + took_s, self._all_s + all_took_s
            self._collecting = None


def _stage(name: str) -> str | None:
    try:
        place = str(Path(name).relative_to(ROOT))
    except ValueError:
        return None
    return next((stage for stage, where in STAGES.items() if place.startswith(where)), None)


async def watched(agents: int, queues: int, seconds: float, sampler: Sampler) -> dict[str, Any]:
    """The whole product here, looked at for a while; events in that time."""
    with tempfile.TemporaryDirectory() as name:
        async with beside("exchange", agents, queues, LOAD) as exchange:
            port = (await exchange.told())["port"]
            boards = min(BOARDS, queues // QUEUES_EACH)
            file = settings(Path(name), (await exchange.ask("queues"))["queues"], boards)
            flags = {"ami_host": "127.0.0.1", "ami_port": port, "ami_user": "floor", "ami_secret": "floor"}
            flags |= {"port": free_port(), "data_dir": Path(name), "log_level": "warning"}
            watch, stop, ready = Floorwatch(load(file, {}, flags)), asyncio.Event(), asyncio.Event()
            running = asyncio.ensure_future(watch.run(stop, ready.set))
            await ready.wait()
            ahead_s = (await exchange.ask("told"))["ahead_s"]
            shown = ["default", *(f"b{number}" for number in range(boards))]
            async with beside("viewers", watch.web.url, SCREENS, ahead_s, *shown) as viewers:
                await viewers.told()
                await asyncio.sleep(WARM_S)
                said, taken = (await exchange.ask("told"))["events"], _taken(watch)
                sampler.begin()
                await asyncio.sleep(seconds)
                sampler.end()
                events = (await exchange.ask("told"))["events"] - said
                found = {"events": events, "translated": _taken(watch) - taken, "waiting": _waiting(watch)}
            stop.set()
            await running
    return found


def _taken(watch: Floorwatch) -> int:
    """AMI events that were of use so far: not passed over by name, and no longer waiting."""
    each = [link.health() for link in watch.exchanges.links.values()]
    return sum(one.events - one.queue_size for one in each)


def _waiting(watch: Floorwatch) -> int:
    """AMI events not yet looked at."""
    return sum(link.health().queue_size for link in watch.exchanges.links.values())


def measure(rounds: int, scale: int = 1, agents: int = AGENTS, seconds: float = 30.0) -> list[Reading]:
    """One look, however many rounds: its samples are its rounds."""
    configure_logs("error")
    sampler = Sampler()
    agents *= scale
    found = asyncio.run(watched(agents, max(1, agents // 25), seconds if rounds > 1 else 10.0, sampler))
    events = found["events"]
    per_event = {stage: spent / events * 1e6 for stage, spent in sampler.spent_s.items()}
    most: dict[str, dict[str, float]] = {stage: {} for stage in per_event}
    for (stage, function), spent in sorted(sampler.within.items(), key=lambda one: -one[1]):
        if len(most[stage]) < 5:
            most[stage][function] = round(spent / events * 1e6, 2)
    whole = Reading("stages.whole", "us/event", [sum(per_event.values())], beside={"agents": agents, **found})
    rows = [
        Reading(f"stages.{stage}", "us/event", [value], beside=most[stage])
        for stage, value in sorted(per_event.items(), key=lambda one: -one[1])
    ]
    return [whole, *rows]


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]] + [float(AGENTS), 30.0][len(sys.argv) - 1 :]
    print(printed(measure(5, agents=int(given[0]), seconds=given[1])))
