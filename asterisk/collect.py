"""The full picture: which lists are asked for on every connect, and how answers are gathered while events flow."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from asterisk.wire import Message, first


@dataclass(frozen=True, slots=True)
class Listing:
    """One list action."""

    action: str
    single: bool = False
    """Answered by one response instead of a list of events."""
    essential: bool = False
    """Without it there is no floor to speak of, so the picture is taken again when it is refused."""


PICTURE = (
    Listing("CoreSettings", single=True),
    Listing("CoreStatus", single=True),
    Listing("DeviceStateList"),
    Listing("ExtensionStateList"),
    Listing("PJSIPShowEndpoints"),
    Listing("PJSIPShowContacts"),
    Listing("PJSIPShowRegistrationsOutbound"),
    Listing("SIPpeers"),
    Listing("SIPshowregistry"),
    Listing("IAXpeers"),
    Listing("BridgeList"),
    # What changes fastest comes last and together, so that the fewest events have to be joined to it; members before
    # channels, because only who sits where tells whose channel it is.
    Listing("QueueStatus", essential=True),
    Listing("CoreShowChannels", essential=True),
)

ESSENTIAL = frozenset(listing.action for listing in PICTURE if listing.essential)

ITEM_CAP = 200_000
"""Items of one list; more than any exchange has, so more is no list."""

_NOTHING = re.compile(r"no .*found|.*there are none|no (active|such) ", re.IGNORECASE)
"""How Asterisk says "the list is empty" as an error: "No endpoints found", "No Contacts found"."""


@dataclass(slots=True)
class Collection:
    """The answer to one list action, on its way in."""

    listing: Listing
    whole: Callable[[Collection], None]
    """Told at the place in the stream where the last line came."""
    messages: list[Message] = field(default_factory=list)
    refused: str | None = None
    over: bool = False
    """Complete, refused or given up: what still comes is swallowed."""

    def add(self, message: Message) -> bool:
        """Take one message with this action's id; whether it was the last."""
        last = self._head(message) if "Response" in message else self._item(message)
        if last and not self.over:
            self.over = True
            self.whole(self)
        return last

    def give_up(self, why: str) -> None:
        """No answer came: what arrives late is swallowed, so that no late list item passes for an event."""
        if not self.over:
            self.messages, self.refused = [], why
            self.over = True
            self.whole(self)

    def _head(self, message: Message) -> bool:
        if first(message, "Response") != "Success":
            said = first(message, "Message") or "refused"
            self.refused = None if _NOTHING.match(said) else said
            return True
        if self.listing.single:
            self.messages.append(message)
        return self.listing.single

    def _item(self, message: Message) -> bool:
        mark = first(message, "EventList").lower()
        if mark.startswith("cancel"):
            self.messages, self.refused = [], "the exchange cancelled the list"
            return True
        if mark.startswith("complete") or (not mark and first(message, "Event").endswith("Complete")):
            return True
        if not self.over:
            self.messages.append(message)
        return False
