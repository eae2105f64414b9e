"""The simulator writes the same headers in the same order as Asterisk 22."""

from __future__ import annotations

from pathlib import Path

import pytest

from asterisk.simulator import FloorSettings, Simulator
from asterisk.simulator.lists import LISTINGS, answer
from tests.simulator.orders import messages

TAPES = Path(__file__).parent.parent / "tapes"
SEEN_ONCE_THEN_GONE = {"ChanVariable"}


def _forms(text: str, *, lists: bool) -> dict[str, set[tuple[str, ...]]]:
    """Header names in order, by event name; list items and events apart, for they differ."""
    forms: dict[str, set[tuple[str, ...]]] = {}
    for headers in messages(text):
        name = headers.get("Event")
        if name and ("Privilege" not in headers) is lists:
            forms.setdefault(name, set()).add(tuple(headers))
    return forms


def _tapes() -> str:
    files = [*sorted((TAPES / "22").glob("*.ami")), *sorted((TAPES / "captures").glob("*.ami"))]
    return "\n\n".join(path.read_text(errors="replace") for path in files)


def _without_stamp(forms: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """The older captures were made without ``timestampevents``."""
    return {tuple(name for name in form if name != "Timestamp") for form in forms}


@pytest.fixture(scope="module")
def real() -> str:
    return _tapes()


def test_events_have_the_headers_of_the_tapes(real: str) -> None:
    """Every event of a busy hour has a form that a real exchange has used for this event, and carries its time."""
    said: list[str] = []
    simulator = Simulator(FloorSettings(agents=40), 3, clock=lambda: 1_795_315_200.0, warmup_s=60.0)
    simulator.world.taps.append(lambda event: said.append(event.text))
    simulator.world.schedule.run_until(simulator.world.now + 3600)
    simulator.failures.trunk_lost(seconds=30)
    simulator.failures.phones_lost(count=3, seconds=30)
    simulator.world.schedule.run_until(simulator.world.now + 120)
    ours, theirs = _forms("".join(said), lists=False), _forms(real, lists=False)
    assert len(ours) > 38
    for name, forms in ours.items():
        assert all(form[2] == "Timestamp" for form in forms)
        unknown = _without_stamp(forms) - _without_stamp(theirs.get(name, set()))
        assert not unknown, f"{name} has headers that no tape shows: {unknown}"


def test_list_items_have_the_headers_of_the_tapes(real: str) -> None:
    """The same for everything that lists answer with."""
    simulator = Simulator(FloorSettings(agents=60, load=1.4), 3, clock=lambda: 1_795_315_200.0, warmup_s=300.0)
    asked = {"actionid": "1"}
    text = "".join(answer(listing, simulator.exchange, asked) for listing in LISTINGS.values())
    ours, theirs = _forms(text, lists=True), _forms(real, lists=True)
    assert len(ours) == 2 * len(LISTINGS) + 2  # QueueStatus has three kinds of items, the others one
    for name, forms in ours.items():
        unknown = forms - theirs.get(name, set())
        assert not unknown, f"{name} has headers that no tape shows: {unknown}"
