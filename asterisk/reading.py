"""The fast path: from an event's bytes to the few headers somebody uses. Read this page and you know it.

The way of an event, with what each step costs in microseconds, averaged over all events of a stream whose headers
``bytes.split`` and a dict cost 6.6 (tests/bench/ingest.py)::

    Session.received          one chunk of the stream, from the event loop
      Framer.feed       0.8   cut at blank lines; bytes, nothing decoded
      Session._route    0.4   answers and lists go their own way; an event goes to
        Reader.read     2.6   this module: what is not wanted (four of ten) ends here, after a look-up of its name
    Inbox               0.6   the bounded queue: waits its turn
    Reporter            2.2   translate() to a fact
    FloorStore.apply          the floor changes

An exchange writes every event of one name in the same few *shapes*: the same headers in the same order. So the first
event of a name is read the slow way (:func:`asterisk.wire.parse`, every header), and a pattern is made of the names
of its headers: literally these, in this order, with anything for values, and groups where a header is used
(:data:`USED`). If the pattern matches a later event, its headers are known to be exactly those, and the groups are the
used values: no header was cut out that nobody reads. For one event 3 µs instead of 9.

What no pattern matches is read the slow way again, and may teach another shape (a bounded number: a pattern costs
most of a millisecond to make). That covers everything strange by construction: repeated headers, no space after the
colon, line feeds alone, carriage returns within a value, another version of Asterisk. So the slow way is not only the
reference that tests compare with; it is what runs whenever there is any doubt.

Why a pattern is safe with hostile bytes: a value is ``[^\\r]*+``, possessive, so matching never goes back and takes
time in proportion to the event. Why equal: the shape says which header every line bears (at least up to the last
used one, and of a repeated header the first counts), so there is no line left that could bear a used one; and text is
decoded whole, as the slow way does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from asterisk.wire import Message, event_name, parse

_OFFER = "Queue MemberName Interface Location Uniqueid DestUniqueid"
_CHANNEL = "Uniqueid"
_MEMBER = (
    "Queue MemberName Name Interface Location StateInterface Membership Penalty Paused PausedReason Reason LastPause "
    "LoginTime Status Wrapuptime Ringinuse"
)

USED: Mapping[str, tuple[str, ...]] = {
    event: ("Timestamp", *headers.split())
    for event, headers in {
        "QueueMemberStatus": _MEMBER,
        "QueueMemberPause": _MEMBER,
        "QueueMemberPenalty": _MEMBER,
        "QueueMemberAdded": _MEMBER,
        "QueueMemberRemoved": _MEMBER,
        "QueueCallerJoin": "Queue Uniqueid Linkedid CallerIDNum CallerIDName Position Priority",
        "QueueCallerLeave": "Queue Uniqueid",
        "QueueCallerAbandon": "Queue Uniqueid HoldTime",
        "VarSet": "Uniqueid Variable Value",
        "Newexten": "Uniqueid Application AppData Extension Exten",
        "AgentCalled": _OFFER,
        "AgentConnect": f"{_OFFER} HoldTime RingTime",
        "AgentRingNoAnswer": f"{_OFFER} RingTime",
        "AgentComplete": f"{_OFFER} HoldTime TalkTime Reason",
        "Newchannel": "Uniqueid Linkedid Channel ChannelStateDesc Exten",
        "Newstate": "Uniqueid ChannelStateDesc",
        "Rename": "Uniqueid Newname",
        "Hangup": "Uniqueid Cause",
        "HangupRequest": "Uniqueid Cause",
        "SoftHangupRequest": "Uniqueid Cause",
        "DialBegin": "Uniqueid DestUniqueid DestChannel DialString",
        "Hold": _CHANNEL,
        "Unhold": _CHANNEL,
        "MusicOnHoldStop": _CHANNEL,
        "ChannelTalkingStart": _CHANNEL,
        "ChannelTalkingStop": "Uniqueid Duration",
        "BridgeEnter": "Uniqueid BridgeUniqueid",
        "BridgeLeave": "Uniqueid BridgeUniqueid",
        "PeerStatus": "Peer PeerStatus",
        "ContactStatus": "EndpointName AOR ContactStatus URI",
        "RTCPSent": "Uniqueid Report0FractionLost Report0IAJitter",
        "RTCPReceived": "Uniqueid Report0FractionLost Report0IAJitter",
    }.items()
}
"""Every header that is asked for by anybody who hears these events (translators, placed calls, spies); a test sees to
it. Of events not listed, which are rare, every header is read."""

LESSONS = 8
"""Shapes of one event at most: a voice report has one, two or no reports in it; beyond that it is no order."""
LESSONS_IN_ALL = 120
"""Of one session; an exchange has some forty shapes."""
ROWS, LENGTH = 120, 16_000
"""An event with more headers or characters teaches no shape; Asterisk's longest have seventy and four thousand."""
_VARIABLES = re.compile(r"[A-Za-z]*ChanVariable")
"""An owner's variables (``channelvars``): as many rows as he likes, which count as one."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Headers of an event by name, in order, up to the last that is used (to its end when a used one is missing)."""

    match: Callable[[str], re.Match[str] | None]
    names: tuple[str, ...]
    """Of its groups."""


def shape_of(text: str, used: Sequence[str]) -> Shape | None:
    """The shape of this event (text with CR LF between lines); ``None`` when it is one that no exchange would write."""
    rows = text.split("\r\n")
    if not 1 < len(rows) <= ROWS or len(text) > LENGTH:  # one row alone may be many that end with a line feed
        return None
    pattern: list[str] = []
    names: list[str] = []
    wanting = {"Event", *used}
    for row in rows:
        name, colon, _ = row.partition(": ")
        value = "[^\r]*+"
        if not colon and row.find(":") == len(row) - 1:  # some write no space where there is no value
            name, colon, value = row[:-1], ":", ""
        if not colon:
            return None
        variable = _VARIABLES.match(name)
        if variable is not None:
            part = f"(?:\r\n{re.escape(variable[0])}[^\r]*+)*"
            if pattern[-1:] == [part]:
                continue
        elif name in wanting:  # once: the first of a repeated header counts
            part = f"\r\n{re.escape(name)}{colon}({value})"
            names.append(name)
            wanting.remove(name)
        else:
            part = f"\r\n{re.escape(name)}{colon}{value}"
        pattern.append(part)
        if not wanting:
            pattern.append("(?:\r\n[\\s\\S]*+)?")  # whatever follows was not first
            break
    return Shape(re.compile("".join(pattern).removeprefix("\r\n")).fullmatch, tuple(names))


def _any_in(texts: tuple[bytes, ...], frame: bytes) -> bool:
    for text in texts:  # noqa: SIM110 - a generator costs more than the search, and a fifth of all events come here
        if text in frame:
            return True
    return False


@dataclass(slots=True)
class _Kind:
    """What is known of the wanted events of one name."""

    texts: tuple[bytes, ...]
    """One of these must occur, if there are any."""
    used: tuple[str, ...]
    """Empty: all headers are."""
    shapes: list[Shape] = field(default_factory=list)
    lessons: int = 0


class Reader:
    """Reads the wanted events of one session.

    ``wanted`` maps event names to texts of which at least one must occur in the event, such as ``{"VarSet":
    ["Variable: QUEUESTATUS"], "Hangup": []}``; no texts: every event of that name.
    """

    def __init__(self, wanted: Mapping[str, Sequence[str]], used: Mapping[str, tuple[str, ...]] = USED) -> None:
        self._wanted = {name.encode(): tuple(text.encode() for text in texts) for name, texts in wanted.items()}
        self._kinds: dict[bytes, _Kind] = {}
        """By name as it stands before the line feed, with the carriage return and, for some peers, without."""
        for name, texts in self._wanted.items():
            self._kinds[name] = self._kinds[name + b"\r"] = _Kind(texts, used.get(name.decode(), ()))
        self.lessons = 0
        """Events from which a shape was learnt, or could not be."""

    def read(self, frame: bytes) -> Message | None:
        """The used headers of a frame that begins with ``Event: ``; ``None``: not wanted."""
        end = frame.find(b"\n", 7)
        kind = self._kinds.get(frame[7:end] if end > 0 else frame[7:])
        if kind is None or (kind.texts and not _any_in(kind.texts, frame)):
            return None
        text = frame.decode("utf-8", "replace")
        for shape in kind.shapes:
            found = shape.match(text)
            if found is not None:
                return dict(zip(shape.names, found.groups()))  # noqa: B905 - one name a group; to check it costs a tenth
        if kind.used and kind.lessons < LESSONS and self.lessons < LESSONS_IN_ALL:
            self._learn(text, kind)
        return parse(frame)

    def read_slowly(self, frame: bytes) -> Message | None:
        """The reference: the same with every header, and nothing clever."""
        texts = self._wanted.get(event_name(frame))
        if texts is None or (texts and not any(text in frame for text in texts)):
            return None
        return parse(frame)

    def _learn(self, text: str, kind: _Kind) -> None:
        kind.lessons += 1
        self.lessons += 1
        shape = shape_of(text, kind.used)
        if shape is not None:
            kind.shapes.append(shape)
