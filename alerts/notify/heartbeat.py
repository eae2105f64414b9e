"""Heartbeat: somebody outside is called while all is well, and raises the alarm when the calls stop.

A monitor cannot report its own death. So the silence does: no call is made unless the engine of alerts is alive and
every exchange's link is healthy, and whoever watches the address (any "dead man's switch" service) tells people by
ways that do not need us.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from alerts.notify.errors import NotToldError
from alerts.notify.files import first_line
from alerts.notify.http import judge, request

log = structlog.get_logger(__name__)

Ailing = Callable[[], str | None]
"""Why no heartbeat may be sent, in a few words; ``None``: all is well."""


class Heartbeat:
    """Calls the address in ``file`` every ``every_s`` seconds while nothing ails; :meth:`run` it in a task."""

    def __init__(self, file: Path, every_s: float, ailing: Ailing, *, within_s: float = 10.0) -> None:
        self._file = file
        self._every_s = every_s
        self._ailing = ailing
        self._within_s = within_s
        self._trouble: str | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.beat()
            await asyncio.sleep(self._every_s)

    async def beat(self) -> bool:
        """Whether the outside heard from us; every change is logged once."""
        trouble = self._ailing()
        if trouble is None:
            try:
                # Where people are paged from is theirs to choose: it may well be inside the house.
                judge(await request("GET", first_line(self._file), private=True, within_s=self._within_s))
            except NotToldError as error:
                trouble = f"the address could not be called: {error}"
        if trouble != self._trouble:
            self._trouble = trouble
            (log.warning if trouble else log.info)("heartbeat", stopped=trouble)
        return trouble is None
