"""``floor serve``: what a node needs to begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from floor.errors import ConfigInvalidError
from floor.sections.relay import RelaySettings
from floor.settings import PbxSettings, Settings
from floor.verbs.serve import node_of

RELAY = RelaySettings(url="redis://127.0.0.1:1")


def test_node_of_the_settings(tmp_path: Path) -> None:
    """Exchanges by name; nothing is connected yet."""
    node = node_of(Settings(pbx=(PbxSettings(name="north"),), relay=RELAY, data_dir=tmp_path))
    assert set(node.reader.feeds) == {"north"}


def test_no_exchange_is_named(tmp_path: Path) -> None:
    """A node must know of whom it is told."""
    with pytest.raises(ConfigInvalidError, match="pbx"):
        node_of(Settings(relay=RELAY, data_dir=tmp_path))
