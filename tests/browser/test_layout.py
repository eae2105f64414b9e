"""The picture: everything fits, everything is large enough, nothing shifts."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import HD, TALL, UHD, UPRIGHT, Theatre

# Elements outside the screen, and texts that stick out of the box they belong to.
CHECK = """() => {
  const faults = [];
  const root = document.scrollingElement;
  if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) faults.push('the page scrolls');
  const seen = (e) => e.checkVisibility() && !e.closest('.quiet, .sprite, svg') && e.getClientRects().length;
  const name = (e) => `${e.className} "${e.textContent.slice(0, 30)}"`;
  for (const e of document.querySelectorAll('.stage *')) {
    if (!seen(e) || getComputedStyle(e).left === '-999em' || e.className === 'tile-word') continue;
    const r = e.getBoundingClientRect();
    const within = r.left >= -1 && r.top >= -1 && r.right <= innerWidth + 1 && r.bottom <= innerHeight + 1;
    if (!within) faults.push('outside: ' + name(e));
  }
  const boxes = {
    '.figure-value': '.figure', '.figure-unit': '.figure', '.cell-box': 'td', '.bar': 'td', 'tbody tr': '.queues',
    '.total-count': '.total', '.total-word': '.total', '.total': '.totals',
    '.tile-label': '.tile', '.tile-time': '.tile',
    '.home > li': '.home', '.lane > li': '.lane', '.lane': '.crew', '.home': '.crew',
    '.clock': '.top', '.age': '.top', '.link': '.links', '.banner-text': '.banner',
  };
  for (const [inner, outer] of Object.entries(boxes)) {
    for (const e of document.querySelectorAll(inner)) {
      if (!seen(e)) continue;
      const [r, box] = [e.getBoundingClientRect(), e.closest(outer).getBoundingClientRect()];
      if (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1.5 || r.bottom > box.bottom + 1.5)
        faults.push(`${name(e)} sticks out of ${outer}`);
    }
  }
  for (const tile of document.querySelectorAll('.tile')) {
    const [label, time] = ['.tile-label', '.tile-time'].map((part) => tile.querySelector(part).getBoundingClientRect());
    const beside = Math.min(label.bottom, time.bottom) - Math.max(label.top, time.top) > 4;
    if (beside && label.right > time.left + 1) faults.push('label runs into time: ' + name(tile));
  }
  return [...new Set(faults)].slice(0, 8);
}"""

SIZES = {"1080p": HD, "upright": UPRIGHT, "square": (1280, 1024), "4K": UHD, "tall": TALL, "laptop": (1366, 768)}


def faults_at(page: Page, *names: str) -> dict[str, Any]:
    """What does not fit, by size; only sizes with faults."""
    found = {}
    for name in names:
        width, height = SIZES[name]
        page.set_viewport_size({"width": width, "height": height})
        # Two frames: one in which the observers of sizes speak, one in which what they did is laid out.
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        found[name] = page.evaluate(CHECK)
    return {name: faults for name, faults in found.items() if faults}


@pytest.mark.parametrize("agents", [12, 60, 300])
def test_everything_fits(theatre: Theatre, agents: int) -> None:
    """12 queues and 12, 60 or 300 agents in a rush: no scroll, nothing cut, at every size, in both languages."""
    page = theatre.open(theatre.stage("rush", agents=agents, queues=12), "lang=en&theme=dark")
    assert faults_at(page, *SIZES) == {}
    page.keyboard.press("l")
    assert faults_at(page, "1080p", "upright") == {}


@pytest.mark.parametrize(
    ("scene", "query"), [("two", "lang=en"), ("drill", "lang=zh"), ("stale", "lang=en"), ("public", "lang=zh")]
)
def test_every_scene_fits(theatre: Theatre, scene: str, query: str) -> None:
    """Also with two exchanges and a trunk down, in a drill, without a link, in public."""
    page = theatre.open(theatre.stage(scene, agents=60, queues=12), query, HD)
    assert faults_at(page, "1080p", "upright", "square") == {}


def test_long_words_fit(theatre: Theatre) -> None:
    """Names of people, long titles, huge numbers: cut with dots at worst."""
    stage = theatre.stage("rush", agents=60, queues=14)
    names = ("Alexandra Montgomery", "欧阳明华", "Jürgen Müller-Lüdenscheidt", "王芳", "Nguyễn Thị Minh Khai", "Li")
    for i, agent in enumerate(stage.play.parts["agents"].values()):
        agent["label"] = names[i % len(names)]
    queue = stage.play.parts["queues"][stage.play.queue_ids[0]]
    queue |= {"title": "Technical support second level (EMEA)", "waiting": 128, "oldest_joined_at": time.time() - 7300}
    stage.board["title"] = {
        "en": "A very long name of a customer service center in Frankfurt am Main, Germany",
        "zh": "中",
    }
    stage.play.parts["notices"]["n"] = {
        "text": "Please remember: " + "a long line " * 20,
        "level": "warn",
        "until": None,
    }
    page = theatre.open(stage, size=HD)
    assert page.evaluate(CHECK) == []


def test_wide_typeface_fits(theatre: Theatre) -> None:
    """A display that has only a very wide typeface shows smaller type, not cut numbers."""
    stage = theatre.stage("rush", agents=60, queues=12)
    wide = """document.addEventListener('readystatechange', () =>
      document.documentElement.style.setProperty('--font', 'DejaVu Sans'))"""
    page = theatre.open(stage, size=HD, before=wide)
    assert faults_at(page, "1080p", "upright") == {}


@pytest.mark.parametrize("size", [HD, UHD, UPRIGHT])
def test_legible_from_afar(theatre: Theatre, size: tuple[int, int]) -> None:
    """Headline numbers at least 9 vmin, their labels, totals and the front line's numbers at least 2.4 vmin."""
    page = theatre.open(theatre.stage("rush", agents=60, queues=12), size=size)
    unit = min(size) / 100
    least = {
        ".figure-value": 9,
        ".figure-label": 2.4,
        ".figure-foot": 2.4,
        ".age": 2.4,
        ".lane .tile": 2.39,
        ".total-count": 2.4,
    }
    for selector, units in least.items():
        font = page.evaluate("(s) => parseFloat(getComputedStyle(document.querySelector(s)).fontSize)", selector)
        assert font >= units * unit, selector


@pytest.mark.parametrize(("agents", "kind"), [(12, "roomy"), (60, "full"), (300, "compact")])
def test_tiles_say_as_much_as_there_is_room_for(theatre: Theatre, agents: int, kind: str) -> None:
    """60 agents get full tiles, 300 compact ones, and everybody has one."""
    page = theatre.open(theatre.stage(agents=agents, queues=12), size=HD)
    assert page.locator(".home").get_attribute("data-kind") == kind
    assert page.locator(".tile").count() == agents


def test_nothing_shifts_while_loading_and_living(theatre: Theatre) -> None:
    """The sum of layout shifts from the first paint through living numbers stays near zero."""
    stage = theatre.stage(agents=60, queues=12)
    stage.live(every_s=0.2)
    page = theatre.open(stage, size=HD)
    page.wait_for_timeout(2500)
    shifts = page.evaluate(
        """() => new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().map((e) => [e.value,
          ...e.sources.map((s) => s.node?.className || s.node?.nodeName)])))
          .observe({ type: 'layout-shift', buffered: true }) || setTimeout(() => done([]), 500))"""
    )
    assert sum(shift[0] for shift in shifts) < 0.02, shifts


def test_colour_only_where_it_means_something(theatre: Theatre) -> None:
    """A calm floor is grey: no coloured text, border or ground anywhere on the board."""
    stage = theatre.stage("normal", agents=20, queues=4)
    for agent in stage.play.parts["agents"].values():
        agent |= {"state": "talking", "since": time.time(), "misses": 0}
    for figures in stage.play.parts["figures"].values():
        figures["today"]["answered_in_time"] = figures["today"]["answered"]
    for queue in stage.play.parts["queues"].values():
        queue |= {"waiting": 0, "oldest_joined_at": None}
    page = theatre.open(stage)
    coloured = page.evaluate(
        """() => { const grey = (c) => { const n = (c.match(/[\\d.]+/g) ?? []).map(Number);
            return n.length < 3 || n[3] === 0 || Math.max(...n.slice(0, 3)) - Math.min(...n.slice(0, 3)) < 30; };
          const plain = (s) => grey(s.color) && grey(s.backgroundColor) && grey(s.borderTopColor);
          return [...document.querySelectorAll('.stage *')]
            .filter((e) => e.checkVisibility() && !plain(getComputedStyle(e)))
            .map((e) => e.className.baseVal ?? e.className).slice(0, 5); }"""
    )
    assert coloured == []


def test_reduced_motion_is_respected(theatre: Theatre) -> None:
    """Who asked for less motion sees numbers change without any animation."""
    stage = theatre.stage(agents=30)
    page = theatre.open(stage, reduced_motion="reduce")
    stage.live(every_s=0.1)
    for _ in range(10):
        page.wait_for_timeout(150)
        assert page.evaluate("document.getAnimations().length") == 0
