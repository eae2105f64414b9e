"""Fast on a screen that only shows this one page, also without a graphics processor."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import HD, Theatre

FRAMES = """(ms) => new Promise((done) => {
  const gaps = []; let last = performance.now(); const end = last + ms;
  const next = (now) => {
    gaps.push(now - last);
    last = now;
    now < end ? requestAnimationFrame(next) : done(gaps.slice(1));
  };
  requestAnimationFrame(next);
})"""


def busy_ms(page: Page, milliseconds: int) -> float:
    """Processor milliseconds per second that the page's thread needs for everything: script, style, layout, paint."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def measured() -> dict[str, float]:
        return {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}

    before, began = measured(), time.monotonic()
    page.wait_for_timeout(milliseconds)
    after, ended = measured(), time.monotonic()
    return 1000 * (after["TaskDuration"] - before["TaskDuration"]) / (ended - began)


def test_first_paint(theatre: Theatre) -> None:
    """The frame of the board is painted before its numbers are there: no blank page, no spinner. Times are printed."""
    stage = theatre.stage(agents=60, queues=12)
    theatre.open(stage)  # the first page of a browser pays for the browser
    page = theatre.open(stage)
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    ready = page.evaluate("performance.now()")
    print(f"first paint {painted:.0f} ms, numbers there by {ready:.0f} ms")
    assert 0 < painted <= ready


@pytest.mark.alone
@pytest.mark.slow
def test_three_hundred_tiles_stay_smooth(theatre: Theatre) -> None:
    """300 tiles, 40 changes a second leave the page's thread processor time to spare; frame times are printed."""
    stage = theatre.stage(agents=300, queues=12)
    page = theatre.open(stage, size=HD)
    stage.live(every_s=0.25, moves=10)
    page.wait_for_timeout(500)
    busy = busy_ms(page, 3000)
    gaps = sorted(page.evaluate(FRAMES, 3000))
    print(f"busy {busy:.0f} ms/s, frames p50 {gaps[len(gaps) // 2]:.1f} ms, p95 {gaps[int(len(gaps) * 0.95)]:.1f} ms")
    assert busy < 800


def test_waiting_costs_nothing(theatre: Theatre) -> None:
    """A floor on which nothing happens costs one tick a second, in processor time."""
    page = theatre.open(theatre.stage(agents=60, queues=12), size=HD)
    page.wait_for_timeout(500)
    assert busy_ms(page, 2000) < 300
