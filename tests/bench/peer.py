"""An exchange that only talks: it lets in whoever logs in, answers every question with an empty list, and when told to,
sends a stream as fast as it is taken. It runs in a process of its own, so that its work counts for nobody."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

GREETING = b"Asterisk Call Manager/11.0.0\r\n"
END = (
    b"Event: PeerStatus\r\nPrivilege: system,all\r\nTimestamp: %.6f\r\nChannelType: PJSIP\r\n"
    b"Peer: PJSIP/end\r\nPeerStatus: Reachable\r\n\r\n"
)
"""The last event of every stream: a phone nobody else has."""
LAST_PHONE = "PJSIP/end"


def serve(stream: bytes, announce: int) -> None:
    """One client after another: answers until a byte comes from our standard input, then the stream."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    for _ in range(announce):
        line, _ = listener.accept()
        with line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.sendall(GREETING)
            _talk(line)
            line.sendall(stream + END % time.time())
            while line.recv(65536):
                pass


def _talk(line: socket.socket) -> None:
    """Answer whatever is asked, until the client has said that it is ready (an action of that name)."""
    asked = b""
    while True:
        data = line.recv(65536)
        if not data:
            return
        *actions, asked = (asked + data).split(b"\r\n\r\n")
        for action in actions:
            if b"action: floorbenchready" in action.lower():
                return
            line.sendall(_answer(action))


def _answer(action: bytes) -> bytes:
    headers = dict(row.split(b": ", 1) for row in action.split(b"\r\n") if b": " in row)
    said = {key.lower(): value for key, value in headers.items()}
    id, name = said.get(b"actionid", b""), said[b"action"]
    if name.lower() in (b"login", b"ping", b"coresettings", b"corestatus"):
        # One client takes a login for refused unless its last line says that it was accepted.
        return b"Response: Success\r\nActionID: %b\r\nTimestamp: %.6f\r\nMessage: Authentication accepted\r\n\r\n" % (
            id,
            time.time(),
        )
    return (
        b"Response: Success\r\nActionID: %b\r\nEventList: start\r\nMessage: it follows\r\n\r\n"
        b"Event: %bComplete\r\nActionID: %b\r\nEventList: Complete\r\nListItems: 0\r\n\r\n" % (id, name, id)
    )


if __name__ == "__main__":
    serve(Path(sys.argv[1]).read_bytes(), int(sys.argv[2]))
