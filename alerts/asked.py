"""What requests of agents mean to alerts: help that nobody answers (R-HLD-13) and abusive callers (R-HUP-10) are
raised until somebody answers; a reason given after hanging up first excuses the breach it explains (R-HUP-1, -7)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from alerts.model import Breach, Severity, Subject, SubjectKind, Text
from alerts.ports import Alarms, Raises
from alerts.violations import FLOOR
from floor.errors import FloorError
from floor.requests.model import About, EndReason, Help, Request, Stage

UNANSWERED, ABUSIVE = "R-HLD-13", "R-HUP-10"
SEVERITY = {UNANSWERED: Severity.WARN, ABUSIVE: Severity.CRIT}
TITLES: dict[str, Text] = {
    UNANSWERED: {"en": "Asks for help, unanswered", "zh": "求助无人应答"},
    ABUSIVE: {"en": "Abusive caller or abnormal situation", "zh": "来电辱骂或异常情况"},
}
BEFORE_S = 300.0
"""A breach begins when the call ends, on the exchange's clock; so long before the reason was asked it is looked for."""
WAITING = 1_000
"""Reasons on their way to their breaches; beyond it the oldest are let go, and the leader may excuse by hand."""
TRY_AGAIN_S = 5.0

log = structlog.get_logger(__name__)


class Engine(Alarms, Raises, Protocol):
    """The engine, as far as this needs it."""


class Excusing(Protocol):
    """The record of breaches (:class:`alerts.ledger.ledger.Ledger`)."""

    async def excuse(self, breach: str, by: str, at: float, reason: str) -> Breach | None: ...


class AskedAlarms:
    """``hear`` listens to the requests, ``run`` excuses; ``excused_by``: ids of the rules this reason excuses."""

    def __init__(self, engine: Engine, record: Excusing, excused_by: Callable[[str], Sequence[str]]) -> None:
        self._engine, self._record, self._excused_by = engine, record, excused_by
        self._given: deque[EndReason] = deque(maxlen=WAITING)
        self._work = asyncio.Event()

    def hear(self, request: Request) -> None:
        """A listener of requests: told of every one that changed."""
        if isinstance(request, Help):
            self._raise(request)
        elif isinstance(request, EndReason) and request.stage is Stage.GIVEN and request.ended_at != request.asked_at:
            self._given.append(request)
            self._work.set()

    def _raise(self, help_: Help) -> None:
        subject = Subject(SubjectKind.AGENT, *help_.by.key)
        open_ = help_.stage is Stage.OPEN and help_.escalated_at is not None
        wanted = None if not open_ else ABUSIVE if help_.about is About.ABUSIVE else UNANSWERED
        for rule in SEVERITY:
            if rule != wanted and self._stands(rule, subject):
                self._engine.clear_alert(rule, subject)
        if wanted is not None:
            proof = {
                "fact": "HelpAsked",
                "about": help_.about.value,
                "asked_at": help_.asked_at,
                "way": help_.way.value,
            }
            self._engine.raise_alert(wanted, subject, SEVERITY[wanted], proof)

    def _stands(self, rule: str, subject: Subject) -> bool:
        return any(one.rule == rule and one.subject == subject for one in self._engine.live.values())

    async def run(self) -> None:
        """Excuse what was explained, for as long as it lives; a record that does not answer is asked again."""
        while True:
            await self._work.wait()
            self._work.clear()
            while self._given:
                try:
                    await self.excuse(self._given[0])
                    self._given.popleft()
                except FloorError as error:
                    log.warning("breach not excused yet", reason=str(error))
                    await asyncio.sleep(TRY_AGAIN_S)

    async def excuse(self, given: EndReason) -> int:
        """The breaches that this reason explains; how many."""
        subject, count = Subject(SubjectKind.AGENT, *given.by.key), 0
        for rule in self._excused_by(given.reason or ""):
            found = await self._engine.breaches(given.asked_at - BEFORE_S, agent=given.by.key, rule=rule)
            open_ = [one for one in found if one.excused_by is None]
            mine = [one for one in open_ if one.call == given.visit]
            for breach in mine:
                await self._record.excuse(breach.id, FLOOR, given.ended_at or given.asked_at, given.reason or "")
            count += len(mine)
            if mine and len(mine) == len(open_) and self._stands(rule, subject):
                self._engine.clear_alert(rule, subject)
        return count
