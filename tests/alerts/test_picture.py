"""The picture of the life of alerts in the docs."""

from __future__ import annotations

from pathlib import Path

from alerts.lifecycle import MARKS, STEPS, AlertEvent
from alerts.model import AlertStage
from alerts.picture import STAGES, drawn_into, rendered

FILE = Path(__file__).resolve().parents[2] / "docs" / "lifecycle.md"


def test_docs_are_not_stale() -> None:
    """docs/lifecycle.md is what the table says now (else: ``python -m alerts.picture``)."""
    assert FILE.read_text(encoding="utf-8").endswith(rendered())


def test_everything_is_explained() -> None:
    """Every stage and every event has its words."""
    assert set(STAGES) == set(AlertStage)
    assert {event for _, event in STEPS} | set(MARKS) | {AlertEvent.SUPERSEDED} == set(AlertEvent)
    assert all(f"| {event.value} |" in rendered() for event in AlertEvent)


def test_drawn_again() -> None:
    """Drawing twice is drawing once, and what stands before it stays."""
    once = drawn_into("# Lifecycles\n\nof agents\n")
    assert drawn_into(once) == once
    assert once.startswith("# Lifecycles\n\nof agents\n\n")
