"""The floor that is simulated: queues, agents, phones and trunks of any size, from one seed."""

from __future__ import annotations

from dataclasses import dataclass, field

from asterisk.simulator.exchange import Exchange
from asterisk.simulator.habits import temper
from asterisk.simulator.parts import Agent, Member, Phone, Queue, QueueOptions, Trunk
from asterisk.simulator.world import World

NAMES = (
    "Ada Ben Cho Dan Eva Fay Gao Han Ida Jun Kai Lin Mei Nia Oda Pan Qin Rui Sam Tao Uma Vic Wei Xia Yan Zoe "
    "Amy Bao Cai Dai Eli Fei Guo Hua Ian Jia Ken Lan Min Nan Ola Pia Quan Rosa Shu Ting Una Vera Wen Xin Ying Zhen"
).split()
FAMILIES = "Adler Bai Chen Deng Evans Fang Gao Huang Ivers Jiang Kong Li Ma Ng Ortiz Peng Qiao Ren Sun Tang".split()

_Row = tuple[str, str, str, float, float, float, dict[str, object]]

_QUEUES: tuple[_Row, ...] = (
    # name, exten, strategy, share of calls, talk, patience, and what is special about it
    ("support", "700", "rrmemory", 0.34, 150.0, 100.0, {"wrapup_s": 15, "autopause": True}),
    ("sales", "701", "leastrecent", 0.24, 110.0, 70.0, {"wrapup_s": 10, "limit_s": 45.0}),
    ("billing", "702", "fewestcalls", 0.2, 95.0, 80.0, {"wrapup_s": 15, "exit_key": "1"}),
    ("orders", "703", "random", 0.15, 75.0, 60.0, {"wrapup_s": 5, "max_callers": 12}),
    ("vip", "704", "ringall", 0.05, 130.0, 60.0, {"weight": 10, "leave_empty": True, "join_empty": False}),
)


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """A queue and its traffic; seconds."""

    options: QueueOptions
    calls_per_s: float
    talk_s: float
    patience_s: float


@dataclass(slots=True)
class FloorSettings:
    """What is simulated. ``load``: share of the agents' time that the calls would fill."""

    agents: int = 42
    queue_count: int = 5
    load: float = 0.92
    talk_factor: float = 1.0
    day_curve: bool = False
    local_share: float = 0.08
    """Share of agents that are reached through Local channels."""
    dynamic_share: float = 0.3
    """Share of agents that log in and out (dynamic members)."""
    direct_share: float = 0.02
    """Share of callers who dial an agent's own number."""
    ring_s: float = 15.0
    """How long a queue rings a member."""
    trunk_count: int = 2
    supervisors: int = 3
    """Phones of people who take no queue calls."""
    queues: tuple[QueuePlan, ...] = ()
    """Filled in by ``planned`` when empty."""
    queues_of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Queue names by agent."""


def planned(settings: FloorSettings) -> FloorSettings:
    """The settings with their queues and who sits in which."""
    rows = [_queue_row(number) for number in range(settings.queue_count)]
    total = sum(row[3] for row in rows)
    settings.queues = tuple(_plan(row, row[3] / total, settings) for row in rows)
    names = [plan.options.name for plan in settings.queues]
    weights = [row[3] / total for row in rows]
    settings.queues_of = {
        agent_name(number): _queues_of(number, settings.agents, names, weights) for number in range(settings.agents)
    }
    return settings


def _queue_row(number: int) -> _Row:
    name, _, *rest = _QUEUES[number % len(_QUEUES)]
    round_ = number // len(_QUEUES)
    return (f"{name}-{round_ + 1}" if round_ else name, str(700 + number), *rest)  # type: ignore[return-value]


def _plan(row: _Row, share: float, settings: FloorSettings) -> QueuePlan:
    name, exten, strategy, _, talk_s, patience_s, special = row
    talk_s *= settings.talk_factor
    handling_s = talk_s * 1.15 + 6 + float(special.get("wrapup_s", 0))  # type: ignore[arg-type]
    options = QueueOptions(name, exten, strategy, settings.ring_s, **special)  # type: ignore[arg-type]
    # Pauses, breaks and calls of their own keep about a quarter of the agents from the queues.
    return QueuePlan(options, settings.load * 0.75 * settings.agents * share / handling_s, talk_s, patience_s)


def agent_name(number: int) -> str:
    """A name of his own for every agent, and the number of his phone behind it where names run out."""
    name = f"{NAMES[number % len(NAMES)]} {FAMILIES[(number * 7 + number // len(NAMES)) % len(FAMILIES)]}"
    return name if number < len(NAMES) else f"{name} {number + 1}"


def _queues_of(number: int, agents: int, names: list[str], weights: list[float]) -> tuple[str, ...]:
    """One queue by its share of the calls; every third agent sits in a second one, every ninth in a third."""
    place, at, first = (number + 0.5) / agents, 0.0, 0
    for first, weight in enumerate(weights):  # noqa: B007 - the place where the loop stopped is the result
        at += weight
        if place < at:
            break
    others = [name for name in names if not name.startswith("vip")]  # two people of their own, and nobody else
    more = (1 if number % 3 == 0 else 0) + (1 if number % 9 == 0 else 0)
    seconds = (others[(first + step * 2) % len(others)] for step in range(1, more + 1))
    return tuple(dict.fromkeys((names[first], *(seconds if names[first] in others else ()))))


def build(world: World, settings: FloorSettings, *, busy_at: int = 0) -> Exchange:
    """Furnish the world with everything in the settings."""
    if not settings.queues:
        planned(settings)
    exchange = Exchange(world, busy_at=busy_at)
    for plan in settings.queues:
        world.queues[plan.options.name] = Queue(plan.options)
    for number in range(settings.trunk_count):
        name = f"carrier-{'abcdefgh'[number]}"
        world.trunks[name] = Trunk(name, f"198.51.100.{10 + number}", since=world.now)
    for number in range(settings.supervisors):
        world.phones[str(1900 + number)] = Phone(str(1900 + number), f"192.0.2.{10 + number}")
    for number in range(settings.agents):
        _seat(world, settings, number)
    return exchange


def _seat(world: World, settings: FloorSettings, number: int) -> None:
    random, name, exten = world.random, agent_name(number), str((1001 if number < 800 else 20001) + number)
    phone = Phone(exten, f"192.0.2.{20 + number % 200}", roundtrip_us=random.randrange(400, 9000))
    local = random.random() < settings.local_share
    dynamic = random.random() < settings.dynamic_share
    queues = settings.queues_of[name]
    talk_s = next(plan.talk_s for plan in settings.queues if plan.options.name == queues[0])
    agent = Agent(name, phone, f"Local/{exten}@agents/n" if local else phone.name, temper(random, talk_s))
    phone.agent = agent
    world.phones[exten], world.agents[name] = phone, agent
    for place, queue in enumerate(queues):
        seat = Member(world.queues[queue], agent, dynamic, penalty=place)
        seat.logged_in_at, seat.wrapup_s = world.now, world.queues[queue].options.wrapup_s
        world.queues[queue].members[name] = agent.members[queue] = seat
