"""Conditions about traffic: more callers than ready agents, and the longest wait (R-ANS-8)."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.conditions.contract import About, Condition, Lasting, Level, Params, Reading, World
from alerts.conditions.subjects import changed, said, the_queue
from alerts.model import Subject, SubjectKind
from floor.ports import Outcome
from floor.state.model import AgentState, Queue


def queue_touched(outcome: Outcome, _world: World) -> Iterator[Subject]:
    """Queues whose line or whose members changed."""
    for before, after in changed(outcome, Queue):
        one = after or before
        if one is not None:
            yield the_queue(one.pbx, one.name)


def ready_in(queue: Queue) -> int:
    """Members who could take a call now."""
    return next((number for state, number in queue.states if state is AgentState.READY), 0)


def callers_without_agent(subject: Subject, world: World, _params: Params, now: float) -> Reading:
    """Callers waiting for whom nobody is ready: depth less ready agents, never below 0."""
    queue = world.floor.queues.get((subject.pbx, subject.name))
    if queue is None or not queue.waiting:
        return None
    ready = ready_in(queue)
    proof = said(now, "Queue", waiting=queue.waiting, ready=ready)
    return Level(max(0, queue.waiting - ready), about=About(queue=queue.name, evidence=(proof,)))


def longest_wait(subject: Subject, world: World, _params: Params, _now: float) -> Reading:
    """How long the caller at the head of the line has waited."""
    queue = world.floor.queues.get((subject.pbx, subject.name))
    if queue is None or not queue.waiting or not queue.oldest_joined_at:
        return None
    since = world.ours(queue.pbx, queue.oldest_joined_at)
    proof = said(since, "CallerJoined", waiting=queue.waiting, ready=ready_in(queue))
    about = About(queue=queue.name, evidence=(proof,))
    return Lasting(since, about, raw=queue.oldest_joined_at, told=True)


CONDITIONS = (
    Condition(
        name="callers_without_agent",
        subject=SubjectKind.QUEUE,
        params={},
        help="Callers waiting beyond the number of ready agents (R-ANS-8).",
        touched=queue_touched,
        read=callers_without_agent,
        unit="calls",
    ),
    Condition(
        name="longest_wait",
        subject=SubjectKind.QUEUE,
        params={},
        help="Seconds the caller at the head of the line has waited (R-ANS-8).",
        touched=queue_touched,
        read=longest_wait,
    ),
)
