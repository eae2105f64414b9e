"""A test message: told at once, past ledger and ration, with a verdict for whoever asked."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from alerts.model import Message, Occasion, Recipient, Severity, Verdict
from alerts.notify.errors import NotToldError
from alerts.notify.table import Notifier
from alerts.notify.templates import trial
from floor.ports import Clock


async def attempt(ways: Mapping[str, Notifier], recipient: Recipient, clock: Clock) -> Verdict:
    """Tell one recipient; never raises because of a way."""
    title, body = trial()
    began = clock.monotonic()
    id_ = f"test-{secrets.token_hex(8)}"
    message = Message(id_, None, Occasion.TEST, Severity.INFO, clock.now(), recipient, title, body)
    way = ways.get(recipient.kind)
    error = None if way is not None else "this way is not set up"
    if way is not None:
        try:
            await way.tell(message)
        except NotToldError as told:
            error = str(told)
    return Verdict(recipient, clock.monotonic() - began, error)
