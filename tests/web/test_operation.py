"""One operation."""

from __future__ import annotations

import pytest

from floor.people.rights import Right
from web.operation import JSON, TEXT, Needs, Operation


@pytest.mark.parametrize(
    ("needs", "keyed", "personal"),
    [
        ("api key", True, False),
        ("board key", True, False),
        ("nothing", False, False),
        ("signed in", False, True),
        ("even locked", False, True),
        (Right.EVACUATE, False, True),
    ],
)
def test_who_opens_it(needs: Needs, keyed: bool, personal: bool) -> None:
    """A key, a person, or anybody."""
    operation = Operation("/x", "X.", needs, JSON, TEXT)
    assert (operation.keyed, operation.personal) == (keyed, personal)
