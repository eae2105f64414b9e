"""The pages' files: what is served is complete, and keeps to the strict policy."""

from __future__ import annotations

import re
from typing import Any

import jinja2
import pytest

from tests.browser.fixture import WEB

STATIC = WEB / "static"
MODULES = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.js"))


def rendered(name: str, lang: str = "en", **context: Any) -> str:
    loader = jinja2.FileSystemLoader(WEB / "templates")
    templates = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    frame = {"build": "1", "lang": lang, "theme": "auto", "static": lambda path: f"/static/abc/{path}"}
    return templates.get_template(name).render(frame | context)


def all_pages() -> dict[str, str]:
    board = {"id": "a", "title": {"en": "Floor", "zh": "现场"}, "public": True, "url": "/board/a?key=k"}
    return {
        f"{name} {lang}": rendered(name, lang, **context)
        for lang in ("en", "zh")
        for name, context in (
            ("board.html", {"board_id": "a", "replay": ""}),
            ("boards.html", {"boards": [board]}),
            ("error.html", {"status": 404, "message": "none"}),
        )
    }


def test_nothing_inline() -> None:
    """No inline script, style or handler, and nothing from elsewhere: the policy 'self' holds."""
    for name, page in all_pages().items():
        assert not re.search(r"<style|style=|\son\w+=|javascript:|https?://|<script(?![^>]*\ssrc=)", page), name


@pytest.mark.parametrize("module", MODULES)
def test_modules_keep_to_the_house(module: str) -> None:
    """Modules import only one another, and never write HTML or run text."""
    source = (STATIC / module).read_text(encoding="utf-8")
    imported = re.findall(r'from "(.+?)"', source)
    assert all(((STATIC / module).parent / path).resolve().is_relative_to(STATIC) for path in imported)
    assert all(path.startswith(("./", "../")) for path in imported)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|console\.", source
    )
    if not module.endswith("words.js"):  # a dictionary is as long as there are words
        assert len(source.splitlines()) <= 250


def needed_by(module: str) -> set[str]:
    """A module, and all that it and they import."""
    found, ahead = set(), [module]
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            source = (STATIC / one).read_text(encoding="utf-8")
            paths = re.findall(r'from "(.+?)"', source)
            ahead += [((STATIC / one).parent / path).resolve().relative_to(STATIC).as_posix() for path in paths]
    return found


def test_board_asks_for_every_module_at_once() -> None:
    """Every module the board needs is preloaded, so that none waits for another to be read; none is named in vain."""
    page = rendered("board.html", board_id="a", replay="")
    preloaded = set(re.findall(r'rel="modulepreload" href="/static/abc/(.+?)"', page))
    assert preloaded == needed_by("board.js") - {"board.js"}


def test_every_file_a_page_names_exists() -> None:
    """Style sheets, scripts, icon and modules are all there."""
    for page in all_pages().values():
        for path in re.findall(r'(?:href|src)="/static/abc/(.+?)"', page):
            assert (STATIC / path).is_file(), path


def test_both_light_palettes_are_the_same() -> None:
    """The light theme chosen by hand and the one chosen by the display are one."""
    css = (STATIC / "tokens.css").read_text(encoding="utf-8")
    by_hand, by_display = (
        dict(re.findall(r"(--[\w-]+): (.+?);", part)) for part in css.split(":root[data-theme=")[1:3]
    )
    drill = {"--drill", "--on-drill"}
    assert {k: v for k, v in by_hand.items() if k not in drill} == {
        k: v for k, v in by_display.items() if k not in {"--u"}
    }


@pytest.mark.parametrize(("lang", "title", "word"), [("en", "Floor", "public"), ("zh", "现场", "公开")])
def test_start_page_speaks_the_reader_s_language(lang: str, title: str, word: str) -> None:
    """Boards are listed with their title in one language, their link with its key, and who may see them."""
    page = all_pages()[f"boards.html {lang}"]
    assert title in page
    assert word in page
    assert 'href="/board/a?key=k"' in page
