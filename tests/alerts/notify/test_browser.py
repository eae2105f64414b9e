"""Browsers at the desks."""

from __future__ import annotations

import pytest

from alerts.model import Message
from alerts.notify.browser import Browser
from alerts.notify.errors import PassingError
from tests.alerts.notify.cast import message


class Desk:
    """A desk that listens to one person's messages."""

    def __init__(self, person: int) -> None:
        self.person = person
        self.heard: list[str] = []

    def hear(self, told: Message) -> bool:
        mine = told.recipient.person == self.person
        self.heard += [told.id] if mine else []
        return mine


async def test_every_desk_hears_until_it_leaves() -> None:
    """Each says itself whether it was for it."""
    browser, first, second = Browser(), Desk(7), Desk(7)
    leave = browser.subscribe(first.hear)
    browser.subscribe(second.hear)
    await browser.tell(message("1", "browser"))
    leave()
    await browser.tell(message("2", "browser"))
    assert (first.heard, second.heard) == (["1"], ["1", "2"])


async def test_with_nobody_there_it_was_not_told() -> None:
    """No page at all, or only somebody else's: it may get through later, and the alert says why it has not yet."""
    browser = Browser()
    with pytest.raises(PassingError, match="no desk page is open"):
        await browser.tell(message("1", "browser"))
    browser.subscribe(Desk(8).hear)
    with pytest.raises(PassingError):
        await browser.tell(message("1", "browser"))
