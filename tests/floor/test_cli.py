"""The command line: verbs, exit codes, sentences instead of tracebacks, secrets never shown."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest
from click.testing import CliRunner, Result

from floor.cli import main


@pytest.fixture(autouse=True)
def _no_floor_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FLOOR_CONFIG", "FLOOR_DATA_DIR", "FLOOR_TEST_CACHE"):
        monkeypatch.delenv(name, raising=False)


def floor(*arguments: str) -> Result:
    """Run the command; what it would print as a traceback is raised instead."""
    result = CliRunner().invoke(main, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_help_names_every_verb() -> None:
    """A newcomer finds every verb, and how to begin, from --help alone."""
    said = floor("--help").output
    for verb in "demo run check record replay simulate config backfill key".split():
        assert f"\n  {verb} " in said
    assert "floor demo" in said


@pytest.mark.parametrize("verb", "demo run check record replay simulate config backfill".split())
def test_every_verb_explains_itself(verb: str) -> None:
    """Each verb has a help of its own, with a sentence and its options."""
    result = floor(verb, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.output
    assert len(result.output.splitlines()) > 8


def test_unknown_option_is_misuse() -> None:
    """A misspelt option is exit code 2."""
    assert floor("run", "--ami-hots", "x").exit_code == 2


@pytest.mark.parametrize("verb", ["run", "check"])
def test_no_exchange_is_said(verb: str) -> None:
    """Without an exchange the verb says how to give one, exit code 2."""
    result = floor(verb)
    assert result.exit_code == 2
    assert "--ami-host" in result.stderr


def test_config_shows_everything_but_secrets() -> None:
    """The effective configuration is valid annotated TOML, and no secret is in it."""
    result = floor("config", "--ami-host", "pbx.example", "--ami-secret", "geheim", "--port", "9001")
    assert result.exit_code == 0
    assert 'host = "pbx.example"' in result.output
    assert "port = 9001" in result.output
    assert "geheim" not in result.output


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    """Three mistakes in a file: three sentences, each with its key; exit code 2; the secret is not repeated."""
    file = tmp_path / "floor.toml"
    file.write_text('prot = 8000\nport = "x"\n[[pbx]]\nsecret = "geheim"\nport = 99999\n', encoding="utf-8")
    result = floor("run", "--config", str(file))
    assert result.exit_code == 2
    for key in ("prot", "port", "pbx[1].port"):
        assert f"floor: {key}:" in result.stderr
    assert "geheim" not in result.stderr


def test_taken_port_is_a_sentence(tmp_path: Path) -> None:
    """A port that another program has is said in a sentence that names the way out; exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        result = floor("run", "--ami-host", "127.0.0.1", "--ami-port", "1", "--port", port, "--data-dir", str(tmp_path))
    assert result.exit_code == 1
    assert "--port" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("url", ["nonsense://x", "sqlite:////proc/self/x.db", "postgresql+psycopg://x@127.0.0.1:1/x"])
def test_unusable_database_is_a_sentence(tmp_path: Path, url: str) -> None:
    """A database that cannot be used stops the start with a sentence that names the key; exit code 1."""
    where = ["--database", url, "--data-dir", str(tmp_path)]
    result = floor("run", "--ami-host", "127.0.0.1", "--port", "0", *where)
    assert result.exit_code == 1
    assert "database" in result.stderr


def test_keys_are_made_listed_and_revoked(tmp_path: Path) -> None:
    """A board's link is shown once; the list has its id, not the key; revoking is remembered."""
    where = ["--data-dir", str(tmp_path)]
    made = floor("key", "add", "default", "--title", "lobby", *where).output
    secret = made.split("key=")[1].strip()
    listed = floor("key", "list", *where).output
    assert "board:default" in listed
    assert "lobby" in listed
    assert secret not in listed
    assert floor("key", "revoke", listed.split()[0], *where).exit_code == 0
    assert "revoked" in floor("key", "list", *where).output
    assert floor("key", "revoke", "nope", *where).exit_code == 1


def test_backfill_asks_which_log(tmp_path: Path) -> None:
    """Without a queue_log the verb asks for one; exit code 2."""
    result = floor("backfill", "--ami-host", "127.0.0.1", "--data-dir", str(tmp_path))
    assert result.exit_code == 2
    assert "--queue-log" in result.stderr


@pytest.mark.slow
def test_sighup_reads_the_rules_anew(tmp_path: Path) -> None:
    """All of them or nothing, and the log says which; the service goes on either way."""
    rules, config = tmp_path / "rules.toml", tmp_path / "floor.toml"
    rules.write_text("")
    config.write_text(f'rules = "{rules}"\nport = 0\ndata_dir = "{tmp_path / "data"}"\n[[pbx]]\nport = 1\n')
    words = ("-c", "from floor.cli import main; main()", "run", "--config", str(config))
    with subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        _read_until(process.stdout, "Floorwatch is on")
        process.send_signal(signal.SIGHUP)
        assert "rules=" in _read_until(process.stdout, "rules reloaded")
        rules.write_text('[[rule]]\nid = "R-ANS-1"\nlimmit = "9 s"\n')
        process.send_signal(signal.SIGHUP)
        assert "limmit" in _read_until(process.stdout, "rules not reloaded")
        assert process.poll() is None
        process.terminate()
        process.communicate(timeout=20)
        assert process.returncode == 0


def _read_until(stream: IO[bytes], words: str) -> str:
    """The first line with these words."""
    return next(line for line in iter(lambda: stream.readline().decode(), "") if words in line)
