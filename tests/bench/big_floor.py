"""A big floor, whole: ``python -m tests.bench.big_floor [MINUTES] [ROUNDS] [AGENTS]``.

5,000 agents in 200 queues, as many calls as they can take (some 2,000 AMI events a second) from the simulator in a
process of its own; ``floor run`` with its record on disk, rules and alerts on; a hundred screens in a third process,
ten of them on the board of everything, the others on nine boards of ten queues each. Told are the processor share of
the product, how its memory moves (least squares through what is resident, after the warm-up), and how long it takes
from the stamp of an AMI event to the socket of each screen. The exchange's own lateness is in that, and told beside.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.processes import Beside, beside, cpu_s, product, rss_mb
from tests.bench.reading import Reading, printed

AGENTS, QUEUES, LOAD, SCREENS = 5000, 200, 0.9, 100
BOARDS, QUEUES_EACH = 9, 10
WARM_S = 20.0
"""Before anything is noted: the first picture, the first look of the rules, caches."""
SAMPLE_S = 1.0


def settings(folder: Path, queues: list[str], boards: int) -> Path:
    """A settings file with the board of everything, and boards of some queues each."""
    rows = ['[[board]]\nid = "default"']
    for number in range(boards):
        some = queues[number * QUEUES_EACH : (number + 1) * QUEUES_EACH]
        rows.append(f'[[board]]\nid = "b{number}"\nqueues = [{", ".join(map(repr, some))}]')
    file = folder / "floor.toml"
    file.write_text("\n".join(rows), encoding="utf-8")
    return file


class Watched:
    """The product from outside, second by second."""

    def __init__(self, pid: int) -> None:
        self._pid, self._cpu, self._at = pid, cpu_s(pid), time.monotonic()
        self.memory: list[tuple[float, float]] = []

    async def watch(self, seconds: float) -> float:
        """Its share of a core over that time, in per cent."""
        begun, before = time.monotonic(), cpu_s(self._pid)
        while (now := time.monotonic()) < begun + seconds:
            self.memory.append((now - self._at, rss_mb(self._pid)))
            await asyncio.sleep(min(SAMPLE_S, begun + seconds - now))
        return (cpu_s(self._pid) - before) / (time.monotonic() - begun) * 100

    def growth_mb_per_h(self) -> float:
        """Slope of what is resident over the second half of what was seen."""
        half = self.memory[len(self.memory) // 2 :]
        return slope(half) * 3600


def slope(points: list[tuple[float, float]]) -> float:
    """Least squares: y per x."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


async def watched(rounds: int, minutes: float, agents: int, queues: int, screens: int) -> list[dict[str, Any]]:
    """Everything up, then round after round: what was seen in each."""
    with tempfile.TemporaryDirectory() as name:
        async with beside("exchange", agents, queues, LOAD) as exchange:
            port = (await exchange.told())["port"]
            names = (await exchange.ask("queues"))["queues"]
            boards = min(BOARDS, queues // QUEUES_EACH)
            file = settings(Path(name), names, boards)
            print("  the exchange is up", file=sys.stderr, flush=True)
            async with product(Path(name), port, "--config", str(file)) as (url, pid):
                print("  the product is ready", file=sys.stderr, flush=True)
                ahead_s = (await exchange.ask("told"))["ahead_s"]
                shown = ["default", *(f"b{number}" for number in range(boards))]
                async with beside("viewers", url, screens, ahead_s, *shown) as viewers:
                    await viewers.told()
                    return await _rounds(exchange, viewers, pid, rounds, minutes)


async def _rounds(exchange: Beside, viewers: Beside, pid: int, rounds: int, minutes: float) -> list[dict[str, Any]]:
    print(f"  {SCREENS} screens have their first picture", file=sys.stderr, flush=True)
    product = Watched(pid)
    await product.watch(WARM_S)
    await viewers.ask("told")
    found = []
    for _ in range(rounds):
        before, begun = await exchange.ask("told"), time.monotonic()
        share = await product.watch(minutes * 60 / rounds)
        after, took_s = await exchange.ask("told"), time.monotonic() - begun
        found.append(
            {
                "cpu_percent": share,
                "events_per_s": (after["events"] - before["events"]) / took_s,
                "exchange_late_ms_p50": after["late_ms"]["p50"],
                "exchange_late_ms_p99": after["late_ms"]["p99"],
                "growth_mb_per_h": product.growth_mb_per_h(),
                "rss_mb": rss_mb(pid),
                **await viewers.ask("told"),
            }
        )
        last = found[-1]
        said = f"{last['cpu_percent']:.1f} % of a core at {last['events_per_s']:.0f} events/s, {last['seen_ms']}"
        print(f"  {said}, {last['rss_mb']:.0f} MB", file=sys.stderr, flush=True)
    return found


def measure(rounds: int, scale: int = 1, minutes: float = 2.0, agents: int = AGENTS) -> list[Reading]:
    """``scale``: agents, queues and calls; the screens stay a hundred."""
    agents *= scale
    queues = max(1, agents * QUEUES // AGENTS)
    found = asyncio.run(watched(rounds, minutes, agents, queues, SCREENS))
    beside = {key: found[-1][key] for key in ("exchange_late_ms_p50", "exchange_late_ms_p99", "rss_mb", "lost")}
    beside |= {"events_per_s": found[-1]["events_per_s"], "agents": agents, "queues": queues, "screens": SCREENS}
    return [
        Reading("big_floor.processor", "% of a core", [one["cpu_percent"] for one in found], at_most=25, beside=beside),
        Reading(
            "big_floor.stamp_to_socket_p99",
            "ms",
            [one["seen_ms"]["p99"] for one in found],
            at_most=50,
            beside={"p50_ms": found[-1]["seen_ms"]["p50"], "most_ms": found[-1]["seen_ms"]["most"]},
        ),
        Reading("big_floor.memory_growth", "MB/h", [found[-1]["growth_mb_per_h"]], beside={"minutes": minutes}),
    ]


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]] + [2.0, 5.0, float(AGENTS)][len(sys.argv) - 1 :]
    print(printed(measure(int(given[1]), minutes=given[0], agents=int(given[2]))))
