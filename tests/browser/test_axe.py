"""Accessibility: axe finds nothing, and what it cannot see is there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.conftest import UPRIGHT, Theatre

RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ['violations'] });
  const told = (node) => node.html + ' ' + node.failureSummary;
  return found.violations.map((v) => v.id + ': ' + v.nodes.slice(0, 3).map(told).join(' | '));
}"""


@pytest.fixture(scope="module")
def axe_script() -> str:
    return axe.script()


def violations(page: Page, axe_script: str) -> list[str]:
    page.evaluate(axe_script)
    found: list[str] = page.evaluate(RUN)
    return found


@pytest.mark.parametrize(
    ("scene", "query"),
    [
        ("rush", "lang=en&theme=dark"),
        ("rush", "lang=zh&theme=light"),
        ("two", "lang=en&theme=light"),
        ("stale", "lang=zh&theme=dark"),
        ("stale", "lang=en&theme=light"),
        ("drill", "lang=en&theme=dark"),
        ("alarm", "lang=en&theme=dark"),
        ("alarm", "lang=zh&theme=light"),
        ("evacuation", "lang=en&theme=light"),
        ("empty", "lang=zh&theme=light"),
        ("public", "lang=en&theme=dark"),
    ],
)
def test_board_is_accessible(theatre: Theatre, axe_script: str, scene: str, query: str) -> None:
    """No violation in any scene, language and theme: contrast, names, roles, landmarks, headings."""
    page = theatre.open(theatre.stage(scene, agents=14, queues=5), query)
    page.wait_for_timeout(400)  # numbers that fade in have full contrast when they are there
    assert violations(page, axe_script) == []


def test_compact_tiles_and_help_are_accessible(theatre: Theatre, axe_script: str) -> None:
    """Also small tiles on an upright screen, and the help on top of them."""
    page = theatre.open(theatre.stage("rush", agents=90, queues=12), "lang=en&theme=light", UPRIGHT)
    page.keyboard.press("?")
    page.wait_for_timeout(400)
    assert violations(page, axe_script) == []


@pytest.mark.parametrize("path", ["/", "/nowhere"])
def test_plain_pages_are_accessible(theatre: Theatre, axe_script: str, path: str) -> None:
    """The list of boards and the error page."""
    stage = theatre.stage("empty")
    page = theatre.open(stage)
    page.route("**/favicon.ico", lambda route: route.abort())
    answer = page.goto(f"http://127.0.0.1:{stage.port}{path}")
    assert answer is not None
    assert violations(page, axe_script) == []
    theatre.complaints.clear()  # the browser itself complains about the 404 it was asked for


def test_state_is_said_and_not_only_drawn(theatre: Theatre) -> None:
    """A compact tile shows glyph, number and time; a screen reader hears the state and the level too."""
    stage = theatre.stage("rush", agents=90)
    stage.play.parts["agents"]["pbx1/1005"] |= {"state": "unreachable", "since": 1.0}
    page = theatre.open(stage, size=UPRIGHT)
    heard = page.locator(".tile", has=page.get_by_text("1005", exact=True)).aria_snapshot()
    assert "offline" in heard
    assert "Warning" in heard


def test_structure(theatre: Theatre) -> None:
    """Landmarks, a table with row and column heads, lists, and one polite live region: the banner."""
    page = theatre.open(theatre.stage())
    for landmark in ("banner", "main", "contentinfo"):
        expect(page.get_by_role(landmark)).to_have_count(1)
    expect(page.get_by_role("table", name="Queues").get_by_role("columnheader")).to_have_count(8)
    expect(page.get_by_role("rowheader")).to_have_count(6)
    expect(page.get_by_role("region", name="Agents").get_by_role("listitem")).not_to_have_count(0)
    assert page.locator("[aria-live]").evaluate_all("all => all.map(one => one.className)") == ["banner"]
