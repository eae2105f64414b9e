"""The room of telling, put together: notifiers, courier and heartbeat."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from alerts.ledger import Deliveries
from alerts.model import Recipient, Verdict
from alerts.notify.browser import Browser
from alerts.notify.delivery import Courier
from alerts.notify.heartbeat import Ailing, Heartbeat
from alerts.notify.table import Tools, build
from alerts.notify.takeover import Take, TakeOver
from alerts.notify.trial import attempt
from floor.people.model import Person
from floor.people.ports import People
from floor.ports import Clock, Switchboard
from floor.sections.notify import NotifySettings


class NotifyRoom:
    """``works`` runs for as long as it lasts, then ``close``."""

    def __init__(
        self,
        settings: NotifySettings,
        ledger: Deliveries,
        people: People,
        acknowledge: Take,
        switchboard: Switchboard,
        clock: Clock,
        *,
        acting: Callable[[], bool] = lambda: True,
        ailing: Ailing = lambda: None,
    ) -> None:
        """``acting``: whether this one tells, of several on one database; ``ailing``: why no heartbeat may be sent."""
        self._tools = Tools(settings, clock, switchboard, TakeOver(people, acknowledge))
        self.notifiers = build(self._tools)
        self.courier = Courier(ledger, self.notifiers, settings, clock, holder=_holder(), acting=acting)
        self._heartbeat = (
            Heartbeat(settings.heartbeat_file, settings.heartbeat_s, ailing)
            if settings.heartbeat_file is not None
            else None
        )

    @property
    def browser(self) -> Browser:
        """Where the desk's stream listens."""
        return self._tools.browser

    async def trial(self, person: Person) -> list[Verdict]:
        """A test message to everything this person can be reached by, his desk page first. The right to it
        (``TEST_MESSAGES``) is asked by the caller."""
        language = person.language if person.language in ("en", "zh") else "zh"
        ways = [("browser", str(person.id)), *((one.kind, one.address) for one in person.contacts)]
        recipients = [Recipient(person.id, person.name, kind, address, language) for kind, address in ways]
        return list(await asyncio.gather(*(attempt(self.notifiers, one, self._tools.clock) for one in recipients)))

    def works(self) -> Sequence[tuple[str, Callable[[], Coroutine[Any, Any, None]]]]:
        """What must run meanwhile, by name."""
        courier: list[tuple[str, Callable[[], Coroutine[Any, Any, None]]]] = [("courier", self.courier.run)]
        return courier + ([("heartbeat", self._heartbeat.run)] if self._heartbeat is not None else [])

    def close(self) -> None:
        """Let go of threads."""
        self._tools.through.close()


def _holder() -> str:
    """Names this process among those that share a ledger."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
