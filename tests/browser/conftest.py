"""Chromium, a stage to show, and the promise that no page ever writes an error to its console."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser.fixture import Stage, staged

ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
SMALL, HD, UHD, UPRIGHT, TALL = (1280, 720), (1920, 1080), (3840, 2160), (820, 1180), (1080, 1920)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)


# Per module, not per session: while the synchronous Playwright runs, no asyncio test of another module can.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium; its absence fails in CI and skips elsewhere."""
    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if binary is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Theatre:
    """Opens stages and pages and closes them again; ``complaints`` is what pages wrote to their consoles."""

    chromium: Browser
    stack: ExitStack
    complaints: list[str] = field(default_factory=list)

    def stage(self, scene: str = "normal", agents: int = 12, queues: int = 6, **board: Any) -> Stage:
        return self.stack.enter_context(staged(scene, agents, queues, **board))

    def _listen(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)

    def open(
        self,
        stage: Stage,
        query: str = "lang=en&theme=dark",
        size: tuple[int, int] = SMALL,
        ready: str = ".figure",
        before: str = "",
        **options: Any,
    ) -> Page:
        """A page of its own on the stage's board, once ``ready`` is there; ``before`` is a script run ahead of it."""
        context = self.chromium.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        self.stack.callback(context.close)
        context.add_init_script(before)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{stage.url}?{query}")
        page.locator(ready).first.wait_for()
        return page


@pytest.fixture
def theatre(chromium: Browser) -> Iterator[Theatre]:
    """Stages and pages for one test; afterwards no page may have complained, but for lost connections."""
    with ExitStack() as stack:
        house = Theatre(chromium, stack)
        yield house
    assert [c for c in house.complaints if "WebSocket connection" not in c] == []


@pytest.fixture(scope="module")
def run(chromium: Browser) -> Iterator[Callable[..., Any]]:
    """Runs an expression with one of the page's own modules as ``m``, in the browser."""
    with ExitStack() as stack:
        house = Theatre(chromium, stack)
        page = house.open(house.stage("empty"))

        def evaluate(module: str, expression: str, argument: Any = None) -> Any:
            source = f"async (a) => {{ const m = await import('/static/{module}.js'); return ({expression}); }}"
            return page.evaluate(source, argument)

        yield evaluate
