"""Reporter: what a link delivers, told as facts, in order and on one clock.

Times are the exchange's own when it stamps its events, else ours; lists carry no stamp and get ours, moved by the
measured offset. ``…Synced`` facts are told where their list stood in the stream (see :mod:`asterisk.deliveries`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import structlog

from asterisk import deliveries as d
from asterisk import sync
from asterisk.records import Headers, moment, text
from asterisk.translate import translate
from asterisk.values import Texts
from floor.state import facts
from floor.state.model import LinkState, Member

Apply = Callable[[facts.Fact], None]
Steps = Callable[[facts.Fact], Iterator[None]]
GoOnWith = Callable[[Iterator[None]], None]

SURE_FOR_S = 600.0
"""A good comparison of the clocks is not given up for a worse one for this long; clocks drift slowly."""
OFFSET_STEP_S = 0.05
"""A clock offset is told anew when it moved by this much."""


class Reporter:
    """Translates one exchange's deliveries; give it to the link as its sink, and :meth:`tell` for what is cut."""

    def __init__(self, pbx: str, apply: Apply, defaults: sync.Defaults | None = None) -> None:
        self.pbx = pbx
        self._apply = apply
        self._defaults = defaults or sync.Defaults()
        self._stamped: bool | None = None
        """Whether events bear the exchange's own time; until the first one came we take it that they do."""
        self._offset: float | None = None
        self._surest: tuple[float, float] | None = None
        """(round trip, when) of the comparison that the offset is from."""
        self._told: tuple[float, bool] | None = None
        """(offset, stamped) as last told."""
        self._lists: dict[str, list[Headers]] = {}
        self._refused: set[str] = set()
        """Said once, not with every picture."""
        self._version: str | None = None
        self._log = structlog.get_logger().bind(pbx=pbx)
        self._steps: Steps = self._at_once
        self._go_on_with: GoOnWith = _to_the_end
        self._text_of = Texts().__getitem__
        self._takes: dict[type, Callable[..., None]] = {
            d.LinkOpened: self._opened,
            d.ClockCompared: self._compared,
            d.PictureBegan: self._began,
            d.ListCollected: self._collected,
            d.PictureComplete: self._complete,
            d.LinkClosed: self._closed,
        }

    def take_turns(self, steps: Steps, go_on_with: GoOnWith) -> None:
        """From now on the lists of a picture are read and applied in steps.

        :param steps: applies a fact bit by bit; ``go_on_with``: takes what is to be done before the next delivery.
        """
        self._steps, self._go_on_with = steps, go_on_with

    def __call__(self, delivery: d.Delivery) -> None:
        if type(delivery) is d.EventArrived:
            self._event(delivery)
        else:
            self._takes[type(delivery)](delivery)

    def tell(self, cut: d.Cut) -> None:
        """As a delivery of the same event, of which only what is needed was read."""
        row, (stamp, *said), received_at = cut
        at = float(stamp) if stamp else 0.0
        if not at or not self._stamped:
            at = self._dated(at or None, received_at)
        fact = row.tell(self.pbx, at, *map(self._text_of, said))
        if fact is not None:
            self._apply(fact if self._stamped else self._on_one_clock(fact))

    def _event(self, event: d.EventArrived) -> None:
        headers: Headers = event.message
        fact = translate(self.pbx, headers, self._dated(moment(headers, "Timestamp"), event.received_at))
        if fact is not None:
            self._apply(fact if self._stamped else self._on_one_clock(fact))

    def _dated(self, stamp: float | None, received_at: float) -> float:
        """The moment of an event that bears this stamp; the first one with a stamp, or without, is remarkable."""
        if self._stamped is None or (stamp is not None and not self._stamped):
            self._stamped = stamp is not None
            if self._offset is None and stamp is not None:
                self._offset = stamp - received_at  # until a Ping says it better
            self._tell_clock(stamp if stamp is not None else received_at)
        # An event without a stamp among stamped ones (manager.conf was changed) stays on the clock of the others.
        return stamp if stamp is not None else self._moment(received_at)

    def _on_one_clock(self, fact: facts.Fact) -> facts.Fact:
        """Moments inside a membership are the exchange's even when its events carry no stamp."""
        if self._stamped is not False or not self._offset or not isinstance(fact, facts.MemberSeen):
            return fact
        return replace(fact, member=self._member_on_our_clock(fact.member))

    def _member_on_our_clock(self, member: Member) -> Member:
        offset = self._offset or 0.0
        return replace(
            member,
            paused_at=member.paused_at - offset if member.paused_at else None,
            logged_in_at=member.logged_in_at - offset if member.logged_in_at else None,
        )

    def _moment(self, received_at: float) -> float:
        return received_at if self._stamped is False else received_at + (self._offset or 0.0)

    def _opened(self, opened: d.LinkOpened) -> None:
        self._surest = None  # the exchange may have come back with another time
        self._apply(facts.LinkChanged(self.pbx, self._moment(opened.received_at), LinkState.SYNCING))

    def _compared(self, compared: d.ClockCompared) -> None:
        self._stamped = True if compared.timestamps else self._stamped
        if compared.offset_s is None or self._worse(compared):
            return
        self._surest = (compared.round_trip_s, compared.received_at)
        self._offset = compared.offset_s
        told = self._told
        moved = told is None or abs(told[0] - self._offset) >= max(OFFSET_STEP_S, compared.round_trip_s)
        self._tell_clock(self._moment(compared.received_at), moved)

    def _worse(self, compared: d.ClockCompared) -> bool:
        """A comparison that took long tells little: on a busy machine it would move every moment by seconds."""
        if self._surest is None:
            return False
        round_trip, at = self._surest
        return compared.round_trip_s > 2 * round_trip + OFFSET_STEP_S and compared.received_at - at < SURE_FOR_S

    def _tell_clock(self, at: float, moved: bool = True) -> None:
        """Told when the offset moved, and at once when it is seen that events bear the exchange's own time: from then
        on every moment is on its clock, and whoever counts from one must know."""
        if self._offset is None:
            return
        offset = self._offset if moved or self._told is None else self._told[0]
        stamped = self._stamped is not False
        if self._told != (offset, stamped):
            self._told = (offset, stamped)
            self._apply(facts.ClockMeasured(self.pbx, at, offset, stamped))

    def _at_once(self, fact: facts.Fact) -> Iterator[None]:
        self._apply(fact)
        yield

    def _began(self, _began: d.PictureBegan) -> None:
        self._lists = {}

    def _collected(self, collected: d.ListCollected) -> None:
        if collected.refused is not None:
            if collected.action not in self._refused:
                self._refused.add(collected.action)
                self._log.info("list refused", action=collected.action, said=collected.refused)
            return
        messages: list[Headers] = list(collected.messages)
        self._lists[collected.action] = messages
        at = self._moment(collected.received_at)
        if collected.action == "QueueStatus":
            self._go_on_with(self._queues(at, messages))
        elif collected.action == "CoreShowChannels":
            self._go_on_with(self._channels(at, messages))
        elif collected.action == "CoreSettings":
            self._version = text(messages[0], "AsteriskVersion") if messages else None

    def _queues(self, at: float, messages: list[Headers]) -> Iterator[None]:
        hints = self._lists.get("ExtensionStateList", [])
        synced = yield from sync.queues_in_steps(self.pbx, at, messages, hints, self._defaults)
        if self._stamped is False and self._offset:
            synced = replace(synced, members=tuple(map(self._member_on_our_clock, synced.members)))
        yield from self._steps(synced)

    def _channels(self, at: float, messages: list[Headers]) -> Iterator[None]:
        synced = yield from sync.channels_in_steps(self.pbx, at, messages)
        yield from self._steps(synced)

    def _complete(self, complete: d.PictureComplete) -> None:
        self._go_on_with(self._completed(self._moment(complete.received_at)))

    def _completed(self, at: float) -> Iterator[None]:
        seats = yield from sync.seats_in_steps(self._lists)
        found = yield from sync.devices_in_steps(self._lists, seats)
        if sync.PHONE_LISTS & self._lists.keys():
            yield from self._steps(sync.phones_synced(self.pbx, at, found))
        yield
        if sync.TRUNK_LISTS & self._lists.keys():
            self._apply(sync.trunks_synced(self.pbx, at, found))
            yield
        booted = _booted_at(self._lists.get("CoreStatus", []))
        self._apply(facts.LinkChanged(self.pbx, at, LinkState.UP, None, self._version, booted))
        self._lists = {}

    def _closed(self, closed: d.LinkClosed) -> None:
        heard = closed.last_heard_at if closed.last_heard_at is not None else closed.received_at
        self._log.warning("link closed", reason=closed.reason.value, detail=closed.detail)
        self._apply(facts.LinkChanged(self.pbx, self._moment(heard), closed.state, closed.reason.value))


def _to_the_end(work: Iterator[None]) -> None:
    for _ in work:
        pass


def _booted_at(messages: list[Headers]) -> float | None:
    """CoreStartupDate and -Time are in the exchange's local time, which we can only take for ours; display only."""
    if not messages:
        return None
    date, time = text(messages[0], "CoreStartupDate"), text(messages[0], "CoreStartupTime")
    try:
        return datetime.fromisoformat(f"{date}T{time}").astimezone().timestamp()
    except (ValueError, OverflowError):
        return None
