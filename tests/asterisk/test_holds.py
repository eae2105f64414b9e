"""Holds on the tapes of real exchanges: how long, by the exchange's own Hold and Unhold, and by Floorwatch."""

from __future__ import annotations

from pathlib import Path

import pytest

from asterisk.wire import Framer, first, parse
from tests.asterisk.ami import Message
from tests.asterisk.holds import holds, holds_apart
from tests.support.replay import play, sessions

TAPES = Path(__file__).parent.parent / "tapes"
HELD = sorted(log for log in TAPES.glob("*/*.queue_log") if "hold" in log.stem or "transfer" in log.stem)


def heard(tape: Path) -> list[Message]:
    """The tape's messages as the judge reads them."""
    frames = map(parse, Framer().feed(tape.read_bytes() + b"\r\n\r\n"))
    return [Message(serial, {name: first(one, name) for name in one}) for serial, one in enumerate(frames)]


@pytest.mark.parametrize("log", HELD, ids=lambda log: f"{log.parent.name}/{log.stem}")
def test_holds_are_as_long_as_they_were(log: Path) -> None:
    """However a hold ends (taken back, either side hangs up, transferred), its seconds are counted once."""
    paths = sessions(log.parent, log.stem)
    stage = play(paths).stage
    agents = [
        {"name": name, "hold_s": stage.figures((kind, pbx, name))["hold_s"]}
        for kind, pbx, name in stage.measures.subjects()
        if kind == "agent"
    ]
    held = holds(message for path in paths for message in heard(path))
    assert holds_apart({"agents": agents}, held) == []
