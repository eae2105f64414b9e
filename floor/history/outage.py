"""While the database refuses: since when, why, and when to try again."""

from __future__ import annotations

import random
from collections.abc import Iterator

import structlog

from floor.backoff import Backoff

log = structlog.get_logger(__name__)


class Outage:
    """Told of every failure and success; times are monotonic seconds."""

    def __init__(self, backoff: Backoff, draw: random.Random | None = None) -> None:
        self._backoff = backoff
        self._draw = draw or random.Random()  # noqa: S311  # spreads attempts, guards nothing
        self._delays: Iterator[float] = iter(())
        self.since: float | None = None
        self.reason = ""
        self.retry_at = 0.0

    @property
    def lasts(self) -> bool:
        return self.since is not None

    def failed(self, reason: str, now: float) -> None:
        """It refused; the first refusal and every new reason are logged, repeats are not."""
        if self.since is None:
            self.since = now
            self._delays = self._backoff.delays(self._draw.random)
        if reason != self.reason:
            log.error("history: the database cannot be written", reason=reason)
        self.reason = reason
        self.retry_at = now + next(self._delays)

    def over(self) -> None:
        """It took something."""
        if self.since is not None:
            log.info("history: the database is written again")
        self.since, self.reason, self.retry_at = None, "", 0.0
