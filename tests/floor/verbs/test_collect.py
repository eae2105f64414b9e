"""``floor collect``: which exchanges, and what is said when it cannot begin."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from floor.cli import main
from floor.errors import ConfigInvalidError
from floor.settings import PbxSettings, Settings
from floor.verbs.collect import chosen

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


def test_without_a_relay(tmp_path: Path) -> None:
    """Exit code 2 and how to give one."""
    (tmp_path / "floor.toml").write_text('[[pbx]]\nname = "north"\n', encoding="utf-8")
    for verb in ("collect", "serve"):
        result = CliRunner().invoke(main, [verb, "--config", str(tmp_path / "floor.toml")])
        assert (result.exit_code, "relay.url" in result.output) == (2, True)
