"""Browser notification and sound: the message is handed to the stream of the desk pages, at once."""

from __future__ import annotations

from collections.abc import Callable

from alerts.model import Message
from alerts.notify.errors import PassingError

Listener = Callable[[Message], bool]
"""Told synchronously of each message for people at their desks; must not block. Scope is the listener's to check:
``message.recipient.person`` is whom it is for, ``None``: everybody who may see the alert. Answers whether it went to
anybody."""


class Browser:
    """Passes messages on. With nobody at the desk nobody is told, and the message waits for whoever comes back."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell ``listener`` every message from now on; call the result to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def tell(self, message: Message) -> None:
        """Hand it to every desk.

        :raises PassingError: nobody it is for has a desk open.
        """
        told = [listener(message) for listener in tuple(self._listeners)]
        if not any(told):
            raise PassingError("no desk page is open there")
