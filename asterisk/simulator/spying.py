"""ChanSpy in the simulator: who hears whom, and what is to be heard at this moment. No I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from asterisk.simulator import voices
from asterisk.simulator.parts import Channel
from asterisk.simulator.world import World

SPOKEN = 500
"""Loudness from which somebody is taken to speak, not to breathe."""
AFTER_S = 0.35
"""Whoever was spoken to answers so long after the last word."""
ANSWER_S = 1.2


@dataclass(frozen=True, slots=True)
class Socket:
    """Where the audio is to be brought, and under which identifier: ``AudioSocket/HOST:PORT/UUID``."""

    host: str
    port: int
    id: bytes

    @classmethod
    def read(cls, channel: str) -> Socket | None:
        """``None`` when it is none."""
        _, _, rest = channel.partition("AudioSocket/")
        place, _, id = rest.partition("/")
        host, _, port = place.rpartition(":")
        try:
            key = bytes.fromhex(id.replace("-", ""))
            return cls(host.strip("[]"), int(port), key) if host and len(key) == 16 else None
        except ValueError:
            return None


class Sound:
    """One spying channel's audio, both ways, from the order to the end."""

    def __init__(self, world: World, socket: Socket, changed: Callable[[], None]) -> None:
        self.socket = socket
        self.up: bool | None = None
        """Whether the connection was made; ``None``: not known yet."""
        self.over = False
        self._world = world
        self._changed = changed
        self._spied: Channel | None = None
        self._options = ""
        self._spoken_at = float("-inf")

    def connected(self, up: bool) -> None:
        self.up = up
        self._changed()

    def spies(self, leg: Channel, options: str) -> None:
        """From now on it hears this channel."""
        self._spied, self._options = leg, options

    def end(self) -> None:
        """Over, from whichever side."""
        if not self.over:
            self.over = True
            self._changed()

    @property
    def gone(self) -> bool:
        """The exchange has no such channel any more, as after a restart."""
        return self._spied is not None and self._world.channels.get(self._spied.name) is not self._spied

    def hear(self, frame: bytes, at: float) -> None:
        """The supervisor's voice; in mode listen nobody hears it."""
        if set(self._options) & {"w", "B"} and voices.loudness(frame) >= SPOKEN:
            self._spoken_at = at

    def frame(self, at: float) -> bytes | None:
        """20 ms of what it hears; ``None`` before it spies. Whom the supervisor speaks to listens, then answers."""
        leg = self._spied
        if leg is None:
            return None
        agent, caller = voices.SILENCE, voices.SILENCE
        if not leg.held:
            agent, caller = voices.conversation(leg.linkedid, at)
            since = at - self._spoken_at
            if since < AFTER_S + ANSWER_S:
                agent = voices.reply(voices.AGENT, since - AFTER_S)
                caller = voices.reply(voices.CALLER, since - AFTER_S - 0.5) if "B" in self._options else caller
        return voices.both(agent, caller, apart="D" in self._options)
