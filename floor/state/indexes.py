"""Keeping the floor's indexes in step with its entities: one function per kind of entity, told before and after.

Each costs as much as the entity has parts (memberships, the line of one queue), whatever the size of the floor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from typing import TYPE_CHECKING, Protocol

from floor.state.model import Agent, Caller, CallerStage, Channel, Endpoint, Key, Member, Reach, Trunk

if TYPE_CHECKING:
    from floor.state.floor import Floor


def device_of(floor: Floor, pbx: str, device_name: str) -> str:
    """The phone behind a state interface: hints are looked up, options such as ``/n`` cut off."""
    device = floor.hints.get((pbx, device_name), device_name)
    if device.startswith("Local/"):
        exten, at, context = device.partition("@")
        return exten + at + context.partition("/")[0]
    return device


NOT_LINES = tuple(
    f"{tech}/" for tech in "Local AudioSocket Bridge Surrogate Announcer Recorder Message CBAnn CBRec".split()
)
"""Channels that lead nowhere outside Asterisk."""


class Places(Protocol):
    """What is known of phones and trunks."""

    @property
    def trunks(self) -> Mapping[Key, Trunk]: ...
    @property
    def endpoints(self) -> Mapping[Key, Endpoint]: ...
    @property
    def seats(self) -> Mapping[Key, tuple[str, ...]]: ...


def line_of(floor: Places, channel: Channel) -> str | None:
    """The outside line this channel is on, as Tech/name; ``None``: it is a phone of the floor, or no line at all.

    A line is what is known as a trunk, or what is neither a member's phone nor known as a phone.
    """
    if channel.agent is not None or channel.name.startswith(NOT_LINES) or channel.name == channel.uniqueid:
        return None
    device = device_of_channel(channel.name)
    if device.startswith("DAHDI/"):
        device = "/".join(device.split("/")[:2])  # DAHDI/i1/NUMBER: the span, not whom it calls
    place = (channel.pbx, device)
    if place in floor.trunks:
        return device
    if channel.listens:
        return None
    return None if place in floor.seats or place in floor.endpoints else device


def devices_of(floor: Floor, agent: Agent) -> set[str]:
    """His phones: what his memberships ring, and what tells their state."""
    names = {name for member in agent.members for name in (member.device_name, member.interface)}
    return {device_of(floor, agent.pbx, name) for name in names}


def device_of_channel(channel: str) -> str:
    """``PJSIP/1001-00000001`` -> ``PJSIP/1001``; ``Local/1@a-00000001;2`` -> ``Local/1@a``."""
    return channel.rpartition("-")[0] or channel


def reindex_caller(floor: Floor, before: Caller | None, after: Caller | None, touched: set[Key]) -> None:
    """Lines and visits; ``touched`` learns which queue must be counted anew."""
    one = before if before is not None else after
    if one is None:
        return
    if _place(before) != _place(after):
        _line(floor, one, after, touched)
    if before is None or after is None:
        _visit(floor, one, after)


def _place(caller: Caller | None) -> float | None:
    """Where he stands in the line, by when he joined; ``None``: he does not wait."""
    return caller.joined_at or 0.0 if caller is not None and caller.stage is CallerStage.WAITING else None


def _line(floor: Floor, one: Caller, after: Caller | None, touched: set[Key]) -> None:
    queue = (one.pbx, one.queue)
    waits = after is not None and after.stage is CallerStage.WAITING
    line = floor.lines.get(queue, {})
    if not waits and one.uniqueid not in line:
        return
    touched.add(queue)
    line.pop(one.uniqueid, None)
    if after is not None and waits:
        joined = after.joined_at or 0.0
        late = bool(line) and joined < next(reversed(line.values()))
        line[one.uniqueid] = joined
        if late:  # a caller found in the picture, or a clock set back: the line is in order of joining, always
            line = dict(sorted(line.items(), key=lambda place: place[1]))
    if line:
        floor.lines[queue] = line
    else:
        floor.lines.pop(queue, None)


def _visit(floor: Floor, one: Caller, after: Caller | None) -> None:
    channel = (one.pbx, one.uniqueid)
    queues = floor.visits.get(channel, ())
    if after is not None and one.queue not in queues:
        floor.visits[channel] = (*queues, one.queue)
    elif after is None:
        _drop(floor.visits, channel, one.queue)


def reindex_agent(floor: Floor, before: Agent | None, after: Agent | None, touched: set[Key]) -> None:
    """Tallies and seats."""
    seated = before is None or after is None or not same_seats(before.members, after.members)
    if not seated and before is not None and after is not None:
        if before.state is not after.state:
            _move(floor, before, after, touched)
        return
    for agent, step in ((before, -1), (after, 1)):
        if agent is not None:
            _count(floor, agent, step, touched)
    if seated:
        unseat(floor, before)
        seat(floor, after)


def _move(floor: Floor, before: Agent, after: Agent, touched: set[Key]) -> None:
    """In each of his queues he is one of another state now."""
    old, new = before.state, after.state
    for queue in {member.queue for member in after.members}:
        key = (after.pbx, queue)
        tally = floor.tallies[key]
        left = tally[old] - 1
        if left:
            tally[old] = left
        else:
            del tally[old]
        tally[new] = tally.get(new, 0) + 1
        touched.add(key)


def _count(floor: Floor, agent: Agent, step: int, touched: set[Key]) -> None:
    """He is one more, or one less, in his state in each of his queues."""
    for queue in {member.queue for member in agent.members}:
        key = (agent.pbx, queue)
        tally = floor.tallies.get(key)
        if tally is None:
            tally = floor.tallies[key] = Counter()
        tally[agent.state] += step
        if not tally[agent.state]:
            del tally[agent.state]
        touched.add(key)


def same_seats(before: tuple[Member, ...], after: tuple[Member, ...]) -> bool:
    """The same phones in the same queues: a pause or the state of a phone moves nobody."""
    if before is after:
        return True
    if len(before) != len(after):
        return False
    return all(old is new or seat_of(old) == seat_of(new) for old, new in zip(before, after, strict=True))


def seat_of(member: Member) -> tuple[str, str, str]:
    """Where a membership seats him: queue, what it rings, what tells its state."""
    return member.queue, member.interface, member.device_name


def sits_by(agent: Agent, names: Container[str]) -> bool:
    """Whether one of these names of phones is one of his."""
    return any(member.device_name in names or member.interface in names for member in agent.members)


def unseat(floor: Floor, agent: Agent | None) -> None:
    """He sits nowhere any more; to be called with the hints that seated him."""
    if agent is not None:
        for device in devices_of(floor, agent):
            _drop(floor.seats, (agent.pbx, device), agent.name)


def seat(floor: Floor, agent: Agent | None) -> None:
    """He sits at the phones of his memberships."""
    if agent is not None:
        for device in devices_of(floor, agent):
            seats = floor.seats.get((agent.pbx, device), ())
            floor.seats[agent.pbx, device] = (*seats, agent.name)


def reindex_channel(floor: Floor, before: Channel | None, after: Channel | None) -> None:
    """Names and phones."""
    if before is not None and (after is None or after.name != before.name):
        if floor.names.get((before.pbx, before.name)) == before.uniqueid:
            del floor.names[before.pbx, before.name]
        _hang(floor, (before.pbx, device_of_channel(before.name)), before.uniqueid)
    if after is not None and (before is None or after.name != before.name):
        floor.names[after.pbx, after.name] = after.uniqueid
        floor.phones.setdefault((after.pbx, device_of_channel(after.name)), {})[after.uniqueid] = None


def reindex_endpoint(floor: Floor, before: Endpoint | None, after: Endpoint | None) -> None:
    """Lost phones, in the order in which they were lost."""
    one = before or after
    if one is None:
        return
    lost = floor.lost.setdefault(one.pbx, {})
    if after is not None and after.reach is Reach.UNREACHABLE:
        lost[one.name] = after.since
    else:
        lost.pop(one.name, None)
    if not lost:
        del floor.lost[one.pbx]


def _hang(floor: Floor, phone: Key, uniqueid: str) -> None:
    channels = floor.phones.get(phone, {})
    channels.pop(uniqueid, None)
    if not channels:
        floor.phones.pop(phone, None)


def _drop(index: dict[Key, tuple[str, ...]], key: Key, name: str) -> None:
    rest = tuple(one for one in index.get(key, ()) if one != name)
    if rest:
        index[key] = rest
    else:
        index.pop(key, None)
