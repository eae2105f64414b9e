"""The register: who is behind an agent, who sees what, whom to tell."""

from __future__ import annotations

import pytest

from floor.people.model import Contact, Group, Person, Role
from floor.people.ports import People
from floor.people.register import Register, groups_of
from floor.people.room import PeopleRoom
from floor.settings import GroupSettings
from tests.people.conftest import Hire

QUEUES = {("east", "Ann"): {"sales"}, ("west", "Ann"): {"vip"}, ("east", "1002"): {"support"}}


def register(*persons: Person, groups: tuple[str, ...] = (), **more: object) -> Register:
    """A register of these persons, without a database."""
    made = Register(queues_of=lambda pbx, agent: QUEUES.get((pbx, agent), ()), **more)  # type: ignore[arg-type]
    made._set({person.id: person for person in persons}, groups)
    return made


MANAGER = Person(1, "manager", "M", Role.MANAGER)
CHIEF = Person(2, "chief", "C", Role.CHIEF, reports_to=1)
LEADER = Person(3, "leader", "L", Role.LEADER, groups=("早班",), leads=("早班",), reports_to=2)
ANN = Person(4, "ann", "Ann", Role.AGENT, number="1001", groups=("早班",), agents=(("*", "Ann"),), reports_to=3)
BOB = Person(5, "bob", "Bob", Role.AGENT, number="1002", groups=("早班", "夜班"), reports_to=3)
EVE = Person(6, "eve", "Eve", Role.AGENT, groups=("夜班",), agents=(("east", "Eve"),))
COACH = Person(7, "coach", "H", Role.COACH, groups=("夜班",), leads=("夜班",))
EVERYBODY = (MANAGER, CHIEF, LEADER, ANN, BOB, EVE, COACH)


@pytest.fixture
def people() -> Register:
    return register(*EVERYBODY, groups=("早班", "夜班"))


@pytest.mark.parametrize(
    ("pbx", "agent", "who"),
    [
        ("east", "Ann", ANN),  # on every exchange
        ("west", "Ann", ANN),
        ("west", "1002", BOB),  # by service number
        ("east", "Eve", EVE),
        ("west", "Eve", None),  # on one only
        ("east", "ann", None),  # member names are told apart as Asterisk does
        ("east", "nobody", None),
    ],
)
def test_who_is_behind_an_agent(people: Register, pbx: str, agent: str, who: Person | None) -> None:
    """By the agent names of the register, else by service number = member name."""
    assert people.of_agent(pbx, agent) == who


def test_the_same_person_under_another_name() -> None:
    """``[persons]`` of the settings is heard too."""
    people = register(*EVERYBODY, same={"west/A. Li": "Ann", "west/77": "1002"})
    assert people.of_agent("west", "A. Li") == ANN
    assert people.of_agent("west", "77") == BOB
    assert people.of_agent("east", "A. Li") is None


def test_who_left_is_nobody() -> None:
    """An agent name of somebody who left is free again; his record keeps his name."""
    gone = Person(9, "gone", "Gone", Role.AGENT, number="1009", groups=("早班",), agents=(("*", "X"),), active=False)
    people = register(*EVERYBODY, gone)
    assert people.of_agent("east", "X") is None
    assert people.of_agent("east", "1009") is None
    assert ("*", "X") not in people.groups["早班"].agents
    assert people.persons[9] == gone


def test_groups(people: Register) -> None:
    """Members by what the exchanges call them, else by number; who leads is no member."""
    assert people.groups["早班"] == Group("早班", (("*", "Ann"), ("*", "1002")), (LEADER.id,))
    assert people.groups["夜班"] == Group("夜班", (("*", "1002"), ("east", "Eve")), (COACH.id,))
    assert people.group_of("west", "1002") == "早班"
    assert people.group_of("west", "Eve") is None


def test_groups_of_the_settings_count() -> None:
    """They come together with those of the register, under one name."""
    named = (GroupSettings(name="早班", agents=("Zoe", "Ann")), GroupSettings(name="外呼", agents=("Ann", "Yan")))
    people = register(*EVERYBODY, named=named)
    assert people.groups["早班"].agents == (("*", "Ann"), ("*", "1002"), ("*", "Zoe"))
    assert people.groups["外呼"] == Group("外呼", (("*", "Ann"), ("*", "Yan")))
    assert [people.group_of("east", name) for name in ("Ann", "Yan", "Zoe")] == ["早班", "外呼", "早班"]


def test_first_responsible_first() -> None:
    """Of several who lead a group the leader comes before the chief, the coach last, the older account first."""
    several = [
        Person(11, "a", "A", Role.COACH, groups=("g",), leads=("g",)),
        Person(12, "b", "B", Role.CHIEF, groups=("g",), leads=("g",)),
        Person(13, "c", "C", Role.LEADER, groups=("g",), leads=("g",)),
        Person(14, "d", "D", Role.LEADER, groups=("g",), leads=("g",)),
    ]
    assert groups_of(several, (), ())["g"].leaders == (13, 14, 12, 11)


def sights(people: Register, person: Person) -> list[str]:
    """Which of these agents he sees."""
    agents = [("east", "Ann"), ("west", "1002"), ("east", "Eve"), ("east", "stranger")]
    return [name for pbx, name in agents if people.sees_agent(person, pbx, name)]


@pytest.mark.parametrize(
    ("person", "agents", "queues"),
    [
        (CHIEF, ["Ann", "1002", "Eve", "stranger"], ["sales", "support", "vip", "other"]),
        (LEADER, ["Ann", "1002"], ["sales", "support"]),
        (COACH, ["1002", "Eve"], ["support"]),
        (ANN, ["Ann"], []),
        (EVE, ["Eve"], []),
        (Person(20, "x", "X", Role.OUTSIDE, groups=("早班",)), [], []),
        (Person(21, "x", "X", Role.CHIEF, active=False), [], []),
        (Person(22, "x", "X", Role.LEADER), [], []),
        (Person(23, "x", "X", Role.LEADER, queues=("vip", "east/other")), [], ["vip", "other"]),
        (Person(24, "x", "X", Role.LEADER, queues=("*",)), [], ["sales", "support", "vip", "other"]),
        (Person(25, "x", "X", Role.AGENT, queues=("*",)), [], []),
    ],
    ids=lambda value: value.login if isinstance(value, Person) else None,
)
def test_scope(people: Register, person: Person, agents: list[str], queues: list[str]) -> None:
    """A leader sees his groups' agents and the queues they serve now; a chief the site; an agent himself."""
    assert sights(people, person) == agents
    assert [name for name in ("sales", "support", "vip", "other") if people.sees_queue(person, "east", name)] == queues


@pytest.mark.parametrize(
    ("group", "told"),
    [("早班", ["leader", "chief", "manager"]), ("夜班", ["chief", "manager"]), (None, ["chief", "manager"]),
     ("unknown", ["chief", "manager"])],
)  # fmt: skip
def test_whom_to_tell(people: Register, group: str | None, told: list[str]) -> None:
    """R-SUP-3: leader, then chief, then manager; where no leader is named, the next above."""
    assert [person.login for person in people.responsible(group)] == told


def test_each_group_has_its_own_chief() -> None:
    """The chief above the group's leader is told, not the chief of others; a circle of bosses does no harm."""
    night = Person(30, "night", "N", Role.CHIEF, reports_to=31)
    round_ = Person(31, "boss", "B", Role.MANAGER, reports_to=30)
    lead = Person(32, "lead", "L", Role.LEADER, groups=("g",), leads=("g",), reports_to=30)
    people = register(*EVERYBODY, night, round_, lead)
    assert [person.login for person in people.responsible("g")] == ["lead", "night", "boss"]


async def test_it_is_what_the_others_ask(room: PeopleRoom, hire: Hire) -> None:
    """What is in the database is in the register, and counts up with every reading that found something."""
    port: People = room.register
    before = room.register.revision
    ann = hire(
        "ann",
        groups=("早班", "晚班"),
        queues=("sales",),
        agents=(("east", "Ann"),),
        contacts=(Contact("mail", "ann@example.com"),),
        number="1001",
        language="zh",
        shift_end="18:00",
    )
    await room.load()
    assert dict(port.persons) == {ann.id: ann}
    assert port.of_agent("east", "Ann") == room.register.by_login("ann") == ann
    assert set(port.groups) == {"早班", "晚班"}
    assert room.register.revision == before + 1
    await room.load()
    assert room.register.revision == before + 1
