"""Test messages."""

from __future__ import annotations

from alerts.model import Message, Occasion, Recipient
from alerts.notify.errors import PassingError
from alerts.notify.trial import attempt
from floor.clock import SystemClock

LI = Recipient(7, "Li", "mail", "li@example.com", "zh")


class Way:
    def __init__(self, error: PassingError | None = None) -> None:
        self.told: list[Message] = []
        self._error = error

    async def tell(self, message: Message) -> None:
        self.told.append(message)
        if self._error is not None:
            raise self._error


async def test_told() -> None:
    """Marked as a test, about no alert, so that nothing can be taken over by it."""
    way = Way()
    verdict = await attempt({"mail": way}, LI, SystemClock())
    assert verdict.error is None
    assert verdict.took_s >= 0
    assert (way.told[0].occasion, way.told[0].alert) == (Occasion.TEST, None)


async def test_not_told() -> None:
    """With the reason; a way that is not set up is one."""
    assert (await attempt({"mail": Way(PassingError("busy"))}, LI, SystemClock())).error == "busy"
    assert (await attempt({}, LI, SystemClock())).error == "this way is not set up"
