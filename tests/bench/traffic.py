"""A stream of AMI traffic as long as wanted, made of real calls: the tapes of an exchange, many at a time.

Every call on the stream is one of the tapes in ``tests/tapes/22`` with channels, agents, queue and bridge renamed, so
that each of ``agents`` takes one call after another. What a telephone system in use says besides is added in the usual
share: voice reports, dialplans of more steps than the tapes' few, and three variables that its owner has put on every
channel event (``channelvars``). The mix that comes of it (:func:`mix`; tests/bench/ingest.py tells it) is that of the
traffic with which other AMI clients were measured first: a fifth VarSet, a tenth Newexten, an eighth voice reports.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TAPES = Path(__file__).parents[1] / "tapes" / "22"
KINDS = {
    "answered-caller-hangs-up": 10,
    "hold-once": 4,
    "answered-agent-hangs-up": 2,
    "late-answer": 2,
    "abandon-waiting": 1,
}
"""Tape -> how often of 19."""
VARIABLES_KEPT = 0.36
"""Share of the VarSet events kept that nobody reads: the tapes' dialplan sets more than most."""
STEPS = 2
"""Steps of a dialplan (Newexten) told for one on the tapes: theirs has fewer than most."""
REPORTS = 8
"""Voice reports per call."""
BEGUN = 1_795_315_200
PER_S = 2000
"""Events a second by their stamps."""
_EVENT = re.compile(rb"Event: (\w+)")
_ID = re.compile(rb"(?:Uniqueid|Linkedid): (\d{9,}\.\d+)")
_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SUFFIX = re.compile(rb"PJSIP/\w+-([0-9a-f]{8})")
_STAMP = re.compile(rb"Timestamp: \d+\.\d+")
_CHANNEL = re.compile(rb"(?m)^Channel: ([^\r]+)\r\n.*?^Uniqueid: ([^\r]+)\r\n.*?^Linkedid: ([^\r]+)", re.DOTALL)
_LINKEDID = re.compile(rb"(?m)^(\w*)Linkedid: [^\r]*")
OWNERS = (
    b"crm_case=https://crm.example/20261122-004711",
    b"crm_customer=A 0000 4711",
    "tenant=hotline-zürich".encode(),
)
"""Variables of the owner's, on every channel of every event, where Asterisk writes them: after its Linkedid."""

REPORT = b"""Event: %b
Privilege: reporting,all
Timestamp: 0.0
Channel: %b
ChannelState: 6
ChannelStateDesc: Up
CallerIDNum: <unknown>
CallerIDName: <unknown>
ConnectedLineNum: <unknown>
ConnectedLineName: <unknown>
Language: en
AccountCode: floor
Context: internal
Exten: 7000
Priority: 2
Uniqueid: %b
Linkedid: %b
To: 127.0.0.1:40001
From: 127.0.0.1:10001
%bMES: 88.1
SSRC: 0x4a1c2f88
PT: 200(SR)
ReportCount: 1
SentNTP: 1795315212.1234
SentRTP: 81920
SentPackets: 512
SentOctets: 81920
Report0SourceSSRC: 0x11223344
Report0FractionLost: 0
Report0CumulativeLost: 0
Report0HighestSequence: 4711
Report0SequenceNumberCycles: 0
Report0IAJitter: 12
Report0LSR: 11223344
Report0DLSR: 1.2340""".replace(b"\n", b"\r\n")
"""A voice report of a channel (event, channel's name, Uniqueid, Linkedid, and what only one of the two has)."""
REPORTED = ((b"RTCPSent", b""), (b"RTCPReceived", b"RTT: 0.0120\r\n"))


@dataclass(frozen=True, slots=True)
class Cut:
    """One event, cut where names stand: literals, and between them what is to be put in."""

    literals: tuple[bytes, ...]
    slots: tuple[bytes, ...]
    kept: bool
    """Always told; else only as often as :data:`VARIABLES_KEPT` says."""

    def told(self, names: Mapping[bytes, bytes]) -> bytes:
        """The event of a call with these names."""
        parts = [self.literals[0]]
        for slot, literal in zip(self.slots, self.literals[1:], strict=True):
            parts += (names[slot], literal)
        return b"".join(parts)


def cut(name: str) -> tuple[Cut, ...]:
    """The call on a tape, from its first channel to its last, and what an exchange in use says besides."""
    frames = [frame.strip(b"\r\n") for frame in (TAPES / f"{name}.ami").read_bytes().split(b"\r\n\r\n")]
    told = [f for f in frames if _EVENT.match(f) and b"Timestamp: " in f and b"EventList" not in f]
    first = next(place for place, frame in enumerate(told) if frame.startswith(b"Event: Newchannel"))
    last = max(place for place, frame in enumerate(told) if frame.startswith((b"Event: Hangup", b"Event: AgentC")))
    words = _words(b"\r\n".join(told[first : last + 1]), b"\r\n".join(frames))
    return tuple(_cut(event, words) for event in _enriched(told[first : last + 1]))


def _words(call: bytes, tape: bytes) -> dict[bytes, bytes]:
    """Text on the tape -> the name of what it stands for."""
    agent = _of(rb"MemberName: ([^\r]+)", tape)
    words = {
        agent: b"agent",
        agent.split()[-1]: b"seat",
        _of(rb"Queue: ([^\r]+)", call): b"queue",
        _of(rb"Channel: PJSIP/(\d+)", call): b"caller",
    }
    words |= {id: b"id%d" % place for place, id in enumerate(dict.fromkeys(_ID.findall(call)))}
    words |= {id: b"bridge%d" % place for place, id in enumerate(dict.fromkeys(_UUID.findall(call)))}
    words |= {suffix: b"suffix%d" % place for place, suffix in enumerate(dict.fromkeys(_SUFFIX.findall(call)))}
    return words


def _of(pattern: bytes, text: bytes) -> bytes:
    found = re.search(pattern, text)
    if found is None:
        raise ValueError("this is no tape of a call through a queue")
    return found[1]


def _cut(event: bytes, words: Mapping[bytes, bytes]) -> Cut:
    event = _STAMP.sub(b"Timestamp: \0", event)
    stamped = {b"\0": b"at", **words}
    pattern = re.compile(b"|".join(re.escape(word) for word in sorted(stamped, key=len, reverse=True)))
    slots = tuple(stamped[match] for match in pattern.findall(event))
    kept = not event.startswith(b"Event: VarSet") or b"QUEUESTATUS" in event
    return Cut(tuple(pattern.split(event)), slots, kept)


def _enriched(events: Sequence[bytes]) -> Iterator[bytes]:
    every, reports = max(1, len(events) // REPORTS), 0
    for place, event in enumerate(events):
        yield from [_owned(event)] * (STEPS if event.startswith(b"Event: Newexten") else 1)
        channel = _CHANNEL.search(event)
        if channel is not None and place % every == 0:
            name, more = REPORTED[reports % 2]
            reports += 1
            yield _owned(REPORT % (name, *channel.groups(), more))


def _owned(event: bytes) -> bytes:
    """With the owner's variables on each of its channels."""
    rows = (b"\r\n\\1ChanVariable: " + one for one in OWNERS)
    return _LINKEDID.sub(b"\\g<0>" + b"".join(rows), event)


def mix(events: Sequence[bytes]) -> dict[str, float]:
    """Name -> share of the events, the most frequent first."""
    counted = Counter(event[7 : event.index(b"\r")].decode() for event in events)
    return {name: count / len(events) for name, count in counted.most_common()}


class Traffic:
    """``events(n)``: about ``n`` events; the same seed gives the same stream."""

    def __init__(self, agents: int = 200, queues: int = 10, seed: int = 1) -> None:
        self.agents, self.queues = agents, queues
        self._draw = random.Random(seed)
        self._tapes = {name: cut(name) for name in KINDS}
        self._calls = self._told = 0

    def members(self) -> Iterator[bytes]:
        """The agents sign in: what comes before the first call."""
        for place in range(self.agents):
            seat, queue = self._names(place)
            yield (
                f"Event: QueueMemberAdded\r\nPrivilege: agent,all\r\nTimestamp: {BEGUN}.000000\r\nQueue: {queue}\r\n"
                f"MemberName: Agent {seat}\r\nInterface: PJSIP/{seat}\r\nStateInterface: PJSIP/{seat}\r\n"
                "Membership: dynamic\r\nPenalty: 0\r\nCallsTaken: 0\r\nLastCall: 0\r\nLastPause: 0\r\nLoginTime: 0\r\n"
                "InCall: 0\r\nStatus: 1\r\nPaused: 0\r\nPausedReason: \r\nRinginuse: 0\r\nWrapuptime: 0"
            ).encode()

    def events(self, count: int) -> Iterator[bytes]:
        """Calls of all agents, mixed as they would come; ends with the calls that had begun."""
        running = [self._call(place) for place in range(self.agents)]
        told, busy = 0, list(range(self.agents))
        while busy:
            at = self._draw.randrange(len(busy))
            event = next(running[busy[at]], None)
            if event is not None:
                told += 1
                yield event
            elif told < count:
                running[busy[at]] = self._call(busy[at])
            else:
                del busy[at]

    def stream(self, count: int) -> bytes:
        """The same as it stands on the wire."""
        return b"".join(event + b"\r\n\r\n" for event in self.events(count))

    def _names(self, place: int) -> tuple[str, str]:
        return f"{2001 + place}", f"queue-{place % self.queues}"

    def _call(self, place: int) -> Iterator[bytes]:
        cuts = self._tapes[self._draw.choices(list(KINDS), list(KINDS.values()))[0]]
        seat, queue = self._names(place)
        self._calls += 1
        names = _Call(self._calls, agent=f"Agent {seat}".encode(), seat=seat.encode(), queue=queue.encode())
        for one in cuts:
            if one.kept or self._draw.random() < VARIABLES_KEPT:
                self._told += 1
                names[b"at"] = b"%.6f" % (BEGUN + self._told / PER_S)
                yield one.told(names)


class _Call(dict[bytes, bytes]):
    """Names of one call; ids, bridges and channels get theirs when they are first told."""

    def __init__(self, number: int, **names: bytes) -> None:
        super().__init__({name.encode(): value for name, value in names.items()})
        self._number = number
        self[b"caller"] = b"%d" % (80_000_000 + number)

    def __missing__(self, slot: bytes) -> bytes:
        kind, place = slot.rstrip(b"0123456789"), int(slot.lstrip(b"idbrgesufx"))
        value = {
            b"id": b"%d.%d" % (BEGUN + self._number // 100, 100 * self._number + place),
            b"bridge": b"69282616-00ea-4220-%04x-%012x" % (place, self._number),
            b"suffix": b"%08x" % (10 * self._number + place),
        }[kind]
        self[slot] = value
        return value
