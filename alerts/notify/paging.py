"""Paging: a group of phones and loudspeakers says a message at once, by itself where it can.

Asterisk's ``Page()`` holds a conference and needs a caller in it; a message has none. So each phone is called for
itself, side by side, with the header by which it answers alone, and hangs up when the message was said.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from alerts.model import Message
from alerts.notify.errors import PassingError, PermanentError
from alerts.notify.phone import said
from alerts.notify.speech import Speech
from floor.ports import Announced, Reached, Switchboard
from floor.sections.notify import PagingSettings, PhoneSettings


class Paging:
    """Pages a group; a recipient's address is its name. Told when at least one phone said it."""

    def __init__(
        self, switchboard: Switchboard, phone: PhoneSettings, settings: PagingSettings, speech: Speech
    ) -> None:
        self._switchboard = switchboard
        self._phone = phone
        self._settings = settings
        self._speech = speech

    async def tell(self, message: Message) -> None:
        """:raises NotToldError: with the reason, permanent or passing."""
        numbers = self._settings.groups.get(message.recipient.address)
        if not numbers:
            raise PermanentError("no paging group of this name is set up")
        # Nobody presses a key on a loudspeaker.
        unanswerable = replace(message, recipient=replace(message.recipient, person=None))
        sounds = await said(self._speech, unanswerable)
        announced = await asyncio.gather(*(self._page(number, sounds) for number in numbers))
        if not any(one.reached is Reached.ANSWERED for one in announced):
            why = announced[0].reached.value
            raise PassingError(
                f"none of {len(numbers)} phones took it ({why})", after_s=self._phone.retry_s, attempts=3
            )

    async def _page(self, number: str, sounds: list[str]) -> Announced:
        phone = self._phone
        return await self._switchboard.announce(
            phone.pbx or "",
            phone.channel.replace("{number}", number),
            sounds,
            caller_id=phone.caller_id,
            ring_s=phone.ring_s,
            times=1,
            key_s=1,
            variables=self._answer_alone(),
        )

    def _answer_alone(self) -> dict[str, str]:
        name, _, value = self._settings.answer_header.partition(": ")
        pjsip = self._phone.channel.startswith("PJSIP/")
        return {f"PJSIP_HEADER(add,{name})": value} if name and pjsip else {}
