"""Settings section ``relay``: what cannot be meant is refused, in words that hold no secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from floor.errors import ConfigInvalidError
from floor.load import load
from floor.sections.relay import RelaySettings

ADDRESSES = ("redis://cache", "redis://cache:6379/2", "rediss://floor@cache.example:6380", "unix:///run/redis.sock")


@pytest.mark.parametrize("url", ADDRESSES)
def test_addresses(url: str) -> None:
    """With and without TLS, user and database; a socket."""
    assert RelaySettings(url=url).url == url


def written(tmp_path: Path, **keys: Any) -> Path:
    file = tmp_path / "floor.toml"
    lines = [f"{key} = {value!r}".replace("'", '"') for key, value in keys.items()]
    file.write_text("\n".join(["[relay]", *lines, ""]), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({"url": "redis://:Zebra-77@cache"}, "relay.url"),
        ({"url": "redis://floor:Zebra-77@cache"}, "relay.url"),
        ({"url": "http://cache"}, "relay.url"),
        ({"prefix": "a b"}, "relay.prefix"),
        ({"entries": 1000, "checkpoint_every": 900}, "entries must be at least twice"),
        ({"heartbeat_s": 2.0}, "silent_s must be at least"),
    ],
)
def test_what_cannot_be_meant(tmp_path: Path, keys: dict[str, Any], key: str) -> None:
    """A sentence with the key; a password in the address is refused and not repeated."""
    with pytest.raises(ConfigInvalidError) as refused:
        load(written(tmp_path, **keys), {}, {})
    assert key in str(refused.value)
    assert "Zebra" not in str(refused.value)


def test_environment_and_command_line_come_later(tmp_path: Path) -> None:
    """Key by key, as with all settings."""
    file = written(tmp_path, url="redis://file", prefix="hall")
    settings = load(file, {"FLOOR_RELAY_URL": "redis://environment"}, {"relay_password_file": "/p"})
    assert (settings.relay.url, settings.relay.prefix) == ("redis://environment", "hall")
    assert settings.relay.password_file == Path("/p")
    assert load(None, {}, {"relay_url": "redis://flag"}).relay.url == "redis://flag"
