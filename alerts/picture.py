"""Draws the life of alerts into the docs: ``python -m alerts.picture [FILE]`` (default: docs/lifecycle.md).

It follows what :mod:`floor.state.picture` draws into the same file. The table in :mod:`alerts.lifecycle` is what the
program runs on; this only writes it out. A test compares the file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from alerts.lifecycle import MARKS, STEPS, AlertEvent
from alerts.model import AlertStage

FILE = Path("docs/lifecycle.md")
BEGIN = "<!-- Written by `python -m alerts.picture` from alerts/lifecycle.py; change that, not this. -->"

STAGES = {
    AlertStage.PENDING: "beyond the limit, and waits out the rule's `for`; nobody is told, it may pass",
    AlertStage.FIRING: "somebody must react, and nobody has taken it over",
    AlertStage.ACKNOWLEDGED: "a person has taken it over, for a limited time",
    AlertStage.RECOVERING: "the rule holds again, and must for its `keep`",
    AlertStage.RESOLVED: "over; broken again within the re-open window it is the same alert",
}


def rendered() -> str:
    """The part of the document that is ours."""
    return "\n".join([*_head(), *_picture(), *_steps(), *_marks()]) + "\n"


def drawn_into(document: str) -> str:
    """The document with our part as it is now, at its end."""
    return document.partition(BEGIN)[0].rstrip("\n") + "\n\n" + rendered()


def _head() -> Iterator[str]:
    yield BEGIN
    yield ""
    yield "## The life of an alert"
    yield ""
    yield "An alert is one rule broken by one subject on one exchange; a second trigger updates it, and never makes a"
    yield "second one. Every step is stored with its moment, who or what made it, the value and the reason."
    yield ""


def _picture() -> Iterator[str]:
    arrows: dict[tuple[AlertStage | None, AlertStage], list[str]] = {}
    for (before, event), steps in STEPS.items():
        for after in steps:
            arrows.setdefault((before, after), []).append(event.value)
    yield "```mermaid"
    yield "stateDiagram-v2"
    for (stage, after), events in arrows.items():
        if stage is not after:
            yield f"    {'[*]' if stage is None else stage.value} --> {after.value}: {', '.join(events)}"
    yield "    resolved --> [*]"
    yield "```"
    yield ""
    yield "| stage | it is |"
    yield "|---|---|"
    for stage, words in STAGES.items():
        yield f"| {stage.value} | {words} |"
    yield ""


def _steps() -> Iterator[str]:
    yield "| stage | event | next | because |"
    yield "|---|---|---|---|"
    for (before, event), steps in STEPS.items():
        for after, words in steps.items():
            yield f"| {'' if before is None else before.value} | {event.value} | {after.value} | {words} |"
    yield ""


def _marks() -> Iterator[str]:
    yield "What changes no stage:"
    yield ""
    yield "| event | while it is | meaning |"
    yield "|---|---|---|"
    for event, (stages, words) in MARKS.items():
        yield f"| {event.value} | {', '.join(stages)} | {words} |"
    superseded = "two Floorwatches on one database raised the same; the newer word lives"
    yield f"| {AlertEvent.SUPERSEDED.value} | any | {superseded} |"


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    before = target.read_text(encoding="utf-8") if target.exists() else ""
    target.write_text(drawn_into(before), encoding="utf-8")
