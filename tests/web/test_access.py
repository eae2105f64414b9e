"""Who is let in: everybody on loopback until a key is made, from then on and elsewhere only keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.doubles import StillClock
from web.access import Access, Grant, Verdict, host_name, is_loopback
from web.keys import KeyFile


def door(folder: Path, host: str = "127.0.0.1") -> Access:
    return Access(KeyFile(folder), host, StillClock())


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"])
def test_loopback_without_keys_is_open(tmp_path: Path, host: str) -> None:
    """On this machine alone nobody needs a key."""
    access = door(tmp_path, host)
    assert access.open
    assert access.board(None, "any")
    assert access.api(None)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "floor.example", ""])
def test_elsewhere_a_key_is_needed(tmp_path: Path, host: str) -> None:
    """Without any key made, nobody gets in at all."""
    access = door(tmp_path, host)
    assert access.board(None, "any").verdict is Verdict.MISSING
    assert access.api("guess").verdict is Verdict.UNKNOWN


def test_the_first_key_closes_the_door_for_good(tmp_path: Path) -> None:
    """Making a key closes loopback too, and revoking it does not open it again."""
    access = door(tmp_path)
    key, secret = access.create("board:floor")
    assert not access.board(None, "floor")
    assert access.board(secret, "floor") == Grant(Verdict.ALLOWED, key.id)
    access.revoke(key.id)
    assert not access.open
    assert access.board(secret, "floor").verdict is Verdict.REVOKED


def test_scopes(tmp_path: Path) -> None:
    """A board's key opens that board only; an api key opens the API and every board."""
    access = door(tmp_path, "0.0.0.0")
    _, board = access.create("board:floor")
    _, api = access.create("api")
    assert access.board(board, "other").verdict is Verdict.ELSEWHERE
    assert access.api(board).verdict is Verdict.ELSEWHERE
    assert access.api(api)
    assert access.board(api, "floor")


def test_another_programs_changes_are_taken_over(tmp_path: Path) -> None:
    """Keys made and revoked by the command line count as soon as the file is looked at."""
    access, other = door(tmp_path, "0.0.0.0"), door(tmp_path, "0.0.0.0")
    key, secret = other.create("board:floor")
    assert not access.board(secret, "floor")
    assert access.refresh()
    grant = access.board(secret, "floor")
    assert grant
    assert access.stands(grant)
    other.revoke(key.id)
    assert access.refresh()
    assert not access.stands(grant)
    assert not access.refresh()


def test_a_file_that_breaks_later_changes_nothing(tmp_path: Path) -> None:
    """A damaged or vanished file neither opens nor closes the door."""
    access = door(tmp_path)
    _, secret = access.create("board:floor")
    (tmp_path / "access.json").write_text("{")
    assert not access.refresh()
    assert access.board(secret, "floor")
    (tmp_path / "access.json").unlink()
    assert not access.refresh()
    assert not access.board(None, "floor")


def test_an_open_grant_falls_with_the_open_door(tmp_path: Path) -> None:
    """Who came in without a key has to leave when the first key is made."""
    access = door(tmp_path)
    grant = access.board(None, "floor")
    assert access.stands(grant)
    access.create("api")
    assert not access.stands(grant)


@pytest.mark.parametrize(
    ("host", "name"),
    [("127.0.0.1:8000", "127.0.0.1"), ("[::1]:8000", "::1"), ("LocalHost", "localhost"), ("[", ""), ("", "")],
)
def test_host_names(host: str, name: str) -> None:
    """The name in a Host header, whatever it looks like."""
    assert host_name(host) == name


def test_an_open_door_knows_its_own_names_only(tmp_path: Path) -> None:
    """A foreign name that points here (DNS rebinding, a proxy) needs a key; with keys, names do not matter."""
    access = door(tmp_path)
    assert access.trusts_host("localhost:8000")
    assert not access.trusts_host("evil.example:8000")
    assert not access.trusts_host(None)
    access.create("api")
    assert access.trusts_host("floor.example")


def test_loopback_names() -> None:
    """Only what cannot be reached from outside counts."""
    assert is_loopback("::1")
    assert not is_loopback("localhost.evil.example")
