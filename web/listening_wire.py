"""Listenings as pages see them, and the words of their sound on the wire: built and parsed, without I/O."""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from floor.listening.model import AudioFormat, Listening, Mode
from floor.listening.ports import NotAdmittedError
from floor.people.model import Person
from web.protocol import Unwelcome, encode

FRAME_MS = 20
SLACK = 50
"""Frames of sound a client may be ahead of the clock: a second, for a page that was busy."""
MAX_TEXT = 256
_HEAD = struct.Struct(">II")


class Shown(Struct, frozen=True):
    """LISTENING: nothing of the exchange's inner names."""

    id: str
    pbx: str
    agent: str
    mode: str
    way: str
    purpose: str | None
    stage: str
    began_at: float
    by_name: str
    mine: bool
    elsewhere: bool
    call: str | None
    follow: bool
    ended_at: float | None
    ended: str | None
    said: str


class Format(Struct, frozen=True):
    """What the sound is made of."""

    rate: int
    channels: int


class Told(Struct, frozen=True, tag_field="t", tag="listening"):
    """How the listening stands, and what its sound is; ``format`` is null until there is a call."""

    listening: Shown
    format: Format | None


class Refused(Struct, frozen=True, tag_field="t", tag="refused"):
    """What was asked for is not done, and all goes on as it was."""

    error: str
    words: dict[str, str]


class Pong(Struct, frozen=True, tag_field="t", tag="pong"):
    """Answer to a ping."""

    at: float | int


class AskMode(Struct, frozen=True, tag_field="t", tag="mode", forbid_unknown_fields=True):
    """Into another mode, please."""

    mode: Mode


class Ping(Struct, frozen=True, tag_field="t", tag="ping", forbid_unknown_fields=True):
    """Measures the way there and back."""

    at: float | int


_decoder: msgspec.json.Decoder[AskMode | Ping] = msgspec.json.Decoder(AskMode | Ping)


def view(listening: Listening, person: Person) -> Shown:
    """As this person may see it."""
    return Shown(
        id=listening.id,
        pbx=listening.pbx,
        agent=listening.agent,
        mode=listening.mode,
        way=listening.way,
        purpose=listening.purpose,
        stage=listening.stage,
        began_at=listening.began_at,
        by_name=listening.by_name,
        mine=listening.by == person.id and not listening.elsewhere,
        elsewhere=listening.elsewhere,
        call=listening.call,
        follow=listening.follow,
        ended_at=listening.ended_at,
        ended=listening.ended,
        said=listening.said,
    )


def told(listening: Listening, person: Person, format: AudioFormat | None) -> bytes:
    """The frame that says how it stands."""
    shown = None if format is None else Format(format.rate, format.channels)
    return encode(Told(view(listening, person), shown))


def refused(error: NotAdmittedError) -> bytes:
    """The frame that says why not."""
    return encode(Refused(str(error), dict(error.words)))


def sound(number: int, ms: int, pcm: bytes) -> bytes:
    """One frame of sound to a page."""
    return _HEAD.pack(number & 0xFFFFFFFF, ms & 0xFFFFFFFF) + pcm


def parse(frame: str | bytes, lengths: Iterable[int]) -> AskMode | Ping | bytes:
    """One frame of a page; ``lengths``: how long 20 ms of its microphone are. Raises :class:`Unwelcome`."""
    if isinstance(frame, bytes):
        if len(frame) not in lengths:
            raise Unwelcome("sound of another length")
        return frame
    if len(frame) > MAX_TEXT:
        raise Unwelcome("unknown message")
    try:
        return _decoder.decode(frame)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise Unwelcome("unknown message") from None


def spoken_lengths(formats: Sequence[AudioFormat]) -> frozenset[int]:
    """Bytes of 20 ms, mono, at each of these rates."""
    return frozenset(one.rate // 50 * 2 for one in formats)


class SoundPace:
    """How fast a page sends sound: 50 frames a second, and a second's worth of slack."""

    __slots__ = ("_heard",)

    def __init__(self) -> None:
        self._heard: deque[float] = deque(maxlen=2 * SLACK)

    def note(self, now: float) -> None:
        """A frame came at ``now`` (monotonic seconds); raises :class:`Unwelcome` when it is one too many."""
        if len(self._heard) == self._heard.maxlen and now - self._heard[0] < 1.0:
            raise Unwelcome("sound too fast")
        self._heard.append(now)
