"""The prose keeps up with the code: links lead somewhere, and everything a person can set, run or read is explained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from pydantic import BaseModel

from asterisk.collect import PICTURE
from asterisk.deliveries import CloseReason
from asterisk.translate import TRANSLATORS
from floor import __version__
from floor.cli import main
from floor.load import SECTIONS
from floor.sections.people import OidcSettings
from floor.settings import TILES, BoardSettings, GroupSettings, PbxSettings, Settings, Threshold
from floor.state.figures import Figures, indicators, service_levels
from floor.state.model import AgentState, Ending
from tests.house.checkout import ROOT, files, text
from web.operations import OPERATIONS

PROSE = [path for path in files() if path.suffix == ".md"]
GUIDES = [path for path in PROSE if path.parts[0] == "docs" or path == Path("README.md")]
CHINESE = Path("docs/zh/README.md")

_LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]*(?:\([^()]*\)[^()\s]*)*)\)")
_HEADING = re.compile(r"^#{1,6} +(.+?)\s*#*$", re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`|^ {4,}.*$", re.MULTILINE)


def _prose(path: Path) -> str:
    """Without its code, in which brackets mean other things."""
    return _CODE.sub("", _FENCE.sub("", text(path)))


def _anchors(path: Path) -> set[str]:
    """Anchors as the usual renderers make them of headings."""
    headings = _HEADING.findall(_FENCE.sub("", text(path)))
    plain = (re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


def _links() -> Iterator[tuple[Path, str]]:
    for path in PROSE:
        for target in _LINK.findall(_prose(path)):
            if not re.match(r"[a-z][a-z0-9+.-]*:", target):
                yield path, target


@pytest.mark.parametrize(("path", "target"), list(_links()), ids=str)
def test_link_leads_somewhere(path: Path, target: str) -> None:
    """A relative link names a file of the checkout, and its anchor a heading there."""
    name, _, anchor = unquote(target).partition("#")
    place = (ROOT / path.parent / name).resolve() if name else (ROOT / path).resolve()
    assert place.exists(), f"{path}: {target}"
    assert place.is_relative_to(ROOT), f"{path}: {target} leads out of the checkout"
    if anchor and place.suffix == ".md":
        assert anchor in _anchors(place.relative_to(ROOT)), f"{path}: {target}"


@cache
def _guides() -> str:
    return "\n".join(text(path) for path in GUIDES)


def _quoted(name: str, where: str) -> bool:
    """Whether the text says this name as code: alone, or within a longer piece of code."""
    return re.search(rf"`[^`\n]*(?<![\w-]){re.escape(name)}(?![\w-])[^`\n]*`", where) is not None


def _keys() -> Iterator[str]:
    models: tuple[tuple[str, type[BaseModel]], ...] = (
        ("", Settings),
        ("pbx.", PbxSettings),
        ("board.", BoardSettings),
        ("group.", GroupSettings),
        ("threshold.", Threshold),
        ("people.oidc.", OidcSettings),
        *((f"{name}.", model) for name, model in SECTIONS.items()),
    )
    for prefix, model in models:
        yield from (prefix + name for name in model.model_fields)


@pytest.mark.parametrize("key", list(_keys()))
def test_setting_is_documented(key: str) -> None:
    """Every setting is named in the guides."""
    assert _quoted(key.rpartition(".")[2], _guides()), f"no guide names {key}"


@pytest.mark.parametrize("name", [name for name, field in Settings.model_fields.items() if field.description])
def test_setting_explains_itself(name: str) -> None:
    """What ``floor config`` prints beside a key is a sentence."""
    description = Settings.model_fields[name].description or ""
    assert description[0].isupper()
    assert len(description) > 5


def _verbs(group: click.Group, prefix: str = "floor") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _verbs(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


VERBS = dict(_verbs(main))


@pytest.mark.parametrize("verb", VERBS)
def test_verb_is_documented(verb: str) -> None:
    """Every verb is shown in the guides the way it is typed, and in the Chinese guide too."""
    assert verb in _guides()
    assert verb in text(CHINESE)


@pytest.mark.parametrize("verb", VERBS)
def test_verb_helps(verb: str) -> None:
    """Every verb and every one of its options says what it is for."""
    command = VERBS[verb]
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"{verb} {option.opts[0]}"


@pytest.mark.parametrize("flag", sorted({o for c in VERBS.values() for p in c.params for o in p.opts if "--" in o}))
def test_flag_is_documented(flag: str) -> None:
    """Every flag of the command line is named in the guides."""
    assert _quoted(flag, _guides()) or f" {flag}" in _guides(), f"no guide names {flag}"


@pytest.mark.parametrize("name", sorted(TRANSLATORS))
def test_event_is_documented(name: str) -> None:
    """Who must judge the AMI account reads which events we use."""
    assert _quoted(name, text(Path("docs/connect.md")))


@pytest.mark.parametrize("listing", PICTURE, ids=lambda listing: listing.action)
def test_action_is_documented(listing: object) -> None:
    """… and which lists we ask for."""
    assert _quoted(getattr(listing, "action"), text(Path("docs/connect.md")))  # noqa: B009


@pytest.mark.parametrize("word", [*AgentState, *Ending])
def test_state_is_documented(word: str) -> None:
    """Every state of an agent and every ending of a visit is explained."""
    assert _quoted(word, text(Path("docs/state.md")))


@pytest.mark.parametrize("reason", CloseReason)
def test_reason_of_a_lost_link_is_documented(reason: CloseReason) -> None:
    """Every word a screen may show for a lost link stands in the table of failures."""
    assert _quoted(reason, text(Path("docs/operate.md")))


FIGURES = [*(field.name for field in fields(Figures)), *indicators(Figures())]


@pytest.mark.parametrize("name", FIGURES)
def test_figure_is_documented(name: str) -> None:
    """Every figure is defined."""
    assert _quoted(name, text(Path("docs/figures.md")))


@pytest.mark.parametrize("letter", service_levels(Figures()))
def test_service_level_is_documented(letter: str) -> None:
    """All service levels are defined, each under its letter."""
    assert re.search(rf"\*\*{letter}\*\*", text(Path("docs/figures.md")))


@pytest.mark.parametrize("tile", TILES)
def test_tile_is_documented(tile: str) -> None:
    """Every tile is explained in both languages."""
    assert _quoted(tile, text(Path("docs/boards.md")))
    assert _quoted(tile, text(CHINESE))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.path)
def test_operation_is_documented(operation: object) -> None:
    """Every path programs may ask for is named, but those that serve only our own pages."""
    path: str = getattr(operation, "path")  # noqa: B009
    if not path.startswith("/static/"):
        assert _quoted(path.partition("{")[0].rstrip("/") or "/", text(Path("docs/api.md")))


def test_readme_opens_with_the_two_commands() -> None:
    """Whoever opens the README sees how to try it before anything else."""
    opening = text(Path("README.md"))[:900]
    assert opening.index("make demo") < opening.index("make test")


def test_changelog_knows_the_version() -> None:
    """The running version has its section."""
    assert f"## [{__version__}]" in text(Path("CHANGELOG.md"))
