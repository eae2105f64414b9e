"""The table of conditions."""

from __future__ import annotations

import pytest

from alerts.conditions.registry import CONDITIONS, MODULES


def test_names_are_unique() -> None:
    """No condition hides another one."""
    assert len(CONDITIONS) == sum(len(module.CONDITIONS) for module in MODULES)


@pytest.mark.parametrize("name", CONDITIONS)
def test_condition_is_complete(name: str) -> None:
    """It measures what it is touched by, or tells occurrences; and says in a sentence what it means."""
    condition = CONDITIONS[name]
    measures = condition.read is not None and condition.touched is not None
    assert measures != (condition.occurred is not None)
    assert condition.help.endswith(".")
    for wanted, default in condition.params.values():
        kinds = wanted if isinstance(wanted, tuple) else (wanted,)
        assert default is None or isinstance(default, kinds) or (float in kinds and isinstance(default, int))
