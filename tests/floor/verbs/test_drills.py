"""``floor drill``: reads the record beside a running Floorwatch, and asks that one to start."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner

from floor.cli import main
from floor.errors import ConfigInvalidError
from floor.settings import Settings
from floor.verbs.drills import NotStartedError, list_drills, report_drill, start_drill
from tests.alerts.response_doubles import CHIEF
from tests.alerts.response_house import ResponseHouse, open_house


class Answering(BaseHTTPRequestHandler):
    """A Floorwatch that says what it is told to."""

    status, said = 201, b'{"id": "D-1", "kind": "live", "plan": "fire"}'
    heard: ClassVar[list[tuple[str, str, bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Answering.heard.append((self.path, self.headers["Authorization"], body))
        self.send_response(Answering.status)
        self.end_headers()
        self.wfile.write(Answering.said)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Answering.heard.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text("geheim\n")
    return file


async def drilled(folder: Path) -> ResponseHouse:
    house = await open_house(folder)
    drill = await house.all.drills.start("fire", "tabletop", "Zhao", participants=["Li"])
    await house.all.drills.do_step(drill.id, "Li", "s1")
    return house


async def test_reading_ends_nothing(tmp_path: Path) -> None:
    """List and report look at a drill that another process runs; it runs on."""
    house = await drilled(tmp_path)
    settings = Settings(data_dir=tmp_path)
    running = house.all.drills.running
    assert running is not None
    assert "running" in await list_drills(settings)
    report = await report_drill(settings, running.id, "text")
    assert report.startswith(f"DRILL 演练 {running.id}")
    assert "led by Zhao; Li" in report
    await house.all.drills.stop(running.id, "Zhao")
    assert (await house.all.drills.report(running.id)).drill.end == "completed"
    await house.all.drills.evaluate(running.id, CHIEF, {"verdict": "partly"})
    await house.all.drills.improve(running.id, CHIEF, "mark the exits", "Li")
    whole = await report_drill(settings, running.id, "text")
    assert "Evaluation: partly" in whole
    assert "mark the exits" in whole
    assert (await report_drill(settings, running.id, "csv")).startswith("\ufeff")


async def test_nothing_yet(tmp_path: Path) -> None:
    """On an empty record plans and outages are listed all the same."""
    said = await list_drills(Settings(data_dir=tmp_path))
    assert "No drill is on record." in said
    assert "fire" in said
    assert "silent_link" in said


def test_start(url: str, key: Path) -> None:
    """The key goes into the header, the wish into the body, the answer to whoever asked."""
    assert start_drill(Settings(), url, key, {"plan": "fire"}) == "D-1  live drill of fire has begun"
    assert Answering.heard == [("/api/v1/drills", "Bearer geheim", b'{"plan": "fire"}')]


@pytest.mark.parametrize(
    ("status", "said", "told"),
    [
        (409, b'{"error": "a drill is running"}', "not started: a drill is running"),
        (500, b"<html>", "not started: HTTP 500"),
        (200, b"hello", "does not answer as Floorwatch does"),
    ],
)
def test_refused(url: str, key: Path, status: int, said: bytes, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it said is passed on; what it should not have said is a sentence, too."""
    monkeypatch.setattr(Answering, "status", status)
    monkeypatch.setattr(Answering, "said", said)
    with pytest.raises(NotStartedError, match=told):
        start_drill(Settings(), url, key, {"plan": "fire"})


def test_nobody_there(key: Path) -> None:
    """Nobody listens, or the address is none: a sentence without the key in it."""
    with pytest.raises(NotStartedError, match="does not answer") as caught:
        start_drill(Settings(port=1), None, key, {"plan": "fire"})
    assert "geheim" not in str(caught.value)
    with pytest.raises(ConfigInvalidError):
        start_drill(Settings(), "file:///etc/passwd", key, {})


def test_command_line(tmp_path: Path, key: Path) -> None:
    """The verbs are wired: exit codes tell."""
    house = asyncio.run(drilled(tmp_path))
    house.database.close()
    runner = CliRunner()
    listed = runner.invoke(main, ["drill", "list", "--data-dir", str(tmp_path)])
    assert (listed.exit_code, "tabletop" in listed.output) == (0, True)
    unknown = runner.invoke(main, ["drill", "report", "D-0", "--data-dir", str(tmp_path)])
    assert unknown.exit_code == 1
    refused = runner.invoke(
        main,
        ["drill", "start", "fire", "--key-file", str(key), "--url", "http://127.0.0.1:1", "--data-dir", str(tmp_path)],
    )
    assert refused.exit_code == 1
