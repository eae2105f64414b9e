"""Words for tests: visits, rings, spans and gaps in one line, a clock that obeys, and what a database holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from floor.history.database import Database
from floor.history.queries import Interval, gaps_in, offers_in, spans_in, visits_in
from floor.state.model import (
    AgentState,
    Caller,
    CallerStage,
    CompletedBy,
    Ending,
    Gap,
    Offer,
    OfferResult,
    Span,
)

NOW = 1_795_315_200.0
ALWAYS = Interval(0.0)


@dataclass
class ManualClock:
    """Time stands still until told; wall clock and monotonic clock go together."""

    at: float = NOW

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += seconds


def waiting(uniqueid: str = "1.1", joined_at: float | None = NOW, queue: str = "support", **more: Any) -> Caller:
    """A caller who waits."""
    visit = Caller(
        pbx="pbx",
        queue=queue,
        uniqueid=uniqueid,
        stage=CallerStage.WAITING,
        joined_at=joined_at,
        linkedid=uniqueid,
        number="1900",
        name="Zhang 张",
        position=1,
        priority=0,
    )
    return replace(visit, **more)


def talking(visit: Caller, wait_s: int = 5, agent: str = "Ann") -> Caller:
    """The same caller, answered."""
    answered_at = (visit.joined_at or NOW) + wait_s
    return replace(
        visit, stage=CallerStage.TALKING, answered_at=answered_at, agent=agent, wait_s=wait_s, ring_s=2, position=None
    )


def finished(visit: Caller, talk_s: int = 60) -> Caller:
    """The same caller after the conversation."""
    answered = visit if visit.answered_at is not None else talking(visit)
    return replace(
        answered,
        stage=CallerStage.ENDED,
        ending=Ending.ANSWERED,
        ended_at=(answered.answered_at or NOW) + talk_s,
        talk_s=talk_s,
        hold_s=7.5,
        holds=1,
        completed_by=CompletedBy.CALLER,
    )


def lost(visit: Caller, ending: Ending = Ending.ABANDONED, wait_s: int = 9) -> Caller:
    """The same caller, gone without an answer."""
    return replace(
        visit,
        stage=CallerStage.ENDED,
        ending=ending,
        ended_at=(visit.joined_at or NOW) + wait_s,
        wait_s=None if ending is Ending.UNKNOWN else wait_s,
        position=None,
    )


def offer(call: str = "1.1", began_at: float = NOW, agent: str = "Ann", **more: Any) -> Offer:
    """A ring of 15 s that nobody answered."""
    ring = Offer("pbx", "support", agent, call, began_at, began_at + 15, OfferResult.NO_ANSWER, 15000)
    return replace(ring, **more)


def span(began_at: float = NOW, state: AgentState = AgentState.ACW, **more: Any) -> Span:
    """Twelve seconds of an agent's time."""
    return replace(Span("pbx", "Ann", state, began_at, began_at + 12, queue="support", call="1.1"), **more)


def gap(began_at: float = NOW, ended_at: float | None = NOW + 29, **more: Any) -> Gap:
    """A time without a link."""
    return replace(Gap("pbx", began_at, ended_at, "no answer"), **more)


def stored_visits(database: Database) -> list[Caller]:
    """All visits of a database, oldest first."""
    with database.reading() as connection:
        return list(visits_in(connection, ALWAYS))


def stored(database: Database) -> tuple[list[Caller], list[Offer], list[Span], list[Gap]]:
    """Everything a database holds."""
    with database.reading() as connection:
        return (
            list(visits_in(connection, ALWAYS)),
            list(offers_in(connection, ALWAYS)),
            list(spans_in(connection, ALWAYS)),
            gaps_in(connection, ALWAYS),
        )
