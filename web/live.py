"""A board somebody looks at: its audience, its stream, and the readers that are kept level."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import ParamSpec

import structlog

from alerts.model import Alert, Message
from floor.ports import Clock
from floor.requests.model import Request
from floor.state.figures import TOTAL, Subject
from floor.state.model import Agent, Entity, Queue
from web.audience import Audience, Shown
from web.outbox import Outbox
from web.ports import FloorStore, Measures
from web.stream import Stream
from web.traffic import Traffic
from web.wire import Part

ASK_EVERY = 15
"""Every so many beats the readers are asked to answer, which measures the round trip."""

Pending = Iterable[tuple[Entity, bool]]
"""Changed entities, each with whether it is still there."""

P = ParamSpec("P")
log = structlog.get_logger()


class Live:
    """One board's readers and what they hold. Every method leaves nothing outstanding on the stream."""

    def __init__(
        self, audience: Audience, build: str, *, store: FloorStore, measures: Measures, clock: Clock, traffic: Traffic
    ) -> None:
        self.audience = audience
        self.outboxes: set[Outbox] = set()
        self._stream = Stream(build)
        self._store, self._measures, self._clock, self._traffic = store, measures, clock, traffic
        self._beats = 0
        self._asked_at: float | None = None
        self._fill()

    # What they see

    @property
    def floor(self) -> Mapping[str, Mapping[str, Part]]:
        """FLOOR, as the readers have it."""
        return self._stream.floor

    def level(
        self,
        pending: Pending,
        subjects: set[Subject],
        alerts: Iterable[Alert] = (),
        requests: Iterable[Request] = (),
    ) -> None:
        """Bring the readers to the floor as it is now: one patch, or a snapshot when other queues are shown."""
        if self.audience.rescoped() or self._reselects(pending):
            self.refill()
            return
        self._put_alerts(alerts)
        self._put_requests(requests)
        subjects = self.audience.touches(subjects)
        for entity, present in pending:
            self._put_entity(entity, present, subjects)
        self._put_figures(subjects)
        self._publish()

    def refill(self) -> None:
        """Begin anew: every reader gets a snapshot."""
        self._fill()
        for outbox in self.outboxes:
            outbox.owe()
        self.give_due()

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

    def _reselects(self, pending: Pending) -> bool:
        return any(
            self.audience.reselects(entity.key, entity if present else None)
            for entity, present in pending
            if isinstance(entity, Queue)
        )

    def _put_entity(self, entity: Entity, present: bool, subjects: set[Subject]) -> None:
        shown = self._safely(self.audience.show if present else self.audience.gone, entity)
        if shown is None:
            return
        if isinstance(entity, Agent) and self._stream.holds(shown[0], shown[1]) != (shown[2] is not None):
            subjects.add(("agent", *entity.key))
        self._stream.put(shown)

    def _put_figures(self, subjects: set[Subject]) -> None:
        agents = self._store.snapshot().agents if subjects else {}
        for subject in subjects:
            self._stream.put(self._safely(self.audience.figures, subject, agents))

    def _put_charts(self, subjects: set[Subject]) -> None:
        for subject in subjects:
            self._stream.put(self._safely(self.audience.history, subject))

    def _fill(self) -> None:
        floor = self._store.snapshot()
        self.audience.select(floor)
        self._drill = self.audience.drill
        self._stream.reset(self.audience.view_board())
        for part in (floor.pbxs, floor.queues, floor.agents, floor.callers, floor.trunks):
            for entity in part.values():
                self._stream.put(self._safely(self.audience.show, entity))
        subjects = {TOTAL, *(("queue", *key) for key in self.audience.queues), *self._measures.subjects()}
        self._put_figures(subjects)
        self._put_charts(subjects)
        self._put_alerts(self.audience.sources.live.values())
        self._put_requests(self.audience.sources.asked.values())
        self._put_notices()
        self._stream.settle()

    def _safely(self, show: Callable[P, Shown | None], *args: P.args, **kwargs: P.kwargs) -> Shown | None:
        """One entity that cannot be shown must not take the board with it: it is counted, logged and left as it was."""
        try:
            return show(*args, **kwargs)
        except Exception:
            self._traffic.failures += 1
            log.exception("entity not shown", board=self.audience.board.id)
            return None

    # What they are sent

    def join(self, outbox: Outbox) -> None:
        """A new reader: snapshot and subscription in one go, no await between."""
        self.outboxes.add(outbox)
        self.give_due()

    def give_due(self) -> None:
        """Send the snapshots that are owed and may go out."""
        now = self._clock.monotonic()
        due = [outbox for outbox in self.outboxes if outbox.due(now)]
        if not due or not self.audience.stands():
            return
        snapshot = self._stream.snapshot(self._clock.now())
        for outbox in due:
            outbox.give(snapshot, now)
        self._traffic.snapshots += len(due)
        self._traffic.sent_bytes += len(due) * len(snapshot)

    def cut_hopeless(self) -> None:
        """Cut off the readers that stayed behind for too long."""
        now = self._clock.monotonic()
        for outbox in self.outboxes:
            if outbox.hopeless(now):
                self._traffic.cut += 1
                outbox.receiver.cut()

    def beat(self, heard: dict[str, float | None], charts: set[Subject]) -> None:
        """What follows at leisure (gaps, charts, alerts of agents who came or went), then the sign of life."""
        if self.audience.rescoped():
            self.refill()
        for pbx in self._store.snapshot().pbxs.values():
            self._stream.put(self._safely(self.audience.show, pbx))
        self._put_charts(self.audience.touches(charts))
        self._put_alerts(self.audience.sources.live.values())
        self._publish()
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
        patch = self._stream.patch(self._clock.now())
        if patch is not None:
            self._traffic.patches += 1
            self._push(patch)

    def _push(self, message: bytes) -> int:
        if not self.audience.stands():
            return 0  # the door sees them off
        now = self._clock.monotonic()
        sent = sum(outbox.push(message, now) for outbox in self.outboxes)
        self._traffic.sent += sent
        self._traffic.sent_bytes += sent * len(message)
        self._traffic.skipped += len(self.outboxes) - sent
        return sent
