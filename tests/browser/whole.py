"""The whole product on a simulated exchange, and people in Chromium: for what is done from page to page."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Browser, ConsoleMessage, Page
from pydantic import SecretStr

from asterisk.simulator.scenario import FloorSettings, agent_name
from asterisk.simulator.simulator import SECRET, USER, Simulator
from floor.assembly import Floorwatch
from floor.history.database import Database
from floor.settings import PbxSettings, Settings
from floor.verbs.demo_people import seed_people

AGENTS = 12
SOON = """
[[rule]]
id = "R-EMG-22"
limit = "1 s"
"""
"""A lost trunk is an alert at once, so that nobody waits for it."""
T = TypeVar("T")


class Whole:
    """One Floorwatch in a thread of its own; ``do`` waits for something done in its loop."""

    def __init__(self, folder: Path, **more: Any) -> None:
        rules = folder / "rules.toml"
        rules.write_text(SOON)
        self.folder, self._more = folder, {"rules": rules, **more}
        self.loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self.loop.run_until_complete, args=(self._run(),), name="whole")

    def __enter__(self) -> Whole:
        self._thread.start()
        assert self._ready.wait(60), "it did not begin"
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        self.loop.close()

    def do(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return asyncio.run_coroutine_threadsafe(work(), self.loop).result(20)

    @property
    def url(self) -> str:
        return self.watch.web.url

    def paused(self) -> int:
        """Members who are paused for an emergency."""

        async def count() -> int:
            agents = self.watch.store.snapshot().agents.values()
            return sum(one.paused and one.reason == "emergency" for agent in agents for one in agent.members)

        return self.do(count)

    async def _run(self) -> None:
        self._stop = asyncio.Event()
        simulator = Simulator(FloorSettings(agents=AGENTS, queue_count=2, load=0.2), seed=7, warmup_s=60)
        exchange = PbxSettings(name="demo", port=await simulator.start(), user=USER, secret=SecretStr(SECRET))
        settings = Settings(pbx=(exchange,), data_dir=self.folder, port=0, **self._more)
        self.watch = Floorwatch(settings)
        database = Database(settings.database_url)
        self.password = seed_people(database, [agent_name(number) for number in range(AGENTS)], 1.0)
        database.close()
        try:
            await self.watch.run(self._stop, self._ready.set)
        finally:
            self._ready.set()
            await simulator.stop()


class Visitor:
    """Somebody at a browser of his own; ``complaints``: what his pages wrote to their console."""

    def __init__(self, page: Page, whole: Whole) -> None:
        self.page, self.whole = page, whole
        self.complaints: list[str] = []
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)

    def _listen(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def sign_in(self, login: str) -> Visitor:
        self.page.goto(f"{self.whole.url}/sign-in")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", self.whole.password or "")
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(lambda url: "sign-in" not in url)
        return self

    def see(self, path: str, lang: str = "en", ready: str = "main h1") -> Page:
        self.page.goto(f"{self.whole.url}{path}{'&' if '?' in path else '?'}lang={lang}")
        self.page.locator(ready).first.wait_for()
        return self.page

    def press(self, name: str, within: str = "main") -> None:
        self.page.locator(within).get_by_role("button", name=name, exact=True).first.click()


class Company:
    """Whoever is asked for, each at a browser of his own."""

    def __init__(self, chromium: Browser, whole: Whole) -> None:
        self._chromium, self._whole = chromium, whole
        self.visitors: list[Visitor] = []

    def come(self, login: str | None = None, size: tuple[int, int] = (1400, 1000)) -> Visitor:
        context = self._chromium.new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True)
        one = Visitor(context.new_page(), self._whole)
        self.visitors.append(one)
        return one if login is None else one.sign_in(login)

    @property
    def complaints(self) -> list[str]:
        """But for answers of the server that refuse: their words stand on the page."""
        return [said for one in self.visitors for said in one.complaints if not re.search(r"status of 4\d\d", said)]


@contextmanager
def company(chromium: Browser, whole: Whole) -> Iterator[Company]:
    """Everybody leaves in the end, and no page may have complained."""
    guests = Company(chromium, whole)
    try:
        yield guests
    finally:
        for one in guests.visitors:
            one.page.context.close()
    assert guests.complaints == []
