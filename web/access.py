"""Who may see what. Open only where nobody from outside can come: on loopback, as long as no key was ever made."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

import structlog

from floor.people.model import SignedIn
from floor.ports import Clock
from web.errors import KeysUnreadable
from web.keys import API, Key, KeyFile, Keyring, board_scope

log = structlog.get_logger()


class Verdict(StrEnum):
    """Why somebody is let in or not; the text is what he is told."""

    ALLOWED = "welcome"
    MISSING = "a key is needed"
    UNKNOWN = "this key is not known"
    REVOKED = "this key was revoked"
    ELSEWHERE = "this key is for something else"


@dataclass(frozen=True, slots=True)
class Grant:
    """The answer to one request: the verdict, and the key or the sign-in it rests on (neither: the door stood open)."""

    verdict: Verdict
    key_id: str | None = None
    signed_in: SignedIn | None = None

    def __bool__(self) -> bool:
        return self.verdict is Verdict.ALLOWED


def is_loopback(host: str) -> bool:
    """Whether this name or address can only be reached from this machine."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_name(netloc: str) -> str:
    """The host of a ``Host`` header, without its port; empty when it is none."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


class Access:
    """The door's policy over the keys in the data folder, which the command line may change at any time."""

    def __init__(self, file: KeyFile, host: str, clock: Clock) -> None:
        self._file = file
        self._loopback = is_loopback(host)
        self._clock = clock
        self._stamp = file.stamp()
        self._take(file.read())

    def _take(self, ring: Keyring) -> None:
        self._ring = ring
        self._live_ids = frozenset(key.id for key in ring.keys if key.live)

    @property
    def salt(self) -> bytes:
        """Secret of this installation, for codes that stand for names; at most 64 bytes."""
        return self._ring.salt.encode()[:64]

    @property
    def open(self) -> bool:
        """Whether nobody needs a key. A revoked key still counts: who closed the door wants it closed."""
        return self._loopback and not self._ring.keys

    def trusts_host(self, host: str | None) -> bool:
        """An open door answers only to this machine's own names: else any web page could reach it by a name of its own
        that points here (DNS rebinding), and so could the world through a proxy."""
        return not self.open or is_loopback(host_name(host or ""))

    def board(self, secret: str | None, board: str) -> Grant:
        """May this key see this board?"""
        return self._judge(secret, {board_scope(board), API})

    def api(self, secret: str | None) -> Grant:
        """May this key use the API?"""
        return self._judge(secret, {API})

    def _judge(self, secret: str | None, scopes: set[str]) -> Grant:
        if self.open:
            return Grant(Verdict.ALLOWED)
        if not secret:
            return Grant(Verdict.MISSING)
        key = self._ring.find(secret)
        if key is None:
            return Grant(Verdict.UNKNOWN)
        if not key.live:
            return Grant(Verdict.REVOKED)
        return Grant(Verdict.ALLOWED if key.scope in scopes else Verdict.ELSEWHERE, key.id)

    def stands(self, grant: Grant) -> bool:
        """Whether a grant given earlier would still be given."""
        if grant.signed_in is not None:
            return True  # :mod:`web.admission` asks whether it does
        if grant.key_id is None:
            return self.open
        return grant.key_id in self._live_ids

    def refresh(self) -> bool:
        """Take over what the file says when it changed; whether it did. A damaged or missing file changes nothing."""
        stamp = self._file.stamp()
        if stamp == self._stamp or stamp is None:
            return False
        self._stamp = stamp
        try:
            self._take(self._file.read())
        except KeysUnreadable as error:
            log.error("keys not taken over", reason=str(error))
            return False
        return True

    # For whoever gives out links

    def create(self, scope: str, title: str = "") -> tuple[Key, str]:
        """A new key and its secret, shown this once. ``scope``: ``api`` or ``board:ID``."""
        made = self._file.create(scope, title, self._clock.now())
        self.refresh()
        return made

    def list(self) -> tuple[Key, ...]:
        """All keys ever made, without their secrets."""
        self.refresh()
        return self._ring.keys

    def revoke(self, id_: str) -> Key:
        """Revoke a key; raises :class:`web.errors.UnknownKey`."""
        gone = self._file.revoke(id_, self._clock.now())
        self.refresh()
        return gone
