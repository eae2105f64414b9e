"""A tape told again as a link told it then: deliveries with their moments, for a reporter, without any connection.

The recorder's own questions are not on a tape (only what was *heard* is), so what an answer answers is told by its
closing event or its headers. A picture begins with its first list and is complete with the list of channels, which is
asked for last (:data:`asterisk.collect.PICTURE`). Pure; no I/O of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asterisk.collect import PICTURE
from asterisk.deliveries import (
    ClockCompared,
    CloseReason,
    Delivery,
    EventArrived,
    LinkClosed,
    LinkOpened,
    ListCollected,
    PictureBegan,
    PictureComplete,
)
from asterisk.reel import EMPTIES, LISTS, SINGLES
from asterisk.tape import Piece
from asterisk.wire import Framer, Message, first, parse, seconds_of
from floor.errors import WireError

LAST_LIST = PICTURE[-1].action

SILENCE_S = 30.0
"""A running link is never silent for so long: the watchdog asks."""

Moment = tuple[float, Delivery]
"""(seconds since the epoch on the recorder's clock, what the link told)."""


def retold(began_at: float, tape: Iterable[Piece]) -> Iterator[Moment]:
    """Everything on the tape in its order; sessions follow one another as they did."""
    session: _Session | None = None
    for piece in tape:
        at = began_at + piece.at
        if piece.kind == "opened" or session is None:
            session = _Session()
            yield at, LinkOpened(at, "")
        if piece.kind == "heard":
            yield from session.hear(piece.data, at)
        elif piece.kind == "closed":
            yield at, LinkClosed(at, CloseReason.CLOSED, "the link ended on the tape", at)
            session = None


def chained(tapes: Iterable[tuple[float, Iterable[Piece]]]) -> Iterator[Moment]:
    """Tapes that follow one another, told as one: where the recorder only took the next tape the link went on; where
    it was killed, nothing was heard until it began again."""
    last, ended = 0.0, True
    for began_at, tape in tapes:
        if not ended and began_at - last > SILENCE_S:
            yield last, LinkClosed(last, CloseReason.STOPPED, "the recorder was not running", last)
            ended = True
        for at, delivery in retold(began_at, tape):
            if isinstance(delivery, LinkOpened) and not ended:
                continue
            last, ended = at, isinstance(delivery, LinkClosed)
            yield at, delivery


class _Session:
    """One session's stream, taken apart in its order."""

    def __init__(self) -> None:
        self._framer = Framer()
        self._open: dict[str, list[Message]] = {}
        self._picturing = False
        self._dead = False

    def hear(self, data: bytes, at: float) -> Iterator[Moment]:
        if self._dead:
            return
        try:
            frames = self._framer.feed(data)
        except WireError:
            self._dead = True
            return
        for frame in frames:
            yield from ((at, delivery) for delivery in self._told(parse(frame), at))

    def _told(self, message: Message, at: float) -> Iterator[Delivery]:
        action_id, name = first(message, "ActionID"), first(message, "Event")
        if name and action_id in self._open:
            yield from self._item(message, name, action_id, at)
        elif name:
            yield EventArrived(message, at)
        elif "Response" in message:
            yield from self._answer(message, action_id, at)

    def _item(self, message: Message, name: str, action_id: str, at: float) -> Iterator[Delivery]:
        if name not in LISTS and not first(message, "EventList").lower().startswith("c"):
            self._open[action_id].append(message)
            return
        messages = self._open.pop(action_id)
        if name in LISTS:
            yield from self._collected(LISTS[name], messages, at)

    def _answer(self, message: Message, action_id: str, at: float) -> Iterator[Delivery]:
        if first(message, "EventList").lower() == "start":
            self._open[action_id] = []
        elif "Ping" in message:
            told = seconds_of(message, "Timestamp")
            yield ClockCompared(at, None if told is None else told - at, 0.0, timestamps=False)
        elif (single := next((action for header, action in SINGLES.items() if header in message), None)) is not None:
            yield from self._collected(single, [message], at)
        elif (empty := EMPTIES.get(first(message, "Message"))) is not None:
            yield from self._collected(empty, [], at)

    def _collected(self, action: str, messages: list[Message], at: float) -> Iterator[Delivery]:
        if not self._picturing:
            self._picturing = True
            yield PictureBegan(at)
        yield ListCollected(action, messages, at)
        if action == LAST_LIST:
            self._picturing = False
            yield PictureComplete(at)
