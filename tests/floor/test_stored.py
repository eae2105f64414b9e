"""The floor between two moments: what is on record, and what still lasts."""

from __future__ import annotations

from pathlib import Path

from floor.clock import SystemClock
from floor.history import History
from floor.state.facts import LinkChanged, PictureQueue, QueuesSynced
from floor.state.model import Agent, AgentState, LinkState, Member
from floor.store import FloorStore
from floor.stored import StoredFloor, span_so_far

ANN = Agent("pbx1", "ann", AgentState.READY, 100.0)


def test_span_so_far() -> None:
    """What lasts ends at the moment asked for; out of sight, when it was seen last; what began in a gap is seen."""
    assert span_so_far(ANN, 160.0).ended_at == 160.0
    blind = span_so_far(ANN, 160.0, 130.0)
    assert (blind.ended_at, blind.gap) == (130.0, True)
    seen = span_so_far(ANN, 160.0, 90.0)
    assert (seen.ended_at, seen.gap) == (160.0, False)


async def test_record_and_what_lasts(tmp_path: Path) -> None:
    """A finished span comes from the record, a lasting one from the floor, one that is over before neither."""
    clock = SystemClock()
    now = clock.now()
    store, history = FloorStore(clock), History(f"sqlite:///{tmp_path / 'floor.sqlite3'}", tmp_path, clock)
    await history.open()
    store.subscribe(history.record)
    for at, paused in ((now - 300, False), (now - 200, True), (now - 100, False)):
        member = Member("support", "ann", "PJSIP/1", "PJSIP/1", paused=paused, reason="meal" if paused else None)
        store.apply(LinkChanged("pbx1", at, LinkState.UP))
        store.apply(QueuesSynced("pbx1", at, (PictureQueue("support"),), (member,)))
    stored = StoredFloor(history, store, clock)
    assert await stored.visits_between(now - 400, now) == []  # and everything recorded so far is written
    spans = await stored.spans_between(now - 250, now)
    assert [(span.state, span.ended_at - span.began_at) for span in spans] == [
        (AgentState.READY, 100.0), (AgentState.PAUSED, 100.0), (AgentState.READY, 100.0),
    ]  # fmt: skip
    assert [span.state for span in await stored.spans_between(now - 150, now - 120)] == [AgentState.PAUSED]
    assert await stored.gaps_in(now - 300, now) == []
    assert stored.offsets() == {}
    await history.close()
