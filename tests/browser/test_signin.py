"""Signing in, the lock and one's own record in Chromium, at the real server: by keyboard, in both languages."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from floor.people.model import Role
from tests.browser import axe
from tests.support.people import PASSWORD, person
from tests.web.conftest import House
from tests.web.test_me import Breaches, Past, breach

ANN = person(Role.AGENT, 1, "ann", agents=(("pbx1", "Ann"),))
WORDS = {
    "en": {"sign in": "Sign in", "mine": "My record", "locked": "Locked", "wrong": "is wrong", "dispute": "Dispute it"},
    "zh": {"sign in": "登录", "mine": "我的记录", "locked": "已锁定", "wrong": "密码错误", "dispute": "申诉"},
}


class Served:
    """The real server in a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder, staff=(ANN,), parts={"alarms": Breaches(breach("b1", "Ann")), "past": Past()})
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),), name="server")

    async def _run(self) -> None:
        self._stop = asyncio.Event()
        await self.house.web.start()
        self._ready.set()
        await self._stop.wait()
        await self.house.web.stop()

    def __enter__(self) -> House:
        self._thread.start()
        self._ready.wait()
        return self.house

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """One agent can sign in."""
    with Served(tmp_path) as house:
        yield house


class Desktop:
    """Opens browsers, and keeps what their consoles said against the policy."""

    def __init__(self, chromium: Browser, stack: ExitStack) -> None:
        self._chromium, self._stack = chromium, stack
        self.complaints: list[str] = []

    def open(self, url: str, **options: Any) -> Page:
        context = self._chromium.new_context(**options)
        self._stack.callback(context.close)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda said: self.complaints.append(said.text) if "Policy" in said.text else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(url)
        return page


@pytest.fixture
def desktop(chromium: Browser) -> Iterator[Desktop]:
    """Browsers for one test; no page may break the policy or throw."""
    with ExitStack() as stack:
        opened = Desktop(chromium, stack)
        yield opened
    assert opened.complaints == []


def enter(page: Page, password: str = PASSWORD) -> None:
    """By keyboard alone: the first empty field has the focus."""
    if page.locator("#login").input_value() == "":
        page.keyboard.type("ann")
        page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("script", [True, False])
def test_in_by_keyboard(house: House, desktop: Desktop, lang: str, script: bool) -> None:
    """A wrong password is said, the right one leads on; a browser without script does it as well."""
    words, locale = WORDS[lang], {"en": "en-GB", "zh": "zh-CN"}[lang]
    page = desktop.open(f"{house.base}/me", locale=locale, java_script_enabled=script)
    expect(page.locator("h1")).to_contain_text(words["sign in"])
    enter(page, "wrong")
    expect(page.get_by_role("alert")).to_contain_text(words["wrong"])
    enter(page)
    expect(page.locator("h1")).to_contain_text(words["mine"])
    assert page.url == f"{house.base}/me"
    page.locator("header form button").press("Enter")
    expect(page.get_by_role("status")).to_be_visible()
    page.go_back()
    expect(page.locator("h1")).not_to_contain_text(words["mine"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_lock(house: House, desktop: Desktop, lang: str) -> None:
    """Nobody touched the page: it asks the server, nothing of it is left, and the password brings it back."""
    words, locale = WORDS[lang], {"en": "en-GB", "zh": "zh-CN"}[lang]
    page = desktop.open(f"{house.base}/me", locale=locale)
    enter(page)
    expect(page.locator("h1")).to_contain_text(words["mine"])
    page.clock.install()
    page.reload()
    expect(page.locator("h1")).to_contain_text(words["mine"])
    page.clock.fast_forward(200_000)
    expect(page.locator("h1")).to_contain_text(words["mine"])
    house.accounts.lock("s1")
    page.clock.fast_forward(101_000)
    page.wait_for_url(re.compile("/lock"))
    expect(page.locator("h1")).to_contain_text(words["locked"])
    assert "Ann" not in page.content().replace("ann", "")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(words["mine"])


def test_a_second_page_follows(house: House, desktop: Desktop) -> None:
    """Signed out in one page: the other clears itself as soon as it is looked at."""
    page = desktop.open(f"{house.base}/me")
    enter(page)
    other = page.context.new_page()
    other.goto(f"{house.base}/me")
    expect(other.locator(".sums")).to_be_visible()
    page.locator("header form button").click()
    expect(page.get_by_role("status")).to_be_visible()
    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    other.wait_for_url(re.compile("/sign-in"))
    assert other.locator(".sums").count() == 0


def test_touching_tells_the_server(house: House, desktop: Desktop) -> None:
    """Somebody who only reads and scrolls is there: the lock is put off, without a click."""
    page = desktop.open(f"{house.base}/me")
    enter(page)
    expect(page.locator(".sums")).to_be_visible()
    page.clock.install()
    page.reload()
    expect(page.locator(".sums")).to_be_visible()
    page.clock.fast_forward(40_000)
    with page.expect_request(lambda sent: sent.url.endswith("/api/v1/session") and sent.method == "POST") as told:
        page.mouse.wheel(0, 10)
    answer = told.value.response()
    assert answer is not None
    assert answer.status == 200


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_dispute_by_keyboard(house: House, desktop: Desktop, lang: str) -> None:
    """Opened, written, sent; it stands there afterwards."""
    page = desktop.open(f"{house.base}/me", locale={"en": "en-GB", "zh": "zh-CN"}[lang])
    enter(page)
    summary = page.get_by_text(WORDS[lang]["dispute"], exact=True)
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("电话没有响")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".disputed")).to_contain_text("电话没有响")
    expect(page.locator(".breach")).to_contain_text("R-ANS-1")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_accessible(house: House, desktop: Desktop, lang: str, theme: Any) -> None:
    """axe finds nothing on the sign-in page (with its alarm), one's own record (all opened) and the lock page."""
    script = axe.script()
    page = desktop.open(
        f"{house.base}/me", locale={"en": "en-GB", "zh": "zh-CN"}[lang], color_scheme=theme, bypass_csp=True
    )
    enter(page, "wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    assert found(page, script) == []
    enter(page)
    expect(page.locator(".sums")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert found(page, script) == []
    house.accounts.lock("s1")
    page.goto(f"{house.base}/me")
    expect(page.locator("h1")).to_contain_text(WORDS[lang]["locked"])
    assert found(page, script) == []


def found(page: Page, script: str) -> list[str]:
    page.evaluate(script)
    wrong = page.evaluate("async () => (await axe.run()).violations")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in wrong]


def test_where_a_page_goes(house: House, desktop: Desktop) -> None:
    """For what the server said: stay, sign in, or unlock, and back to where it was."""
    page = desktop.open(f"{house.base}/sign-in")
    asked = [(200, False), (401, False), (423, False), (200, True), (500, False), (403, False)]
    verdict = "async (a) => (await import('/static/any/signed.js')).verdict(a[0], a[1], '/me?x=1')"
    gone = [page.evaluate(verdict, list(one)) for one in asked]
    back = "?next=%2Fme%3Fx%3D1"
    assert gone == [None, f"/sign-in{back}", f"/lock{back}", f"/lock{back}", None, None]


def test_when_the_server_is_asked(house: House, desktop: Desktop) -> None:
    """Just after the idle time since the last input; never at once, however long ago that was."""
    page = desktop.open(f"{house.base}/sign-in")
    delay = "async (ms) => (await import('/static/any/signed.js')).askIn(300000, ms)"
    assert [page.evaluate(delay, ms) for ms in (0, 299_000, 299_900, 900_000)] == [300_500, 1500, 1000, 1000]


def test_a_link_from_elsewhere(house: House, desktop: Desktop) -> None:
    """Who is signed in and follows a link in a mail comes to the page, not to the sign-in page."""
    page = desktop.open(f"{house.base}/me")
    enter(page)
    expect(page.locator(".sums")).to_be_visible()
    mail = f'<a href="{house.base}/me">an alert</a>'
    page.context.route("http://mail.example/", lambda route: route.fulfill(body=mail, content_type="text/html"))
    page.goto("http://mail.example/")
    page.get_by_text("an alert").click()
    expect(page.locator(".sums")).to_be_visible()
    assert page.url == f"{house.base}/me"
