"""The hub: hears every outcome of the floor, and levels every board's readers with as few bytes as it takes.

What changed is told at once after a rest, and else every 20 ms (a little less often to very many screens): one patch
per board, encoded once for all its readers; a board nobody looks at costs nothing. Figures follow within 250 ms and the
small charts within two seconds, for they change in whole blocks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import structlog
from msgspec import Raw

from alerts.model import Alert, Message
from floor.listening.model import Listening
from floor.ports import Change, Clock, Outcome, hears
from floor.requests import model as posted
from floor.requests.model import Request
from floor.state.figures import TOTAL, Subject
from floor.state.model import Agent, Caller, Correction, Entity, Gap, Key, Offer, Pbx, Queue, Span, Trunk
from floor.tasks import Tasks
from web.alarms import Sources
from web.audience import Audience
from web.live import Changed, Live
from web.outbox import Outbox, Receiver
from web.ports import FloorStore, LinkHealth, Measures
from web.scores import Scores
from web.traffic import Traffic
from web.turns import Turns

PIECE_S = 0.01
"""Of what takes long, so much is done before the loop is free for others."""
FIGURES_S = 0.25
TICK_S = 0.5
NEWS_S = 0.5
"""Word of changed records goes out at once, and then no more often than this."""
BEAT_S = 2.0
POINT_S = 300
"""A chart's step: when one begins, every chart moves on."""

SHOWN = (Agent, Caller, Queue, Pbx, Trunk)
"""What boards show; channels and phones change far more often, and no board has them."""
HEARD = (*SHOWN, Offer, Span, Gap, Correction)
"""This, and what else moves figures."""

log = structlog.get_logger()


class Hub:
    """Streams of all boards. ``flush`` and ``tick`` are plain calls; after ``start`` the event loop makes them."""

    def __init__(
        self,
        *,
        store: FloorStore,
        measures: Measures,
        health: LinkHealth,
        clock: Clock,
        audiences: Mapping[str, Audience],
        build: str,
        traffic: Traffic,
        sources: Sources | None = None,
        scores: Scores | None = None,
    ) -> None:
        """``scores``: those the audiences share."""
        self._sources = sources or Sources()
        self._scores = scores or Scores(measures)
        self._alerts: dict[str, Alert] = {}
        self._requests: dict[str, Request] = {}
        self._announced = False
        self._news: set[str] = set()
        self._news_at = clock.monotonic() - NEWS_S
        self._store, self._measures, self._health, self._clock = store, measures, health, clock
        self._audiences, self._build, self.traffic = dict(audiences), build, traffic
        self._lives: dict[str, Live] = {}
        self._changed = _unchanged()
        self._clocks: set[Key] = set()
        """Agents with a clock that a rule began or ended."""
        self._charts: set[Subject] = set()
        self._point = 0
        self._figures_at = self._beat_at = clock.monotonic()
        self._turns = Turns(self._on_turn)
        self._tasks = Tasks()
        self._unsubscribe: list[Callable[[], None]] = []

    # Life

    def start(self) -> None:
        """Listen to the floor and all that is raised about it, and keep time."""
        raised = self._sources
        self._unsubscribe = [
            self._store.subscribe(self.hear),
            *([raised.alarms.subscribe(self.hear_alert)] if raised.alarms is not None else []),
            *([raised.requests.subscribe(self.hear_request)] if raised.requests is not None else []),
            *([raised.notices.subscribe(self.hear_notice)] if raised.notices is not None else []),
            *([raised.messages.subscribe(self.hear_message)] if raised.messages is not None else []),
            *([raised.announcements.subscribe(self.hear_announcement)] if raised.announcements is not None else []),
            *([raised.listenings.subscribe(self.hear_listening)] if raised.listenings is not None else []),
            *([raised.news.subscribe(self.hear_news)] if raised.news is not None else []),
        ]
        self._turns.begin()
        self._tasks.start("web.hub", self._keep_time())

    async def stop(self) -> None:
        """Stop both; the readers are left to whoever let them in."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe = []
        self._turns.end()
        await self._tasks.stop()

    async def _keep_time(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            try:
                self.tick()
            except Exception:
                log.exception("tick failed")

    # Readers

    @property
    def clients(self) -> dict[str, int]:
        """Readers by board."""
        return {board: len(live.readers) for board, live in self._lives.items()}

    def admit(self, stream: str, audience: Audience) -> None:
        """Let readers join a stream that is no board's: a person's desk. Joined or not, the newest audience stays."""
        if stream not in self._lives:
            self._audiences[stream] = audience

    def join(self, board: str, receiver: Receiver) -> Outbox:
        """Admit a reader: when this returns it has a snapshot and misses nothing. No await stands between the two.

        The first one at a big floor's board waits until the picture is made, which is done in pieces."""
        live = self._lives.get(board)
        if live is None:
            live = self._lives[board] = self._live(self._audiences[board])
        if not self._turns.armed:
            self.flush()  # else it will be, and soon: many who come at once cost no flush each
        if live.busy:
            self._go_on()
        outbox = Outbox(receiver)
        live.join(outbox)
        return outbox

    def leave(self, board: str, outbox: Outbox) -> None:
        """Forget a reader, and the board's stream with its last one."""
        live = self._lives[board]
        live.readers.outboxes.discard(outbox)
        if not live.readers:
            del self._lives[board]
            if ":" in board:
                self._audiences.pop(board, None)  # a desk's; boards' ids hold no colon

    def resync(self, board: str, outbox: Outbox) -> None:
        """The reader lost the thread: it gets a snapshot, at most one a second."""
        self.traffic.resyncs += 1
        outbox.owe()
        if not self._turns.armed:
            self.flush()
        self._lives[board].give(outbox)

    def answered(self, board: str, n: int) -> None:
        """A reader answered beat ``n``."""
        self._lives[board].answered(n)

    async def look(self, audience: Audience) -> Mapping[str, Mapping[str, Raw]]:
        """One look at the floor (FLOOR, encoded), without staying."""
        live = self._live(audience)
        while live.busy:
            live.go_on(self._clock.monotonic() + PIECE_S)
            await asyncio.sleep(0)
        return live.floor

    def _live(self, audience: Audience) -> Live:
        return Live(
            audience,
            self._build,
            store=self._store,
            measures=self._measures,
            clock=self._clock,
            traffic=self.traffic,
        )

    # What happens on the floor

    @hears(*HEARD)
    def hear(self, outcome: Outcome) -> None:
        """Note what changed; the newest word on each entity wins. Called by the store, so it only takes notes."""
        self.traffic.outcomes += 1
        if not self._lives:
            return
        seen = False
        for change in outcome.changes:
            entity = change.after if change.after is not None else change.before
            noted = self._changed.get(type(entity))  # type: ignore[arg-type]  # one of both is there
            if noted is not None:
                noted[entity.key] = change  # type: ignore[union-attr]
                seen = True
        if seen:
            self._turns.soon(self._screens)
        elif not self._turns.armed:
            self._turns.later(FIGURES_S)

    def hear_alert(self, alert: Alert) -> None:
        """An alert changed: it goes out with the next flush, which is soon."""
        if self._lives:
            self._alerts[alert.id] = alert
            self._turns.soon(self._screens)

    def hear_request(self, request: Request) -> None:
        """Somebody asks, is answered, or who is away with him changed."""
        if self._lives:
            self._requests[request.id] = request
            self._turns.soon(self._screens)

    def hear_notice(self, notice: posted.Notice, read_by: int | None = None) -> None:  # noqa: ARG002 - looked up
        """A notice was posted, withdrawn or read, or is over."""
        self.hear_announcement()

    def hear_message(self, message: Message) -> bool:
        """Somebody is to be told at his desk; whether any page of his heard it."""
        return sum(live.tell(message) for live in self._lives.values()) > 0  # each is told, not only the first

    def hear_listening(self, listening: Listening) -> None:
        """Somebody listens to an agent, in another way, or no more."""
        self.hear_clock((listening.pbx, listening.agent))

    def hear_clock(self, agent: Key) -> None:
        """A rule began or ended a clock of this agent."""
        if self._lives:
            self._clocks.add(agent)
            self._turns.soon(self._screens)

    def hear_announcement(self) -> None:
        """A drill, an order or a broadcast began or ended."""
        self._announced = True
        self._turns.soon(self._screens)

    def hear_news(self, kind: str) -> None:
        """Something on record changed (:data:`alerts.news.KINDS`)."""
        if self._lives:
            self._news.add(kind)
            self._turns.soon(self._screens)

    def _screens(self) -> int:
        return sum(self.clients.values())

    @property
    def pause_s(self) -> float:
        """Time from one flush of a busy floor to the next."""
        return self._turns.pause_s(self._screens())

    def _on_turn(self) -> None:
        try:
            self.flush()
        except Exception:
            log.exception("flush failed")

    def flush(self) -> None:
        """Level every reader with the floor as it is now."""
        begun = self._clock.monotonic()
        changed = self._take_changed()
        alerts, self._alerts = self._alerts, {}
        requests, self._requests = self._requests, {}
        any_changed = any(changed.values())
        if any_changed:
            self.traffic.flushes += 1
        subjects = self._changed_subjects()
        with self._scores.still():
            if any_changed or subjects or alerts or requests:
                for live in self._lives.values():
                    live.level(changed, subjects, alerts.values(), requests.values())
            if self._announced:
                self._announced = False
                for live in self._lives.values():
                    live.announce()
            self._go_on()
        self._flush_news()
        self._turns.took_s = self._clock.monotonic() - begun

    def _take_changed(self) -> Changed:
        """What changed since the last flush; agents whose clocks changed as they are now."""
        changed = self._changed
        self._changed = _unchanged()
        if self._clocks:
            agents = self._store.snapshot().agents
            for key in self._clocks:
                if (agent := agents.get(key)) is not None:
                    changed[Agent].setdefault(key, Change(agent, agent))
            self._clocks.clear()
        return changed

    def _go_on(self) -> None:
        """Tell what was noted; of what takes long, a piece at a time, with room for others between."""
        until = self._clock.monotonic() + PIECE_S if self._turns.running else None
        for live in self._lives.values():
            live.go_on(until)
        self._give(until)
        if any(live.busy or live.owes() for live in self._lives.values()):
            self._turns.soon(self._screens)

    def _give(self, until: float | None) -> None:
        """Give out snapshots that are owed: a big floor's to many screens is much to write, too."""
        for live in self._lives.values():
            for outbox in live.owes():
                live.give(outbox)
                if until is not None and self._clock.monotonic() >= until:
                    return

    def _flush_news(self) -> None:
        wait_s = self._news_at + NEWS_S - self._clock.monotonic()
        if not self._news:
            return
        if wait_s > 0:
            self._turns.later(wait_s)
            return
        kinds, self._news = self._news, set()
        self._news_at = self._clock.monotonic()
        for live in self._lives.values():
            live.hear_news(kinds)

    def _changed_subjects(self) -> set[Subject]:
        now = self._clock.monotonic()
        wait_s = self._figures_at + FIGURES_S - now
        if wait_s > 0:
            self._turns.later(wait_s)
            return set()
        self._figures_at = now
        subjects = set(self._measures.changed())
        self._charts |= subjects
        return subjects

    # Time

    def tick(self) -> None:
        """Every half second: figures that moved with the clock, readers that caught up or never will, the beat."""
        for live in self._lives.values():
            live.readers.cut_hopeless()
            live.readers.forget()
            live.readers.expected = True
        self.flush()
        now = self._clock.monotonic()
        if now - self._beat_at >= BEAT_S:
            self._beat_at = now
            self._beat()

    def _beat(self) -> None:
        heard = {pbx: _tenths(self._health.heard_ago(pbx)) for pbx in self._store.snapshot().pbxs}
        charts = self._due_charts()
        with self._scores.still():
            for live in self._lives.values():
                live.follow(charts)
            self._go_on()
        for live in self._lives.values():
            live.beat(heard)

    def _due_charts(self) -> set[Subject]:
        charts, self._charts = self._charts, set()
        point = int(self._clock.now() // POINT_S)
        if point != self._point:
            self._point = point
            charts |= {TOTAL, *(("queue", *key) for live in self._lives.values() for key in live.audience.queues)}
        self._scores.moved(charts)  # also where nobody looks: somebody may come
        return charts


def _unchanged() -> dict[type[Entity], dict[tuple[str, ...], Change]]:
    return {kind: {} for kind in SHOWN}


def _tenths(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
