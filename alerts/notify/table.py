"""The table of notifiers: kind to what tells that way. No scanning, no names built from input: what is not here
does not exist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from alerts.model import Message
from alerts.notify.browser import Browser
from alerts.notify.log import Log
from alerts.notify.paging import Paging
from alerts.notify.phone import Acknowledge, Phone
from alerts.notify.speech import Speech
from alerts.notify.via_apprise import Mail, Service, ThroughApprise
from alerts.notify.webhook import Webhook
from floor.ports import Clock, Switchboard
from floor.sections.notify import NotifySettings


class Notifier(Protocol):
    """One way of telling somebody."""

    async def tell(self, message: Message) -> None:
        """Returns when it has been told.

        :raises PermanentError: trying again cannot help.
        :raises PassingError: it may get through later.
        """


@dataclass(slots=True)
class Tools:
    """What notifiers are built with."""

    settings: NotifySettings
    clock: Clock
    switchboard: Switchboard
    acknowledge: Acknowledge
    browser: Browser = field(default_factory=Browser)
    through: ThroughApprise = field(default_factory=ThroughApprise)

    @property
    def speech(self) -> Speech:
        phone = self.settings.phone
        return Speech(phone.sounds_dir, phone.sounds_path)


def _phone(tools: Tools) -> Notifier | None:
    settings = tools.settings.phone
    return Phone(tools.switchboard, settings, tools.speech, tools.acknowledge) if settings.pbx else None


def _paging(tools: Tools) -> Notifier | None:
    settings = tools.settings
    if not settings.phone.pbx or not settings.paging.groups:
        return None
    return Paging(tools.switchboard, settings.phone, settings.paging, tools.speech)


NOTIFIERS: Mapping[str, Callable[[Tools], Notifier | None]] = {
    "mail": lambda tools: Mail(tools.through, tools.settings.mail) if tools.settings.mail.server else None,
    "apprise": lambda tools: Service(tools.through, tools.settings.apprise) if tools.settings.apprise else None,
    "webhook": lambda tools: Webhook(tools.settings.webhook, tools.clock) if tools.settings.webhook else None,
    "phone": _phone,
    "paging": _paging,
    "browser": lambda tools: tools.browser,
    "log": lambda _: Log(),
}
"""Kind of a contact or recipient to its builder; ``None``: the settings do not provide for it."""

PARALLEL: Mapping[str, int] = {"phone": 4, "paging": 1, "mail": 4, "apprise": 2, "webhook": 4}
"""Messages under way at once per way; other ways: one."""


def build(tools: Tools) -> dict[str, Notifier]:
    """The notifiers that the settings provide for, by kind."""
    made = {kind: builder(tools) for kind, builder in NOTIFIERS.items()}
    return {kind: notifier for kind, notifier in made.items() if notifier is not None}
