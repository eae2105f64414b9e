"""A board somebody looks at: its audience, its stream, and the readers that are kept level.

What takes long on a big floor (the first picture, figures when a minute passes) is done in pieces between which the
event loop is free; readers wait for the whole, and never see a half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, ParamSpec

import structlog
from msgspec import Raw

from alerts.model import Alert, Message
from floor.ports import Change, Clock
from floor.requests.model import Request
from floor.state.figures import TOTAL, Subject
from floor.state.model import Agent, Entity, Queue
from web.alarms import concerns
from web.audience import PLACES, Audience, Shown
from web.outbox import Outbox
from web.ports import FloorStore, Measures
from web.readers import Readers
from web.stream import Stream
from web.traffic import Traffic

ASK_EVERY = 15
"""Every so many beats the readers are asked to answer, which measures the round trip."""
PIECE = 10
"""Entities put between two looks at the time."""
MANY = 1000
"""More changes at once than this are a new picture: it can be made in pieces, a patch cannot."""

Changed = Mapping[type[Entity], dict[tuple[str, ...], Change]]
"""The last change of each entity, by kind and key."""
Late = Literal["figures", "history", "alert"]

P = ParamSpec("P")
log = structlog.get_logger()


class Live:
    """One board's readers and what they hold. Every method leaves nothing outstanding on the stream."""

    def __init__(
        self, audience: Audience, build: str, *, store: FloorStore, measures: Measures, clock: Clock, traffic: Traffic
    ) -> None:
        self.audience = audience
        self._stream = Stream(build)
        self.readers = Readers(clock, traffic, self._stream.snapshot)
        self._store, self._measures, self._clock, self._traffic = store, measures, clock, traffic
        self._beats = 0
        self._asked_at: float | None = None
        self._late: dict[tuple[Late, Subject | str], None] = {}
        """Figures, charts and alerts (by id) to be looked at, in the order in which they came."""
        self._picture: Iterator[None] | None = None
        """The rest of a picture that is being made."""
        self._begin()

    # What they see

    @property
    def floor(self) -> Mapping[str, Mapping[str, Raw]]:
        """FLOOR, as the readers have it, encoded."""
        return self._stream.floor

    @property
    def busy(self) -> bool:
        """Whether something is still to be done, by :meth:`go_on`."""
        return self._picture is not None or bool(self._late)

    def go_on(self, until: float | None = None) -> None:
        """Work at what is to be done until this moment (monotonic); ``None``: to its end."""
        while self._picture is not None:
            try:
                next(self._picture)
            except StopIteration:
                self._complete()
            if until is not None and self._clock.monotonic() >= until:
                return
        self._put_late(until)
        self._publish()

    def level(
        self,
        changed: Changed,
        subjects: set[Subject],
        alerts: Iterable[Alert] = (),
        requests: Iterable[Request] = (),
    ) -> None:
        """Note what the floor is like now; :meth:`go_on` tells it: one patch, or a snapshot when other queues are
        shown, or very much is different."""
        much = sum(map(len, changed.values())) > MANY
        if much or self.audience.rescoped() or self.audience.reselected(changed.get(Queue, {})):
            self.refill()
            return
        self._put_alerts(alerts)
        self._put_requests(requests)
        for kind, changes in changed.items():
            if changes and self.audience.tells_of(kind):
                self._put_changes(kind, self.audience.among(kind, changes))
        self._note_figures(subjects)

    def refill(self) -> None:
        """Begin anew: every reader gets a snapshot."""
        self.readers.begin_anew()
        self._begin()

    def announce(self) -> None:
        """Notices and the drill's mark are as they are now."""
        if self.audience.drill != self._drill or self.audience.rescoped():
            self.refill()
            return
        self._put_notices()
        self._publish()

    def _put_alerts(self, alerts: Iterable[Alert]) -> None:
        floor = self._store.snapshot()
        for alert in alerts:
            self._stream.put(self._safely(self.audience.alert, alert, floor))

    def _put_requests(self, requests: Iterable[Request]) -> None:
        for request in requests:
            self._stream.put(self._safely(self.audience.request, request))

    def _put_notices(self) -> None:
        notices = self.audience.notices()
        for id_ in [id_ for id_ in self._stream.floor["notices"] if id_ not in notices]:
            self._stream.put(("notices", id_, None))
        for id_, notice in notices.items():
            self._stream.put(("notices", id_, notice))

    def _note_figures(self, subjects: set[Subject]) -> None:
        """Agents' figures stand beside the agents; most of these are on other boards."""
        id_of, held = self.audience.id_of, self._stream.floor["agents"]
        for subject in self.audience.touches(subjects):
            if subject[0] != "agent" or id_of(Agent, subject[1:]) in held:
                self._late["figures", subject] = None

    def _put_changes(self, kind: type[Entity], changes: Mapping[tuple[str, ...], Change]) -> None:
        """Most of them most boards do not show: that is seen here without a further call."""
        audience, place = self.audience, PLACES[kind]
        row_of, held = audience.rows[kind], self._stream.floor[place]
        for key, change in changes.items():
            try:
                row = None if change.after is None else row_of(change.after)
                id_ = audience.id_of(kind, key)
            except Exception:
                self._failed()
                continue
            shown = id_ in held
            if row is None and not shown:
                continue
            if kind is Agent and shown != (row is not None):
                self._late["figures", ("agent", key[0], key[1])] = None
            self._stream.put((place, id_, row))

    def _put_late(self, until: float | None) -> None:
        """Of what came first the first; what comes again while it waits is looked at once."""
        if not self._late:
            return
        agents = self._store.snapshot().agents
        # Whoever asks for the living alerts has them put together: only where there is one to tell.
        live = self.audience.sources.live if any(kind == "alert" for kind, _ in self._late) else {}
        for done, late in enumerate(list(self._late), 1):
            del self._late[late]
            kind, subject = late
            if isinstance(subject, str):
                self._put_alerts([alert] if (alert := live.get(subject)) is not None else [])
            elif kind == "figures":
                self._stream.put(self._safely(self.audience.figures, subject, agents))
            else:
                self._stream.put(self._safely(self.audience.history, subject))
            if done % PIECE == 0 and until is not None and self._clock.monotonic() >= until:
                return

    # The whole picture

    def _begin(self) -> None:
        floor = self._store.snapshot()
        self.audience.select(floor)
        self._drill = self.audience.drill
        self._stream.reset(self.audience.view_board())
        self._late.clear()
        self._picture = self._pieces()

    def _pieces(self) -> Iterator[None]:
        """Puts the whole floor. What changes between two pieces is put by :meth:`level`, here or there first."""
        floor = self._store.snapshot()
        tables: tuple[Mapping[tuple[str, ...], Entity], ...]
        tables = (floor.pbxs, floor.queues, floor.agents, floor.callers, floor.trunks)  # type: ignore[assignment]
        for table in tables:
            for place, key in enumerate(list(table)):
                if (entity := table.get(key)) is not None:
                    self._stream.put(self._safely(self.audience.show, entity))
                if place % PIECE == PIECE - 1:
                    yield
        subjects = [TOTAL, *(("queue", *key) for key in self.audience.queues), *self._measures.subjects()]
        for place, subject in enumerate(dict.fromkeys(subjects)):
            self._stream.put(self._safely(self.audience.figures, subject, floor.agents))
            self._stream.put(self._safely(self.audience.history, subject))
            if place % PIECE == PIECE - 1:
                yield

    def _complete(self) -> None:
        self._picture = None
        self._put_alerts(self.audience.sources.live.values())
        self._put_requests(self.audience.sources.asked.values())
        self._put_notices()
        self._stream.settle()

    def _safely(self, show: Callable[P, Shown | None], *args: P.args, **kwargs: P.kwargs) -> Shown | None:
        """One entity that cannot be shown must not take the board with it: it is counted, logged and left as it was."""
        try:
            return show(*args, **kwargs)
        except Exception:
            self._failed()
            return None

    def _failed(self) -> None:
        self._traffic.failures += 1
        log.exception("entity not shown", board=self.audience.board.id)

    # What they are sent

    def join(self, outbox: Outbox) -> None:
        """A new reader: snapshot and subscription in one go, no await between."""
        self.readers.outboxes.add(outbox)
        self.readers.expected = True
        self.give(outbox)

    def give(self, outbox: Outbox) -> None:
        """Send one reader the snapshot it is owed, when there is a whole one and it may have it."""
        if self._picture is None and self.audience.stands():
            self.readers.give(outbox)

    def owes(self) -> list[Outbox]:
        """The readers that are owed a snapshot and could take one now."""
        return self.readers.due() if self._picture is None and self.audience.stands() else []

    def follow(self, charts: set[Subject]) -> None:
        """Note what is told at leisure: gaps, charts, alerts of agents who came or went."""
        if self.audience.rescoped():
            self.refill()
        for pbx in self._store.snapshot().pbxs.values():
            self._stream.put(self._safely(self.audience.show, pbx))
        self._late.update((("history", subject), None) for subject in self.audience.moved(charts))
        least = self.audience.least
        for alert in self.audience.sources.live.values():
            if concerns(alert, least=least):  # what does not was taken off when that was said
                self._late["alert", alert.id] = None

    def beat(self, heard: dict[str, float | None]) -> None:
        """A sign of life."""
        self._beats += 1
        asks = self._beats % ASK_EVERY == 1
        self._asked_at = self._clock.monotonic() if asks else self._asked_at
        self._push(self._stream.beat(self._clock.now(), heard, self._beats if asks else None))

    def tell(self, message: Message) -> bool:
        """Pass a message on if it is for these readers; whether it went to any of them."""
        if not self.audience.hears(message, self._store.snapshot()):
            return False
        return self._push(self._stream.message(self._clock.now(), message)) > 0

    def hear_news(self, kinds: Iterable[str]) -> None:
        """Something on record changed; wallboards show nothing of it."""
        if self.audience.follows_record:
            self._push(self._stream.news(self._clock.now(), kinds))

    def answered(self, n: int) -> None:
        """A reader answered beat ``n``: the time since it was sent is a round trip, if it is the latest that asked."""
        if self._asked_at is not None and n == self._beats - (self._beats - 1) % ASK_EVERY:
            self._traffic.round_trips.append(self._clock.monotonic() - self._asked_at)

    def _publish(self) -> None:
        if self._picture is not None:
            return  # nobody has a part of it
        patch = self._stream.patch(self._clock.now())
        if patch is None:
            return
        if self.audience.stands():
            self.readers.patch(patch)
        else:
            self.readers.begin_anew()  # the door sees them off

    def _push(self, message: bytes) -> int:
        return self.readers.push(message) if self.audience.stands() else 0  # the door sees them off
