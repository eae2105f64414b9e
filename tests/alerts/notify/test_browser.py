"""Browsers at the desks."""

from __future__ import annotations

from alerts.model import Message
from alerts.notify.browser import Browser
from tests.alerts.notify.cast import message


async def test_every_desk_hears_until_it_leaves() -> None:
    """With nobody there it is no error."""
    browser, first, second = Browser(), list[Message](), list[Message]()
    await browser.tell(message("0", "browser"))
    leave = browser.subscribe(first.append)
    browser.subscribe(second.append)
    await browser.tell(message("1", "browser"))
    leave()
    await browser.tell(message("2", "browser"))
    assert [one.id for one in first] == ["1"]
    assert [one.id for one in second] == ["1", "2"]
