"""``floor key``: a link is shown once, the list never shows a key, and a revoked key stays on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from floor.errors import FloorError
from floor.settings import Settings
from floor.verbs.keys import add_key, list_keys, revoke_key
from web.errors import UnknownKey
from web.keys import KeyFile


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", host="10.0.0.7", port=8123)


def secret_of(link: str) -> str:
    (secret,) = parse_qs(urlsplit(link.rsplit(maxsplit=1)[-1]).query)["key"]
    return secret


def test_a_board_gets_a_link_that_opens_it(settings: Settings) -> None:
    """The sentence ends in a link with address, board and a key that the server will know."""
    sentence = add_key(settings, "lobby", "entrance hall")
    link = urlsplit(sentence.split()[-1])
    assert (link.scheme, link.netloc, link.path) == ("http", "10.0.0.7:8123", "/board/lobby")
    key = KeyFile(settings.data_dir).read().find(secret_of(sentence))
    assert key is not None
    assert (key.scope, key.title, key.live) == ("board:lobby", "entrance hall", True)


def test_a_program_gets_a_header(settings: Settings) -> None:
    """For programs the key is told as the header they send."""
    sentence = add_key(settings, "api", "")
    assert sentence.startswith("Send this header: Authorization: Bearer ")
    key = KeyFile(settings.data_dir).read().find(sentence.split()[-1])
    assert key is not None
    assert key.scope == "api"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_a_link_leads_to_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """Served on all addresses: the link has this machine's name, for no display can open ``0.0.0.0``."""
    monkeypatch.setattr("socket.gethostname", lambda: "wall")
    assert "http://wall:8000/board/lobby?key=" in add_key(Settings(data_dir=tmp_path, host=host), "lobby", "")


def test_an_ipv6_address_stands_in_brackets(tmp_path: Path) -> None:
    """As links want it."""
    assert "http://[fd00::7]:8000/board/" in add_key(Settings(data_dir=tmp_path, host="fd00::7"), "lobby", "")


@pytest.mark.parametrize("scope", ["Lobby", "", "lob by", "../x", "x" * 41, "lobby?key=", "lobby\n"])
def test_what_can_be_no_board_is_a_sentence(settings: Settings, scope: str) -> None:
    """A name that no board can have makes no key, and is told as a sentence."""
    with pytest.raises(FloorError, match="board"):
        add_key(settings, scope, "")
    assert list_keys(settings) == "There are no keys."


def test_the_list_has_everything_but_the_keys(settings: Settings) -> None:
    """A line per key in the order they were made: id, what for, when, title; no key and nothing to make one from."""
    secrets = [secret_of(add_key(settings, "lobby", "entrance hall")), secret_of(add_key(settings, "floor", "墙 左"))]
    first, second = list_keys(settings).splitlines()
    assert "board:lobby" in first
    assert "entrance hall" in first
    assert "board:floor" in second
    assert "墙 左" in second
    for secret, key in zip(secrets, KeyFile(settings.data_dir).read().keys, strict=True):
        assert key.id in first + second
        assert secret not in first + second
        assert key.sha256 not in first + second


def test_a_title_cannot_pretend_to_be_a_line(settings: Settings) -> None:
    """Whatever the title, one key is one line."""
    add_key(settings, "lobby", "x\nfffffff  api  made 2026-01-01")
    assert len(list_keys(settings).splitlines()) == 1


def test_a_revoked_key_is_dead_and_listed(settings: Settings) -> None:
    """Its link opens nothing any more; the list says when it ended."""
    secret = secret_of(add_key(settings, "lobby", ""))
    ring = KeyFile(settings.data_dir)
    key = ring.read().find(secret)
    assert key is not None
    revoke_key(settings, key.id)
    dead = ring.read().find(secret)
    assert dead is not None
    assert not dead.live
    assert "revoked 2" in list_keys(settings)


def test_revoking_what_is_not_there_is_told(settings: Settings) -> None:
    """A mistyped id is a sentence."""
    with pytest.raises(UnknownKey, match="there is no key 'nope'"):
        revoke_key(settings, "nope")


def test_moments_are_this_machines(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days are written as the person at the keyboard reads them."""

    class Clock:
        def now(self) -> float:
            return 1_795_315_212.0

    made: Any = Clock
    monkeypatch.setattr("floor.verbs.keys.SystemClock", made)
    add_key(settings, "lobby", "")
    assert "made 2026-11-2" in list_keys(settings)
