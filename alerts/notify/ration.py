"""In a storm nobody reads a hundred messages: beyond ``burst`` within ``window_s`` a recipient gets one for the rest.

Pure: deliveries and moments in, deliveries out. An emergency of people is never rationed, and neither is a test.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from alerts.model import Delivery, Occasion, Severity

Recipient = tuple[str, str]
"""(kind, address)."""
RECIPIENTS = 10_000
"""Recipients remembered; beyond, those without anything held are forgotten."""


@dataclass(slots=True)
class Account:
    """What one recipient got lately, and what is held for him."""

    told: deque[float] = field(default_factory=deque)
    held: list[Delivery] = field(default_factory=list)
    until: float = 0.0


class Ration:
    """Decides for each delivery: now, or together with others a little later."""

    def __init__(self, burst: int, window_s: float) -> None:
        self._burst = burst
        self._window_s = window_s
        self._accounts: dict[Recipient, Account] = {}

    def admit(self, delivery: Delivery, now: float) -> bool:
        """Whether to tell it now; else it is held here until :meth:`collect`."""
        recipient = delivery.message.recipient
        account = self._accounts.setdefault((recipient.kind, recipient.address), Account())
        while account.told and account.told[0] <= now - self._window_s:
            account.told.popleft()
        if _urgent(delivery) or (not account.held and len(account.told) < self._burst):
            account.told.append(now)
            self._forget_idle(now)
            return True
        if not account.held:
            account.until = now + self._window_s
        account.held.append(delivery)
        return False

    def next_due(self) -> float | None:
        """When the earliest of what is held is to be told."""
        return min((account.until for account in self._accounts.values() if account.held), default=None)

    def collect(self, now: float) -> list[list[Delivery]]:
        """What is to be told now, put together by recipient."""
        due = [account for account in self._accounts.values() if account.held and account.until <= now]
        collected = []
        for account in due:
            collected.append(account.held)
            account.held = []
            account.told.append(now)
        return collected

    def _forget_idle(self, now: float) -> None:
        if len(self._accounts) <= RECIPIENTS:
            return
        oldest = now - self._window_s
        idle = [key for key, one in self._accounts.items() if not one.held and (not one.told or one.told[-1] < oldest)]
        for key in idle:
            del self._accounts[key]


def _urgent(delivery: Delivery) -> bool:
    message = delivery.message
    return message.severity is Severity.EMERGENCY or message.occasion in (Occasion.EMERGENCY, Occasion.TEST)
