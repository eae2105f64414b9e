"""The dead man's switch: the outside hears from us while all is well, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.notify.heartbeat import Heartbeat
from tests.alerts.notify.cast import Receiver


def heartbeat(tmp_path: Path, url: str, ailing: str | None = None) -> Heartbeat:
    file = tmp_path / "url"
    file.write_text(url + "\n")
    return Heartbeat(file, 60, lambda: ailing, within_s=0.5)


async def test_all_is_well(tmp_path: Path) -> None:
    """One GET of exactly that address."""
    async with Receiver(b"HTTP/1.1 200 OK\r\n\r\n") as receiver:
        assert await heartbeat(tmp_path, receiver.url).beat()
    assert receiver.requests[0].line == "GET /hook?a=b HTTP/1.1"


async def test_something_ails(tmp_path: Path) -> None:
    """Silence is the alarm."""
    async with Receiver() as receiver:
        assert not await heartbeat(tmp_path, receiver.url, "no link").beat()
    assert not receiver.requests


@pytest.mark.parametrize("answer", [b"HTTP/1.1 500 No\r\n\r\n", b"HTTP/1.1 302 Away\r\n\r\n", None])
async def test_an_address_that_fails_ends_nothing(tmp_path: Path, answer: bytes | None) -> None:
    """It is logged once and tried again the next minute."""
    async with Receiver(answer) as receiver:
        ours = heartbeat(tmp_path, receiver.url)
        assert not await ours.beat()
        assert not await ours.beat()


async def test_an_address_file_that_is_gone(tmp_path: Path) -> None:
    """Said, not raised; mending the file is enough."""
    ours = Heartbeat(tmp_path / "none", 60, lambda: None)
    assert not await ours.beat()


async def test_the_address_is_no_matter_for_the_log(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Whoever knows it can keep the alarm silent."""
    ours = heartbeat(tmp_path, "http://127.0.0.1:1/s3cr3t")
    assert not await ours.beat()
    assert "s3cr3t" not in "".join(capfd.readouterr())
