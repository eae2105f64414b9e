"""What people say to alerts and breaches, and ask about them: the part of the engine that pages use."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from uuid import uuid4

from alerts.book import Book, actor_of
from alerts.case import Effects
from alerts.errors import NoSuchAlertError, ReasonMissingError
from alerts.ledger.ledger import Ledger
from alerts.model import Alert, Breach, Delivery, Silence, Transition
from alerts.news import BREACHES, SILENCES, News
from floor.people.model import Person
from floor.ports import Clock


class Commands(ABC):
    """Raises :class:`alerts.errors.AlertError` for what cannot be, ``DatabaseUnusableError`` for questions only the
    record could answer. Rights are asked by the caller."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self.ledger = ledger
        self.news = News()
        """Word of whatever changed on record, of incidents, plans and drills too."""
        self._clock = clock

    @property
    @abstractmethod
    def book(self) -> Book: ...

    @abstractmethod
    async def do(self, work: Callable[[Book, float], Effects]) -> Effects:
        """Take a step and have it stored."""

    async def acknowledge(self, alert: str, actor: Person, reason: str = "") -> Alert:
        """Raises :class:`alerts.errors.AlertError`, as all commands do."""
        effects = await self.do(lambda book, now: book.acknowledge(alert, actor, now, reason))
        return effects.cases[alert].alert

    async def resolve(self, alert: str, actor: Person, reason: str) -> Alert:
        effects = await self.do(lambda book, now: book.resolve(alert, actor, now, reason))
        return effects.cases[alert].alert

    async def silence(self, rule: str | None, subject: str | None, until: float, actor: Person, reason: str) -> Silence:
        silence = Silence(uuid4().hex, rule, subject, actor_of(actor), reason, self._clock.now(), until)
        await self.do(lambda book, now: book.silence(silence, now))
        self.news.tell(SILENCES)
        return silence

    async def unsilence(self, silence: str, actor: Person) -> None:
        await self.do(lambda book, now: book.unsilence(silence, actor, now))
        self.news.tell(SILENCES)

    async def silences(self) -> Sequence[Silence]:
        return list(self.book.silences.known.values())

    async def history(self, since: float, until: float | None = None, limit: int = 500) -> Sequence[Alert]:
        return await self.ledger.history(since, until, limit)

    async def transitions(self, alert: str) -> Sequence[Transition]:
        return await self.ledger.transitions(alert)

    async def deliveries(self, alert: str) -> Sequence[Delivery]:
        return await self.ledger.deliveries(alert)

    async def breaches(
        self, since: float, until: float | None = None, *, agent: tuple[str, str] | None = None, rule: str | None = None
    ) -> Sequence[Breach]:
        return await self.ledger.breaches(since, until, agent, rule)

    async def excuse(self, breach: str, actor: Person, reason: str) -> Breach:
        if not reason.strip():
            raise ReasonMissingError("an excuse needs a reason")
        return self._told(await self.ledger.excuse(breach, actor_of(actor), self._clock.now(), reason))

    async def dispute(self, breach: str, actor: Person, text: str) -> Breach:
        if not text.strip():
            raise ReasonMissingError("a dispute says what is wrong")
        return self._told(await self.ledger.dispute(breach, self._clock.now(), f"{actor_of(actor)}: {text}"))

    def _told(self, breach: Breach | None) -> Breach:
        if breach is None:
            raise NoSuchAlertError("there is no such breach on record")
        self.news.tell(BREACHES)
        return breach
