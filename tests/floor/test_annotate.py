"""``floor config``: everything in effect, each key with its meaning, loadable again, and no secret in it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url

from floor.annotate import HIDDEN, annotated
from floor.load import SECTIONS, load
from floor.settings import TILES, BoardSettings, GroupSettings, PbxSettings, Settings, Threshold

SECRET = "s3cr3t"
EVERYTHING = Path(__file__).parent / "configs" / "good-everything.toml"


def again(config: Settings, folder: Path) -> Settings:
    """The settings after a round through the file that was printed."""
    file = folder / "floor.toml"
    file.write_text(annotated(config), encoding="utf-8")
    return load(file, {}, {})


def without_secrets(config: Settings) -> Any:
    """Everything but what must not be printed."""
    values = config.model_dump(mode="json")
    values.pop("database")
    for pbx in values["pbx"]:
        pbx.pop("secret")
        pbx.pop("queue_log")
    return values


def test_defaults_are_told_and_load_again(tmp_path: Path) -> None:
    """Of an installation without any setting the whole is printed, and read again is the same."""
    assert again(Settings(), tmp_path) == Settings()


def test_everything_is_told_and_loads_again(tmp_path: Path) -> None:
    """All kinds of tables, quoted names and Chinese survive the round; secrets are hidden."""
    config = load(EVERYTHING, {}, {})
    text = annotated(config)
    assert "geheim" not in text
    assert without_secrets(again(config, tmp_path)) == without_secrets(config)


@pytest.mark.parametrize("model", [Settings, PbxSettings, BoardSettings, Threshold, GroupSettings])
def test_every_key_and_its_meaning_are_there(model: type[Settings]) -> None:
    """Each key stands there, set or commented out, under its help."""
    lines = annotated(load(EVERYTHING, {}, {})).splitlines()
    for name, field in model.model_fields.items():
        if name in ("pbx", "board", "group", "thresholds", *SECTIONS):
            continue
        places = [at for at, line in enumerate(lines) if line.removeprefix("# ").startswith(f"{name} = ")]
        assert places, name
        if field.description:
            assert any(lines[at - 1] == f"# {field.description}" for at in places), name


def test_what_is_not_set_is_commented_out() -> None:
    """No value is invented for a key that has none."""
    text = annotated(Settings(pbx=(PbxSettings(),)))
    told = tomllib.loads(text)
    assert "database" not in told
    assert "secret" not in told["pbx"][0]
    for line in ('# database = ""', "# board = []", "# persons = {}", '# secret = ""', '# tls_ca = ""'):
        assert line in text.splitlines()


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://floor:{SECRET}@db.example:5432/floor",
        f"postgresql://:{SECRET}@db/floor",
        f"postgresql://floor:a@{SECRET}@db/floor",
        f"postgresql://floor:{SECRET}?x@db/floor",
        f"postgresql://floor:a/{SECRET}@db/floor",
        f"postgresql://floor:{SECRET}@db/floor?host=/run/pg@1",
        f"mssql://db/floor?PWD={SECRET}",
        f"postgresql://db/floor?user=floor&password={SECRET}",
        f"postgresql://floor@db/floor?sslpassword={SECRET}&connect_timeout=3",
        f"mysql://db/asterisk?ssl_key_passphrase={SECRET}",
        f"postgresql://db/floor?options=x&Token={SECRET}",
    ],
)
def test_a_password_in_a_url_is_hidden(tmp_path: Path, url: str) -> None:
    """Wherever a database URL may carry its password, it is not printed, and what is printed is a URL still."""
    config = Settings(database=url, pbx=(PbxSettings(queue_log=url),))
    text = annotated(config)
    assert SECRET not in text
    assert HIDDEN in text
    shown = again(config, tmp_path)
    assert make_url(shown.database_url).drivername == make_url(url).drivername
    assert shown.pbx[0].queue_log == shown.database


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/lib/floor/floor.sqlite3",
        "postgresql+psycopg://floor@/floor",
        "postgresql://db:5432/floor?connect_timeout=3",
        "postgresql://floor@db:5432/floor",
    ],
)
def test_a_url_without_password_is_told_as_it_is(url: str) -> None:
    """Nothing is hidden where nothing is secret."""
    assert tomllib.loads(annotated(Settings(database=url)))["database"] == url


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/"), min_size=1, max_size=12)
thresholds = st.dictionaries(
    st.sampled_from(TILES), st.builds(Threshold, warn=st.floats(allow_nan=False), target=st.none()), max_size=2
)
boards = st.builds(
    BoardSettings,
    title=st.fixed_dictionaries({"en": words}),
    queues=st.lists(words, max_size=2).map(tuple),
    thresholds=thresholds,
)
configs = st.builds(
    Settings,
    host=words,
    persons=st.dictionaries(words, words, max_size=2),
    pbx=st.builds(PbxSettings, name=names, host=words, secret=words).map(lambda one: (one,)),
    board=boards.map(lambda one: (one,)),
    group=st.builds(GroupSettings, name=names, agents=st.lists(words, max_size=2).map(tuple)).map(lambda one: (one,)),
)


@settings(max_examples=100, deadline=None)
@given(configs)
def test_whatever_is_set_loads_again(config: Settings) -> None:
    """Any text in any place survives the round; instead of the secret stands that it is hidden."""
    text = annotated(config)
    read = Settings.model_validate(tomllib.loads(text))
    assert read.pbx[0].secret is not None
    assert read.pbx[0].secret.get_secret_value() == HIDDEN
    if "://" not in text:
        assert without_secrets(read) == without_secrets(config)
