"""What must hold of the floor after every single fact, computed anew from its entities; and two accountants.

``check_floor`` recounts every index and every derived number. :class:`Chain` follows the stream of changes as a board
does: what a change says was before must be what was told last. :class:`Ledger` keeps the last shape of every visit and
every record, and adds up the figures from scratch.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from floor.ports import Outcome
from floor.state.figures import Figures, Limits, Subject, scores_of_caller, scores_of_offer, scores_of_span
from floor.state.floor import Floor
from floor.state.indexes import device_of, device_of_channel
from floor.state.model import AgentState, Caller, CallerStage, Correction, Entity, Gap, Key, Offer, Reach, Record, Span


def check_floor(floor: Floor) -> None:
    """Everything derived equals what the entities say."""
    _check_keys(floor)
    _check_agents(floor)
    _check_lines(floor)
    _check_queues(floor)
    assert {key: set(queues) for key, queues in floor.visits.items()} == _visits(floor)
    assert {key: set(names) for key, names in floor.seats.items()} == _seats(floor)
    assert {key: set(ids) for key, ids in floor.phones.items()} == _phones(floor)
    assert floor.lost == _lost(floor)
    for key, uniqueid in floor.names.items():
        assert floor.channels[key[0], uniqueid].name == key[1]


def _check_keys(floor: Floor) -> None:
    tables = (floor.queues, floor.agents, floor.callers, floor.trunks, floor.endpoints, floor.channels)
    for table in tables:
        for key, entity in table.items():
            assert entity.key == key
    assert all(caller.stage is not CallerStage.ENDED for caller in floor.callers.values())


def _check_agents(floor: Floor) -> None:
    owners: Counter[Key] = Counter()
    for agent in floor.agents.values():
        assert isinstance(agent.state, AgentState)
        owners.update((agent.pbx, leg.uniqueid) for leg in agent.legs)
        memberships = [(member.queue, member.interface) for member in agent.members]
        assert len(memberships) == len(set(memberships))
        assert all(member.agent == agent.name for member in agent.members)
        for leg in agent.legs:
            assert floor.channels[agent.pbx, leg.uniqueid].agent == agent.name
    assert all(count == 1 for count in owners.values()), "a channel is the leg of one agent only"


def _check_lines(floor: Floor) -> None:
    lines: dict[Key, dict[str, float]] = defaultdict(dict)
    for caller in floor.callers.values():
        if caller.stage is CallerStage.WAITING:
            lines[caller.pbx, caller.queue][caller.uniqueid] = caller.joined_at or 0.0
    assert floor.lines == lines
    for line in floor.lines.values():
        assert list(line.values()) == sorted(line.values())


def _check_queues(floor: Floor) -> None:
    tallies: dict[Key, Counter[AgentState]] = defaultdict(Counter)
    for agent in floor.agents.values():
        for name in {member.queue for member in agent.members}:
            tallies[agent.pbx, name][agent.state] += 1
    assert floor.queues.keys() >= floor.lines.keys() | tallies.keys(), "whoever waits or serves, does so in a queue"
    for key, queue in floor.queues.items():
        line = floor.lines.get(key, {})
        assert queue.waiting == len(line)
        assert queue.oldest_joined_at == min(line.values(), default=None)
        assert dict(queue.states) == dict(tallies[key])


def _visits(floor: Floor) -> dict[Key, set[str]]:
    visits: dict[Key, set[str]] = defaultdict(set)
    for pbx, queue, uniqueid in floor.callers:
        visits[pbx, uniqueid].add(queue)
    return dict(visits)


def _seats(floor: Floor) -> dict[Key, set[str]]:
    seats: dict[Key, set[str]] = defaultdict(set)
    for agent in floor.agents.values():
        for member in agent.members:
            for name in (member.device_name, member.interface):
                seats[agent.pbx, device_of(floor, agent.pbx, name)].add(agent.name)
    return dict(seats)


def _phones(floor: Floor) -> dict[Key, set[str]]:
    phones: dict[Key, set[str]] = defaultdict(set)
    for channel in floor.channels.values():
        phones[channel.pbx, device_of_channel(channel.name)].add(channel.uniqueid)
    return dict(phones)


def _lost(floor: Floor) -> dict[str, dict[str, float]]:
    lost: dict[str, dict[str, float]] = defaultdict(dict)
    for phone in floor.endpoints.values():
        if phone.reach is Reach.UNREACHABLE:
            lost[phone.pbx][phone.name] = phone.since
    return dict(lost)


class Chain:
    """A listener that holds the stream of changes to its word."""

    def __init__(self) -> None:
        self.told: dict[tuple[type, tuple[str, ...]], Entity] = {}
        self.revision = 0
        self.endings: Counter[tuple[str, ...]] = Counter()

    def __call__(self, outcome: Outcome) -> None:
        assert outcome.revision == self.revision + 1
        self.revision = outcome.revision
        for change in outcome.changes:
            one = change.after if change.after is not None else change.before
            assert one is not None
            key = (type(one), tuple(one.key))
            assert self.told.get(key) == change.before, "before is what was told last"
            assert change.before != change.after
            if change.after is None or (isinstance(change.after, Caller) and change.after.ending is not None):
                self.told.pop(key, None)
                self.endings[tuple(one.key)] += isinstance(one, Caller)
            else:
                self.told[key] = change.after
        for record in outcome.records:
            assert isinstance(record, Gap | Correction) or record.ended_at >= record.began_at


class Ledger:
    """A listener that can add up all figures from scratch."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.over: list[Caller] = []
        self.open: dict[tuple[str, ...], Caller] = {}
        self.records: list[Record] = []

    def __call__(self, outcome: Outcome) -> None:
        for change in outcome.changes:
            if isinstance(change.after, Caller) and change.after.ending is not None:
                self.open.pop(change.after.key, None)
                self.over.append(change.after)
            elif isinstance(change.after, Caller):
                self.open[change.after.key] = change.after
        for record in outcome.records:
            if isinstance(record, Correction):
                self.over[self.over.index(record.before)] = record.after
            else:
                self.records.append(record)

    def figures(self) -> dict[Subject, Figures]:
        """Per subject the sum of all scores; visits whose joining is not known add nothing."""
        sums: dict[Subject, Figures] = defaultdict(Figures)
        for visit in [*self.over, *self.open.values()]:
            if visit.joined_at is not None:
                for subject, figures in scores_of_caller(visit, self.limits):
                    sums[subject] += figures
        for record in self.records:
            scores: tuple[tuple[Subject, Figures], ...] = ()
            if isinstance(record, Offer):
                scores = tuple(scores_of_offer(record))
            elif isinstance(record, Span):
                scores = tuple(scores_of_span(record))
            for subject, figures in scores:
                sums[subject] += figures
        return dict(sums)
