"""Agents' names keep to what the board may show."""

from __future__ import annotations

import pytest

from floor.settings import GroupSettings, Settings
from tests.web.doubles import agent, member
from web.naming import Names, extension

NAMES = Names(b"salt", {"pbx1/Ann": "ann@house", "pbx2/Anna": "ann@house"}, {"Ann": "night"})


@pytest.mark.parametrize(
    ("interface", "digits"),
    [
        ("PJSIP/1001", "1001"),
        ("SIP/1001", "1001"),
        ("Local/1001@agents/n", "1001"),
        ("hint:1001@phones", "1001"),
        ("PJSIP/alice", None),
        ("PJSIP/1001a", None),
        ("Local/13812345678@out/n", None),
        ("", None),
    ],
)
def test_extension_of_an_interface(interface: str, digits: str | None) -> None:
    """An interface called by a number gives its digits; a whole telephone number is nobody's business."""
    assert extension(interface) == digits


def test_label_by_number() -> None:
    """The number of the phone, else a member name that is one, else a short code, never the name."""
    assert NAMES.label(agent("Ann"), "number") == "1001"
    assert NAMES.label(agent("2002", member(agent="2002", interface="PJSIP/desk")), "number") == "2002"
    code = NAMES.label(agent("Ann", member(interface="PJSIP/ann")), "number")
    assert code is not None
    assert len(code) == 4
    assert "Ann" not in code


def test_label_by_name_or_not_at_all() -> None:
    """By name the member name; none is no label."""
    assert NAMES.label(agent("Ann"), "name") == "Ann"
    assert NAMES.label(agent("Ann"), "none") is None


def test_ids_do_not_tell_what_labels_hide() -> None:
    """Only a board that shows names has them in ids and persons."""
    assert NAMES.id(("pbx1", "Ann"), "name") == "pbx1/Ann"
    for identity in ("number", "none"):
        assert "Ann" not in NAMES.id(("pbx1", "Ann"), identity)
        assert "ann" not in NAMES.person(("pbx1", "Ann"), identity).lower()


def test_one_person_on_two_exchanges() -> None:
    """Who the settings call one person has one value everywhere; the same name is the same person by default."""
    assert NAMES.person(("pbx1", "Ann"), "number") == NAMES.person(("pbx2", "Anna"), "number")
    assert NAMES.person(("pbx1", "Bob"), "number") == NAMES.person(("pbx2", "Bob"), "number")
    assert NAMES.person(("pbx1", "Ann"), "number") != NAMES.person(("pbx1", "Bob"), "number")


def test_codes_need_the_salt() -> None:
    """Whoever knows a name but not the salt cannot tell its code; words are not run together."""
    assert NAMES.code("agent", "Ann") != Names(b"other", {}, {}).code("agent", "Ann")
    assert NAMES.code("ab", "c") != NAMES.code("a", "bc")


def test_hostile_names_have_codes_too() -> None:
    """A name that is no clean text does not break the board."""
    assert NAMES.code("\ud800\0<script>")


def test_groups_come_from_the_settings() -> None:
    """The first group that lists a member is his."""
    groups = (GroupSettings(name="day", agents=("Ann",)), GroupSettings(name="night", agents=("Ann", "Bob")))
    assert Names.of(Settings(group=groups), b"s").groups == {"Ann": "day", "Bob": "night"}
