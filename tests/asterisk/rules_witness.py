"""What is heard of the alert engine while rules are broken, what is measured, and what is on record afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from alerts.engine import Engine
from alerts.model import Alert, AlertStage, Breach, Delivery, Signal, Standing, Transition
from tests.asterisk.ami import Message


@dataclass(frozen=True)
class Heard:
    """An alert or a signal, and when it was published."""

    at: float
    what: Alert | Signal


@dataclass(frozen=True)
class Measure:
    """How fast one rule was: seconds since the epoch."""

    rule: str
    subject: str
    fact: float
    alert: float
    message: float | None = None
    """When a notifier had it; ``None``: nobody is to be told."""

    def line(self, version: str) -> str:
        told = "none due" if self.message is None else f"{1000 * (self.message - self.fact):.0f} ms"
        spent = f"fact->alert {1000 * (self.alert - self.fact):.0f} ms, fact->message {told}"
        return f"{self.rule}, Asterisk {version}, {self.subject}: {spent}"


class Witness:
    """Hears the engine, and the evaluator's word to it."""

    def __init__(self, engine: Engine) -> None:
        self.heard: list[Heard] = []
        self._changed = asyncio.Event()
        self._signal = engine.signal
        engine.signal = self._hear_signal  # type: ignore[method-assign]
        engine.subscribe(self._hear)

    def _hear_signal(self, signal: Signal) -> None:
        self._hear(signal)
        self._signal(signal)

    def _hear(self, what: Alert | Signal) -> None:
        self.heard.append(Heard(time.time(), what))
        self._changed.set()

    @property
    def mark(self) -> int:
        """As an ``after``: what was heard until now does not count."""
        return len(self.heard)

    async def alert(
        self, rule: str, subject: str, so: Callable[[Alert], bool], after: int = 0, within: float = 40
    ) -> Heard:
        """Wait for an alert that is so, come or to come."""

        def fits(what: Alert | Signal) -> bool:
            return isinstance(what, Alert) and (what.rule, what.subject.name) == (rule, subject) and so(what)

        return await self._first(fits, after, within, f"{rule} {subject}")

    def last(self, id_: str) -> Alert:
        """An alert as it was heard last."""
        return [one.what for one in self.heard if isinstance(one.what, Alert) and one.what.id == id_][-1]

    async def noticed(self, rule: str, subject: str, after: int = 0, within: float = 20) -> Heard:
        """Wait until the evaluator says that the notice level is reached."""

        def fits(what: Alert | Signal) -> bool:
            if not isinstance(what, Signal) or what.standing is not Standing.NOTICED:
                return False
            return (what.rule, what.subject.name) == (rule, subject)

        return await self._first(fits, after, within, f"notice of {rule} {subject}")

    async def _first(self, fits: Callable[[Alert | Signal], bool], after: int, within: float, text: str) -> Heard:
        try:
            async with asyncio.timeout(within):
                while True:
                    for heard in self.heard[after:]:
                        if fits(heard.what):
                            return heard
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            last = [heard.what for heard in self.heard[after:]][-8:]
            raise TimeoutError(f"no {text} within {within} s; last: {last}") from None


class Bystander:
    """Does next to nothing, ten times a second: as late as he is at worst, the machine itself stood still."""

    def __init__(self) -> None:
        self.late_s = 0.0

    async def look_on(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.1)
            await asyncio.to_thread(time.monotonic)
            self.late_s = max(self.late_s, time.monotonic() - began - 0.1)


def fires(alert: Alert) -> bool:
    """It asks for somebody."""
    return alert.stage is AlertStage.FIRING


def over(alert: Alert) -> bool:
    """It is resolved, or only waits out its ``keep``."""
    return alert.stage in (AlertStage.RESOLVED, AlertStage.RECOVERING)


def resolved(alert: Alert) -> bool:
    """It is over for good."""
    return alert.stage is AlertStage.RESOLVED


def stamp(event: Message) -> float:
    """When the exchange says that it happened."""
    return float(event["Timestamp"])


@dataclass
class Report:
    """What was measured and what is on record afterwards."""

    version: str
    measures: list[Measure] = field(default_factory=list)
    due: list[tuple[Measure, Alert]] = field(default_factory=list)
    """Measures whose message is still to be looked up."""
    rung_s: list[float] = field(default_factory=list)
    """By the exchange: how long each unanswered ring lasted."""
    held_s: list[float] = field(default_factory=list)
    """The same of the long hold."""
    again_s: list[float] = field(default_factory=list)
    """The same of the repeated holds."""
    again_noticed: list[float] = field(default_factory=list)
    """Per repeated hold, seconds from its beginning to its own notice."""
    many: Alert | None = None
    """R-EMG-24 while all of them were lost."""
    trunk: Alert | None = None
    """R-EMG-22 when it was over."""
    children: list[Alert] = field(default_factory=list)
    """R-EMG-23 of the phones lost together."""
    killed: float = 0.0
    seen_lost: float = 0.0
    """R-EMG-20 was published."""
    unknown: list[Alert] = field(default_factory=list)
    """What stood when the exchange died, as it was shown then."""
    restarted: float = 0.0
    seen_back: float = 0.0
    alerts: Sequence[Alert] = ()
    breaches: Sequence[Breach] = ()
    deliveries: dict[str, Sequence[Delivery]] = field(default_factory=dict)
    transitions: dict[str, Sequence[Transition]] = field(default_factory=dict)
    left: list[Alert] = field(default_factory=list)
    """Alerts still alive at the end."""
    failures: int = 0
    late_s: float = 0.0
    """How late a bystander was at worst."""

    def of(self, rule: str, subject: str) -> list[Breach]:
        """The breaches of one rule and subject, in order."""
        found = [one for one in self.breaches if (one.rule, one.subject.name) == (rule, subject)]
        return sorted(found, key=lambda one: one.began_at)

    def alert(self, rule: str, subject: str) -> list[Alert]:
        """The alerts of one rule and subject, in order."""
        found = [one for one in self.alerts if (one.rule, one.subject.name) == (rule, subject)]
        return sorted(found, key=lambda one: one.raised_at)

    def measured(self, name: str, fact: float, heard: Heard, *, told: bool = False) -> None:
        """Take down how fast it was; ``told``: a message is due."""
        measure = Measure(name, heard.what.subject.name, fact, heard.at)
        if told:
            assert isinstance(heard.what, Alert)
            self.due.append((measure, heard.what))
        else:
            self.measures.append(measure)
