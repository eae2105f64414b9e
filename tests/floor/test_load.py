"""Settings from file, environment and command line: the later wins, every mistake is a sentence, no secret in any.

The files of ``configs/`` are the cases. Lines that begin with ``#!`` are the sentences such a file must bring, in
order; a file without them must be taken.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floor.errors import ConfigInvalidError
from floor.load import AMI_KEYS, SCALARS, load
from floor.settings import Settings

CONFIGS = sorted((Path(__file__).parent / "configs").glob("*.toml"))
SECRET = "geheim"
"""In every case that holds a secret, the secret is this one."""


@pytest.fixture(autouse=True)
def _no_file_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("floor.load.DEFAULT_FILE", tmp_path / "etc" / "floor.toml")


def expected(file: Path) -> list[str]:
    """The sentences a case promises."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("#! ").replace("{file}", str(file)) for line in lines if line.startswith("#! ")]


def sentences(file: Path | None = None, environment: dict[str, str] | None = None, **flags: Any) -> list[str]:
    """What is said to be wrong; empty when nothing is."""
    try:
        load(file, environment or {}, flags)
    except ConfigInvalidError as invalid:
        return invalid.errors
    return []


@pytest.mark.parametrize("file", CONFIGS, ids=lambda file: file.stem)
def test_case(file: Path) -> None:
    """Each file brings exactly its sentences, in order, and none of them has a secret in it."""
    said = sentences(file)
    assert said == expected(file)
    assert SECRET not in "".join(said)


def test_cases_are_both_good_and_bad() -> None:
    """There are files of either kind, and their names say which."""
    good = {file for file in CONFIGS if not expected(file)}
    assert good == {file for file in CONFIGS if file.stem.startswith("good")}
    assert 0 < len(good) < len(CONFIGS)


def test_nothing_given_is_fine() -> None:
    """Without file, environment and flags there are the defaults."""
    assert load(None, {}, {}) == Settings()


def test_the_usual_place_is_read_when_nothing_else_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file in its usual place counts by itself, and not when another one is named."""
    usual, other = tmp_path / "usual.toml", tmp_path / "other.toml"
    usual.write_text("port = 1001", encoding="utf-8")
    other.write_text("", encoding="utf-8")
    monkeypatch.setattr("floor.load.DEFAULT_FILE", usual)
    assert load(None, {}, {}).port == 1001
    assert load(other, {}, {}).port == 8000


def test_later_wins_key_by_key(tmp_path: Path) -> None:
    """Environment over file, flags over environment; what the later does not give stays."""
    file = tmp_path / "floor.toml"
    file.write_text('host = "10.0.0.1"\nport = 1\nanswer_s = 20\n[[pbx]]\nhost = "a"\nuser = "u"\n', encoding="utf-8")
    settings = load(file, {"FLOOR_HOST": "10.0.0.2", "FLOOR_PORT": "2", "FLOOR_AMI_HOST": "b"}, {"port": "3"})
    assert (settings.host, settings.port, settings.answer_s) == ("10.0.0.2", 3, 20)
    assert [(pbx.host, pbx.user) for pbx in settings.pbx] == [("b", "u")]


def test_flags_of_an_exchange_mean_the_first(tmp_path: Path) -> None:
    """Of several exchanges in the file the first is meant; the others stay as they are."""
    file = tmp_path / "floor.toml"
    file.write_text('[[pbx]]\nname = "a"\n[[pbx]]\nname = "b"\nhost = "two"\n', encoding="utf-8")
    settings = load(file, {}, {"ami_host": "one", "ami_port": None})
    assert [(pbx.name, pbx.host) for pbx in settings.pbx] == [("a", "one"), ("b", "two")]


def test_flags_alone_make_an_exchange() -> None:
    """Without a file, an address on the command line is an exchange."""
    (pbx,) = load(None, {}, {"ami_host": "pbx.example", "ami_tls": True}).pbx
    assert (pbx.host, pbx.tls, pbx.name) == ("pbx.example", True, "pbx")


@pytest.mark.parametrize(
    ("file_has", "given"),
    [("secret", "secret_file"), ("secret_file", "secret"), ("secret", "secret"), ("secret_file", "secret_file")],
)
def test_the_later_secret_counts(tmp_path: Path, file_has: str, given: str) -> None:
    """A secret of a later source takes the place of an earlier one, of whichever kind: never both."""
    file = tmp_path / "floor.toml"
    file.write_text(f'[[pbx]]\n{file_has} = "old"\n', encoding="utf-8")
    (pbx,) = load(file, {f"FLOOR_AMI_{given.upper()}": "new"}, {}).pbx
    shown = pbx.secret.get_secret_value() if pbx.secret else str(pbx.secret_file)
    assert shown == "new"
    assert (pbx.secret is None) == (given == "secret_file")


@pytest.mark.parametrize("name", SCALARS)
def test_every_plain_setting_has_its_variable(name: str) -> None:
    """FLOOR_ and the key in capitals: known for every setting that is not a table, empty means not given."""
    assert sentences(environment={f"FLOOR_{name.upper()}": ""}) == []
    value = getattr(Settings(), name)
    if value is not None:
        assert getattr(load(None, {f"FLOOR_{name.upper()}": str(value)}, {}), name) == value


@pytest.mark.parametrize("name", AMI_KEYS)
def test_every_setting_of_an_exchange_has_its_variable(name: str) -> None:
    """FLOOR_AMI_ and the key in capitals."""
    value = {"tls": "yes", "filters": "yes", "port": "1"}.get(name, "20")
    (pbx,) = load(None, {f"FLOOR_AMI_{name.upper()}": value}, {}).pbx
    assert name in pbx.model_fields_set


def test_a_misspelt_variable_is_told_with_what_was_meant() -> None:
    """FLOOR_PROT is not ignored; variables of other programs and our own test switches are."""
    said = sentences(environment={"FLOOR_PROT": "1", "FLOOR_AMI_SECERT": SECRET, "PATH": "/", "FLOOR_TEST_X": "1"})
    assert [sentence.split(":")[0] for sentence in said] == ["FLOOR_AMI_SECERT", "FLOOR_PROT"]
    assert "FLOOR_AMI_SECRET" in said[0]
    assert "FLOOR_PORT" in said[1]
    assert SECRET not in "".join(said)


def test_mistakes_of_all_sources_are_told_at_once(tmp_path: Path) -> None:
    """File, environment and flags wrong at the same time: one sentence each."""
    said = sentences(tmp_path / "none.toml", {"FLOOR_PROT": "1"}, answer_s="soon")
    assert [sentence.split(":")[0] for sentence in said] == ["config", "FLOOR_PROT", "answer_s"]


@pytest.mark.parametrize(
    ("kind", "why"),
    [("missing", "No such file or directory"), ("folder", "Is a directory"), ("binary", "is not UTF-8 text")],
)
def test_an_unreadable_file_is_a_sentence(tmp_path: Path, kind: str, why: str) -> None:
    """A file that cannot be read is told with its path and why."""
    file = tmp_path / "floor.toml"
    if kind == "folder":
        file.mkdir()
    elif kind == "binary":
        file.write_bytes(b'host = "\xff\xfe"\n')
    (said,) = sentences(file)
    assert str(file) in said
    assert why in said


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """Files saved by editors on Windows begin with one."""
    file = tmp_path / "floor.toml"
    file.write_text("port = 1\n", encoding="utf-8-sig")
    assert load(file, {}, {}).port == 1


def test_flags_do_not_hide_a_mistake_in_the_file(tmp_path: Path) -> None:
    """[pbx] in one bracket is told, although an address is given on the command line."""
    file = tmp_path / "floor.toml"
    file.write_text('[pbx]\nhost = "a"\n', encoding="utf-8")
    assert sentences(file, ami_host="b") == ["pbx: begin each one with [[pbx]], in two brackets"]


leaves = st.one_of(st.just(SECRET), st.integers(), st.booleans(), st.floats(allow_nan=False), st.none())
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(("secret", "name", "host", "secrett", "title", "en", "waiting")), inner),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from((*SCALARS, "pbx", "board", "group", "persons", "sercet")), trees, max_size=4))
def test_whatever_is_written_ends_in_settings_or_sentences(values: dict[str, Any]) -> None:
    """However wrong the shape of what is given, nothing but ConfigInvalidError comes out, one line each."""
    for flags in (values, values | {"ami_host": "x"}):
        for said in sentences(None, {}, **flags):
            assert "\n" not in said
            assert ": " in said


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(("secret", "secret_file", "secrett", "Secret", "pasword")),
        st.sampled_from((SECRET, [SECRET], {"x": SECRET})),
        min_size=1,
    )
)
def test_no_sentence_has_a_secret_in_it(pbx: dict[str, Any]) -> None:
    """A secret of the wrong shape or under a misspelt key is not repeated in the sentence about it."""
    assert SECRET not in "".join(sentences(pbx=[pbx]))


def test_the_example_file_is_taken() -> None:
    """The annotated file that is shipped can be used as it is."""
    shipped = Path(__file__).parents[2] / "config" / "floor.toml"
    assert sentences(shipped) == []
    assert tomllib.loads(shipped.read_text(encoding="utf-8"))["pbx"]
