"""A tape made playable: per session its lists, by the action that asks for them, and its events in time.

The recorded answers carry the recorder's action ids, so they cannot simply be sent again: whoever listens asks with his
own. Pure; no I/O.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from asterisk.tape import Piece, TapeError, began_at, is_tape, open_tape, pieces
from asterisk.wire import Framer, first, parse, seconds_of
from floor.errors import WireError

LISTS = {
    "BridgeListComplete": "BridgeList",
    "ContactListComplete": "PJSIPShowContacts",
    "CoreShowChannelsComplete": "CoreShowChannels",
    "DeviceStateListComplete": "DeviceStateList",
    "EndpointListComplete": "PJSIPShowEndpoints",
    "ExtensionStateListComplete": "ExtensionStateList",
    "OutboundRegistrationDetailComplete": "PJSIPShowRegistrationsOutbound",
    "PeerlistComplete": "SIPpeers",
    "QueueStatusComplete": "QueueStatus",
    "RegistrationsComplete": "SIPshowregistry",
}
"""The action behind each closing event."""

SINGLES = {"AsteriskVersion": "CoreSettings", "CoreStartupTime": "CoreStatus"}
"""The action behind a lone response, told by one of its headers."""

EMPTIES = {"No Contacts found": "PJSIPShowContacts", "No endpoints found": "PJSIPShowEndpoints"}
"""The action behind an error that means an empty list, told by its words."""

_ACTION_ID = re.compile(rb"(?m)^ActionID: [^\r\n]*")


@dataclass(slots=True)
class Reel:
    """One session of a tape; times are seconds since the epoch, as far as the tape knows them."""

    began_at: float
    ended_at: float | None = None
    """``None``: the tape ends before the session does."""
    lists: dict[str, list[tuple[float, bytes]]] = field(default_factory=dict)
    """Per action its answers and when they came, complete, with the recorder's action id."""
    events: list[tuple[float, bytes]] = field(default_factory=list)

    def answer(self, action: str, action_id: str, now: float) -> bytes | None:
        """The newest answer to ``action`` that was there at ``now``, else the first, with the asker's id."""
        answers = self.lists.get(action)
        if not answers:
            return None
        past = [data for at, data in answers if at <= now]
        return _ACTION_ID.sub(lambda _: b"ActionID: " + action_id.encode(), past[-1] if past else answers[0][1])


def load(path: Path, now: float) -> list[Reel]:
    """Read a tape or a plain capture; ``now`` is when a capture without timestamps is taken to have begun.

    :raises TapeError: it cannot be read.
    """
    if is_tape(path):
        return reels(began_at(path), pieces(path))
    try:
        with open_tape(path, "rb") as file:
            return [_timed(capture(file.read(), now))]
    except (OSError, EOFError, zlib.error) as error:
        raise TapeError(f"{path} is no tape: {error}") from error


def reels(began: float, tape: Iterable[Piece]) -> list[Reel]:
    """Sort the pieces of a tape into sessions, lists and events."""
    sorters: list[_Sorter] = []
    for piece in tape:
        at = began + piece.at
        if piece.kind == "opened" or not sorters:
            sorters.append(_Sorter(Reel(at)))
        if piece.kind == "heard":
            sorters[-1].hear(piece.data, at)
        elif piece.kind == "closed":
            sorters[-1].reel.ended_at = at
    return [sorter.reel for sorter in sorters if sorter.reel.lists or sorter.reel.events]


def capture(data: bytes, now: float) -> Reel:
    """A plain capture as one session."""
    sorter = _Sorter(Reel(now))
    sorter.hear(data, now)
    return sorter.reel


def _timed(reel: Reel) -> Reel:
    """Give a capture's events the times that they tell themselves; what tells none comes with the one before."""
    stamps = [seconds_of(parse(event), "Timestamp") for _, event in reel.events]
    known = [stamp for stamp in stamps if stamp is not None]
    if not known:
        return reel
    at, events = known[0], []
    for (_, event), stamp in zip(reel.events, stamps, strict=True):
        at = max(at, stamp or at)
        events.append((at, event))
    lists = {action: [(known[0], data) for _, data in answers] for action, answers in reel.lists.items()}
    return Reel(known[0], None, lists, events)


class _Sorter:
    """Takes one session's stream apart."""

    def __init__(self, reel: Reel) -> None:
        self.reel = reel
        self._framer = Framer()
        self._open: dict[str, list[bytes]] = {}
        self._dead = False

    def hear(self, data: bytes, at: float) -> None:
        if self._dead:
            return
        try:
            frames = self._framer.feed(data)
        except WireError:
            self._dead = True
            return
        for frame in frames:
            self._sort(frame, at)

    def _sort(self, frame: bytes, at: float) -> None:
        message = parse(frame)
        action_id, name = first(message, "ActionID"), first(message, "Event")
        if "Response" in message:
            self._head(frame, at)
        elif action_id in self._open:
            self._open[action_id].append(frame)
            if first(message, "EventList").lower().startswith("c") or name.endswith("Complete"):
                self._keep(LISTS.get(name), self._open.pop(action_id), at)
        elif name and not (name == "FullyBooted" and not self.reel.events):
            self.reel.events.append((at, frame + b"\r\n\r\n"))

    def _head(self, frame: bytes, at: float) -> None:
        message = parse(frame)
        if first(message, "EventList").lower() == "start":
            self._open[first(message, "ActionID")] = [frame]
            return
        action = next((action for header, action in SINGLES.items() if header in message), None)
        self._keep(action or EMPTIES.get(first(message, "Message")), [frame], at)

    def _keep(self, action: str | None, frames: list[bytes], at: float) -> None:
        if action is not None:
            data = b"".join(frame + b"\r\n\r\n" for frame in frames)
            self.reel.lists.setdefault(action, []).append((at, data))
