"""``floor collect``: which exchanges, and what is said when it cannot begin."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from floor.assembly_collect import Collector
from floor.cli import main
from floor.errors import ConfigInvalidError
from floor.relay.memory import MemoryRelay
from floor.sections.relay import RelaySettings
from floor.settings import PbxSettings, Settings
from floor.verbs.collect import chosen, probed

BOTH = Settings(pbx=(PbxSettings(name="north"), PbxSettings(name="south")))


def test_exchanges_are_chosen_by_name() -> None:
    """One settings file serves all collectors."""
    assert [pbx.name for pbx in chosen(BOTH, ["south"]).pbx] == ["south"]
    assert chosen(BOTH, ()).pbx == BOTH.pbx


@pytest.mark.parametrize(("settings", "names"), [(BOTH, ["west"]), (Settings(), [])])
def test_what_cannot_be_chosen(settings: Settings, names: list[str]) -> None:
    """A sentence names it."""
    with pytest.raises(ConfigInvalidError, match="exchange"):
        chosen(settings, names)


@pytest.mark.parametrize("port", [None, 0])
async def test_health_is_served_where_a_port_is_given(tmp_path: Path, port: int | None) -> None:
    """For as long as it collects; where it is, is said."""
    settings = Settings(data_dir=tmp_path, pbx=BOTH.pbx, relay=RelaySettings(health_port=port))
    said: list[str] = []
    async with probed(settings, Collector(settings, MemoryRelay()), said.append), httpx2.AsyncClient() as client:
        for sentence in said:
            address = sentence.rpartition(" ")[2]
            assert (await client.get(f"{address}/healthz")).status_code == 200
            assert (await client.get(f"{address}/readyz")).json() == {"status": "waiting", "links": {}}
    assert len(said) == (port is not None)


def test_without_a_relay(tmp_path: Path) -> None:
    """Exit code 2 and how to give one."""
    (tmp_path / "floor.toml").write_text('[[pbx]]\nname = "north"\n', encoding="utf-8")
    for verb in ("collect", "serve"):
        result = CliRunner().invoke(main, [verb, "--config", str(tmp_path / "floor.toml")])
        assert (result.exit_code, "relay.url" in result.output) == (2, True)
