"""Who may listen, to whom, how and why (R-SEC-1, R-SUP-5): pure, asked at the beginning and every second after it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from floor.listening.conversation import Conversation, Floor, conversation, conversations
from floor.listening.model import Listening, Mode, Purpose, Way
from floor.listening.refusals import MODES, PURPOSES, refused
from floor.people.model import Person, Role
from floor.people.ports import People
from floor.people.rights import Right, may
from floor.state.model import LinkState

RIGHT: dict[Mode, Right] = {Mode.LISTEN: Right.LISTEN, Mode.WHISPER: Right.WHISPER, Mode.BARGE: Right.BARGE}

_LEADERS = frozenset(Purpose)
PURPOSE: dict[Role, frozenset[Purpose]] = {
    Role.QA: frozenset({Purpose.QA}),
    Role.QA_LEAD: frozenset({Purpose.QA}),
    Role.COACH: frozenset({Purpose.COACHING, Purpose.HELP}),
    Role.TRAINER: frozenset({Purpose.COACHING, Purpose.HELP}),
    Role.LEADER: _LEADERS,
    Role.CHIEF: _LEADERS,
    Role.MANAGER: _LEADERS,
}
"""For what each role may listen; who stands nowhere here may not at all."""

MOST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Limits:
    """How many may listen, and how long."""

    per_call: int = 3
    per_person: int = 2
    longest_s: float = 7200.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for."""

    pbx: str
    agent: str
    mode: Mode
    purpose: Purpose
    way: Way
    follow: bool = False
    note: str = ""
    call: str = ""


@dataclass(frozen=True, slots=True)
class Means:
    """What there is for it: the exchange's ways, and the phone of whoever asks."""

    ways: Collection[Way] = ()
    phone: str | None = None
    """Tech/number."""
    his_phones: Collection[str] = ()
    """Those of the agent."""


def modes_of(person: Person) -> tuple[Mode, ...]:
    """How he may listen at all."""
    return tuple(mode for mode, right in RIGHT.items() if may(person, Right.LISTEN) and may(person, right))


def purposes_of(person: Person) -> tuple[Purpose, ...]:
    """For what he may."""
    allowed = PURPOSE.get(person.role, frozenset()) if may(person, Right.LISTEN) else frozenset()
    return tuple(purpose for purpose in Purpose if purpose in allowed)


def admit(
    person: Person,
    asked: Asked,
    means: Means,
    *,
    people: People,
    floor: Floor,
    others: Collection[Listening],
    limits: Limits,
) -> Conversation:
    """The conversation he may listen to; raises :class:`floor.listening.ports.NotAdmittedError`.

    Somebody else's agent is told apart from one who does not exist by nothing.
    """
    judge_mode(person, Mode.LISTEN)
    agent = floor.agents.get((asked.pbx, asked.agent))
    if agent is None or not people.sees_agent(person, asked.pbx, asked.agent):
        raise refused("no_agent")
    judge_mode(person, asked.mode)
    _judge_purpose(person, asked.purpose)
    if is_himself(person, asked.pbx, asked.agent, people):
        raise refused("oneself")
    if len(asked.note) > MOST_NOTE or not asked.note.isprintable():
        raise refused("note", most=MOST_NOTE)
    pbx = floor.pbxs.get(asked.pbx)
    if pbx is None or pbx.link is not LinkState.UP:
        raise refused("no_link")
    talk = conversation(agent, floor, asked.call)
    if talk is None:
        raise refused("other_call" if conversations(agent, floor) else "no_call")
    judge_number(person, asked, talk, others, limits)
    _judge_way(asked.way, means)
    return talk


def judge_mode(person: Person, mode: Mode) -> None:
    """Raises where he has not the right."""
    if mode not in modes_of(person):
        raise refused("no_right", mode=MODES[mode])


def judge_number(
    person: Person, asked: Asked, talk: Conversation, others: Collection[Listening], limits: Limits
) -> None:
    """Raises where enough listen already; ``others``: all that are under way."""
    mine = [one for one in others if one.by == person.id and not one.elsewhere]
    if any((one.pbx, one.agent) == (asked.pbx, asked.agent) for one in mine):
        raise refused("already")
    if len(mine) >= limits.per_person:
        raise refused("person_full", most=limits.per_person)
    if full(asked.pbx, talk, others, limits):
        raise refused("call_full", most=limits.per_call)


def full(pbx: str, talk: Conversation, others: Collection[Listening], limits: Limits) -> bool:
    """Whether as many listen to the call as may."""
    return sum((one.pbx, one.call) == (pbx, talk.call) for one in others) >= limits.per_call


def _judge_purpose(person: Person, purpose: Purpose) -> None:
    allowed = purposes_of(person)
    if purpose not in allowed:
        words = [PURPOSES[one] for one in allowed]
        raise refused("purpose", allowed=(", ".join(en for en, _ in words), "、".join(zh for _, zh in words)))


def _judge_way(way: Way, means: Means) -> None:
    if way not in means.ways:
        raise refused("no_browser" if way is Way.BROWSER else "no_ring")
    if way is Way.PHONE and means.phone is None:
        raise refused("no_phone")
    if way is Way.PHONE and means.phone in means.his_phones:
        raise refused("his_phone")


def is_himself(person: Person, pbx: str, agent: str, people: People) -> bool:
    """Whether the agent is the person."""
    behind = people.of_agent(pbx, agent)
    return behind is not None and behind.id == person.id


def must_end(person: Person | None, listening: Listening, people: People) -> str | None:
    """Why a listening of his may not go on, in a word; asked every second, with him as he is now."""
    if person is None or not person.active:
        return "signed_out"
    if listening.mode not in modes_of(person) or listening.purpose not in purposes_of(person):
        return "right_lost"
    if not people.sees_agent(person, listening.pbx, listening.agent):
        return "out_of_scope"
    return None
