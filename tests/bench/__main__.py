"""The benches, one after the other.

``python -m tests.bench [NAME …] [--quick] [--rounds N] [--minutes M] [--out FILE]``

Each runs in a process of its own and says on standard error how it goes; one that cannot run says why, and the rest
goes on. Standard output, or FILE, gets one JSON object: machine, commit, and for each bench its readings, the load
before it and how long it took. Named benches replace their own readings in FILE and leave the others there. Decides
nothing: whether a goal is reached is told, never judged.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.machine import ROOT, commit, load, machine

HERE = Path(__file__).parent
FIRST = ("ingest", "patch", "apply", "big_floor", "glass", "stages", "screens", "stalled", "picture", "memory")
"""In this order; then whatever else there is, and last what takes longest: who stops us half-way has the most of it."""
LAST = ("growth", "history", "scale_out")
DECLARED = "\ndef measure(rounds: int, scale: int = 1"
ROUNDS, QUICK = 5, 1
MOST_ROUNDS = {"scale_out": 2}
"""Benches whose round takes a minute or two, and which have no goal that wants more."""
PATIENCE_S = 600.0
"""For one bench, besides the minutes it was asked to take."""


def benches() -> list[str]:
    """Names of all modules that declare themselves benches, in the order in which they run."""
    found = {path.stem for path in HERE.glob("*.py") if DECLARED in path.read_text(encoding="utf-8")}
    order = [*FIRST, *sorted(found - {*FIRST, *LAST}), *LAST]
    return [name for name in order if name in found]


def run(name: str, rounds: int, minutes: float | None) -> dict[str, Any]:
    """One bench: its readings, or why there are none."""
    command = [sys.executable, "-m", "tests.bench.one", name, "--rounds", str(rounds)]
    command += [] if minutes is None else ["--minutes", str(minutes)]
    told: dict[str, Any] = {"name": name, "rounds": rounds, "load": load(), "commit": commit()}
    told["at"] = datetime.now(UTC).isoformat(timespec="seconds")
    begun = time.monotonic()
    out, failed = _output(command, PATIENCE_S + 60 * (minutes or 0))
    told["seconds"] = round(time.monotonic() - begun, 1)
    try:
        last = json.loads(out.splitlines()[-1])
        return told | {"readings": last.get("readings", []), "failed": last.get("failed", failed)}
    except (IndexError, ValueError):
        return told | {"readings": [], "failed": failed or "it ended without saying what it had measured"}


def _output(command: Sequence[str], patience_s: float) -> tuple[str, str | None]:
    """What it said, and why it failed. It leads a group of processes, so that nothing of it stays behind."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:  # no pipe: what stays behind would keep it open
        process = subprocess.Popen(command, stdout=said, cwd=ROOT, start_new_session=True)
        try:
            code = process.wait(patience_s)
        except subprocess.TimeoutExpired:
            return "", f"it was not done after {patience_s:.0f} s"
        finally:
            _end(process.pid)
            process.wait()
        said.seek(0)
        return said.read(), None if code == 0 else f"it ended with code {code}"


def _end(group: int) -> None:
    with suppress(ProcessLookupError):  # all of it has gone, as it should
        os.killpg(group, signal.SIGKILL)


def _progress(told: Mapping[str, Any]) -> None:
    for reading in told["readings"]:
        goal = {True: "reached", False: "not reached", None: ""}[reading["reached"]]
        print(f"  {reading['what']}: {reading['value']:g} {reading['unit']} {goal}".rstrip(), file=sys.stderr)
    if told["failed"]:
        print(f"  {told['name']} has nothing to say: {told['failed']}", file=sys.stderr)
    print(f"  {told['seconds']} s", file=sys.stderr, flush=True)


def merged(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What was measured anew in place of what there was; the rest stays, in the order in which benches run."""
    newest = {one["name"]: one for one in (*before, *after)}
    order = {name: place for place, name in enumerate(benches())}
    return sorted(newest.values(), key=lambda one: order.get(one["name"], len(order)))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="What things cost, as JSON.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(benches())}; none: all")
    parser.add_argument("--quick", action="store_true", help="one round each")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"rounds of each (default {ROUNDS})")
    parser.add_argument("--minutes", type=float, default=None, help="how long the big floor is watched")
    parser.add_argument("--out", type=Path, default=None, help="file for the JSON object")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.names if name not in benches()]:
        parser.error(f"no such bench: {', '.join(unknown)}; there are {', '.join(benches())}")
    report: dict[str, Any] = {"machine": machine(), "commit": commit(), "benches": []}
    if given.out is not None and given.names and given.out.exists():
        report["benches"] = json.loads(given.out.read_text(encoding="utf-8"))["benches"]
    for name in given.names or benches():
        print(f"{name} …", file=sys.stderr, flush=True)
        rounds = QUICK if given.quick else min(given.rounds, MOST_ROUNDS.get(name, given.rounds))
        told = run(name, rounds, given.minutes)
        _progress(told)
        report["benches"] = merged(report["benches"], [told])
        _write(report, given.out)  # each at once: who stops us half-way keeps what there is
    if given.out is None:
        print(_text(report), end="")


def _write(report: Mapping[str, Any], file: Path | None) -> None:
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_text(report), encoding="utf-8")


def _text(report: Mapping[str, Any]) -> str:
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    main()
