"""Conditions about phones: one that cannot be reached though somebody is logged in at it (R-EMG-23), and many at once,
which is one event with one place (R-EMG-24)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from itertools import groupby

from alerts.conditions.contract import About, Condition, FloorView, Lasting, Level, Params, Reading, Unknown, World
from alerts.conditions.subjects import SITE, any_linked, changed, devices_of, said, the_phone
from alerts.conditions.window import seldom
from alerts.model import Subject, SubjectKind
from floor.ports import Outcome
from floor.state.model import Agent, AgentState, Endpoint, Pbx, Reach

LOOK_EVERY_S = 1.0
MANY = 50
"""From so many lost phones on they are counted once a second, not at each further one."""
WHOLE = 0.9
"""Share of all seats that is the whole site, whatever their addresses."""


def phone_touched(outcome: Outcome, world: World) -> Iterator[Subject]:
    """Phones that changed, and the phones of agents who logged in or off or are unreachable."""
    for before, after in changed(outcome, Endpoint):
        one = after or before
        if one is not None:
            yield the_phone(one.pbx, one.name)
    for was, now in changed(outcome, Agent):
        agent = now or was
        if agent is not None and _seat_concerned(was, now):
            for device in devices_of(world.floor, was, now):
                yield the_phone(agent.pbx, device)


def _seat_concerned(before: Agent | None, after: Agent | None) -> bool:
    if before is None or after is None:
        return True
    if before.members is not after.members and _places(before) != _places(after):
        return True
    return (before.state is AgentState.UNREACHABLE) is not (after.state is AgentState.UNREACHABLE)


def _places(agent: Agent) -> set[str]:
    return {name for member in agent.members for name in (member.interface, member.device_name)}


def phone_lost(subject: Subject, world: World, _params: Params, _now: float) -> Reading:
    """Since the phone cannot be reached, or since somebody logged in at it all the same."""
    floor, key = world.floor, (subject.pbx, subject.name)
    names = floor.seats.get(key, ())
    agents = [agent for name in names if (agent := floor.agents.get((subject.pbx, name))) is not None]
    if not agents or subject.name.startswith("Local/"):
        return None
    phone = floor.endpoints.get(key)
    if phone is not None:
        if phone.reach is not Reach.UNREACHABLE:
            return None
        raw = max(phone.since, min(_logged_in(agent) for agent in agents))
    else:
        # An account that may not list phones: the queue's own word on its members' devices.
        cut_off = [agent.since for agent in agents if agent.state is AgentState.UNREACHABLE]
        if not cut_off:
            return None
        raw = min(cut_off)
    since = world.ours(subject.pbx, raw)
    proof = said(since, "EndpointSeen", phone=subject.name, address=phone.address if phone else None)
    return Lasting(since, About(agent=agents[0].name, evidence=(proof,)), raw=raw)


def _logged_in(agent: Agent) -> float:
    return min((member.logged_in_at or 0.0 for member in agent.members), default=0.0)


# Many at once


@dataclass(frozen=True, slots=True)
class Loss:
    """One lost phone at which somebody is logged in."""

    at: float
    """Our clock."""
    pbx: str
    phone: str
    address: str | None


def site_touched(outcome: Outcome, world: World) -> Iterator[Subject]:
    """The site, when a phone was lost or came back, or an agent with a lost phone logged in or off."""
    if changed(outcome, Endpoint) or changed(outcome, Pbx):
        yield SITE
        return
    for was, now in changed(outcome, Agent):
        agent = now or was
        if agent is not None and agent.pbx in world.floor.lost and _seat_concerned(was, now):
            yield SITE
            return


def phones_lost_together(subject: Subject, world: World, params: Params, now: float) -> Reading:
    """How many seats were lost within the window and are still lost, if they are many; else 0."""
    floor = world.floor
    if not any_linked(floor):
        return Unknown()
    count = sum(map(len, floor.lost.values()))
    if count < 2:
        return None
    if count <= MANY:
        return _together(world, params, now)
    notes = world.memory("phones_lost_together", subject)
    return seldom(notes, now, LOOK_EVERY_S, lambda: _together(world, params, now))


def _seats(world: World, now: float) -> int:
    """Phones at which somebody sits; counted once a second at most, and when their number differs."""
    notes, known = world.memory("seats", SITE), len(world.floor.seats)
    told: tuple[float, int, int] | None = notes.get("told")
    if told is None or told[1] != known or not 0 <= now - told[0] < LOOK_EVERY_S:
        number = sum(1 for _, device in world.floor.seats if not device.startswith("Local/"))
        told = notes["told"] = (now, known, number)
    return told[2]


def _together(world: World, params: Params, now: float) -> Level:
    losses = sorted(_losses(world), key=lambda loss: loss.at)
    burst = _burst(losses, params["within_s"])
    seats = _seats(world, now)
    many = len(burst) >= min(params["seats"], max(2, params["share"] * seats))
    if not many:
        return Level(0)
    place, networks = _place(burst, seats)
    proof = said(
        burst[0].at,
        "EndpointSeen",
        phones=len(burst),
        of=seats,
        place=place,
        networks=networks[:10],
        exchanges=sorted({loss.pbx for loss in burst}),
        last_at=round(burst[-1].at, 3),
    )
    causes = tuple(the_phone(loss.pbx, loss.phone) for loss in burst)
    return Level(len(burst), about=About(evidence=(proof,), causes=causes))


def _losses(world: World) -> Iterator[Loss]:
    floor = world.floor
    for pbx, lost in floor.lost.items():
        for phone, since in lost.items():
            if (pbx, phone) in floor.seats:
                yield Loss(world.ours(pbx, since), pbx, phone, _address(floor, pbx, phone))


def _address(floor: FloorView, pbx: str, phone: str) -> str | None:
    endpoint = floor.endpoints.get((pbx, phone))
    return endpoint.address if endpoint is not None else None


def _burst(losses: Sequence[Loss], within_s: float) -> Sequence[Loss]:
    """The largest number lost within the window; of equal ones the latest."""
    best, first = range(0), 0
    for last, loss in enumerate(losses):
        while loss.at - losses[first].at > within_s:
            first += 1
        if last + 1 - first >= len(best):
            best = range(first, last + 1)
    return [losses[place] for place in best]


_URI = re.compile(r"(?:sips?:)?(?:[^@]*@)?(?P<host>[^;>?]*)")


def network_of(address: str | None) -> str | None:
    """``sip:1001@10.1.2.3:5060;ob`` -> ``10.1.2.0/24``; IPv6 by its /64; ``None`` for names and nonsense."""
    found = _URI.match(address or "")
    host = found["host"] if found else ""
    for bare in (host, host.rpartition(":")[0]):  # with a port, or without
        try:
            ip = ip_address(bare.strip("[]"))
        except ValueError:
            continue
        return str(ip_network(f"{ip}/{24 if ip.version == 4 else 64}", strict=False))
    return None


def _place(burst: Sequence[Loss], seats: int) -> tuple[str, list[str]]:
    """(the one network all have in common, else ``site``; all networks, most phones first)."""
    known = sorted(network for loss in burst if (network := network_of(loss.address)) is not None)
    ranked = sorted(((len(list(same)), network) for network, same in groupby(known)), reverse=True)
    networks = [network for _, network in ranked]
    local = len(networks) == 1 and len(known) == len(burst) and len(burst) < WHOLE * seats
    return (networks[0] if local else "site"), networks


CONDITIONS = (
    Condition(
        name="phone_lost",
        subject=SubjectKind.ENDPOINT,
        params={},
        help="Seconds for which a phone cannot be reached while an agent is logged in at it (R-EMG-23).",
        touched=phone_touched,
        read=phone_lost,
        hears=frozenset({Endpoint, Agent}),
    ),
    Condition(
        name="phones_lost_together",
        subject=SubjectKind.SITE,
        params={"share": ((int, float), 0.3), "seats": (int, 5), "within_s": ((int, float), 60)},
        help="Seats lost within within_s seconds and still lost, if they are at least the share of all seats in use or "
        "so many seats, and two; else 0 (R-EMG-24). Names the network they have in common.",
        touched=site_touched,
        read=phones_lost_together,
        unit="phones",
        hears=frozenset({Endpoint, Pbx, Agent}),
    ),
)
