"""Free loopback ports for exchanges and phones."""

from __future__ import annotations

import itertools
import os
import socket

# Below the range the kernel hands out by itself, above the audio ports; each
# process begins elsewhere so that parallel test runs rarely try the same port.
_FIRST, _LAST, _STEP = 20000, 29980, 4
_candidates = itertools.count(os.getpid() * 64)


def free_port() -> int:
    """A port whose next three neighbours are free as well, for TCP and UDP."""
    slots = (_LAST - _FIRST) // _STEP
    for _ in range(slots):
        port = _FIRST + (next(_candidates) % slots) * _STEP
        if all(_is_free(port + offset) for offset in range(_STEP)):
            return port
    raise RuntimeError(f"no free port between {_FIRST} and {_LAST}")


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
