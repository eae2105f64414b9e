"""A supervisor's phone joined to a line: it hears what the line brings, and what is said into it is said into the line.

The phone itself runs ``AudioSocket`` to us, the spying channel comes as it does for a browser, and here the two are put
together. So a change of mode is the line's own, the new spying channel before the old one is let go, and the phone
never notices; keys pressed on it change nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from asterisk.heard import MONO_BYTES, Connection, HeardLine
from floor.listening.model import AudioFormat, Mode

MOST_REST = 64 * MONO_BYTES
"""What a phone may bring in one packet and still be cut into frames; a longer one is none."""


class JoinedPhone:
    """Implements :class:`floor.listening.ports.Line`; who reads its frames keeps the phone hearing them."""

    def __init__(self, put_down: Callable[[HeardLine], object]) -> None:
        """``put_down`` is given the line when the phone is gone first."""
        self._put_down = put_down
        self._phone: Connection | None = None
        self._line: HeardLine | None = None
        self._rest = b""
        self._gone = False

    @property
    def format(self) -> AudioFormat:
        return AudioFormat(channels=1)

    @property
    def spy(self) -> str:
        return self._line.spy if self._line is not None else ""

    def take(self, phone: Connection, line: HeardLine) -> None:
        """Both are there; a phone that was put down meanwhile ends the line."""
        self._phone, self._line = phone, line
        if self._gone or not phone.open:
            self._put_down(line)

    def hear(self, payload: bytes) -> None:
        """What the phone says; phones and exchanges are free in how long a packet is, lines are not."""
        if self._line is None or len(payload) > MOST_REST:
            return
        data = self._rest + payload
        whole = len(data) - len(data) % MONO_BYTES
        for at in range(0, whole, MONO_BYTES):
            self._line.speak(data[at : at + MONO_BYTES])
        self._rest = data[whole:]

    def over(self) -> None:
        """The phone was put down."""
        self._gone = True
        if self._line is not None:
            self._put_down(self._line)

    async def frames(self) -> AsyncIterator[bytes]:
        """Each after the phone was given it; with the line's end the phone's call ends."""
        if self._line is None or self._phone is None:
            return
        try:
            async for frame in self._line.frames():
                self._phone.speak(frame)
                yield frame
        finally:
            self._phone.hang_up()

    def speak(self, frame: bytes) -> None:
        """Nothing: he speaks on his phone."""

    async def change(self, mode: Mode) -> None:
        if self._line is not None:
            await self._line.change(mode)

    async def close(self) -> None:
        if self._line is not None:
            await self._line.close()
        if self._phone is not None:
            self._phone.hang_up()
