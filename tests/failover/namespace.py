"""A network of its own for one process, as if it stood on another machine: one cable leads to it, and can be pulled."""

from __future__ import annotations

import ctypes
import os
import secrets
import socket
import subprocess
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

CLONE_NEWNET = 0x40000000


class Namespace:
    """``with``: there is one, and the cable is in. Needs root; raises ``OSError`` or ``CalledProcessError``."""

    def __init__(self) -> None:
        tag, place = secrets.token_hex(3), secrets.randbelow(250)
        self.name, self._here, self._there = f"fw{tag}", f"fwh{tag}", f"fwn{tag}"
        self.address = f"10.231.{place}.1"
        """Of this machine, as it is reached from there."""
        self._its = f"10.231.{place}.2"

    @property
    def command(self) -> Sequence[str]:
        """In front of a program that is to run there."""
        return ("ip", "netns", "exec", self.name)

    def __enter__(self) -> Self:
        try:
            _ip("netns", "add", self.name)
            _ip("link", "add", self._here, "type", "veth", "peer", "name", self._there, "netns", self.name)
            _ip("addr", "add", f"{self.address}/30", "dev", self._here)
            _ip("-n", self.name, "addr", "add", f"{self._its}/30", "dev", self._there)
            for words in (("lo",), (self._there,)):
                _ip("-n", self.name, "link", "set", *words, "up")
            self.plug()
        except BaseException:
            self._gone()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._gone()

    def _gone(self) -> None:
        for words in (("link", "del", self._here), ("netns", "del", self.name)):
            subprocess.run(["ip", *words], check=False, stderr=subprocess.DEVNULL, timeout=20)

    def pull(self) -> None:
        """From now on nothing comes through, and nobody is told."""
        _ip("link", "set", self._here, "down")

    def plug(self) -> None:
        """It does again."""
        _ip("link", "set", self._here, "up")

    def connected(self, port: int) -> socket.socket:
        """A connection to a port of the loopback over there, as somebody beside the program has it. Raises
        ``OSError``."""
        found: list[socket.socket | OSError] = []

        def connect() -> None:
            # Only this thread goes there; its socket stays.
            try:
                with open(f"/run/netns/{self.name}", encoding="ascii") as place:
                    if ctypes.CDLL(None, use_errno=True).setns(place.fileno(), CLONE_NEWNET) != 0:
                        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
                found.append(socket.create_connection(("127.0.0.1", port), timeout=2))
            except OSError as error:
                found.append(error)

        thread = threading.Thread(target=connect)
        thread.start()
        thread.join()
        if isinstance(found[0], OSError):
            raise found[0]
        found[0].setblocking(False)
        return found[0]


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, timeout=20)
