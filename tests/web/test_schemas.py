"""Shapes of answers: types on the wire tell theirs, the others are declared, and none twice."""

from __future__ import annotations

from floor.state.figures import NAMES
from web.schemas import DECLARED, KINDS, TYPES, schemas


def test_every_shape_is_told_once() -> None:
    """What is declared is no type on the wire, which would tell it by itself."""
    found = schemas()
    names = {one.__name__ for one in TYPES}
    assert names | {*DECLARED, "Listening", "Figures"} <= set(found)
    assert not names & set(DECLARED)


def test_the_floor_has_a_table_per_kind() -> None:
    """Named in the plural, and of the kind."""
    tables = schemas()["Floor"]["properties"]
    assert set(tables) == {*(f"{kind.lower()}s" for kind in KINDS), "figures", "history", "notices"}
    assert tables["agents"]["additionalProperties"] == {"$ref": "#/components/schemas/Agent"}


def test_figures_are_those_that_are_computed() -> None:
    """A figure that is added is described by itself."""
    assert set(NAMES) <= set(schemas()["Figures"]["properties"])
