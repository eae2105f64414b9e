"""The words of the floor: enumerations that are read off their class as any attribute."""

from __future__ import annotations

import copy
import pickle
from enum import StrEnum

import pytest

from floor.state import words
from floor.state.words import AgentState, plain

WORDS = [kind for kind in vars(words).values() if isinstance(kind, type) and issubclass(kind, StrEnum)]


@pytest.mark.parametrize("kind", [kind for kind in WORDS if kind is not StrEnum], ids=lambda kind: kind.__name__)
def test_members_are_the_classs_own(kind: type[StrEnum]) -> None:
    """By name, by value, by attribute and after a journey through pickle it is the same word."""
    for name, word in kind.__members__.items():
        assert vars(kind)[name] is word
        assert kind[name] is kind(word.value) is getattr(kind, name) is word
        assert pickle.loads(pickle.dumps(word)) is copy.deepcopy(word) is word
    assert list(kind) == list(kind.__members__.values())


def test_words_stay_as_they_are() -> None:
    """A word cannot be given another meaning."""
    with pytest.raises(AttributeError):
        AgentState.READY = "else"  # type: ignore[misc]


def test_plain_changes_no_meaning() -> None:
    """Decorated or not, an enumeration says the same."""

    class Bare(StrEnum):
        ONE = "one"
        TWO = "two"

    before = [(word, word.name, word.value, str(word)) for word in Bare]
    assert [(word, word.name, word.value, str(word)) for word in plain(Bare)] == before
