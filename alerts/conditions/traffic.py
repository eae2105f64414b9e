"""Conditions about traffic: more callers than ready agents and the longest wait (R-ANS-8), callers lost other than by
their own hang-up (R-ANS-9), no calls at all (R-EMG-26), far too many (R-EMG-28)."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter

from alerts.conditions.contract import About, Condition, Lasting, Level, Occurrence, Params, Reading, World
from alerts.conditions.subjects import SITE, any_linked, changed, said, the_pbx, the_queue
from alerts.conditions.window import seldom
from alerts.model import Subject, SubjectKind
from floor.ports import Outcome
from floor.state.facts import CallerJoined
from floor.state.happenings import LineTaken
from floor.state.model import AgentState, Caller, Ending, Key, Pbx, Queue

QUARTER_S = 900.0
"""Forecasts are made by the quarter of an hour."""
JOINED = 20_000
"""Callers of the last minutes kept in mind."""
LOST = [one.value for one in (Ending.TIMED_OUT, Ending.EXIT_EMPTY, Ending.JOIN_EMPTY, Ending.QUEUE_FULL)]


def _queues_where(said_of: Callable[[Queue], object]) -> Callable[[Outcome, World], Iterator[Subject]]:
    """Finds queues of which something else is said than before; of a queue that is not there nothing (``None``). Each
    ring and each pause changes a queue or two, and hardly ever how long its first caller has waited."""

    def queue_touched(outcome: Outcome, _world: World) -> Iterator[Subject]:
        for before, after in changed(outcome, Queue):
            one = after if after is not None else before
            if one is not None and _of(before) != _of(after):
                yield the_queue(one.pbx, one.name)

    def _of(queue: Queue | None) -> object:
        return said_of(queue) if queue is not None else None

    return queue_touched


def ready_in(queue: Queue) -> int:
    """Members who could take a call now."""
    return next((number for state, number in queue.states if state is AgentState.READY), 0)


def callers_without_agent(subject: Subject, world: World, _params: Params, now: float) -> Reading:
    """Callers waiting for whom nobody is ready: depth less ready agents, never below 0."""
    queue = world.floor.queues.get((subject.pbx, subject.name))
    beyond = _beyond(queue) if queue is not None else None
    if queue is None or beyond is None:
        return None
    proof = said(now, "Queue", waiting=queue.waiting, ready=ready_in(queue))
    return Level(beyond, about=About(queue=queue.name, evidence=(proof,)))


def _beyond(queue: Queue) -> int | None:
    """``None``: nobody waits."""
    return max(0, queue.waiting - ready_in(queue)) if queue.waiting else None


def longest_wait(subject: Subject, world: World, _params: Params, _now: float) -> Reading:
    """How long the caller at the head of the line has waited."""
    queue = world.floor.queues.get((subject.pbx, subject.name))
    if queue is None or not queue.oldest_joined_at:
        return None
    since = world.ours(queue.pbx, queue.oldest_joined_at)
    proof = said(since, "CallerJoined", waiting=queue.waiting, ready=ready_in(queue))
    about = About(queue=queue.name, evidence=(proof,))
    return Lasting(since, about, raw=queue.oldest_joined_at, told=True)


# Lost (R-ANS-9)


def callers_lost(outcome: Outcome, world: World, params: Params) -> Iterator[Occurrence]:
    """A visit that ended before an agent, and not by the caller's own doing."""
    for before, after in changed(outcome, Caller):
        if after is None or after.ending is None or (before is not None and before.ending is not None):
            continue
        if after.answered_at is None and after.ending.value in params["endings"]:
            at = world.ours(after.pbx, outcome.fact.at if after.ended_at is None else after.ended_at)
            proof = said(at, type(outcome.fact).__name__, ending=after.ending.value, waited_s=after.wait_s)
            about = About(queue=after.queue, call=after.uniqueid, evidence=(proof,))
            yield Occurrence(the_queue(after.pbx, after.queue), at, about=about)


# Too few, too many (R-EMG-26, R-EMG-28)


def calls_touched(outcome: Outcome, world: World) -> Iterator[Subject]:
    """The exchange that was called, or whose link came."""
    fact = outcome.fact
    taken = any(isinstance(one, LineTaken) and not one.outgoing for one in outcome.happenings)
    if taken or isinstance(fact, CallerJoined):
        world.memory("no_inbound_call", the_pbx(fact.pbx))["last"] = world.ours(fact.pbx, fact.at)
        yield the_pbx(fact.pbx)
    elif changed(outcome, Pbx):
        yield the_pbx(fact.pbx)


def no_inbound_call(subject: Subject, world: World, params: Params, now: float) -> Reading:
    """Since the last call from outside, but not before the link was up and calls were expected."""
    pbx = world.floor.pbxs.get(subject.pbx)
    if pbx is None:
        return None
    last = world.memory("no_inbound_call", subject).get("last", 0.0)
    since = max(last, world.ours(pbx.pbx, pbx.since))
    quarter = now // QUARTER_S * QUARTER_S
    if not _busy(world, subject.pbx, quarter, params):
        return Lasting(now)  # nothing is missing yet; calls_expected says when to ask again
    for earlier in (quarter - step * QUARTER_S for step in range(1, 5)):
        if not _busy(world, subject.pbx, earlier, params):
            since = max(since, earlier + QUARTER_S)
            break
    return Lasting(since, About(evidence=(said(since, "LineTaken", last=round(last, 3) or None),)))


def _busy(world: World, pbx: str, quarter: float, params: Params) -> bool:
    expected = world.expected_in_all(pbx, quarter)
    return expected is not None and expected >= params["expected_per_h"]


def calls_expected(subject: Subject, world: World, _params: Params, now: float) -> Reading:
    """Calls per hour expected in this quarter of an hour; asked again with the next."""
    expected = world.expected_in_all(subject.pbx, now)
    return Level(expected or 0.0, review_at=(now // QUARTER_S + 1) * QUARTER_S)


@dataclass(slots=True)
class Joined:
    """Callers who joined lately, and how many of them in each queue; of more than JOINED the first are forgotten."""

    moments: deque[tuple[float, Key]] = field(default_factory=deque)
    """(our clock, queue)."""
    offered: Counter[Key] = field(default_factory=Counter)

    def add(self, at: float, queue: Key) -> None:
        self.moments.append((at, queue))
        self.offered[queue] += 1
        if len(self.moments) > JOINED:
            self._drop()

    def settle(self, since: float) -> None:
        """Only those after that moment count."""
        while self.moments and self.moments[0][0] <= since:
            self._drop()

    def _drop(self) -> None:
        _, queue = self.moments.popleft()
        self.offered[queue] -= 1
        if not self.offered[queue]:
            del self.offered[queue]


def _joined(world: World) -> Joined:
    notes = world.memory("surge", SITE)
    if "joined" not in notes:
        notes["joined"] = Joined()
    joined: Joined = notes["joined"]
    return joined


def offered_touched(outcome: Outcome, world: World) -> Iterator[Subject]:
    """The site, whenever a caller joins a queue."""
    for before, caller in changed(outcome, Caller):
        if before is None and caller is not None and caller.joined_at is not None and caller.ending is None:
            _joined(world).add(world.ours(caller.pbx, caller.joined_at), (caller.pbx, caller.queue))
            yield SITE


def surge(_subject: Subject, world: World, params: Params, now: float) -> Reading:
    """Calls offered in the last minutes by the number expected, over the queues for which a forecast is known."""
    if not any_linked(world.floor):
        return None
    recent = _joined(world)
    recent.settle(now - params["window_s"])
    if not recent.moments:
        return None
    over, number = recent.moments[0][0] + params["window_s"], len(recent.moments)
    if number < params["least"]:
        return Level(0, sample=number, review_at=over)
    return seldom(world.memory("surge", SITE), now, 1.0, lambda: _multiple(recent.offered, world, params, now, over))


def _multiple(offered: Counter[Key], world: World, params: Params, now: float, over: float) -> Level:
    rates = [world.expected_in_all(pbx, now) for pbx in world.floor.pbxs]
    known = [rate for rate in rates if rate is not None]
    expected = sum(known) * params["window_s"] / 3600
    number = sum(calls for key, calls in offered.items() if world.expected(*key, now) is not None) if known else 0
    proof = said(now, "CallerJoined", offered=number, expected=round(expected, 1), queues=_most(offered))
    return Level(number / max(1.0, expected), sample=number, about=About(evidence=(proof,)), review_at=over)


def _most(offered: Counter[Key]) -> list[str]:
    """The queues most called, for whoever has to act."""
    return [f"{pbx}/{name}" for (pbx, name), _ in offered.most_common(5)]


CONDITIONS = (
    Condition(
        name="callers_without_agent",
        subject=SubjectKind.QUEUE,
        params={},
        help="Callers waiting beyond the number of ready agents (R-ANS-8).",
        touched=_queues_where(_beyond),
        read=callers_without_agent,
        unit="calls",
        hears=frozenset({Queue}),
    ),
    Condition(
        name="longest_wait",
        subject=SubjectKind.QUEUE,
        params={},
        help="Seconds the caller at the head of the line has waited (R-ANS-8).",
        touched=_queues_where(attrgetter("oldest_joined_at")),
        read=longest_wait,
        hears=frozenset({Queue}),
    ),
    Condition(
        name="callers_lost",
        subject=SubjectKind.QUEUE,
        params={"endings": (list, LOST)},
        help="A caller left the queue before an agent, other than by hanging up; endings: which count (R-ANS-9).",
        occurred=callers_lost,
        unit="times",
        hears=frozenset({Caller}),
    ),
    Condition(
        name="no_inbound_call",
        subject=SubjectKind.PBX,
        params={"expected_per_h": ((int, float), 10)},
        help="Seconds without a call from outside, while at least so many per hour are expected (R-EMG-26).",
        touched=calls_touched,
        read=no_inbound_call,
        hears=frozenset({LineTaken, CallerJoined, Pbx}),
    ),
    Condition(
        name="calls_expected",
        subject=SubjectKind.PBX,
        params={},
        help="Calls per hour that the forecast expects at this exchange now (R-EMG-26).",
        touched=calls_touched,
        read=calls_expected,
        unit="calls",
        hears=frozenset({LineTaken, CallerJoined, Pbx}),
    ),
    Condition(
        name="surge",
        subject=SubjectKind.SITE,
        params={"window_s": ((int, float), 300), "least": (int, 20)},
        help="Calls offered within window_s seconds as a multiple of the forecast; 0 below least calls (R-EMG-28).",
        touched=offered_touched,
        read=surge,
        unit="ratio",
        hears=frozenset({Caller}),
    ),
)
