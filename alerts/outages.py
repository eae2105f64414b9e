"""Outages that can be played in a drill, as facts that are told to a copy of the floor. Pure: the copy's picture and
the moment it begins in, facts with their moments out. The real floor never hears any of them.

What no rule of the floor can see (the record's database), or no rule in force looks for, is told as a signal instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address

from alerts.model import Severity, Signal, Standing, Subject, SubjectKind, Text
from floor.state.facts import (
    CallerJoined,
    ChannelClosed,
    ChannelOpened,
    EndpointSeen,
    ExchangeStopped,
    Fact,
    LinkChanged,
    PhonesSynced,
    PictureQueue,
    QueuesSynced,
    TrunkSeen,
    TrunksSynced,
)
from floor.state.model import Agent, Device, Endpoint, Key, LinkState, Member, Pbx, Queue, Reach, Trunk

CALLS = 24
"""Calls of a carrier in trouble, one every three seconds …"""
CONGESTED = 34
"""… of which every second ends with this cause."""
SURGE = 48
EXPECTED_PER_HOUR = 60.0
"""What the copy's forecast expects, so that a surge is one."""
WATCHDOG_S = 10.0
PRETENDED = "drill"
"""The exchange that is made up where there is none to copy."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What the copy is made from: the real floor at the beginning, at rest."""

    pbxs: tuple[str, ...]
    queues: tuple[Queue, ...]
    members: tuple[tuple[str, Member], ...]
    """(exchange, membership)."""
    phones: tuple[Endpoint, ...]
    trunks: tuple[Trunk, ...]

    @property
    def pbx(self) -> str:
        """The exchange with most members, which the outage strikes."""
        counts = Counter(pbx for pbx, _ in self.members)
        return counts.most_common(1)[0][0]

    def of(self, pbx: str) -> Picture:
        """Only what belongs to one exchange."""
        return Picture(
            (pbx,),
            tuple(queue for queue in self.queues if queue.pbx == pbx),
            tuple(one for one in self.members if one[0] == pbx),
            tuple(phone for phone in self.phones if phone.pbx == pbx),
            tuple(trunk for trunk in self.trunks if trunk.pbx == pbx),
        )


Told = tuple[float, Fact | Signal]
"""Seconds after the beginning, and what is told then."""
Play = Callable[[Picture, float, float], Iterator[Told]]
"""(picture, begun at, lasts) -> what is told, in any order."""


@dataclass(frozen=True, slots=True)
class Outage:
    """One thing that can go wrong."""

    id: str
    title: Text
    type: str
    """Of the incident it makes suspect."""
    expects: tuple[str, ...]
    """Rules that should notice it."""
    play: Play
    within_s: float
    """Noticed within so many seconds, if all is well."""
    said: Signal | None = None
    """Told in place of its first rule where that is not in force."""


def take(
    pbxs: Mapping[str, Pbx],
    queues: Mapping[Key, Queue],
    agents: Mapping[Key, Agent],
    endpoints: Mapping[Key, Endpoint],
    trunks: Mapping[Key, Trunk],
) -> Picture:
    """The floor at rest: everybody who is logged in, ready; every phone and trunk in reach; nobody in the line. Where
    there is nobody, a little floor is made up. Callers and what people are doing are not copied."""
    members = tuple(
        (agent.pbx, replace(member, paused=False, reason=None, paused_at=None, device=Device.IDLE))
        for agent in agents.values()
        for member in agent.members
    )
    if not members:
        return _pretended()
    known = {pbx for pbx, _ in members}
    phones = [replace(phone, reach=Reach.REACHABLE) for phone in endpoints.values() if phone.pbx in known]
    listed = {phone.key for phone in phones}
    unlisted = {(pbx, member.device_name) for pbx, member in members} - listed
    phones += [Endpoint(pbx, name, Reach.REACHABLE, 0.0) for pbx, name in sorted(unlisted)]
    lines = [replace(trunk, reach=Reach.REACHABLE, status="Registered") for trunk in trunks.values()]
    lines += [_trunk(pbx) for pbx in sorted(known - {trunk.pbx for trunk in lines})]
    return Picture(
        tuple(sorted(known | pbxs.keys())),
        tuple(queue for queue in queues.values() if queue.pbx in known),
        members,
        tuple(phones),
        tuple(lines),
    )


def seed(picture: Picture, at: float) -> Iterator[Fact]:
    """The facts that make the copy what the picture shows."""
    for pbx in picture.pbxs:
        yield LinkChanged(pbx, at, LinkState.SYNCING)
        yield from picture_of(picture.of(pbx), pbx, at)
        yield LinkChanged(pbx, at, LinkState.UP, None, "drill", at - 86400.0)


def picture_of(one: Picture, pbx: str, at: float) -> Iterator[Fact]:
    """The full picture as an exchange tells it after a connection."""
    queues = tuple(PictureQueue(q.name, q.strategy, q.weight, q.max_callers, q.wrapup_s) for q in one.queues)
    members = tuple(replace(member, logged_in_at=at) for _, member in one.members)
    yield QueuesSynced(pbx, at, queues, members)
    yield PhonesSynced(pbx, at, tuple((phone.name, Reach.REACHABLE, phone.address) for phone in one.phones))
    yield TrunksSynced(pbx, at, tuple((trunk.name, Reach.REACHABLE, trunk.status) for trunk in one.trunks))


# The outages


def _exchange_dead(picture: Picture, begun: float, lasts_s: float) -> Iterator[Told]:
    pbx = picture.pbx
    yield 0.0, LinkChanged(pbx, begun, LinkState.DOWN, "lost")
    yield from _back(picture, begun, lasts_s)


def _silent_link(picture: Picture, begun: float, lasts_s: float) -> Iterator[Told]:
    """Nothing is heard any more; only the watchdog finds out, and dates it back to the last word."""
    yield WATCHDOG_S, LinkChanged(picture.pbx, begun, LinkState.DOWN, "silent")
    yield from _back(picture, begun, max(lasts_s, WATCHDOG_S + 1.0))


def _exchange_restarting(picture: Picture, begun: float, lasts_s: float) -> Iterator[Told]:
    pbx = picture.pbx
    yield 0.0, ExchangeStopped(pbx, begun, restart=True)
    yield 0.5, LinkChanged(pbx, begun + 0.5, LinkState.DOWN, "shutdown")
    yield from _back(picture, begun, lasts_s)


def _back(picture: Picture, begun: float, lasts_s: float) -> Iterator[Told]:
    pbx, at = picture.pbx, begun + lasts_s
    yield lasts_s, LinkChanged(pbx, at, LinkState.SYNCING)
    for fact in picture_of(picture.of(pbx), pbx, at):
        yield lasts_s, fact
    yield lasts_s, LinkChanged(pbx, at, LinkState.UP, None, "drill", at)


def _trunk_lost(picture: Picture, begun: float, lasts_s: float) -> Iterator[Told]:
    trunk = picture.of(picture.pbx).trunks[0]
    yield 0.0, TrunkSeen(trunk.pbx, begun, trunk.name, Reach.UNREACHABLE, "Unregistered")
    yield lasts_s, TrunkSeen(trunk.pbx, begun + lasts_s, trunk.name, Reach.REACHABLE, "Registered")


def _congestion(picture: Picture, begun: float, _lasts_s: float) -> Iterator[Told]:
    """Calls over the trunk that end at once, every second one because the carrier has no room."""
    trunk = picture.of(picture.pbx).trunks[0]
    for number in range(CALLS):
        at, uniqueid = 3.0 * number, f"drill-{number}.1"
        name = f"{trunk.name if '/' in trunk.name else f'PJSIP/{trunk.name}'}-{number:08x}"
        yield at, ChannelOpened(trunk.pbx, begun + at, uniqueid, name, uniqueid, "dialling")
        cause = CONGESTED if number % 2 == 0 else 16
        yield at + 1.0, ChannelClosed(trunk.pbx, begun + at + 1.0, uniqueid, cause)


def _phones_gone(picture: Picture, begun: float, lasts_s: float) -> Iterator[Told]:
    """A third of the phones in use, neighbours in the network, within twenty seconds."""
    used = {member.device_name for pbx, member in picture.members if pbx == picture.pbx}
    phones = sorted((p for p in picture.of(picture.pbx).phones if p.name in used), key=_neighbourhood)
    gone = phones[: max(1, -(-len(phones) // 3))]
    for number, phone in enumerate(gone):
        at = 20.0 * number / len(gone)
        yield at, EndpointSeen(phone.pbx, begun + at, phone.name, Reach.UNREACHABLE)
        back = max(lasts_s, 21.0)
        yield back, EndpointSeen(phone.pbx, begun + back, phone.name, Reach.REACHABLE)


def _surge(picture: Picture, begun: float, _lasts_s: float) -> Iterator[Told]:
    """Callers without number and name, one every four seconds."""
    pbx = picture.pbx
    sizes = Counter(member.queue for of, member in picture.members if of == pbx)
    queue = sizes.most_common(1)[0][0]
    for number in range(SURGE):
        at, uniqueid = 4.0 * number, f"drill-{number}.1"
        yield at, ChannelOpened(pbx, begun + at, uniqueid, f"PJSIP/drill-{number:08x}", uniqueid, "up")
        yield at, CallerJoined(pbx, begun + at, queue, uniqueid, uniqueid)


def _database_lost(_picture: Picture, begun: float, lasts_s: float) -> Iterator[Told]:
    site = Subject(SubjectKind.SITE, "", "database")
    broken = Signal("R-EMG-27", site, Standing.BROKEN, begun, Severity.CRIT, begun)
    yield 1.0, replace(broken, evidence=({"at": begun, "fact": "RecordFailing"},))
    yield lasts_s, replace(broken, standing=Standing.FINE, at=begun + lasts_s)


def _neighbourhood(phone: Endpoint) -> tuple[int, str]:
    """Phones of one network next to each other; those without an address last."""
    host = (phone.address or "").rpartition("@")[2].partition(":")[0]
    try:
        return int(ip_address(host)), phone.name
    except ValueError:
        return 2**130, phone.name


def _pretended() -> Picture:
    members = tuple(
        (PRETENDED, Member("service", f"Agent {n}", f"PJSIP/{1000 + n}", f"PJSIP/{1000 + n}")) for n in range(1, 13)
    )
    phones = tuple(Endpoint(PRETENDED, f"PJSIP/{1000 + n}", Reach.REACHABLE, 0.0, f"10.0.0.{n}") for n in range(1, 13))
    return Picture((PRETENDED,), (Queue(PRETENDED, "service"),), members, phones, (_trunk(PRETENDED),))


def _trunk(pbx: str) -> Trunk:
    return Trunk(pbx, "PJSIP/trunk", Reach.REACHABLE, 0.0, "Registered")


def _said(rule: str, name: str) -> Signal:
    subject = Subject(SubjectKind.SITE, "", name)
    return Signal(rule, subject, Standing.BROKEN, 0.0, Severity.CRIT)


_ALL: Sequence[Outage] = (
    Outage("exchange_dead", {"en": "The exchange is dead", "zh": "交换机宕机"}, "system", ("R-EMG-20",), _exchange_dead,
           15.0, _said("R-EMG-20", "exchange")),
    Outage("exchange_restarting", {"en": "The exchange restarts", "zh": "交换机重启"}, "system", ("R-EMG-21",),
           _exchange_restarting, 10.0, _said("R-EMG-21", "exchange")),
    Outage("trunk_lost", {"en": "A trunk is lost", "zh": "中继中断"}, "comms", ("R-EMG-22",), _trunk_lost, 40.0,
           _said("R-EMG-22", "trunk")),
    Outage("carrier_congestion", {"en": "The carrier has no room", "zh": "运营商拥塞"}, "comms", ("R-EMG-25",),
           _congestion, 90.0, _said("R-EMG-25", "carrier")),
    Outage("phones_gone", {"en": "A third of the phones is gone", "zh": "三分之一话机离线"}, "network", ("R-EMG-24",),
           _phones_gone, 70.0, _said("R-EMG-24", "phones")),
    Outage("surge", {"en": "A surge of callers", "zh": "话务激增"}, "disaster", ("R-EMG-28", "R-ANS-8"), _surge, 200.0,
           _said("R-EMG-28", "callers")),
    Outage("database_lost", {"en": "The database is lost", "zh": "数据库中断"}, "system", ("R-EMG-27",), _database_lost,
           10.0),
    Outage("silent_link", {"en": "Half-open link: nothing is heard", "zh": "链路半开、无任何消息"}, "system",
           ("R-EMG-20",), _silent_link, 25.0, _said("R-EMG-20", "exchange")),
)  # fmt: skip
OUTAGES: Mapping[str, Outage] = {outage.id: outage for outage in _ALL}
