"""Whose phone is whose, at one exchange."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from floor.people.model import Contact, Person, Role
from floor.people.phones import Phones, own_phone, phones_of
from floor.state.model import Agent, AgentState, Endpoint, Member, Reach
from tests.support.people import PeopleDouble, person


def member(interface: str, state: str | None = None) -> Member:
    return Member("sales", "Ann", interface, state or interface)


def agent(*members: Member, name: str = "Ann") -> Agent:
    return Agent("north", name, AgentState.READY, 0.0, members=members)


def floor(*agents: Agent, endpoints: tuple[str, ...] = (), seats: dict[str, tuple[str, ...]] | None = None) -> Any:
    return SimpleNamespace(
        agents={one.key: one for one in agents},
        endpoints={("north", name): Endpoint("north", name, Reach.REACHABLE, 0.0) for name in endpoints},
        seats={("north", device): names for device, names in (seats or {}).items()},
    )


def leader(*contacts: str, **more: Any) -> Person:
    return person(Role.LEADER, 9, contacts=tuple(Contact("phone", one) for one in contacts), **more)


SEAT = (("north", "Ann"),)
PHONES: dict[str, tuple[Person, Any, str | None]] = {
    "he sits somewhere": (leader(agents=SEAT), floor(agent(member("PJSIP/1001"))), "PJSIP/1001"),
    "known by his number": (leader(), floor(agent(member("SIP/7"), name="7009")), "SIP/7"),
    "through the dialplan, with a state of its own": (
        leader(agents=SEAT), floor(agent(member("Local/1001@agents", "PJSIP/1001"))), "PJSIP/1001",
    ),
    "only through the dialplan": (leader(agents=SEAT), floor(agent(member("Local/1001@agents"))), None),
    "his seat before his contact": (leader("PJSIP/5", agents=SEAT), floor(agent(member("PJSIP/1001"))), "PJSIP/1001"),
    "his contact, said in full": (leader("PJSIP/900"), floor(), "PJSIP/900"),
    "his contact is a number of this exchange": (leader("900"), floor(endpoints=("PJSIP/900",)), "PJSIP/900"),
    "his contact is a number elsewhere": (leader("13812345678"), floor(endpoints=("PJSIP/900",)), None),
    "his contact is an attack": (leader("PJSIP/1&SIP/2", "PJSIP/1,x", "PJSIP/1\r\nX: y"), floor(), None),
    "nothing is known": (leader(), floor(), None),
}  # fmt: skip


@pytest.mark.parametrize("what", PHONES)
def test_own_phone(what: str) -> None:
    """The phone he sits at, else the one that is put down for him; never something that could be another command."""
    one, known, wanted = PHONES[what]
    assert own_phone(one, "north", known) == wanted


def test_phones_of_an_agent() -> None:
    """Each once."""
    assert phones_of(agent(member("PJSIP/1"), member("PJSIP/1"), member("Local/2@x", "PJSIP/2"))) == [
        "PJSIP/1", "PJSIP/2",
    ]  # fmt: skip


def test_who_is_behind_a_phone() -> None:
    """Whoever is logged in at it, else whose contact it is, in full or by its number; those who left are nobody."""
    ann = person(Role.AGENT, 1, "ann", agents=SEAT)
    known = floor(agent(member("PJSIP/1001")), seats={"PJSIP/1001": ("Ann",)})
    people = PeopleDouble([ann, leader("900"), person(Role.COACH, 3, contacts=(Contact("phone", "8"),), active=False)])
    phones = Phones(lambda: known, people)
    assert phones.whose("north", "PJSIP/1001") is ann
    found = phones.whose("north", "PJSIP/900")
    assert found is not None
    assert found.id == 9
    assert phones.whose("north", "PJSIP/8") is None
    assert phones.whose("north", "PJSIP/444") is None
    assert phones.own(ann, "north") == "PJSIP/1001"
    assert phones.of_agent("north", "Ann") == ["PJSIP/1001"]
    assert phones.of_agent("north", "Nobody") == []
