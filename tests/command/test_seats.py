"""Where everybody sat last."""

from __future__ import annotations

from floor.command.seats import Seats
from floor.ports import Change, Outcome
from floor.state.facts import Fact
from floor.state.model import Agent
from tests.command.floor import NOW, agent, member


def told(*agents: Agent) -> Outcome:
    return Outcome(1, Fact("pbx", NOW), [Change(None, one) for one in agents], ())


def test_remembered_after_logging_off() -> None:
    """The phone of whoever is in no queue any more; of whom nothing was seen, nothing."""
    seats, seat = Seats(), member("Ann", "support", "PJSIP/1001")
    seats.hear(told(agent("Ann", seat)))
    seats.hear(told(agent("Ann")))
    assert seats.last("pbx", "Ann") == seat
    assert seats.last("pbx", "Bob") is None


def test_bounded() -> None:
    """The one longest unheard of goes first."""
    seats = Seats(most=2)
    for name in ("Ann", "Bob", "Ann", "Cho"):
        seats.hear(told(agent(name, member(name, "support", f"PJSIP/{name}"))))
    assert [seats.last("pbx", name) is not None for name in ("Ann", "Bob", "Cho")] == [True, False, True]
