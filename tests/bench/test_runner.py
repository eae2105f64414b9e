"""All benches with one command: one after the other, each apart, and one that fails is told and ends nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.bench import __main__ as runner
from tests.bench.machine import machine
from tests.bench.one import measure, offers
from tests.bench.reading import Reading


def test_every_bench_is_known() -> None:
    """What declares itself a bench is run, in the order that leaves the longest to the end."""
    names = runner.benches()
    assert {"ingest", "patch", "growth", "stages", "glass", "big_floor"} <= set(names)
    assert names.index("big_floor") < names.index("growth") < names.index("history")
    assert len(names) == len(set(names))
    assert not {"reading", "peer", "traffic", "one"} & set(names)


def test_what_is_a_bench() -> None:
    """A module with measure(rounds, scale); what asks for more is given it, what does not is not."""
    module = ModuleType("tests.bench.pretended")

    def plain(rounds: int, scale: int = 1) -> list[Reading]:
        return [Reading("pretended.a", "ms", [float(rounds * scale)])]

    def longer(rounds: int, scale: int = 1, minutes: float = 2.0) -> list[Reading]:
        return [Reading("pretended.b", "ms", [minutes])]

    sys.modules[module.__name__] = module
    try:
        assert not offers(module)
        with pytest.raises(LookupError, match="no bench"):
            measure("pretended", 1)
        for bench, value in ((plain, 6.0), (longer, 0.5)):
            setattr(module, "measure", bench)  # noqa: B010
            assert measure("pretended", 2, 3, minutes=0.5)[0].value == value
    finally:
        del sys.modules[module.__name__]


def test_what_fails_is_told(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """A bench that cannot run has no readings, and why is told."""
    told = runner.run("no_such_bench", 1, None)
    assert told["readings"] == []
    assert "ModuleNotFoundError" in told["failed"]
    assert "no_such_bench" in capfd.readouterr().err
    monkeypatch.setattr(runner, "PATIENCE_S", 0.01)
    assert "not done" in runner.run("no_such_bench", 1, None)["failed"]


def test_named_benches_replace_their_own() -> None:
    """What was measured before stays where it was not measured anew."""
    before = [{"name": "patch", "seconds": 1}, {"name": "ingest", "seconds": 2}]
    found = runner.merged(before, [{"name": "patch", "seconds": 3}])
    assert [(one["name"], one["seconds"]) for one in found] == [("ingest", 2), ("patch", 3)]


def test_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One JSON object with machine, commit and the readings of each; nothing is judged."""
    reading = Reading("ingest.us", "us", [3.0, 2.0], at_most=1).told()
    monkeypatch.setattr(runner, "_output", lambda *_: ("words\n" + json.dumps({"readings": [reading]}) + "\n", None))
    file = tmp_path / "out.json"
    runner.main(["ingest", "--out", str(file)])
    report = json.loads(file.read_text(encoding="utf-8"))
    assert report["benches"][0]["readings"] == [reading]
    assert report["machine"]["cores"] >= 1
    assert report["machine"].keys() == machine().keys()
    with pytest.raises(SystemExit):
        runner.main(["no_such_bench"])


def test_nothing_stays_behind() -> None:
    """What a bench started is gone when the bench is, however it ended."""
    sleeper = "import subprocess, sys; print(subprocess.Popen(['sleep', '60']).pid, flush=True)"
    out, failed = runner._output([sys.executable, "-c", sleeper], 20)
    assert failed is None
    listed = subprocess.run(["ps", "-o", "stat=", "-p", out.strip()], stdout=subprocess.PIPE, text=True, check=False)
    assert listed.stdout.strip()[:1] in ("", "Z")  # a second letter tells of its niceness
