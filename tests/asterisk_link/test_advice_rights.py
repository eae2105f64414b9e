"""What an account lacks is told with what it costs."""

from __future__ import annotations

from asterisk.advice import ADVICE
from asterisk.advice_rights import ACTS, GAINS, LOSSES, RIGHTS
from asterisk.eventfilters import CLASSES, EXTRAS


def test_every_class_has_its_loss() -> None:
    """An administrator is told what a missing class costs."""
    assert set(LOSSES) == set(CLASSES)
    assert all(all(texts) for texts in LOSSES.values())


def test_every_further_class_has_its_gain() -> None:
    """And what a further one would bring; voice quality costs so much that nobody is urged to it."""
    assert set(GAINS) == set(EXTRAS) - {"reporting"}
    assert all(all(texts) for texts in GAINS.values())


def test_rights_are_part_of_all_findings() -> None:
    """No code is told twice in two ways."""
    assert RIGHTS.items() <= ADVICE.items()


def test_every_act_has_a_name_and_a_class() -> None:
    """Nothing that the console does is missing a word for what will not work."""
    assert all(act.actions and act.needs and act.en and act.zh for act in ACTS)
    assert {act.needs for act in ACTS} == {"agent", "call", "originate"}
