"""A phone call: the exchange rings, says what and where, and key 1 takes the alert over.

How the key comes back needs no dialplan and is told in :mod:`asterisk.placed`. Whoever picks up has been told; only
who presses 1 has taken it over, so a mailbox that answers stops no escalation.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import structlog

from alerts.model import Message, Occasion
from alerts.notify.errors import PassingError, PermanentError
from alerts.notify.speech import Speech
from alerts.notify.templates import answerable, language_of, sounds, spoken, tone
from floor.ports import Announced, Reached, Switchboard
from floor.sections.notify import PhoneSettings

log = structlog.get_logger(__name__)

TAKE_OVER = "1"
_NUMBER = re.compile(r"[0-9A-Za-z*#+_.-]{1,40}")

Acknowledge = Callable[[str, int], Awaitable[bool]]
"""(alert, person) -> whether it could be taken over; raises nothing."""

WHY = {
    Reached.BUSY: "the phone is busy",
    Reached.UNANSWERED: "nobody answered the phone",
    Reached.FAILED: "the exchange could not call there",
    Reached.UNKNOWN: "it is not known whether the phone rang",
}


class Phone:
    """Calls a number; a recipient's address is the number."""

    def __init__(
        self, switchboard: Switchboard, settings: PhoneSettings, speech: Speech, acknowledge: Acknowledge
    ) -> None:
        self._switchboard = switchboard
        self._settings = settings
        self._speech = speech
        self._acknowledge = acknowledge

    async def tell(self, message: Message) -> None:
        """Returns when somebody has heard it, and taken it over if he pressed 1. That something is over rings nobody's
        phone: the other ways say it.

        :raises NotToldError: with the reason, permanent or passing.
        """
        number, settings = message.recipient.address, self._settings
        if not _NUMBER.fullmatch(number):
            raise PermanentError("this is no telephone number")
        if message.occasion is Occasion.RESOLVED:
            return
        announced = await self._switchboard.announce(
            settings.pbx or "",
            settings.channel.replace("{number}", number),
            await said(self._speech, message),
            caller_id=settings.caller_id,
            ring_s=settings.ring_s,
            times=settings.times,
            key_s=settings.key_s,
        )
        if announced.reached is not Reached.ANSWERED:
            raise _not_reached(announced, settings)
        await self._heard(message, announced.key)

    async def _heard(self, message: Message, key: str | None) -> None:
        person = message.recipient.person
        if key != TAKE_OVER or not answerable(message) or message.alert is None or person is None:
            log.info("told by phone", message=message.id, pressed=key is not None)
            return
        taken = await self._acknowledge(message.alert, person)
        log.info("told by phone", message=message.id, taken_over=taken)


async def said(speech: Speech, message: Message) -> list[str]:
    """What is played: spoken where possible, else the exchange's own sounds. A tone comes first in any case, so that
    somebody who hears no voice (the exchange cannot read the file) hears that he is called for a reason."""
    name = await speech.say(spoken(message), language_of(message))
    return ["silence/1", tone(message), name] if name is not None else sounds(message)


def _not_reached(announced: Announced, settings: PhoneSettings) -> PassingError:
    said_too = f": {announced.said}" if announced.said else ""
    return PassingError(f"{WHY[announced.reached]}{said_too}", after_s=settings.retry_s, attempts=settings.attempts)
