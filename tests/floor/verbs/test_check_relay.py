"""``floor check`` on the relay: whether it answers, who is heard there, and whether the record can be shared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from asterisk.advice import Severity
from floor.relay.memory import MemoryRelay
from floor.relay.ports import Entry, Position
from floor.settings import Settings
from floor.verbs import check_relay
from floor.verbs.check import MARKS
from floor.verbs.check_relay import sharing, tell_relay
from tests.relay.floors import Collecting, until, up


class Shown(MemoryRelay):
    shown = "redis://cache"


def settings(url: str | None = "redis://127.0.0.1:1", **more: Any) -> Settings:
    return Settings.model_validate(
        {"pbx": [{"name": "a"}, {"name": "b"}], "relay": {"url": url, "silent_s": 0.5, "heartbeat_s": 0.1}, **more}
    )


@pytest.mark.parametrize(
    ("url", "database", "found"),
    [
        ("redis://127.0.0.1", None, [Severity.WARN]),
        ("unix:///run/redis.sock", None, [Severity.WARN]),
        ("redis://cache.example", None, [Severity.ERROR]),
        ("redis://cache.example", "postgresql+psycopg://floor@db/floor", []),
    ],
)
def test_record_in_a_file_is_for_one_machine(url: str, database: str | None, found: list[Severity]) -> None:
    """More machines need a PostgreSQL, and are told so."""
    assert [severity for severity, _ in sharing(settings(url, database=database))] == found


async def test_nothing_is_said_without_a_relay() -> None:
    """``floor run`` needs none."""
    said: list[str] = []
    assert await tell_relay(settings(None), "en", MARKS, said.append) == 0
    assert said == []


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_relay_that_does_not_answer(language: Any) -> None:
    """An error with its address."""
    said: list[str] = []
    assert await tell_relay(settings(), language, MARKS, said.append) == 1
    assert any("redis://127.0.0.1:1" in line for line in said)


async def test_password_that_cannot_be_read(tmp_path: Path) -> None:
    """Names the key."""
    said: list[str] = []
    relay = {"url": "redis://127.0.0.1:1", "password_file": tmp_path / "none"}
    assert await tell_relay(Settings.model_validate({"relay": relay}), "en", MARKS, said.append) == 1
    assert any("relay.password_file" in line for line in said)


async def test_who_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """A collector that tells, one that told once, one that never did."""
    relay = Shown()
    monkeypatch.setattr(check_relay, "relay_of", lambda _: relay)
    collecting = Collecting(relay, ["a"])
    collecting.say(up())
    collecting.start()

    async def begun() -> bool:
        return await relay.last("a") is not None

    await until(begun)
    said: list[str] = []
    assert await tell_relay(settings(), "en", MARKS, said.append) == 0
    assert "  ok    a: its collector is heard." in said
    assert any("b: its collector was never heard" in line for line in said)
    await relay.publish([Entry("b", Position(1, 1), b"")])
    await tell_relay(settings(), "en", MARKS, said.append)
    assert any("b: its collector is silent now" in line for line in said)
    await collecting.stop()
