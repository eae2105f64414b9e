"""The declared settings: their defaults, their bounds, and that none is without a word of help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from floor.settings import (
    DEFAULT_THRESHOLDS,
    TILES,
    BoardSettings,
    GroupSettings,
    PbxSettings,
    Settings,
    Threshold,
)

MODELS: tuple[type[BaseModel], ...] = (Settings, PbxSettings, BoardSettings, GroupSettings, Threshold)
PLAIN = {"id", "name", "agents"}
"""Keys that explain themselves where they stand, inside [[board]] and [[group]]."""


def mistakes(**values: Any) -> list[str]:
    """The keys that are wrong."""
    with pytest.raises(ValidationError) as raised:
        Settings.model_validate(values)
    return [".".join(map(str, error["loc"])) for error in raised.value.errors()]


def test_nothing_must_be_told() -> None:
    """Without any setting everything has a value, safe for a first try: this machine only, nothing public."""
    settings = Settings()
    assert settings.host == "127.0.0.1"
    assert [settings.pbx, settings.board, settings.group] == [(), (), ()]
    assert settings.database_url == "sqlite:///data/floor.sqlite3"
    assert BoardSettings().public is False
    assert BoardSettings().agents == "number"


def test_one_exchange_needs_only_its_table() -> None:
    """An empty [[pbx]] is Asterisk's own AMI port on this machine, without TLS and without a secret."""
    (pbx,) = Settings.model_validate({"pbx": [{}]}).pbx
    assert (pbx.host, pbx.port, pbx.tls, pbx.secret, pbx.secret_file) == ("127.0.0.1", 5038, False, None, None)


def test_the_record_is_where_the_data_is_unless_named() -> None:
    """SQLite lies in data_dir; a named database wins."""
    assert Settings(data_dir=Path("/var/lib/f")).database_url == "sqlite:////var/lib/f/floor.sqlite3"
    assert Settings(database="postgresql+psycopg://x@/y").database_url == "postgresql+psycopg://x@/y"


@pytest.mark.parametrize("model", MODELS)
def test_every_key_has_its_help(model: type[BaseModel]) -> None:
    """Whoever reads ``floor config`` finds a sentence at every key that needs one."""
    bare = {name for name, field in model.model_fields.items() if not field.description}
    assert bare <= PLAIN


@pytest.mark.parametrize("model", MODELS)
def test_unknown_keys_are_mistakes_and_values_stay(model: type[BaseModel]) -> None:
    """A misspelt key is not ignored, and settings once read do not change."""
    given_name = {"name": "x"} if model is GroupSettings else {}
    with pytest.raises(ValidationError):
        model.model_validate({**given_name, "no_such_key": 1})
    one = model.model_validate(given_name)
    with pytest.raises(ValidationError):
        setattr(one, next(iter(model.model_fields)), 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"port": -1},
        {"port": 65536},
        {"answer_s": -1},
        {"late_ring_s": 86401},
        {"keep_days": 0},
        {"formula": "F"},
        {"log_level": "loud"},
        {"time_zone": "Mars/Olympus"},
        {"day_starts": "24:00"},
        {"day_starts": "7:00"},
        {"day_starts": "07:60"},
        {"day_starts": "07:00\n"},
        {"host": None},
    ],
    ids=str,
)
def test_values_out_of_bounds_are_mistakes(wrong: dict[str, Any]) -> None:
    """A value that could not work is told under its key."""
    assert mistakes(**wrong) == list(wrong)


@pytest.mark.parametrize(
    ("kind", "wrong", "place"),
    [
        ("pbx", {"name": ""}, "name"),
        ("pbx", {"name": "a/b"}, "name"),
        ("pbx", {"name": "a\nb"}, "name"),
        ("pbx", {"name": "x" * 81}, "name"),
        ("pbx", {"watchdog_s": 0.5}, "watchdog_s"),
        ("pbx", {"watchdog_s": float("nan")}, "watchdog_s"),
        ("pbx", {"picture_every_s": 0}, "picture_every_s"),
        ("pbx", {"tls": "perhaps"}, "tls"),
        ("board", {"id": "Lobby"}, "id"),
        ("board", {"id": "-lobby"}, "id"),
        ("board", {"id": "x" * 41}, "id"),
        ("board", {"theme": "pink"}, "theme"),
        ("board", {"window": "m45"}, "window"),
        ("board", {"agents": "face"}, "agents"),
        ("board", {"title": {"fr": "Salle"}}, "title.fr.[key]"),
        ("board", {"tiles": ["waiting", "weather"]}, "tiles.1"),
        ("board", {"thresholds": {"weather": {}}}, "thresholds.weather.[key]"),
        ("board", {"thresholds": {"waiting": {"warn": "many"}}}, "thresholds.waiting.warn"),
        ("group", {"agents": []}, "name"),
    ],
    ids=str,
)
def test_mistakes_inside_tables_name_their_place(kind: str, wrong: dict[str, Any], place: str) -> None:
    """What is wrong inside an exchange, a board or a group is told with its number and key."""
    assert mistakes(**{kind: [wrong]}) == [f"{kind}.0.{place}"]


def test_one_secret_only() -> None:
    """A secret here and one in a file: nobody could say which counts."""
    assert mistakes(pbx=[{"secret": "a", "secret_file": "b"}]) == ["pbx.0"]


@pytest.mark.parametrize(("kind", "key"), [("pbx", "name"), ("board", "id"), ("group", "name")])
def test_names_are_given_once(kind: str, key: str) -> None:
    """Two of the same name cannot be told apart; the sentence says which."""
    with pytest.raises(ValidationError, match=rf"{kind}\.{key} must be unique: twin is given twice"):
        Settings.model_validate({kind: [{key: "twin"}, {key: "other"}, {key: "twin"}]})


def test_a_secret_does_not_show() -> None:
    """Settings may be printed by accident: the secret is not in them."""
    settings = Settings.model_validate({"pbx": [{"secret": "geheim"}]})
    assert "geheim" not in repr(settings) + str(settings) + settings.model_dump_json()
    secret = settings.pbx[0].secret
    assert secret is not None
    assert secret.get_secret_value() == "geheim"


def test_chinese_names_are_names() -> None:
    """Exchanges and groups may be named in Chinese, with spaces."""
    settings = Settings.model_validate(
        {"pbx": [{"name": "总机 一号"}], "group": [{"name": "售后组", "agents": ["张三"]}]}
    )
    assert settings.pbx[0].name == "总机 一号"
    assert settings.group[0].agents == ("张三",)


def test_default_thresholds_are_of_tiles_and_worsen_in_order() -> None:
    """Every default threshold belongs to a tile, and critical lies beyond warn in its direction."""
    assert set(DEFAULT_THRESHOLDS) <= set(TILES)
    for name, one in DEFAULT_THRESHOLDS.items():
        assert one.warn is not None, name
        assert one.critical is not None, name
        assert (one.critical > one.warn) == (one.direction == "up"), name


def test_default_tiles_exist() -> None:
    """A board without tiles of its own shows tiles there are."""
    assert set(BoardSettings().tiles) <= set(TILES)
    assert len(set(TILES)) == len(TILES)


@given(hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_every_minute_may_begin_the_day(hour: int, minute: int) -> None:
    """HH:MM of every minute of a day is taken."""
    starts = f"{hour:02}:{minute:02}"
    assert Settings(day_starts=starts).day_starts == starts


@pytest.mark.parametrize("zone", ["local", "UTC", "Asia/Shanghai", "America/St_Johns"])
def test_zones_by_name(zone: str) -> None:
    """Time zones are named as the world names them, or are the machine's own."""
    assert Settings(time_zone=zone).time_zone == zone
