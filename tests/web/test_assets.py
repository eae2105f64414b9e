"""Scripts and styles: from memory, of one build, kept for ever."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from web.assets import Assets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "words").mkdir()
    (tmp_path / "board.js").write_text("export const x = 1;\n" * 200)
    (tmp_path / "words" / "en.js").write_text("export {};")
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / ".secret").write_text("no")
    return tmp_path


def client(assets: Assets) -> TestClient:
    return TestClient(Starlette(routes=[Route("/static/{digest}/{path:path}", assets.serve)]))


def test_files_of_this_build_are_kept_for_ever(folder: Path) -> None:
    """Their address changes with them, so nobody has to ask again."""
    assets = Assets.load(folder)
    answer = client(assets).get(assets.url("board.js"))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.text == (folder / "board.js").read_text()


def test_text_is_sent_zipped(folder: Path) -> None:
    """Zipped once, at the start; whoever cannot unzip gets it plain."""
    assets = Assets.load(folder)
    with client(assets) as browser:
        zipped = browser.get(assets.url("board.js"), headers={"accept-encoding": "gzip"})
        plain = browser.get(assets.url("board.js"), headers={"accept-encoding": "identity"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert int(zipped.headers["content-length"]) < len(gzip.compress(plain.content, 1)) + 1
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "accept-encoding"


def test_an_older_page_gets_todays_file_but_may_not_keep_it(folder: Path) -> None:
    """A page of the last build that still loads a module is served."""
    answer = client(Assets.load(folder)).get("/static/older/words/en.js")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize("path", ["../conftest.py", "%2e%2e/x", ".secret", "words", "", "words/../board.js/"])
def test_nothing_else_is_served(folder: Path, path: str) -> None:
    """Only files read at the start exist at all."""
    assets = Assets.load(folder)
    assert client(assets).get(f"/static/{assets.digest}/{path}").status_code == 404


def test_the_digest_changes_with_any_file(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Also with the page templates: boards on the wall notice by it that they are old."""
    templates = tmp_path_factory.mktemp("templates")
    (templates / "board.html").write_text("one")
    before = Assets.load(folder, templates).digest
    assert Assets.load(folder, templates).digest == before
    (templates / "board.html").write_text("two")
    after = Assets.load(folder, templates).digest
    assert after != before
    (folder / "icon.svg").write_text("<svg> </svg>")
    assert Assets.load(folder, templates).digest not in {before, after}
