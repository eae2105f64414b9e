"""What the demo shows for certain, whatever the dice say."""

from __future__ import annotations

import pytest

from asterisk.simulator import FloorSettings, Simulator
from asterisk.simulator.programme import Programme
from asterisk.simulator.wire import Event
from tests.simulator.floors import MIDDAY, close_doors, pass_time, visits


def rung_for_twenty(agents: int, seed: int, load: float) -> Simulator:
    """A floor as the demo has it."""
    settings = FloorSettings(agents=agents, load=load, ring_s=28.0)
    return Simulator(settings, seed, clock=lambda: MIDDAY, warmup_s=120.0)


def played(seed: int, agents: int = 42, load: float = 0.92) -> tuple[Simulator, list[tuple[float, str]]]:
    """Ten minutes of a floor from its opening, and what was said when."""
    simulator, heard = rung_for_twenty(agents, seed, load), list[tuple[float, str]]()
    opened_at = simulator.world.now

    def hear(event: Event) -> None:
        heard.append((simulator.world.now - opened_at, event.text))

    simulator.world.taps.append(hear)
    Programme(simulator.exchange, simulator.failures).begin()
    pass_time(simulator, 600.0)
    return simulator, heard


def at(heard: list[tuple[float, str]], *words: str) -> list[float]:
    """When something with all these words was said."""
    return [moment for moment, text in heard if all(word in text for word in words)]


@pytest.mark.parametrize(
    ("seed", "agents", "load"), [(1, 42, 0.92), (2, 42, 0.92), (3, 12, 2.0), (4, 6, 0.92), (5, 2, 0.92)]
)
def test_everything_comes_on_every_floor(seed: int, agents: int, load: float) -> None:
    """One trunk and one phone go and come back on time, one ring passes 15 s and one hold a minute, busy or not."""
    _, heard = played(seed, agents, load)
    assert at(heard, "Event: Registry", "Unregistered") == [120.0]
    assert at(heard, "Event: Registry", "Status: Registered") == [175.0]
    (lost,) = at(heard, "Event: ContactStatus", "ContactStatus: Unreachable", "AOR: 1")
    (back,) = at(heard, "Event: ContactStatus", "ContactStatus: Reachable", "AOR: 1")
    assert 110.0 <= lost < (118.0 if agents == 42 else 300.0)
    assert back - lost == pytest.approx(60.0)
    assert any(span == pytest.approx(75.0) for span in _spans(heard, "Event: Hold", "Event: Unhold"))
    assert any(span == pytest.approx(26.04) for span in _rings(heard))


def _spans(heard: list[tuple[float, str]], begins: str, ends: str) -> list[float]:
    open_at, spans = dict[str, float](), [0.0]
    for moment, text in heard:
        uniqueid = text.partition("Uniqueid: ")[2].partition("\r\n")[0]
        if text.startswith(f"{begins}\r\n"):
            open_at[uniqueid] = moment
        elif text.startswith(f"{ends}\r\n") and uniqueid in open_at:
            spans.append(moment - open_at.pop(uniqueid))
    return spans


def _rings(heard: list[tuple[float, str]]) -> list[float]:
    begun, rings = dict[str, float](), list[float]()
    for moment, text in heard:
        uniqueid = text.partition("DestUniqueid: ")[2].partition("\r\n")[0]
        if text.startswith("Event: DialBegin\r\n"):
            begun[uniqueid] = moment
        elif text.startswith("Event: DialEnd\r\n") and "DialStatus: ANSWER" in text and uniqueid in begun:
            rings.append(moment - begun.pop(uniqueid))
    return rings


def test_the_same_floor_is_shown_twice_alike() -> None:
    """With the same seed it falls on the same people at the same moments."""
    (first, heard), (second, again) = played(5), played(5)
    assert heard == again
    assert first.queue_log == second.queue_log


def test_every_visit_still_ends_once() -> None:
    """What is shown leaves nothing behind: no call, and no visit to a queue without its one end."""
    simulator, _ = played(6)
    close_doors(simulator)
    opened = [ends for ends in visits(simulator.queue_log).values() if ends["in"]]
    assert opened
    assert all(ends["in"] == ends["out"] for ends in opened)
