"""The tree of errors."""

from __future__ import annotations

from floor import errors


def test_every_error_belongs_to_the_tree_and_says_what_it_means() -> None:
    """One base, and a docstring each, so that a caller can tell what happened."""
    for name, kind in vars(errors).items():
        if isinstance(kind, type):
            assert issubclass(kind, errors.FloorError), name
            assert kind.__doc__, name
