"""The file of keys: no key in it, whole at every moment, and closed when damaged."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from web.errors import KeysUnreadable, UnknownKey
from web.keys import KeyFile, board_scope


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "data")


def test_the_first_read_makes_a_salt_that_stays(file: KeyFile) -> None:
    """A new installation gets its own salt once."""
    salt = file.read().salt
    assert len(salt) >= 32
    assert file.read().salt == salt


def test_a_key_is_found_by_its_secret_and_is_not_in_the_file(file: KeyFile) -> None:
    """Only a hash is kept, readable by the owner alone."""
    key, secret = file.create(board_scope("floor"), "wall left", 5.0)
    assert file.read().find(secret) == key
    assert file.read().find(secret + "x") is None
    assert secret not in file.path.read_text()
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert (key.scope, key.title, key.created_at, key.live) == ("board:floor", "wall left", 5.0, True)


def test_a_revoked_key_is_remembered(file: KeyFile) -> None:
    """It is known and dead; revoking it again changes nothing."""
    key, secret = file.create("api", "", 5.0)
    assert file.revoke(key.id, 6.0).revoked_at == 6.0
    assert file.revoke(key.id, 7.0).revoked_at == 6.0
    found = file.read().find(secret)
    assert found is not None
    assert not found.live


def test_unknown_ids_and_scopes_are_refused(file: KeyFile) -> None:
    """A misspelt id or scope is told, not ignored."""
    with pytest.raises(UnknownKey):
        file.revoke("nobody", 1.0)
    for scope in ("board:", "board:../x", "all", ""):
        with pytest.raises(ValueError, match="scope"):
            file.create(scope, "", 1.0)


@pytest.mark.parametrize("damage", [b"", b"{}", b"null", b'{"salt":1}', b'{"salt":"s","keys":[{}]}', b"\xff\xfe"])
def test_a_damaged_file_is_refused_with_a_sentence(file: KeyFile, damage: bytes) -> None:
    """It must not be taken for an empty one: that would open the door."""
    file.read()
    file.path.write_bytes(damage)
    with pytest.raises(KeysUnreadable, match="restore it"):
        file.read()


def test_the_stamp_changes_with_the_file(file: KeyFile) -> None:
    """Another program's change is noticed."""
    assert file.stamp() is None
    file.read()
    before = file.stamp()
    KeyFile(file.path.parent).create("api", "", 1.0)
    assert file.stamp() != before


def test_many_writers_lose_nothing(file: KeyFile) -> None:
    """The command line and the server write one after the other."""
    other = KeyFile(file.path.parent)
    for n in range(4):
        (file if n % 2 else other).create("api", str(n), 1.0)
    assert [key.title for key in file.read().keys] == ["0", "1", "2", "3"]
    assert not list(file.path.parent.glob("*.new"))
