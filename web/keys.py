"""Keys of boards and programs: made once, shown once, kept only as hashes, revoked but never forgotten.

A key is 192 random bits, so one SHA-256 is enough to keep it: there is nothing to guess.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from web.errors import KeysUnreadable, UnknownKey

FILE = "access.json"
API = "api"
"""Scope of programs: the API, and every board with it."""

_SCOPE = re.compile(r"^(api|board:[a-z0-9][a-z0-9_-]{0,39})$")


def board_scope(board: str) -> str:
    """Scope of one board."""
    return f"board:{board}"


class Key(Struct, frozen=True):
    """A key, without the key."""

    id: str
    scope: Annotated[str, Meta(pattern=_SCOPE.pattern)]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    created_at: float
    title: str = ""
    """Where it is used, in words of whoever made it."""
    revoked_at: float | None = None

    @property
    def live(self) -> bool:
        return self.revoked_at is None


class Keyring(Struct, frozen=True):
    """Everything the file holds: the keys, and the salt of the codes that stand for agents' names."""

    salt: str
    keys: tuple[Key, ...] = ()
    v: int = 1

    def find(self, secret: str) -> Key | None:
        """The key this secret is, revoked or not; compares with all of them, in constant time each."""
        digest = _digest(secret)
        found = None
        for key in self.keys:
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


class KeyFile:
    """``access.json`` in the data folder: read whole, written whole, one writer at a time."""

    def __init__(self, data_dir: Path, *, token: Callable[[int], str] = secrets.token_urlsafe) -> None:
        self.path = data_dir / FILE
        self._token = token

    def read(self) -> Keyring:
        """The keyring; a new one with a salt of its own is written when there is none.

        Raises :class:`KeysUnreadable`: a damaged file must not open the door.
        """
        try:
            if not self.path.exists():
                self._begin()
            return self._decoded()
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise KeysUnreadable(
                f"{self.path} holds the keys of boards and cannot be read ({error}); "
                "restore it, or remove it and make new keys"
            ) from None
        except OSError as error:
            raise KeysUnreadable(f"{self.path} holds the keys of boards and cannot be used: {error.strerror}") from None

    def _begin(self) -> None:
        with self._alone():
            if not self.path.exists():
                self._write(Keyring(salt=self._token(24)))

    def stamp(self) -> tuple[int, int, int] | None:
        """Changes whenever the file does; ``None``: it is not there."""
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_ino, stat.st_mtime_ns, stat.st_size

    def create(self, scope: str, title: str, now: float) -> tuple[Key, str]:
        """A new key and its secret, which nobody can see again. ``scope``: ``api`` or ``board:ID``."""
        if not _SCOPE.fullmatch(scope):
            raise ValueError(f"'{scope}' is no scope: use api, or board: and a board's id")
        self.read()
        with self._alone():
            ring = self._decoded()
            secret = f"fw_{self._token(24)}"
            digest = _digest(secret)
            key = Key(id=digest[:8], scope=scope, sha256=digest, created_at=now, title=title)
            self._write(msgspec.structs.replace(ring, keys=(*ring.keys, key)))
        return key, secret

    def revoke(self, id_: str, now: float) -> Key:
        """From now on nobody gets in with this key; raises :class:`UnknownKey`."""
        self.read()
        with self._alone():
            ring = self._decoded()
            found = [key for key in ring.keys if key.id == id_]
            if not found:
                raise UnknownKey(f"there is no key '{id_}'; list the keys to see their ids")
            gone = found[0] if not found[0].live else msgspec.structs.replace(found[0], revoked_at=now)
            self._write(msgspec.structs.replace(ring, keys=tuple(gone if k.id == id_ else k for k in ring.keys)))
        return gone

    def _decoded(self) -> Keyring:
        return msgspec.json.decode(self.path.read_bytes(), type=Keyring)

    def _write(self, ring: Keyring) -> None:
        beside = self.path.with_suffix(".new")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(ring), indent=2))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The command line and the server may write at the same time."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
