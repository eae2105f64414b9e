"""AMI ingest: ``python -m tests.bench.ingest [ROUNDS] [SCALE]``; what it tells is in tests/bench/reading.py.

The same stream over loopback TCP to each contender in turn, round after round; every contender and the sender is a
process of its own. Compared is processor time, within one round; ``scale`` multiplies agents and queues, not events,
so that the cost per event of a larger floor is seen. Decides nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.bench.reading import Reading, printed
from tests.bench.traffic import Traffic, mix

EVENTS, AGENTS, QUEUES = 200_000, 200, 10
PATIENCE_S = 300
NAMES = ("floor", "panoramisk", "bare", "pyami")
ASIDE, ASIDE_ROUNDS = "pyami", 3
"""Told beside the goals, so it runs less often than the others."""


def race(stream: Path, name: str, module: str = "tests.bench.contenders") -> dict[str, float]:
    """One contender, a process of this module, reads the stream once."""
    sender = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.peer", str(stream), "1"], stdout=subprocess.PIPE, text=True
    )
    assert sender.stdout is not None
    try:
        port = sender.stdout.readline().strip()
        done = subprocess.run(
            [sys.executable, "-m", module, name, port],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=PATIENCE_S,
        )
    finally:
        sender.kill()
        sender.wait()
        sender.stdout.close()
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def written(stream: Path, scale: int) -> dict[str, float]:
    """Write the stream; what it is made of."""
    traffic = Traffic(AGENTS * scale, QUEUES * scale)
    whole = [*traffic.members(), *traffic.events(EVENTS)]
    stream.write_bytes(b"".join(event + b"\r\n\r\n" for event in whole))
    return {
        "events": len(whole),
        "bytes_per_event": round(sum(map(len, whole)) / len(whole)),
        "headers_per_event": round(sum(one.count(b"\r\n") + 1 for one in whole) / len(whole), 1),
        **{f"share_{name}": round(share, 3) for name, share in list(mix(whole).items())[:5]},
    }


def measure(rounds: int, scale: int = 1) -> list[Reading]:
    """How often panoramisk's cost holds ours, what part of ours the bare parser's is, and all in microseconds."""
    told: dict[str, list[dict[str, float]]] = {name: [] for name in NAMES}
    with tempfile.TemporaryDirectory() as folder:
        stream = Path(folder) / "stream.ami"
        made_of = written(stream, scale)
        for turn in range(rounds):
            for name in NAMES:
                if name != ASIDE or turn < ASIDE_ROUNDS:
                    told[name].append(race(stream, name))
    cost = {name: [one["cpu_s"] / made_of["events"] * 1e6 for one in runs] for name, runs in told.items()}
    beside = {f"{name}_us_per_event": round(median(one), 2) for name, one in cost.items()}
    times = [theirs / ours for theirs, ours in zip(cost["panoramisk"], cost["floor"], strict=True)]
    share = [bound / ours for bound, ours in zip(cost["bare"], cost["floor"], strict=True)]
    return [
        Reading("ingest.times_panoramisk", "times", times, at_least=5, scale=scale, beside=made_of | beside),
        Reading("ingest.of_bare", "share", share, at_least=0.6, scale=scale, beside=beside),
        Reading("ingest.us_per_event", "us", cost["floor"], scale=scale, beside=made_of),
        Reading("ingest.events_per_s", "1/s", [1e6 / one for one in cost["floor"]], scale=scale),
    ]


if __name__ == "__main__":
    print(printed(measure(*map(int, sys.argv[1:3] or ["5"]))))
