"""What all verbs share: every setting has its flag's variable, errors are sentences with an exit code."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from floor.errors import ConfigInvalidError, FloorError
from floor.verbs.options import MISUSED, OUT_THERE, read_settings, settings_options, told


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (FloorError("the sky fell"), OUT_THERE, "floor: the sky fell\n"),
        (ConfigInvalidError(["a: wrong", "b: wrong"]), MISUSED, "floor: a: wrong\nfloor: b: wrong\n"),
    ],
)
def test_errors_are_sentences(error: FloorError, code: int, said: str) -> None:
    """On stderr, one per line, no traceback."""

    @click.command()
    @told
    def fail() -> None:
        raise error

    result = CliRunner().invoke(fail)
    assert (result.exit_code, result.stderr, result.stdout) == (code, said, "")


def test_flags_reach_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flag wins over the environment; what is not given is not set."""
    monkeypatch.setattr("floor.verbs.options.configure_logs", lambda level: None)
    monkeypatch.setenv("FLOOR_PORT", "9001")
    monkeypatch.setenv("FLOOR_HOST", "192.0.2.1")

    @click.command()
    @settings_options
    def show(config: None, **flags: object) -> None:
        settings = read_settings(config, flags)
        click.echo(f"{settings.host} {settings.port} {settings.pbx[0].user}")

    assert CliRunner().invoke(show, ["--port", "9002", "--ami-user", "ann"]).output == "192.0.2.1 9002 ann\n"
