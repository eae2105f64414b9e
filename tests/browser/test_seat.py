"""The agent's own page, and what his leader sees of it: by mouse and keyboard, in both languages, large and small."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe
from tests.browser.seats import SeatOffice
from tests.browser.test_axe import violations
from tests.requests.seats import CHIEF
from tests.support.people import PASSWORD

BESIDE, TABLET = (360, 740), (820, 1180)
Visit = Callable[..., Page]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SeatOffice]:
    with SeatOffice(tmp_path) as office:
        yield office


@pytest.fixture
def visit(office: SeatOffice, chromium: Browser) -> Iterator[Visit]:
    """``visit(login, path)`` signs somebody in, in a browser of his own; no page writes an error to its console."""
    complaints: list[str] = []
    with ExitStack() as stack:

        def opened(login: str, path: str = "/seat", size: tuple[int, int] = TABLET, **options: Any) -> Page:
            options = {"locale": "en-GB", "color_scheme": "dark"} | options
            context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, **options)
            stack.callback(context.close)
            page = context.new_page()
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(f"{office.url}/sign-in")
            page.fill("input[name=login]", login)
            page.fill("input[name=password]", PASSWORD)
            page.click("button[type=submit]")
            page.goto(office.url + path)
            return page

        yield opened
    assert complaints == []


def test_help_by_keyboard_and_its_answer(visit: Visit) -> None:
    """Two keys ask; the leader's console has it at once; what he answers stands on the page by itself."""
    ann, leader = visit("ann"), visit("leader", "/desk", (1600, 1000))
    expect(ann.get_by_role("button", name="Ask for help")).to_be_enabled()
    ann.keyboard.press("h")
    ann.get_by_label("In a few words").fill("refund?")
    ann.get_by_role("button", name="I have a question").click()
    expect(ann.get_by_text("Your leaders see it")).to_be_visible()
    row = leader.locator(".asked", has_text="Ann Li")
    expect(row).to_contain_text("refund?")
    row.get_by_role("button", name="Coming").click()
    expect(ann.get_by_text("Wang Li is coming")).to_be_visible()
    ann.get_by_role("button", name="No longer needed").click()
    expect(ann.locator(".seat-over")).to_contain_text("coming")
    expect(row.get_by_role("button")).to_have_count(0)


def test_leave_and_who_else_is_away(visit: Visit, office: SeatOffice) -> None:
    """R-PRS-8 beside the request; approved, refused with a word, seen on the page."""
    ann, leader = visit("ann"), visit("leader", "/desk", (1600, 1000))
    expect(ann.get_by_role("button", name="Ask to leave")).to_be_enabled()
    ann.keyboard.press("l")
    ann.get_by_label("For how long").select_option("10")
    ann.get_by_role("button", name="restroom").click()
    expect(ann.get_by_text("Your leader decides")).to_be_visible()
    row = leader.locator(".asked", has_text="Ann Li")
    expect(row).to_contain_text("nobody else of the group is away")
    office.pauses("Bob")
    expect(row).to_contain_text("1 of the group away: Bob")
    row.get_by_role("button", name="Refuse").click()
    leader.get_by_label("A word with it").fill("in ten minutes")
    leader.get_by_role("dialog").get_by_role("button", name="Refuse").click()
    expect(ann.locator(".seat-over")).to_contain_text("in ten minutes")


def test_a_reason_by_its_number(visit: Visit, office: SeatOffice) -> None:
    """Who hung up first is asked why, with the time that is left; a digit answers."""
    ann = visit("ann")
    expect(ann.get_by_role("button", name="Ask for help")).to_be_enabled()
    office.hangs_up()
    asked = ann.get_by_role("region", name="You hung up first. Why?")
    expect(asked).to_contain_text("talked 1:13")
    expect(asked.get_by_text("left")).to_contain_text(":")
    ann.keyboard.press("6")
    expect(asked).to_have_count(0)
    (given,) = office.room.shown.values()
    assert getattr(given, "reason", None) == "nuisance"


def test_notices_are_read(visit: Visit, office: SeatOffice) -> None:
    """It comes by itself, script stays text, and reading is told."""
    ann = visit("ann")
    office.posts(CHIEF, "<img src=x onerror=alert(1)> 系统升级")
    notice = ann.locator("#notices .asked")
    expect(notice).to_contain_text("<img src=x onerror=alert(1)> 系统升级")
    expect(ann).to_have_title("(1) My seat · Floorwatch")
    notice.get_by_role("button", name="Read").click()
    expect(notice.get_by_role("button")).to_have_count(0)
    expect(ann).to_have_title("My seat · Floorwatch")


@pytest.mark.parametrize(
    ("size", "locale", "scheme"),
    [(BESIDE, "zh-CN", "light"), (BESIDE, "en-GB", "dark"), (TABLET, "zh-CN", "dark"), (TABLET, "en-GB", "light")],
)
def test_whole_in_both_languages(
    visit: Visit, office: SeatOffice, locale: str, scheme: str, size: tuple[int, int]
) -> None:
    """Everything open at once: no sideways scrolling, nothing an axe finds, beside other work and on a tablet."""
    ann = visit("ann", size=size, locale=locale, color_scheme=scheme)
    office.hangs_up()
    office.posts(CHIEF, "14:00 系统升级，请提醒客户稍后来电")
    expect(ann.locator("#notices .asked")).to_be_visible()
    ann.keyboard.press("l")
    expect(ann.locator(".seat-choices button")).to_have_count(5)
    heading = "我的座席" if locale == "zh-CN" else "My seat"
    expect(ann.get_by_role("heading", level=1)).to_have_text(heading)
    assert ann.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(ann, axe.script()) == []


def test_who_is_no_agent(visit: Visit) -> None:
    """A leader's own page says why he cannot ask, instead of failing when he tries."""
    leader = visit("leader")
    expect(leader.get_by_text("No exchange knows you as an agent")).to_be_visible()
    expect(leader.get_by_role("button", name="Ask for help")).to_be_disabled()
