"""One message instead of many: what one recipient is to hear at one moment, on one occasion, is said at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2s

from alerts.case import Told
from alerts.model import SEVERITIES, Alert, Message, Occasion, Recipient
from alerts.wording import Wording


@dataclass(frozen=True, slots=True)
class Telling:
    """That one alert is to be told to some people now; ``round_`` counts the alert's tellings."""

    alert: Alert
    occasion: Occasion
    recipients: tuple[Recipient, ...]
    round_: int
    grouped: bool = False
    """May be joined with others of the same recipient."""
    not_before: float = 0.0


Link = Callable[[str], str | None]
"""Alert id -> address of its page."""


def messages(tellings: Sequence[Telling], now: float, wording: Wording, link: Link) -> list[Told]:
    """The messages of one moment; drills are never joined with what is real."""
    joined: dict[tuple[Recipient, Occasion, str | None, float, str | None], list[Telling]] = {}
    for telling in tellings:
        for recipient in telling.recipients:
            alone = None if telling.grouped else telling.alert.id
            key = (recipient, telling.occasion, telling.alert.drill, telling.not_before, alone)
            joined.setdefault(key, []).append(telling)
    return [_message(key[0], ones, now, wording, link) for key, ones in joined.items()]


def _message(recipient: Recipient, tellings: list[Telling], now: float, wording: Wording, link: Link) -> Told:
    tellings.sort(key=lambda one: (-SEVERITIES.index(one.alert.severity), one.alert.raised_at, one.alert.id))
    first = tellings[0]
    alerts = [one.alert for one in tellings]
    message = Message(
        id=message_id(first, recipient),
        alert=first.alert.id,
        occasion=first.occasion,
        severity=first.alert.severity,
        at=now,
        recipient=recipient,
        title=wording.title(first.occasion, alerts),
        body=wording.body(alerts),
        link=link(first.alert.id),
        drill=first.alert.drill,
        also=tuple(one.id for one in alerts[1:]),
    )
    return Told(message, first.not_before)


def message_id(telling: Telling, recipient: Recipient) -> str:
    """The de-duplication key: the same telling of the same alert to the same address has the same id, always."""
    to = blake2s(f"{recipient.kind}\n{recipient.address}".encode("utf-8", "replace"), digest_size=6).hexdigest()
    return f"{telling.alert.id}-{telling.round_}-{telling.occasion}-{to}"
