"""What rules read depends on what changes, not on how many agents there are: counted in steps, not by the clock."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import alerts
from alerts.conditions.registry import CONDITIONS
from alerts.evaluate import Evaluator
from alerts.rulebook import Rulebook
from alerts.world import FloorWorld
from floor.day import Day
from floor.measures import Measures
from floor.sections.presence import PresenceSettings
from floor.state import facts as f
from floor.state.model import CompletedBy, Device, LinkState, Member, Reach
from floor.store import FloorStore
from tests.alerts.stage import Register, Said
from tests.support.replay import TapeClock

PBX, BEGIN = "p", 1_700_000_000.0
ROOM = Path(alerts.__file__).parent
COUNTED = (str(ROOM / "conditions"), str(ROOM / "world.py"), str(ROOM / "ruling.py"), str(ROOM / "forecast.py"))
EACH = 25
"""Agents per queue. Of twenty-five, eight talk, two of them hold, two are away, one phone is dead."""


class Busy:
    """A floor in full swing, and rules that have seen all of it."""

    def __init__(self, agents: int) -> None:
        self.agents = agents
        self.clock = TapeClock(BEGIN)
        self.store = FloorStore(self.clock)
        measures = Measures(self.clock, Day("UTC"))
        self.store.subscribe(measures)
        self._furnish()
        presence = PresenceSettings(seats=agents, channels=agents)
        groups = {f"A{number}": f"g{number // 10}" for number in range(agents)}
        world = FloorWorld(
            self.store.snapshot(), measures, Register(groups), self.clock, Day("UTC"), lambda *_: 10.0, presence
        )
        self.said = Said()
        self.evaluator = Evaluator(Rulebook(CONDITIONS).rules, CONDITIONS, world, self.said)
        self.store.subscribe(self.evaluator.hear, happenings=True)
        self.evaluator.reload(Rulebook(CONDITIONS).rules, self.clock.at)
        self.pass_s(60)

    def _furnish(self) -> None:
        queues = tuple(f.PictureQueue(f"q{number}") for number in range(self.agents // EACH))
        members = tuple(self._member(number) for number in range(self.agents))
        self.tell(f.LinkChanged(PBX, BEGIN, LinkState.SYNCING), f.ClockMeasured(PBX, BEGIN, 0.0, True))
        self.tell(f.QueuesSynced(PBX, BEGIN, queues, members), f.LinkChanged(PBX, BEGIN, LinkState.UP))
        for number in range(self.agents):
            place = number % EACH
            if place < 8:
                self.call(number, f"{number}.old")
            if place < 2:
                self.tell(f.HoldBegan(PBX, self.clock.at, f"{number}.old.leg"))
            if place == 10:
                self.tell(f.EndpointSeen(PBX, self.clock.at, f"PJSIP/{number}", Reach.UNREACHABLE, None))

    def _member(self, number: int) -> Member:
        phone, away = f"PJSIP/{number}", number % EACH in (8, 9)
        fields: dict[str, Any] = {"paused": True, "reason": "smoke"} if away else {}
        queue = f"q{number // EACH}"
        return Member(queue, f"A{number}", phone, phone, device=Device.IDLE, logged_in_at=BEGIN, **fields)

    def tell(self, *facts: f.Fact) -> None:
        for fact in facts:
            self.store.apply(fact)
        assert self.store.refused == 0

    def call(self, agent: int, call: str) -> None:
        """A caller joins, it rings, and he is answered."""
        at, queue, name, phone, leg = self.clock.at, f"q{agent // EACH}", f"A{agent}", f"PJSIP/{agent}", f"{call}.leg"
        self.tell(
            f.ChannelOpened(PBX, at, call, f"PJSIP/trunk-{call}", call, "dialling"),
            f.CallerJoined(PBX, at, queue, call),
            f.ChannelOpened(PBX, at, leg, f"{phone}-{call}", call, "down"),
            f.OfferBegan(PBX, at, queue, name, phone, call, leg),
            f.ChannelChanged(PBX, at, leg, "ringing"),
            f.ChannelChanged(PBX, at, leg, "up"),
            f.CallerLeft(PBX, at, queue, call),
            f.OfferAnswered(PBX, at, queue, name, phone, call, leg, 1, 1),
            f.BridgeEntered(PBX, at, call, f"b{call}"),
        )

    def end(self, agent: int, call: str) -> None:
        at, queue, name, phone, leg = self.clock.at, f"q{agent // EACH}", f"A{agent}", f"PJSIP/{agent}", f"{call}.leg"
        self.tell(
            f.CallCompleted(PBX, at, queue, name, phone, call, leg, 1, 28, CompletedBy.AGENT),
            f.ChannelClosed(PBX, at, leg, 16),
            f.ChannelClosed(PBX, at, call, 16),
        )

    def pass_s(self, seconds: float) -> None:
        """Time passes, and everything that was due is settled."""
        self.clock.at += seconds
        while (due := self.evaluator.next_due()) is not None and due <= self.clock.at:
            self.evaluator.due(self.clock.at)

    def day(self, agent: int) -> None:
        """All that an agent does: a call with a hold, a break, his phone lost and back."""
        call, phone, leg = f"{agent}.{self.clock.at}", f"PJSIP/{agent}", f"{agent}.{self.clock.at}.leg"
        self.call(agent, call)
        self.tell(f.HoldBegan(PBX, self.clock.at, leg), f.HoldEnded(PBX, self.clock.at, leg))
        self.end(agent, call)
        for reason in ("meal", None):
            fields: dict[str, Any] = {"paused": reason is not None, "reason": reason, "logged_in_at": BEGIN}
            member = Member(f"q{agent // EACH}", f"A{agent}", phone, phone, device=Device.IDLE, **fields)
            self.tell(f.MemberSeen(PBX, self.clock.at, member))
        for reach in (Reach.UNREACHABLE, Reach.REACHABLE):
            self.tell(f.EndpointSeen(PBX, self.clock.at, phone, reach, None))


def _steps(work: Callable[[], None]) -> int:
    """Lines of conditions, world and ruling that are run; a loop counts each time round."""
    count = 0

    def line(_frame: FrameType, _event: str, _arg: object) -> Callable[..., Any]:
        nonlocal count
        count += 1
        return line

    def call(frame: FrameType, _event: str, _arg: object) -> Callable[..., Any] | None:
        return line if frame.f_code.co_filename.startswith(COUNTED) else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def _cost(agents: int) -> int:
    floor = Busy(agents)
    floor.day(11)  # what is looked at for the first time is behind us
    spent = _steps(lambda: floor.day(12))
    assert floor.evaluator.refused == 0
    assert floor.said.signals
    return spent


def test_a_hundred_times_the_agents_cost_the_same() -> None:
    """A call with a hold, a break and a lost phone, with two hundred others holding and four hundred away: as many
    steps as on a floor of fifty."""
    small, large = _cost(50), _cost(5_000)
    assert large <= small * 1.25
