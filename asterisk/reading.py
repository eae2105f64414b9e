"""The fast path: from a chunk of the stream to the few headers somebody uses. Read this page and you know it.

The way of an event, with what each step costs in microseconds, averaged over all events of a stream whose headers
``bytes.split`` and a dict cost 6.7 (tests/bench/ingest.py)::

    Session.received          one chunk of the stream, from the event loop
      Framer.feed       0.9   cut at blank lines; bytes, nothing decoded
      Reader.read_on    1.9   this module: what is not wanted (four of ten) ends here, after one look-up; of most others
                              the used values are cut out, and nothing else is looked at
    Inbox               0.2   the bounded queue: waits its turn
    Reporter.tell       1.6   the values decoded, cleaned and told as a fact
    FloorStore.apply          the floor changes

An exchange writes every event of one name in the same few *shapes* (:mod:`asterisk.shapes`). So the first event of a
name is read the slow way (:func:`asterisk.wire.parse`, every header), and a pattern is made of the names of its
headers. If it matches a later event, its groups are the values that somebody uses: a microsecond instead of nine.

Most events only the floor hears: those are *cut*, to the row of the table of facts that tells of them
(:mod:`asterisk.translate`) and its values, still as bytes. The others, to which also whoever listens or calls through
us listens, become messages, headers by name.

What no pattern matches is read the slow way again, and may teach another shape (a bounded number: a pattern costs
most of a millisecond to make). That covers everything strange by construction: repeated headers, no space after the
colon, line feeds alone, carriage returns within a value, another version of Asterisk. So the slow way is not only the
reference that tests compare with; it is what runs whenever there is any doubt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from asterisk.deliveries import Cut, EventArrived
from asterisk.records import Row
from asterisk.shapes import Cutter, Shape, shape_of
from asterisk.translate import FREQUENT
from asterisk.wire import Message, event_name, parse

USED: Mapping[str, tuple[str, ...]] = {event: ("Timestamp", *row.headers) for event, row in FREQUENT.items()}
"""Every header that is asked for by anybody who hears these events (translators, placed calls, spies); a test sees to
it. Of events not listed, which are rare, every header is read."""

LESSONS = 8
"""Shapes of one event at most: a voice report has one, two or no reports in it; beyond that it is no order."""
LESSONS_IN_ALL = 120
"""Of one session; an exchange has some forty shapes."""
HEAD = 32
"""Bytes from an event's beginning by which it is known again: its name, with what always follows a short one."""
HEADS = 500
"""Kept at once: an exchange has a hundred; what follows a name of list items is another one each time."""
_APART = frozenset((b"FullyBooted", b"Shutdown"))
"""The exchange speaks of itself: whoever holds the session wants to see these one by one."""


def _any_in(texts: tuple[bytes, ...], frame: bytes) -> bool:
    for text in texts:  # noqa: SIM110 - a generator costs more than the search, and a fifth of all events come here
        if text in frame:
            return True
    return False


@dataclass(slots=True)
class _Kind:
    """What is known of the events of one name."""

    texts: tuple[bytes, ...] = ()
    """One of these must occur, if there are any."""
    used: tuple[str, ...] = ()
    """Empty: all headers are."""
    row: Row | None = None
    """Only the floor hears them, by this row of its table."""
    wanted: bool = True
    apart: bool = False
    """Not one that can be read on."""
    shapes: list[Shape] = field(default_factory=list)
    cutters: list[Cutter] = field(default_factory=list)
    lessons: int = 0


_ANSWER = _Kind(apart=True)
"""No event; or one that must be seen by itself."""
_UNWANTED = _Kind(wanted=False)


class _Heads(dict[bytes, _Kind]):
    """Kinds by how an event begins, found by one look; from its name when it is seen for the first time."""

    def __init__(self, kinds: Mapping[bytes, _Kind], others: _Kind) -> None:
        super().__init__()
        self._kinds, self._others = kinds, others

    def __missing__(self, head: bytes) -> _Kind:
        name = event_name(head)
        if name in _APART or not head.startswith(b"Event: "):
            return _ANSWER
        kind = self._kinds.get(name, self._others)
        if b"\n" in head:  # else the name may go on
            if len(self) >= HEADS:
                self.clear()
            self[head] = kind
            return kind
        return _ANSWER


class Reader:
    """Reads the wanted events of one session.

    ``wanted`` maps event names to texts of which at least one must occur in the event, such as ``{"VarSet":
    ["Variable: QUEUESTATUS"], "Hangup": []}``; no texts: every event of that name. ``None``: every event, and all of
    its headers. ``straight``: events that are cut for the floor's table, and not made messages of.
    """

    def __init__(
        self,
        wanted: Mapping[str, Sequence[str]] | None,
        used: Mapping[str, tuple[str, ...]] = USED,
        straight: Mapping[str, Row] | None = None,
    ) -> None:
        rows = straight or {}
        self._all = wanted is None
        self._kinds = {
            name.encode(): _Kind(tuple(text.encode() for text in texts), used.get(name, ()), rows.get(name))
            for name, texts in (wanted or {}).items()
        }
        self._others = _Kind() if wanted is None else _UNWANTED
        self._heads = _Heads(self._kinds, self._others)
        self.skipped = 0
        """Events not wanted."""
        self.lessons = 0
        """Events from which a shape was learnt, or could not be."""

    def read_on(
        self, frames: Sequence[bytes], place: int, received_at: float, careful: bool
    ) -> tuple[list[EventArrived | Cut], int]:
        """The wanted ones of the events from ``place`` on, up to a frame that must be seen by itself: its place.

        That is an answer, what an exchange says of itself, and, when ``careful``, whatever bears an action's id.
        """
        heads, events, end = self._heads, list[EventArrived | Cut](), len(frames)
        for at, frame in enumerate(frames[place:] if place else frames, place):
            kind = heads[frame[:HEAD]]
            if kind.apart or (careful and b"\nActionID: " in frame):
                end = at
                break
            if not kind.wanted or (kind.texts and not _any_in(kind.texts, frame)):
                continue
            for cutter in kind.cutters:
                found = cutter.match(frame)
                if found is not None:
                    events.append((kind.row, cutter.cut(found), received_at))  # type: ignore[arg-type]
                    break
            else:
                events.append(EventArrived(self._read(kind, frame), received_at))
        self.skipped += end - place - len(events)
        return events, end

    def read(self, frame: bytes) -> Message | None:
        """The used headers of a frame that begins with ``Event: ``; ``None``: not wanted."""
        kind = self._kinds.get(event_name(frame), self._others)
        if not kind.wanted or (kind.texts and not _any_in(kind.texts, frame)):
            self.skipped += 1
            return None
        return self._read(kind, frame)

    def _read(self, kind: _Kind, frame: bytes) -> Message:
        if kind.shapes or kind.used:
            text = frame.decode("utf-8", "replace")
            for shape in kind.shapes:
                found = shape.match(text)
                if found is not None:
                    return dict(zip(shape.names, found.groups()))  # noqa: B905 - one name a group; to check it costs a tenth
            if kind.lessons < LESSONS and self.lessons < LESSONS_IN_ALL:
                self._learn(text, kind)
        return parse(frame)

    def read_slowly(self, frame: bytes) -> Message | None:
        """The reference: the same with every header, and nothing clever."""
        kind = self._kinds.get(event_name(frame), self._others)
        if not kind.wanted or (kind.texts and not any(text in frame for text in kind.texts)):
            return None
        return parse(frame)

    def _learn(self, text: str, kind: _Kind) -> None:
        kind.lessons += 1
        self.lessons += 1
        shape = shape_of(text, kind.used)
        if shape is None:
            return
        kind.shapes.append(shape)
        if kind.row is not None:
            kind.cutters.append(Cutter(shape, kind.row.headers))
