"""One line of a roster, cell by cell."""

from __future__ import annotations

from typing import Any

import pytest

from floor.people.faults import Fault
from floor.people.model import Role
from floor.people.parse import ROLES, Parser, fits
from floor.people.sheet import Row


def parsed(cells: dict[str, str], *exchanges: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Values, and (column, code) of what is wrong."""
    faults: list[Fault] = []
    draft = Parser(frozenset(exchanges)).draft(Row(7, {"login": "ann", **cells}), faults)
    assert draft is not None
    assert {fault.line for fault in faults} <= {7}
    for fault in faults:
        assert fault.sentence("zh")
    return dict(draft.values), [(fault.column, fault.code) for fault in faults]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ({}, {}),
        ({"name": " Li  Na "}, {"name": "Li Na"}),
        ({"number": "0099"}, {"number": "0099"}),
        ({"number": ""}, {"number": None}),
        ({"role": "LEADER"}, {"role": Role.LEADER}),
        ({"role": "组长"}, {"role": Role.LEADER}),
        ({"role": ""}, {"role": None}),
        ({"group": "早班| 夜班 ;早班；外呼"}, {"group": ("早班", "夜班", "外呼")}),
        ({"leads": ""}, {"leads": ()}),
        ({"agent": "Ann"}, {"agents": (("*", "Ann"),)}),
        ({"agent": "PJSIP/1001", "pbx": "east"}, {"agents": (("east", "PJSIP/1001"),)}),
        ({"agent": "Ann|Anna", "pbx": "east|west"}, {"agents": (("east", "Ann"), ("west", "Anna"))}),
        ({"agent": "Ann|Anna", "pbx": "*"}, {"agents": (("*", "Ann"), ("*", "Anna"))}),
        ({"agent": "", "pbx": "east"}, {"agents": ()}),
        ({"queues": "sales|east/vip"}, {"queues": ("sales", "east/vip")}),
        ({"queues": "*"}, {"queues": ("*",)}),
        ({"language": "ZH"}, {"language": "zh"}),
        ({"language": ""}, {"language": "auto"}),
        ({"phone": "+8613800000000"}, {"phone": "+8613800000000"}),
        ({"shift_end": "9:00"}, {"shift_end": "09:00"}),
        ({"shift_end": "18:00:00"}, {"shift_end": "18:00"}),
        ({"shift_end": ""}, {"shift_end": None}),
    ],
)
def test_good_cells(cells: dict[str, str], values: dict[str, Any]) -> None:
    """As people and spreadsheets write them."""
    assert parsed(cells, "east", "west") == (values, [])


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"name": ""}, ("name", "missing")),
        ({"name": "a|b"}, ("name", "name")),
        ({"name": "x" * 81}, ("name", "long")),
        ({"number": "1 2"}, ("number", "number")),
        ({"role": "boss"}, ("role", "role")),
        ({"group": "a/b"}, ("group", "group")),
        ({"group": "a|=b"}, ("group", "formula")),
        ({"queues": "x" * 201}, ("queues", "long")),
        ({"agent": "Ann|Anna|An", "pbx": "east|west"}, ("agent", "pairs")),
        ({"agent": "Ann", "pbx": "esat"}, ("pbx", "pbx")),
        ({"agent": "a|@b"}, ("agent", "formula")),
        ({"language": "fr"}, ("language", "language")),
        ({"mail": "ann"}, ("mail", "mail")),
        ({"phone": "call me"}, ("phone", "phone")),
        ({"shift_end": "six"}, ("shift_end", "shift_end")),
    ],
)
def test_bad_cells(cells: dict[str, str], wrong: tuple[str, str]) -> None:
    """Each is named by its column; the others are read all the same."""
    values, faults = parsed({**cells, "language" if "language" not in cells else "name": "en"}, "east", "west")
    assert faults == [wrong]
    assert "en" in values.values()


def test_without_a_login_it_is_nobody() -> None:
    """There is no draft, only the fault."""
    faults: list[Fault] = []
    assert Parser().draft(Row(2, {"login": "a b"}), faults) is None
    assert [(fault.column, fault.code) for fault in faults] == [("login", "login")]


def test_every_role_has_both_names() -> None:
    """A Chinese roster needs no English word."""
    assert {role for word, role in ROLES.items() if not word.isascii()} == set(Role)


@pytest.mark.parametrize(
    ("login", "number", "role", "leads", "wrong"),
    [
        ("ann", "1001", Role.AGENT, (), None),
        ("a7", "A7", Role.AGENT, (), "login_is_number"),  # R-SEC-10
        ("ann", None, Role.AGENT, ("g",), "leads"),
        ("ann", None, Role.QA, ("g",), "leads"),
        ("ann", None, Role.COACH, ("g",), None),
        ("ann", None, Role.CHIEF, ("g",), None),
    ],
)
def test_fields_that_do_not_go_together(
    login: str, number: str | None, role: Role, leads: tuple[str, ...], wrong: str | None
) -> None:
    """The login is not the public number; who leads has a rank."""
    found = fits(login, number, role, leads)
    assert (found and found[1]) == wrong
