"""What must not be found in the checkout, and what must be found in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.checkout import files, modules, text

WRITTEN = {".py", ".md", ".toml", ".conf", ".service", ".sh", ".js", ".css", ".html", ".svg", ".mako", ".ini", ""}
READ = [
    path
    for path in files()
    if path.suffix in WRITTEN and path.parts[:2] != ("tests", "tapes") and path.name not in {"LICENSE", ".gitignore"}
]
SELF = Path("tests/house/test_words.py")

REGISTRIES = re.compile(
    r"\b(?:pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org|docker\.io|ghcr\.io|quay\.io|deb\.debian\.org"
    r"|security\.debian\.org|crates\.io|proxy\.golang\.org|[\w-]+\.jfrog\.io|artifactory|nexus\.\w+)\b"
)
MACHINE = re.compile(r"(?<![\w.])(?:/work/|/root/|/home/\w|/Users/\w|[A-Z]:\\\\)")
POSTPONED = re.compile(r"\b(?:TODO|FIXME|HACK|WIP)\b")
VAGUE = re.compile(r"(?:Manager|Handler|Helper|Helpers|Util|Utils)$")
FOREIGN = {"Manager"}
"""Names that are not ours: panoramisk's class, where it is imported."""


def _lines(path: Path, pattern: re.Pattern[str]) -> list[str]:
    return [f"{path}:{n}: {line.strip()}" for n, line in enumerate(text(path).splitlines(), 1) if pattern.search(line)]


@pytest.mark.parametrize("path", [path for path in READ if path != SELF], ids=str)
def test_words_that_are_nowhere(path: Path) -> None:
    """Nothing is postponed in a comment, and nothing is tied to one registry or one machine."""
    assert _lines(path, POSTPONED) == []
    assert _lines(path, REGISTRIES) == []
    assert _lines(path, MACHINE) == []


def test_classes_are_named_after_what_they_are() -> None:
    """No class is called after having something to do with something."""
    named = [(m.path, n.name) for m in modules() for n in ast.walk(m.tree) if isinstance(n, ast.ClassDef)]
    assert [(str(path), name) for path, name in named if VAGUE.search(name)] == []


def test_modules_are_named_after_what_they_hold() -> None:
    """No module is a drawer for odds and ends."""
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "manager", "handler"}
    assert [module.name for module in modules() if module.path.stem in drawers] == []


# Both languages

WORDS = Path("web/static/words")
_PAIR = re.compile(r'^ {2}"([\w.]+)": "((?:[^"\\]|\\.)*)",$', re.MULTILINE)
_SLOT = re.compile(r"\{(\w+)\}")


def _dictionary(language: str) -> dict[str, str]:
    return dict(_PAIR.findall(text(WORDS / f"{language}.js")))


def test_page_words_are_read_whole() -> None:
    """The reader of this test understands every line of the dictionaries."""
    for language in ("en", "zh"):
        written = re.findall(r'^ {2}".+$', text(WORDS / f"{language}.js"), re.MULTILINE)
        assert len(written) == len(_dictionary(language)) > 50


def test_page_speaks_both_languages() -> None:
    """Every word of the page exists in English and in Chinese, with the same slots to fill."""
    english, chinese = _dictionary("en"), _dictionary("zh")
    assert english.keys() == chinese.keys()
    for key in english:
        assert set(_SLOT.findall(chinese[key])) <= set(_SLOT.findall(english[key])) | {"seconds"}, key
        assert english[key].strip(), key
        assert chinese[key].strip(), key


def _two_tongued() -> list[tuple[str, dict[str, ast.expr]]]:
    """Dictionaries of the product that are keyed by language."""
    found = []
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Dict):
                pairs = {k.value: v for k, v in zip(node.keys, node.values, strict=True) if isinstance(k, ast.Constant)}
                if pairs.keys() & {"en", "zh"}:
                    found.append((f"{module.path}:{node.lineno}", pairs))
    return found


def test_product_speaks_both_languages() -> None:
    """Where a text is kept per language, both are there, and say something."""
    assert _two_tongued()
    for place, pairs in _two_tongued():
        assert pairs.keys() >= {"en", "zh"}, place
        for words in pairs.values():
            assert not isinstance(words, ast.Constant) or words.value, place
