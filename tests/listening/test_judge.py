"""Who may listen, to whom, how and why: every role × mode × purpose, and every other reason to be refused."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from floor.listening.judge import RIGHT, Asked, Limits, Means, admit, modes_of, must_end, purposes_of
from floor.listening.model import Listening, ListeningStage, Mode, Purpose, Way
from floor.listening.ports import NotAdmittedError
from floor.listening.refusals import REFUSALS
from floor.people.model import Group, Person, Role
from floor.people.rights import may
from floor.state import facts as f
from floor.state.model import LinkState
from tests.listening.stage import House, P
from tests.support.people import PeopleDouble, person

MATRIX: dict[Role, tuple[str, str]] = {
    #                 how                    why
    Role.AGENT: ("", ""),
    Role.LEADER: ("listen whisper barge", "qa coaching help incident"),
    Role.COACH: ("listen whisper", "coaching help"),
    Role.CHIEF: ("listen whisper barge", "qa coaching help incident"),
    Role.MANAGER: ("listen whisper barge", "qa coaching help incident"),
    Role.QA: ("listen", "qa"),
    Role.QA_LEAD: ("listen", "qa"),
    Role.TRAINER: ("listen", "coaching help"),
    Role.ASSISTANT: ("", ""),
    Role.ANALYST: ("", ""),
    Role.OUTSIDE: ("", ""),
    Role.ADMIN: ("", ""),
}
"""Who may listen how, and for what; nothing else is admitted."""
SLOT = re.compile(r"\\{\w+\\}")
WAYS = Means(tuple(Way), "PJSIP/900", ("PJSIP/Ann",))


def asked(**more: Any) -> Asked:
    return replace(Asked(P, "Ann", Mode.LISTEN, Purpose.HELP, Way.BROWSER), **more)


def judged(
    house: House,
    one: Person,
    wanted: Asked,
    means: Means = WAYS,
    others: Collection[Listening] = (),
    limits: Limits = Limits(),  # noqa: B008 - frozen
    people: PeopleDouble | None = None,
) -> str:
    """``admitted``, or the reason of the table."""
    known, floor = people or house.people, house.store.snapshot()
    try:
        admit(one, wanted, means, people=known, floor=floor, others=others, limits=limits)
    except NotAdmittedError as error:
        return reason_of(error)
    return "admitted"


def reason_of(error: NotAdmittedError) -> str:
    """The row of the table it was made from, by its status and both sentences."""
    return next(
        reason
        for reason, (status, *sentences) in REFUSALS.items()
        if status == error.status
        and all(
            re.fullmatch(SLOT.sub(".+", re.escape(sentence)), said)
            for sentence, said in zip(sentences, error.words.values(), strict=True)
        )
    )


@pytest.fixture
def house() -> House:
    house = House()
    house.call("Ann")
    house.call("Bob", 2)
    return house


def test_every_role_is_in_the_matrix() -> None:
    """A new role listens to nobody until somebody says how and why."""
    assert set(MATRIX) == set(Role)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("purpose", Purpose)
def test_matrix(house: House, role: Role, mode: Mode, purpose: Purpose) -> None:
    """A role listens in its own ways, for its own purposes."""
    modes, purposes = (told.split() for told in MATRIX[role])
    verdict = judged(house, person(role, groups=("day",)), asked(mode=mode, purpose=purpose))
    if mode not in modes:
        assert verdict == "no_right"
    elif purpose not in purposes:
        assert verdict == "purpose"
    else:
        assert verdict == "admitted"


@pytest.mark.parametrize("role", Role)
def test_matrix_agrees_with_the_table_of_rights(role: Role) -> None:
    """What the page is told is what is judged, and no mode goes without its right."""
    one = person(role)
    assert [*modes_of(one)] == MATRIX[role][0].split()
    assert [*purposes_of(one)] == MATRIX[role][1].split()
    assert all(may(one, RIGHT[mode]) for mode in modes_of(one))


def test_who_left_listens_to_nobody(house: House) -> None:
    """An account that was closed has no right left."""
    assert judged(house, person(Role.MANAGER, active=False), asked()) == "no_right"


SCOPE = {
    # role, his groups, agent -> verdict
    ("leader", ("day",), "Ann"): "admitted",
    ("leader", ("day",), "Bob"): "no_agent",
    ("leader", (), "Ann"): "no_agent",
    ("leader", ("day", "night"), "Bob"): "admitted",
    ("coach", ("night",), "Ann"): "no_agent",
    ("trainer", ("night",), "Bob"): "admitted",
    ("chief", (), "Bob"): "admitted",
    ("manager", (), "Ann"): "admitted",
    ("leader", ("day",), "Nobody"): "no_agent",
    ("chief", (), "Nobody"): "no_agent",
    ("chief", (), "ann"): "no_agent",
}


@pytest.mark.parametrize("case", SCOPE)
def test_scope(house: House, case: tuple[str, tuple[str, ...], str]) -> None:
    """Only agents of his own groups, unless he sees the site; another group's is as one who does not exist."""
    role, groups, agent = case
    assert judged(house, person(Role(role), groups=groups), asked(agent=agent)) == SCOPE[case]


def test_another_groups_agent_and_nobody_get_the_same_words(house: House) -> None:
    """Word for word and number for number, whatever else would be wrong: names cannot be tried out."""
    leader = person(Role.LEADER, groups=("day",))
    said = []
    for wanted in (asked(agent="Bob"), asked(agent="Nobody"), asked(agent="Bob", call="x"), asked(pbx="elsewhere")):
        with pytest.raises(NotAdmittedError) as error:
            admit(leader, wanted, WAYS, people=house.people, floor=house.store.snapshot(), others=(), limits=Limits())
        said.append((error.value.status, error.value.words["en"], error.value.words["zh"]))
    assert len(set(said)) == 1


def test_nobody_listens_to_himself(house: House) -> None:
    """A leader who takes calls himself is listened to by others."""
    lea = person(Role.LEADER, groups=("day",), agents=((P, "Lea"),))
    people = PeopleDouble([lea], {"day": Group("day", ((P, "Lea"),))})
    house.call("Lea", 3)
    assert judged(house, lea, asked(agent="Lea"), people=people) == "oneself"


def test_the_agent_must_talk(house: House) -> None:
    """Ready, ringing or in wrap-up there is nothing to hear; what is asked for is the call that is meant."""
    leader = person(Role.LEADER, groups=("day",))
    assert judged(house, leader, asked(agent="Lea")) == "no_call"
    assert judged(house, leader, asked(call="1.1")) == "admitted"
    assert judged(house, leader, asked(call="9.9")) == "other_call"
    house.hang_up("Ann")
    assert judged(house, leader, asked()) == "no_call"


def test_without_a_link_nobody_listens(house: House) -> None:
    """Nobody would know when the call ends."""
    house.tell(f.LinkChanged(P, house.clock.at, LinkState.DOWN, "lost"))
    assert judged(house, person(Role.LEADER, groups=("day",)), asked()) == "no_link"


def other(by: int, agent: str = "Ann", call: str = "1.1", purpose: Purpose | None = Purpose.QA) -> Listening:
    stage = ListeningStage.ON
    return Listening("x", P, agent, Mode.LISTEN, Way.BROWSER, purpose, stage, 0.0, by, "somebody", call)


def test_how_many_may(house: House) -> None:
    """So many to one call, so many agents per person, each agent once; what was begun on phones counts for the call."""
    leader = person(Role.LEADER, 1, groups=("day",))
    limits = Limits(per_call=2, per_person=1)
    assert judged(house, leader, asked(), others=[other(1)], limits=limits) == "already"
    assert judged(house, leader, asked(), others=[other(1, "Bob", "2.1")], limits=limits) == "person_full"
    assert judged(house, leader, asked(), others=[other(2)], limits=limits) == "admitted"
    assert judged(house, leader, asked(), others=[other(2), other(3, purpose=None)], limits=limits) == "call_full"
    assert judged(house, leader, asked(), others=[other(1, "Bob", "2.1", None)], limits=limits) == "admitted"


def test_the_ways_there_are(house: House) -> None:
    """What the exchange cannot is said, and so is a missing phone; on one's own phone nobody hears that phone."""
    leader, phone = person(Role.LEADER, groups=("day",)), asked(way=Way.PHONE)
    assert judged(house, leader, asked(), Means((Way.PHONE,), "PJSIP/900")) == "no_browser"
    assert judged(house, leader, phone, Means((Way.BROWSER,), "PJSIP/900")) == "no_ring"
    assert judged(house, leader, phone, Means((Way.PHONE,), None)) == "no_phone"
    assert judged(house, leader, phone, Means((Way.PHONE,), "PJSIP/Ann", ("PJSIP/Ann",))) == "his_phone"
    assert judged(house, leader, phone) == "admitted"


@pytest.mark.parametrize("note", ["x" * 501, "line\nbreak", "\u202eevil"])
def test_hostile_note(house: House, note: str) -> None:
    """Too long, with control characters or turned around: refused."""
    assert judged(house, person(Role.LEADER, groups=("day",)), asked(note=note)) == "note"


ENDS: dict[str, tuple[dict[str, Any], str | None]] = {
    "nothing changed": ({}, None),
    "left": ({"active": False}, "signed_out"),
    "is a coach now": ({"role": Role.COACH}, None),
    "is an agent now": ({"role": Role.AGENT}, "right_lost"),
    "is of quality assurance now": ({"role": Role.QA}, "right_lost"),
    "has another group": ({"groups": ("night",)}, "out_of_scope"),
}


@pytest.mark.parametrize("what", ENDS)
def test_asked_again_every_second(house: House, what: str) -> None:
    """A right that is lost, for the purpose too, or an agent who is another's now, ends it."""
    more, why = ENDS[what]
    one = replace(person(Role.LEADER, 1, groups=("day",)), **more)
    assert must_end(one, other(1, purpose=Purpose.HELP), house.people) == why


def test_who_is_gone_from_the_register(house: House) -> None:
    """Is signed out."""
    assert must_end(None, other(1), house.people) == "signed_out"
