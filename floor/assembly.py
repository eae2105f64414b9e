"""Where everything is built: the only module that knows all rooms. Started in order, stopped in reverse."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

import structlog

from alerts.ailments import Ailments
from alerts.asked import AskedAlarms
from alerts.emergency_call import EmergencyCalls
from alerts.forecast import Forecast, keep_learning
from alerts.notify.reach import unreachable
from alerts.notify.room import NotifyRoom
from alerts.room import AlertRoom
from alerts.tiles import RuleClock
from floor import __version__
from floor.assembly_exchanges import Exchanges
from floor.audit.record import AuditRecord
from floor.clock import SystemClock
from floor.command.commander import Commands
from floor.command.plan import House
from floor.command.seats import Seats
from floor.day import Day
from floor.garbage import tidied
from floor.history import History
from floor.history.trouble import Trouble
from floor.listening.ports import Ears
from floor.listening.room import ListeningRoom
from floor.measures import Measures
from floor.past import Archive
from floor.people.phones import Phones, own_phone
from floor.people.room import PeopleRoom
from floor.ports import Arrivals, Beacon, Clock, Switchboard
from floor.pulse import HasState, ailing
from floor.readiness import readiness_of
from floor.requests.room import RequestRoom
from floor.reviews import keep_reviewing
from floor.settings import BoardSettings, Settings
from floor.state.figures import Limits
from floor.state.model import Key
from floor.store import FloorStore
from floor.tasks import Tasks
from web.parts import Parts
from web.ports import LinkHealth
from web.server import Web

log = structlog.get_logger(__name__)

STOP_WITHIN_S = 5.0


class Floorwatch:
    """One whole: links, floor, figures, history, screens."""

    beacon: Beacon | None = None
    """Where several on one relay see which of them acts."""

    def __init__(self, settings: Settings, clock: Clock | None = None, *, since: float | None = None) -> None:
        """``since``: the exchanges are no older than this, so that nothing is missing before it."""
        self.settings = settings
        self.clock = clock or SystemClock()
        self.store = FloorStore(self.clock, settings.presence.emergency_numbers)
        self.measures = Measures(self.clock, day_of(settings), limits_of(settings))
        self.history = History(
            *(settings.database_url, settings.data_dir, self.clock),
            keep_days=settings.keep_days,
            day=day_of(settings),
            in_time=limits_of(settings),
        )
        self.audit = AuditRecord(
            self.history.database, settings.data_dir, self.clock, keep_days=settings.audit.keep_days
        )
        self.room = PeopleRoom(settings, self.history.database, self.clock, queues_of=self._queues_of)
        self.people, self.accounts = self.room.register, self.room.accounts
        self.archive = Archive(settings, self.history, self.clock, day_of(settings), limits_of(settings))
        self._connected()
        self.forecast = Forecast(day_of(settings))
        self.requests = self._requests()
        self.alerts = self._alerts()
        self.asked = AskedAlarms(self.alerts.engine, self.alerts.ledger, self.alerts.excused_by)
        self.telling = self._telling()
        self.seats = Seats()
        self.commander = self._commander()
        self.listening = self._listening()
        self.listenings = self.listening.register
        self.emergency_calls = EmergencyCalls(self.alerts.engine, settings.notify.places, self._address)
        self.readiness = readiness_of(
            settings, self.store, self.history, self.alerts, self.people, self.switchboard, self.clock
        )
        self.ailments = self._ailments()
        self.web = self._web()
        self._since = since
        self._fatal = asyncio.Event()

    def _connected(self) -> None:
        """What leads to the exchanges."""
        self.exchanges = Exchanges(self.settings, self.store, self.history, self.archive, self.clock)
        self.switchboard: Switchboard = self.exchanges.switchboard
        self.ears: Ears = self.exchanges.ears
        self.health: LinkHealth = self.exchanges.health
        self.seen: Mapping[str, HasState] = self.exchanges.links
        self.trouble: Callable[[], Trouble] = self.history.trouble

    def _requests(self) -> RequestRoom:
        boards = {board.id: board.public for board in self.settings.board or (BoardSettings(),)}
        return RequestRoom(
            self.settings.requests,
            self.settings.presence,
            self.history.database,
            self.audit,
            self.people,
            self.store.snapshot,
            boards,
            self.clock,
            acting=lambda: self.alerts.engine.acting,
        )

    def _alerts(self) -> AlertRoom:
        return AlertRoom(
            self.settings,
            self.history.database,
            self.store.snapshot(),
            self.measures,
            self.people,
            self.clock,
            rules=self.settings.rules,
            expected=self.forecast.expected,
            on_clock=self._hear_clock,
            leaves=self.requests.leaves,
            beacon=self.beacon,
        )

    def _commander(self) -> Commands:
        presence = self.settings.presence
        reasons = {"away": presence.away_reasons, "work": presence.work_reasons}
        return Commands(self._house, self.audit, self.switchboard, self.clock, reasons)

    def _house(self) -> House:
        """What a command is judged by, as of now."""
        floor, presence = self.store.snapshot(), self.settings.presence
        return House(
            self.people,
            floor,
            own_phone=lambda person, pbx: own_phone(person, pbx, floor),
            last_seat=self.seats.last,
            now=self._exchange_time,
            reasons=(*presence.away_reasons, *presence.work_reasons),
            transfer_context=self.settings.console.transfer_context,
            ring_s=self.settings.console.ring_s,
        )

    def _exchange_time(self, pbx: str) -> float:
        """Now on the clock of an exchange, where its events carry it."""
        known = self.store.snapshot().pbxs.get(pbx)
        return self.clock.now() + (known.clock_offset_s or 0.0 if known is not None and known.timestamps else 0.0)

    def _listening(self) -> ListeningRoom:
        snapshot = self.store.snapshot
        phones = Phones(snapshot, self.people)
        return ListeningRoom(
            self.settings, self.ears, self.audit, self.people, self.accounts, phones, snapshot, self.clock
        )

    def _telling(self) -> NotifyRoom:
        engine = self.alerts.engine
        return NotifyRoom(
            self.settings.notify,
            self.alerts.ledger,
            self.people,
            engine.acknowledge,
            self.switchboard,
            self.clock,
            acting=lambda: engine.acting,
            ailing=lambda: ailing(self.seen, engine, self.clock),
        )

    def _ailments(self) -> Ailments:
        alerts, notify = self.settings.alerts, self.settings.notify
        return Ailments(
            self.alerts.engine,
            self.readiness.announcements,
            lambda: self.telling.courier.untold,
            lambda: unreachable(alerts, notify, self.people.persons.values()),
        )

    def _web(self) -> Web:
        parts = Parts(
            trouble=self.trouble,
            wellbeing=self.ailments.now,
            people=self.people,
            accounts=self.accounts,
            past=self.history,
            calls=self.history,
            days=self.history,
            alarms=self.alerts.engine,
            clocks=self.alerts.evaluator,
            wording=self.alerts.rule,
            archive=self.archive,
            trials=self.telling,
            announcements=self.readiness.announcements,
            messages=self.telling.browser,
            news=self.alerts.engine.news,
            readiness=self.readiness,
            audit=self.audit,
            commander=self.commander,
            requests=self.requests,
            notices=self.requests.notices,
            listenings=self.listenings,
        )
        return Web(self.settings, self.store, self.measures, self.health, self.clock, __version__, parts=parts)

    async def _arrivals(self, stretches: Sequence[tuple[float, float]]) -> Arrivals:
        floor = self.store.snapshot()
        offsets = {one.pbx: one.clock_offset_s or 0.0 for one in floor.pbxs.values() if one.timestamps}
        return await self.history.arrivals(stretches, list(floor.queues), offsets)

    def _address(self, pbx: str, device: str) -> str | None:
        endpoint = self.store.snapshot().endpoints.get((pbx, device))
        return endpoint.address if endpoint is not None else None

    async def run(self, stop: asyncio.Event, ready: Callable[[], None] = lambda: None) -> None:
        """Run until ``stop``.

        :raises FloorError: something could not be started; a sentence says what and which setting.
        """
        async with AsyncExitStack() as stack:
            await self._open(stack)
            tasks = Tasks(died=self._died)
            stack.push_async_callback(tasks.stop, STOP_WITHIN_S)
            tasks.start("people", self.room.keep())
            tasks.start("audit", self.audit.keep())
            await self._hear(stack, tasks)
            tasks.start("ailments", self.ailments.keep())
            await self.web.start()
            stack.push_async_callback(bounded, "web", self.web.stop)
            tasks.start("forecast", keep_learning(self.forecast, self._arrivals, self.clock))
            stack.callback(tidied(self.store))
            self._connect(stack, tasks)
            stack.callback(self.store.subscribe(self.listening.hear, happenings=True))
            stack.push_async_callback(bounded, "listening", self.listening.close)  # before the links
            ready()
            await first_of(stop, self._fatal)

    async def _open(self, stack: AsyncExitStack) -> None:
        """What is remembered."""
        await self.history.open()
        stack.push_async_callback(bounded, "history", self.history.close)
        await self._remember()
        await self.audit.open()
        await self.room.load()
        await self.alerts.open()
        stack.push_async_callback(bounded, "alerts", self.alerts.close)  # after the tasks: their last word counts

    async def _hear(self, stack: AsyncExitStack, tasks: Tasks) -> None:
        """Whoever is to hear what happens on the floor, and works on it."""
        stack.callback(self.store.subscribe(self.seats.hear))
        stack.callback(self.store.subscribe(self.alerts.engine.hear, happenings=True))
        stack.callback(self.store.subscribe(self.emergency_calls.listen, happenings=True))
        stack.callback(self.store.subscribe(self.commander.hear, happenings=True))
        stack.push_async_callback(bounded, "commands", self.commander.close)
        stack.callback(self.requests.subscribe(self.asked.hear))
        await self.requests.load()
        stack.push_async_callback(bounded, "requests", self.requests.close)
        stack.callback(self.store.subscribe(self.requests.listen, happenings=True))
        tasks.start("breaches excused", self.asked.run())
        await self.readiness.load()
        stack.callback(self.store.subscribe(self.readiness.listen, happenings=True))
        stack.callback(self.alerts.engine.subscribe(self.readiness.hear))
        stack.callback(self.telling.close)
        rooms = (self.alerts, self.telling, self.readiness, self.requests, self.listening)
        for name, work in (one for room in rooms for one in room.works()):
            tasks.start(name, work())

    def _connect(self, stack: AsyncExitStack, tasks: Tasks) -> None:
        """The exchanges."""
        tasks.start("flight recorder", self.archive.keep_tidy())
        tasks.start("reviews", keep_reviewing(self.store, self.clock))
        tasks.start("ears", self.exchanges.ears.learn())
        stack.push_async_callback(bounded, "ears", self.exchanges.ears.stop)
        self.exchanges.connect(stack, tasks, day_of(self.settings), self.measures)

    async def _remember(self) -> None:
        """Take up where history left off: today's figures, open visits, and the time we were away as a gap."""
        begin = self.measures.day_begin
        since = self.measures.counts_since
        self.measures.seed(await self.history.visits_since(since), await self.history.records_since(since))
        self.store.restore(await self.history.open_visits())
        self.store.subscribe(self.measures)
        self.store.subscribe(self.history.record)
        self.exchanges.take_up(begin, self._since)

    def _hear_clock(self, agent: Key, clocks: Sequence[RuleClock]) -> None:
        """The evaluator is there before the pages are."""
        self.web.hear_clock(agent, clocks)

    def _queues_of(self, pbx: str, name: str) -> set[str]:
        """Queues in which an agent is a member now."""
        agent = self.store.snapshot().agents.get((pbx, name))
        return set() if agent is None else {member.queue for member in agent.members}

    def _died(self, name: str, error: BaseException) -> None:
        log.critical(
            "a part of Floorwatch died; stopping so that the service is started anew", part=name, error=str(error)
        )
        self._fatal.set()


def day_of(settings: Settings) -> Day:
    """When the floor's days begin."""
    return Day(settings.time_zone, settings.day_starts)


def limits_of(settings: Settings) -> Limits:
    """What counts as in time."""
    return Limits(settings.answer_s, settings.late_ring_s, settings.short_abandon_s)


async def first_of(*events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def bounded(name: str, close: Callable[[], Awaitable[Any]]) -> None:
    try:
        async with asyncio.timeout(STOP_WITHIN_S):
            await close()
    except TimeoutError:
        log.error("would not stop in time", part=name)
