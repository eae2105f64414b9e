"""Draws the lives of agents and callers into the docs: ``python -m floor.state.picture [FILE]``.

The default is docs/lifecycle.md, where the life of alerts follows.

The tables in :mod:`floor.state.lifecycle` are what the program runs on; this only writes them out, so that what is read
is what happens. A test compares the file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from floor.state.lifecycle import AGENT_PRECEDENCE, CALLER_STEPS
from floor.state.model import CallerStage, Ending

FILE = Path("docs/lifecycle.md")

STAGES = {
    CallerStage.WAITING: "in the line of the queue",
    CallerStage.LEAVING: "out of the line, and not yet said what for; he is given five seconds",
    CallerStage.TALKING: "with an agent",
    CallerStage.CLOSING: "his channel is gone, and the exchange still owes its last word on the call",
    CallerStage.ENDED: "over, with exactly one ending",
}

ENDINGS = {
    Ending.ANSWERED: "an agent took the call",
    Ending.ABANDONED: "the caller hung up while waiting",
    Ending.TIMED_OUT: "the queue's time limit passed",
    Ending.EXIT_KEY: "the caller pressed a key to leave",
    Ending.EXIT_EMPTY: "the queue let him go because nobody was there to answer",
    Ending.JOIN_EMPTY: "not let in: nobody was there to answer (no contact of the queue)",
    Ending.QUEUE_FULL: "not let in: the queue was full (no contact of the queue)",
    Ending.WITHDRAWN: "taken out of the queue by a command",
    Ending.TRANSFERRED_AWAY: "taken elsewhere while waiting; queue_log calls it ABANDON, and so do the figures",
    Ending.CONTINUED: "sent on in the dialplan",
    Ending.UNKNOWN: "a gap swallowed it, or no word came: said, never guessed",
}


def rendered() -> str:
    """The whole document."""
    return "\n".join([*_head(), *_agent(), *_caller(), *_endings()]) + "\n"


def _head() -> Iterator[str]:
    yield "# Lifecycles"
    yield ""
    yield "<!-- Written by `python -m floor.state.picture` from floor/state/lifecycle.py; change that, not this. -->"
    yield ""


def _agent() -> Iterator[str]:
    yield "## An agent's state"
    yield ""
    yield "His state is not stepped from event to event but judged from all that is known about him: the first row that"
    yield "holds is his state. So he is in exactly one state, over all his queues, in whatever order events come in."
    yield ""
    yield "| | first row that holds | state |"
    yield "|---|---|---|"
    for place, (_, words, states) in enumerate(AGENT_PRECEDENCE, 1):
        yield f"| {place} | {words} | {', '.join(f'`{state.value}`' for state in states)} |"
    yield ""


def _caller() -> Iterator[str]:
    yield "## A caller's visit to a queue"
    yield ""
    yield "A visit is stepped by what happens; a fact without a row below changes no stage."
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield "    [*] --> waiting: CallerJoined"
    for (before, after), facts in _arrows().items():
        yield f"    {before.value} --> {after.value}: {', '.join(facts)}"
    yield "    ended --> [*]"
    yield "```"
    yield ""
    yield "| stage | he is |"
    yield "|---|---|"
    for stage, words in STAGES.items():
        yield f"| {stage.value} | {words} |"
    yield ""
    yield "| stage | fact | next | because |"
    yield "|---|---|---|---|"
    for (stage, fact), steps in CALLER_STEPS.items():
        for after, words in steps.items():
            yield f"| {stage.value} | {fact} | {after.value} | {words} |"
    yield ""


def _arrows() -> dict[tuple[CallerStage, CallerStage], list[str]]:
    arrows: dict[tuple[CallerStage, CallerStage], list[str]] = {}
    for (stage, fact), steps in CALLER_STEPS.items():
        for after in steps:
            if after is not stage:
                arrows.setdefault((stage, after), []).append(fact)
    return arrows


def _endings() -> Iterator[str]:
    yield "## How a visit may end"
    yield ""
    yield "| ending | meaning |"
    yield "|---|---|"
    for ending, words in ENDINGS.items():
        yield f"| `{ending.value}` | {words} |"


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    rest = target.read_text(encoding="utf-8") if target.exists() else ""
    _, mark, others = rest.partition("\n<!-- Written by `python -m alerts.picture`")  # the life of alerts follows ours
    target.write_text(rendered() + mark + others, encoding="utf-8")
