"""The floor as it was between two moments: what is on record, and what still lasts."""

from __future__ import annotations

from floor.history import History
from floor.ports import Clock
from floor.state.model import Agent, Caller, Gap, Span
from floor.store import FloorStore


class StoredFloor:
    """History with the spans that have not ended yet, which the record holds only when they are over."""

    def __init__(self, history: History, store: FloorStore, clock: Clock) -> None:
        self._history, self._store, self._clock = history, store, clock

    def offsets(self) -> dict[str, float]:
        """Exchange clock minus ours, for exchanges that stamp their events."""
        pbxs = self._store.snapshot().pbxs.values()
        return {pbx.pbx: pbx.clock_offset_s or 0.0 for pbx in pbxs if pbx.timestamps}

    async def visits_between(self, since: float, until: float) -> list[Caller]:
        await self._history.flush()
        return await self._history.visits_between(since, until)

    async def spans_between(self, since: float, until: float) -> list[Span]:
        stored = await self._history.spans_between(since, until)
        gaps = await self._history.gaps_in(since, until)
        blind = {gap.pbx: gap.began_at for gap in gaps if gap.ended_at is None}
        shift, now = self.offsets(), self._clock.now()
        lasting = (
            span_so_far(agent, min(until, now + shift.get(agent.pbx, 0.0)), blind.get(agent.pbx))
            for agent in self._store.snapshot().agents.values()
        )
        return [*stored, *(span for span in lasting if span.ended_at > max(since, span.began_at))]

    async def gaps_in(self, since: float, until: float | None = None) -> list[Gap]:
        return await self._history.gaps_in(since, until)


def span_so_far(agent: Agent, until: float, blind_since: float | None = None) -> Span:
    """What the agent is doing, as if it ended then; when the exchange is out of sight, when we saw him last."""
    blind = blind_since is not None and agent.since < blind_since
    end = min(until, blind_since) if blind_since is not None and blind else until
    return Span(
        agent.pbx, agent.name, agent.state, agent.since, end, agent.reason, agent.queue, agent.call, agent.kind, blind
    )
