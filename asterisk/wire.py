"""AMI on the wire: bytes in, messages out, with no I/O; and the rules for what may go out.

A message is lines of ``Key: Value`` up to a blank line. Lines end with CRLF; a peer whose first line ends with a lone
LF is taken at its word. The stream may be cut anywhere, also inside a character, so frames are cut from bytes and only
whole ones are decoded. One greeting line without a blank line comes first. Nothing here trusts the sender: what is no
AMI either becomes a message without meaning or a :class:`~floor.errors.WireError`, and never anything else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from floor.errors import ActionInvalidError, WireError

Message = dict[str, str | list[str]]
"""Headers in the order they came; a header that came more than once is a list."""

Headers = Mapping[str, str | Sequence[str]]
"""Headers to send; a sequence is sent as repeated headers."""

FRAME_CAP = 4_000_000
"""Bytes: a message longer than this is no AMI. (The longest real ones, command output, stay far below.)"""

_GREETING = b"Asterisk Call Manager/"
_CRLF: tuple[bytes, ...] = (b"\r\n\r\n",)
_LF: tuple[bytes, ...] = (b"\n\n", b"\n\r\n")
_BLANK = re.compile(rb"\n\r?\n")
_FIRST_WINS = frozenset(("Event", "ActionID", "Response"))
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LINE_LIMIT = 1000
"""Asterisk reads action lines into 1025 bytes and misreads longer ones."""
_HEADER_LIMIT = 128
"""Asterisk ignores headers of an action beyond this many."""


class Framer:
    """Cuts the byte stream into messages, however it was chopped up on the way."""

    def __init__(self, cap: int = FRAME_CAP) -> None:
        self.greeting: str | None = None
        """``Asterisk Call Manager/5.0.2`` once it came; empty when the first line was something else."""
        self._cap = cap
        self._tail = bytearray()
        self._ends = _CRLF

    def feed(self, data: bytes) -> list[bytes]:
        """Messages completed by ``data``, without their blank line.

        :raises WireError: more than ``cap`` bytes without a blank line.
        """
        if self.greeting is None:
            data = self._greet(data)
        seam = bytes(self._tail[-3:]) + data[:3]
        frames: list[bytes] = []
        # A message without an end must not cost quadratic time: only the seam is searched again.
        if any(end in data or end in seam for end in self._ends):
            frames, rest = self._cut(bytes(self._tail) + data)
            self._tail = bytearray(rest)
        else:
            self._tail += data
        if len(self._tail) > self._cap:
            raise WireError(f"a message of more than {self._cap} bytes has no end; this is not AMI")
        return frames

    def _greet(self, data: bytes) -> bytes:
        """Take the greeting off the beginning of the stream, once its line is whole; its end tells the newline."""
        begun = bytes(self._tail) + data
        line, newline, rest = begun.partition(b"\n")
        if not newline:
            return data
        self._tail.clear()
        self._ends = _CRLF if line.endswith(b"\r") else _LF
        if line.startswith(_GREETING):
            self.greeting = line.decode("utf-8", "replace").strip()
            return rest
        self.greeting = ""
        return begun

    def _cut(self, buffer: bytes) -> tuple[list[bytes], bytes]:
        """All whole frames, and what is left of the next one."""
        *pieces, rest = buffer.split(b"\r\n\r\n") if self._ends is _CRLF else _BLANK.split(buffer)
        return [frame for piece in pieces if (frame := piece.strip(b"\r\n"))], rest


def parse(frame: bytes) -> Message:
    """The headers of one frame; lines without a colon (old command output) are gathered under ``Output``."""
    text = frame.decode("utf-8", "replace")
    lines = text.split("\r\n")
    if len(lines) == 1:
        lines = text.split("\n")
    message: Message = {}
    for line in lines:
        key, colon, value = line.partition(": ")
        if colon and key not in message:
            message[key] = value
        else:
            _add(message, line)
    return message


def _add(message: Message, line: str) -> None:
    """The rarer lines: repeated headers, no space after the colon, no colon."""
    key, colon, value = line.partition(":")
    if not colon:
        key, value = "Output", key
    elif value[:1] == " ":
        value = value[1:]
    if key not in message:
        message[key] = value
    elif key not in _FIRST_WINS:
        _repeat(message, key, value)


def _repeat(message: Message, key: str, value: str) -> None:
    before = message[key]
    if isinstance(before, list):
        before.append(value)
    else:
        message[key] = [before, value]


def first(message: Message, key: str, default: str = "") -> str:
    """A header's value, the first one when it was repeated."""
    value = message.get(key, default)
    return value[0] if isinstance(value, list) else value


def every(message: Message, key: str) -> list[str]:
    """All values of a header that may be repeated (``ChanVariable``, ``Output``); none: empty."""
    value = message.get(key)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def seconds_of(message: Message, header: str) -> float | None:
    """A header as seconds since the epoch; ``None`` when it is absent or no time."""
    try:
        value = float(first(message, header))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def event_name(frame: bytes) -> bytes:
    """The event's name read off the frame's first line, without parsing it; empty when it is no event."""
    if frame[:7] != b"Event: ":
        return b""
    end = frame.find(b"\n", 7)
    return (frame[7:] if end < 0 else frame[7:end]).removesuffix(b"\r")


def check_action(headers: Headers) -> None:
    """Refuse an action that would not arrive as written.

    A line break in a value would begin a header, or a whole action, of somebody else's choosing.

    :raises ActionInvalidError: naming the header, never its value.
    """
    count = 0
    for key, value in headers.items():
        if not _HEADER_NAME.fullmatch(key):
            raise ActionInvalidError("an action has a header whose name is not allowed")
        values = [value] if isinstance(value, str) else value
        count += len(values)
        for text in values:
            _check_value(key, text)
    if count > _HEADER_LIMIT:
        raise ActionInvalidError(f"an action may have {_HEADER_LIMIT} headers, not {count}")


def _check_value(key: str, text: str) -> None:
    if _CONTROL.search(text):
        raise ActionInvalidError(f"the header {key} holds a control character or line break")
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise ActionInvalidError(f"the header {key} holds what is no character") from None
    if size + len(key) > _LINE_LIMIT:
        raise ActionInvalidError(f"the header {key} is longer than an exchange can read")
