"""The relay as the settings describe it."""

from __future__ import annotations

from pathlib import Path

import pytest

from floor.assembly_relay import password_in, relay_of
from floor.errors import ConfigInvalidError
from floor.settings import Settings


def test_relay_of_the_settings(tmp_path: Path) -> None:
    """Its address is shown without what is secret; the password comes from a file's first line."""
    file = tmp_path / "password"
    file.write_text("Zebra-77\nsecond line\n", encoding="utf-8")
    given = {"url": "redis://cache:6380/1", "password_file": file}
    relay = relay_of(Settings.model_validate({"relay": given}))
    assert relay.shown == "redis://cache:6380"
    assert password_in(file) == "Zebra-77"
    assert password_in(None) is None


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00"])
def test_password_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    """A sentence with the key and the file."""
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigInvalidError, match=r"relay\.password_file: the file .*password"):
        password_in(file)


def test_no_relay() -> None:
    """Said with the three ways to give one."""
    with pytest.raises(ConfigInvalidError, match=r"relay\.url: .*FLOOR_RELAY_URL"):
        relay_of(Settings())
