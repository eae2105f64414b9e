"""What conditions of all kinds need: subjects by name, the entities an outcome changed, and facts as evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from alerts.conditions.contract import FloorView, World
from alerts.model import Evidence, Subject, SubjectKind
from floor.ports import Outcome
from floor.state.model import Agent, Entity, LinkState

E = TypeVar("E", bound=Entity)

SITE = Subject(SubjectKind.SITE, "", "site")


def the_pbx(pbx: str) -> Subject:
    return Subject(SubjectKind.PBX, pbx, pbx)


def the_queue(pbx: str, name: str) -> Subject:
    return Subject(SubjectKind.QUEUE, pbx, name)


def the_trunk(pbx: str, name: str) -> Subject:
    return Subject(SubjectKind.TRUNK, pbx, name)


def the_phone(pbx: str, name: str) -> Subject:
    return Subject(SubjectKind.ENDPOINT, pbx, name)


def the_agent(pbx: str, name: str) -> Subject:
    return Subject(SubjectKind.AGENT, pbx, name)


def the_group(name: str) -> Subject:
    return Subject(SubjectKind.GROUP, "", name)


Changed = Mapping[type, Sequence[tuple[Any, Any]]]
_latest: list[tuple[Outcome | None, Changed]] = [(None, {})]
"""Twenty conditions ask of the same outcome one after the other: it is sorted by kind for the first of them. That takes
a tenth off what a change costs the rules. Put and taken as one, so that threads may differ about whose it is."""


def changed(outcome: Outcome, kind: type[E]) -> Sequence[tuple[E | None, E | None]]:
    """(before, after) of every entity of the kind that changed; one of the two is there."""
    known, found = _latest[0]
    if known is not outcome:
        found = _by_kind(outcome)
        _latest[0] = (outcome, found)
    return found.get(kind, ())


def _by_kind(outcome: Outcome) -> Changed:
    found: dict[type, list[tuple[Any, Any]]] = {}
    for change in outcome.changes:
        before, after = change.before, change.after
        found.setdefault(type(before if after is None else after), []).append((before, after))
    return found


def kinds_of(outcome: Outcome) -> frozenset[type]:
    """Classes of its fact and of the entities, records and happenings in it."""
    kinds: set[type] = {type(outcome.fact)}
    for change in outcome.changes:
        kinds.add(type(change.before if change.after is None else change.after))
    kinds.update(map(type, outcome.records))
    kinds.update(map(type, outcome.happenings))
    return frozenset(kinds)


def note_rules(world: World) -> None:
    """Rules are put in force that may not have been before: what conditions have followed, they may have missed."""
    notes = world.memory("rules", SITE)
    notes["made"] = notes.get("made", 0) + 1


def rules_made(world: World) -> int:
    """How often that was, so that whoever follows something can tell that he must begin anew."""
    made: int = world.memory("rules", SITE).get("made", 0)
    return made


def note_clock(world: World) -> None:
    """Our clock was set: moments that were translated to it before are no longer right."""
    notes = world.memory("clock", SITE)
    notes["set"] = clock_set(world) + 1


def clock_set(world: World) -> int:
    """How often that was."""
    found: int = world.memory("clock", SITE).get("set", 0)
    return found


def said(at: float, fact: str, **what: Any) -> Evidence:
    """One fact that proves something; ``at`` on our clock, nothing of customers in it."""
    return {"at": round(at, 3), "fact": fact, **{name: value for name, value in what.items() if value is not None}}


def any_linked(floor: FloorView) -> bool:
    """Whether anything of the site reaches us."""
    return any(one.link is LinkState.UP for one in floor.pbxs.values())


def device_of(floor: FloorView, pbx: str, name: str) -> str:
    """The phone behind an interface or a hint."""
    device = floor.hints.get((pbx, name), name)
    if device.startswith("Local/"):
        exten, at, context = device.partition("@")
        return exten + at + context.partition("/")[0]
    return device


def devices_of(floor: FloorView, *agents: Agent | None) -> set[str]:
    """The phones of these agents on their exchange."""
    members = ((agent.pbx, member) for agent in agents if agent is not None for member in agent.members)
    return {device_of(floor, pbx, name) for pbx, member in members for name in (member.interface, member.device_name)}
