"""Plays a recorded AMI session through the product's core, without I/O: Reporter, FloorStore, Measures.

The clock is the tape's own: it stands at the stamp of the newest event, and reviews come when it passes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from asterisk import deliveries as d
from asterisk.reporter import Reporter
from asterisk.wire import Framer, Message, first, parse
from floor.day import Day
from floor.measures import Measures
from floor.ports import Outcome
from floor.state.facts import Fact
from floor.state.figures import Subject
from floor.state.model import Caller, Offer, Record
from floor.store import FloorStore
from tests.support.invariants import Chain, Ledger, check_floor

PBX = "p"

# The event that closes a list tells which action asked for it.
LISTS = {
    "QueueStatusComplete": "QueueStatus",
    "CoreShowChannelsComplete": "CoreShowChannels",
    "DeviceStateListComplete": "DeviceStateList",
    "ExtensionStateListComplete": "ExtensionStateList",
    "ContactListComplete": "PJSIPShowContacts",
    "EndpointListComplete": "PJSIPShowEndpoints",
    "OutboundRegistrationDetailComplete": "PJSIPShowRegistrationsOutbound",
    "BridgeListComplete": "BridgeList",
    "PeerlistComplete": "SIPpeers",
    "RegistrationsComplete": "SIPshowregistry",
}


@dataclass
class TapeClock:
    """Stands where it is put."""

    at: float = 1_000_000_000.0

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at


class Stage:
    """The core under test: facts go in, and after each of them everything that must hold is checked."""

    def __init__(self, at: float = 1_000_000_000.0) -> None:
        self.clock = TapeClock(at)
        self.store = FloorStore(self.clock)
        self.measures = Measures(self.clock, Day("UTC"))
        self.chain = Chain()
        self.ledger = Ledger(self.measures.limits)
        self.endings: list[Caller] = []
        self.records: list[Record] = []
        self._broken: Exception | None = None
        self.store.subscribe(self.measures)
        self.store.subscribe(self._watch)

    def tell(self, *facts: Fact) -> None:
        """Apply facts; raises what was found broken after one of them."""
        for fact in facts:
            self.store.apply(fact)
            self._verdict()

    def _verdict(self) -> None:
        if self._broken is not None:
            raise self._broken

    def _watch(self, outcome: Outcome) -> None:
        # The store goes on when a listener fails, so what was found is kept until somebody asks.
        try:
            self.chain(outcome)
            self.ledger(outcome)
            self._note(outcome)
            check_floor(self.store._floor)
        except Exception as broken:
            broken.add_note(f"after {outcome.fact!r}")
            self._broken = self._broken or broken

    def _note(self, outcome: Outcome) -> None:
        visits = [change.after for change in outcome.changes if isinstance(change.after, Caller)]
        self.endings.extend(visit for visit in visits if visit.ending is not None)
        self.records.extend(outcome.records)

    @property
    def offers(self) -> list[Offer]:
        return [record for record in self.records if isinstance(record, Offer)]

    def wait(self, seconds: float) -> None:
        """Let time pass without events; whatever asked to be judged again is."""
        self.at(self.clock.at + seconds)

    def at(self, moment: float) -> None:
        """Put the clock somewhere; reviews on the way come one by one."""
        while (due := self.store.next_due()) is not None and due <= moment:
            self.clock.at = max(due, self.clock.at)
            self.store.review(self.clock.at)
            self._verdict()
        self.clock.at = moment

    def figures(self, subject: Subject) -> dict[str, float]:
        """Today's sums of one subject by name."""
        figures = self.measures.figures(subject)
        return {name: getattr(figures, name) for name in type(figures).__dataclass_fields__}


@dataclass
class Played:
    """A tape after its last event."""

    stage: Stage
    events: int = 0
    lists: list[str] = field(default_factory=list)


def sessions(folder: Path, name: str) -> list[Path]:
    """``NAME.ami``, then ``NAME.2.ami`` …: the tape's sessions in order."""
    return [folder / f"{name}.ami", *sorted(folder.glob(f"{name}.[0-9].ami"))]


def messages(tape: Path) -> list[Message]:
    """Everything on one tape, in order."""
    return [parse(frame) for frame in Framer().feed(tape.read_bytes() + b"\r\n\r\n")]


def play(paths: Iterable[Path], stage: Stage | None = None) -> Played:
    """Play the sessions of one tape one after the other, then let a minute pass."""
    played = Played(stage or Stage())
    reporter = Reporter(PBX, played.stage.tell)
    started = stage is not None
    for path in paths:
        said = messages(path)
        stamps = [stamp for stamp in map(_stamp, said) if stamp is not None]
        if stamps and not started:
            played.stage.at(stamps[0])
        started = True
        _session(played, reporter, said)
    played.stage.wait(60)
    return played


def _session(played: Played, reporter: Reporter, said: list[Message]) -> None:
    stage = played.stage
    reporter(d.LinkOpened(stage.clock.now(), "Asterisk Call Manager/11.0.0"))
    opening = max((index for index, message in enumerate(said) if first(message, "Event") in LISTS), default=-1)
    lists: dict[str, list[Message]] = {}
    for index, message in enumerate(said):
        for delivery in _deliveries(message, lists, stage.clock):
            stage.at(max(stage.clock.at, _stamp(message) or 0.0))
            reporter(delivery)
            played.events += isinstance(delivery, d.EventArrived)
            if isinstance(delivery, d.ListCollected):
                played.lists.append(delivery.action)
        if index == opening:
            reporter(d.PictureComplete(stage.clock.now()))
    heard = stage.clock.now()
    reporter(d.LinkClosed(heard + 0.1, d.CloseReason.CLOSED, "the tape ends", heard))


def _deliveries(message: Message, lists: dict[str, list[Message]], clock: TapeClock) -> Iterator[d.Delivery]:
    token, event = first(message, "ActionID"), first(message, "Event")
    stamp = _stamp(message)
    at = clock.now() if stamp is None else stamp
    if event and not token:
        yield d.EventArrived(message, at)
    elif "AMIversion" in message:
        yield d.ListCollected("CoreSettings", [message], at)
    elif "CoreStartupDate" in message:
        yield d.ListCollected("CoreStatus", [message], at)
    elif event in LISTS:
        yield d.ListCollected(LISTS[event], lists.pop(token, []), at)
    elif event:
        lists.setdefault(token, []).append(message)


def _stamp(message: Message) -> float | None:
    try:
        return float(first(message, "Timestamp"))
    except ValueError:
        return None
