"""The simulated exchange as a whole: its parts by name, its clock, its dice, what it says and what it writes down.

No I/O: events go to taps (synchronous callables), the queue_log is a list of lines.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from uuid import UUID

from asterisk.simulator import wire
from asterisk.simulator.parts import Agent, Bridge, Channel, Phone, Queue, Trunk
from asterisk.simulator.schedule import Life, Schedule, Steps

Tap = Callable[[wire.Event], None]


class World:
    """Everything there is. Times are seconds since the epoch on the simulated clock."""

    def __init__(self, seed: int, start: float) -> None:
        self.random = Random(seed)  # noqa: S311 - dice, not secrets
        self.schedule = Schedule(start)
        self.booted_at = start
        self.queues: dict[str, Queue] = {}
        self.agents: dict[str, Agent] = {}
        self.phones: dict[str, Phone] = {}
        self.trunks: dict[str, Trunk] = {}
        self.channels: dict[str, Channel] = {}
        """By channel name."""
        self.bridges: dict[str, Bridge] = {}
        self.processed = 0
        """Calls ended since boot (CoreStatus)."""
        self.queue_log: list[str] = []
        """What Asterisk would have written to queue_log, line by line."""
        self.scribes: list[Callable[[str], None]] = []
        """Told of every queue_log line."""
        self.taps: list[Tap] = []
        self.dead = False
        """Nothing is written down any more: the exchange has been killed."""
        self._said_at = start
        self._channel_numbers = 0
        self._name_numbers: dict[str, int] = {}

    def channel(self, name: str) -> Channel | None:
        """By its name or, as Asterisk does, by its uniqueid."""
        known = self.channels.get(name)
        return known or next((leg for leg in self.channels.values() if leg.uniqueid == name), None)

    @property
    def now(self) -> float:
        return self.schedule.now

    def live(self, steps: Steps) -> Life:
        """Begin a life at this moment."""
        return Life(self.schedule, steps)

    def emit(self, name: str, *blocks: str) -> None:
        """Say an event. Events of the same moment get stamps a few microseconds apart, as on a real exchange."""
        if self.taps:
            self._said_at = max(self._said_at + 0.000_031, self.now)
            said = wire.event(name, self._said_at, "".join(blocks))
            for tap in self.taps:
                tap(said)

    def note(self, uniqueid: str, queue: str, agent: str, verb: str, *data: object) -> None:
        """Write a queue_log line: ``time|uniqueid|queue|agent|verb|data…``."""
        if self.dead:
            return
        line = "|".join([str(int(self.now)), uniqueid, queue, agent, verb, *map(str, data)])
        self.queue_log.append(line)
        for scribe in self.scribes:
            scribe(line)

    def next_uniqueid(self) -> str:
        self._channel_numbers += 1
        return f"{int(self.now)}.{self._channel_numbers - 1}"

    def next_name(self, stem: str, series: str) -> str:
        """``PJSIP/1001-0000002a``; every technology counts its own channels."""
        number = self._name_numbers.get(series, 0)
        self._name_numbers[series] = number + 1
        return f"{stem}-{number:08x}"

    def next_uuid(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def forget_calls(self) -> None:
        """What a restart leaves: no channel, no call, nothing under way."""
        self.schedule.clear()
        self.channels.clear()
        self.bridges.clear()
        self.processed = 0
        self._channel_numbers = 0
        self._name_numbers.clear()
