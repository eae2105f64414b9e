"""What somebody writes as a plan is parsed, or refused by naming the part that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.plan_text import missing_parts, plan_from
from alerts.refusals import InvalidError


def test_least() -> None:
    """A type is enough to begin with; what is missing is listed in the order of the domain."""
    plan = plan_from("power", {"type": "power"})
    assert missing_parts(plan) == (
        "title", "purpose", "situations", "conditions", "starters", "steps", "target",
    )  # fmt: skip


def test_one_language_is_taken_for_both() -> None:
    """A plain text stands for both languages; an empty one for nothing."""
    plan = plan_from("power", {"type": "power", "title": "断电", "purpose": {"en": "  "}})
    assert plan.title == {"en": "断电", "zh": "断电"}
    assert plan.purpose == {}


def test_steps_are_numbered() -> None:
    """Steps without an id get one by their place."""
    plan = plan_from("power", {"type": "power", "steps": [{"text": "a"}, {"text": "b", "id": "end"}, {"text": "c"}]})
    assert [step.id for step in plan.steps] == ["s1", "end", "s3"]


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"type": "flood"}, "type"),
        ({"type": "power", "colour": "red"}, "colour"),
        ({"type": "power", "title": 7}, "title"),
        ({"type": "power", "title": {"fr": "x"}}, "title"),
        ({"type": "power", "title": "x" * 5000}, "title"),
        ({"type": "power", "starters": "chief"}, "starters"),
        ({"type": "power", "starters": ["king"]}, "starters"),
        ({"type": "power", "fields": ["Place"]}, "fields"),
        ({"type": "power", "steps": {}}, "steps"),
        ({"type": "power", "steps": [{"text": "a"}] * 61}, "steps"),
        ({"type": "power", "steps": [{"text": "a", "id": "x"}, {"text": "b", "id": "x"}]}, "steps"),
        ({"type": "power", "steps": ["a"]}, "steps.1"),
        ({"type": "power", "steps": [{"who": "chief"}]}, "steps.1"),
        ({"type": "power", "steps": [{"text": "a", "who": "king"}]}, "steps.1"),
        ({"type": "power", "steps": [{"text": "a", "within_s": -1}]}, "steps.1"),
        ({"type": "power", "steps": [{"text": "a", "within_s": True}]}, "steps.1"),
        ({"type": "power", "steps": [{"text": "a", "number": "call 119"}]}, "steps.1"),
        ({"type": "power", "steps": [{"text": "a", "id": 7}]}, "steps.1"),
        ({"type": "power", "steps": [{"text": "a", "colour": "red"}]}, "steps.1"),
    ],
)
def test_wrong_part_is_named(body: dict[str, Any], part: str) -> None:
    """Whatever is wrong, the refusal says where."""
    with pytest.raises(InvalidError) as refused:
        plan_from("power", body)
    assert refused.value.details == (part,)
