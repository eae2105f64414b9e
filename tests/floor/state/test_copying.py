"""Copies of frozen values."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields
from dataclasses import replace as slowly

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floor.state import copying
from floor.state.model import Agent, AgentState, Caller, CallerStage, Channel, Member

AGENT = Agent("pbx1", "Ann", AgentState.READY, 1.0, members=(Member("support", "Ann", "PJSIP/1001", "PJSIP/1001"),))
CALLER = Caller("pbx1", "support", "17.1", CallerStage.WAITING, 1.0, number="5550100")
CHANNEL = Channel("pbx1", "17.1", "PJSIP/1001-1", "17.1", 1.0)


@given(value=st.sampled_from([AGENT, CALLER, CHANNEL]), data=st.data())
def test_as_the_standard_library_does(value: Agent | Caller | Channel, data: st.DataObject) -> None:
    """Whatever is changed, the copy equals what dataclasses would make, and the original stays as it was."""
    names = data.draw(st.sets(st.sampled_from([field.name for field in fields(value)])))
    changes = {name: data.draw(st.one_of(st.none(), st.integers(), st.text())) for name in names}
    before = repr(value)
    copied = copying.replace(value, **changes)  # type: ignore[arg-type]  # anything at all
    assert copied == slowly(value, **changes)  # type: ignore[arg-type]
    assert type(copied) is type(value)
    assert repr(value) == before


def test_a_copy_is_frozen_too() -> None:
    """What was copied can be changed no more than what was made."""
    with pytest.raises(FrozenInstanceError):
        copying.replace(CALLER, position=2).position = 3  # type: ignore[misc]


def test_a_field_that_is_none() -> None:
    """A misspelt field is an error that names it."""
    with pytest.raises(TypeError, match="Caller has no field 'postion'"):
        copying.replace(CALLER, postion=2)  # type: ignore[call-arg]


def test_only_slots() -> None:
    """A class that keeps its fields elsewhere is refused instead of being copied by halves."""

    @dataclass(frozen=True)
    class Loose:
        name: str

    with pytest.raises(TypeError, match="Loose does not keep its fields in slots"):
        copying.replace(Loose("x"), name="y")


def test_made_quickly_is_made_as_usual() -> None:
    """By place, by name and by default, with the same equality, repr, copies and pickles."""

    @dataclass(frozen=True, slots=True)
    class Usual:
        name: str
        age: int = 3

    usual = [repr(Usual("x")), repr(Usual("x", 4)), repr(Usual(age=4, name="x"))]
    copying.quick(Usual)
    assert [repr(Usual("x")), repr(Usual("x", 4)), repr(Usual(age=4, name="x"))] == usual
    assert Usual("x", 4) == Usual(age=4, name="x") != Usual("x")
    with pytest.raises(TypeError, match="name"):
        Usual()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="height"):
        Usual("x", height=2)  # type: ignore[call-arg]
    with pytest.raises(FrozenInstanceError):
        Usual("x").name = "y"  # type: ignore[misc]


@pytest.mark.parametrize("value", [AGENT, CALLER, CHANNEL], ids=lambda value: type(value).__name__)
def test_journeys(value: object) -> None:
    """What is copied or pickled comes back equal and hashes alike."""
    for again in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert again == value
        assert hash(again) == hash(value)


def test_not_every_class_can_be_made_quickly() -> None:
    """Fields that are no plain parameters are refused when the class is declared."""

    @dataclass(frozen=True, slots=True)
    class Gathers:
        names: list[str] = field(default_factory=list)

    with pytest.raises(TypeError, match="Gathers has fields that are not plain parameters"):
        copying.quick(Gathers)
