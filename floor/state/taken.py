"""A floor taken over: everything known of one exchange as one value, given away and taken in as one change. Pure.

Whoever watches an exchange can write down its part of the floor (:func:`floor_of`); whoever follows from afar puts it
in place of what he had (:func:`take`; :func:`take_in_steps` where nobody may wait for so long). What he had and is
not in it is gone; a visit that is gone ends as the one who watched saw it end, and where even he does not remember it
any more, its ending is unknown.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from floor.state.copying import replace
from floor.state.fact import Fact
from floor.state.floor import Draft, Floor
from floor.state.model import (
    Agent,
    Caller,
    CallerStage,
    Channel,
    Ending,
    Endpoint,
    Entity,
    Gap,
    Key,
    Offer,
    Pbx,
    Queue,
    Span,
    Trunk,
)


@dataclass(frozen=True, slots=True)
class FloorTaken(Fact):
    """Everything known of one exchange (not an AMI event); keys are told without the exchange's name."""

    exchange: Pbx | None = None
    queues: tuple[Queue, ...] = ()
    agents: tuple[Agent, ...] = ()
    callers: tuple[Caller, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    channels: tuple[Channel, ...] = ()
    gap: Gap | None = None
    seen_since: float | None = None
    hints: tuple[tuple[str, str], ...] = ()
    over: tuple[tuple[str, str, float], ...] = ()
    """(queue, Uniqueid, joined)."""
    missing: tuple[tuple[str, str, float], ...] = ()
    found: tuple[tuple[str, str, float], ...] = ()
    owed: tuple[tuple[str, str, tuple[Caller, ...]], ...] = ()
    restored: tuple[tuple[str, str], ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    orphans: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ended: tuple[Caller, ...] = ()
    """Visits that ended lately."""
    offers: tuple[Offer, ...] = ()
    """Rings that were over lately, and so on: they may not be on record yet."""
    spans: tuple[Span, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class PartTaken(Fact):
    """Some of an exchange was taken over (not an AMI event); :class:`FloorTaken` says that nothing is missing."""


@dataclass(frozen=True, slots=True)
class PbxShown(Fact):
    """How an exchange is to be shown (not an AMI event): that its picture is old, or what it was before. No gap of the
    record: somebody else watches and writes it down."""

    shown: Pbx | None
    """``None``: nothing is known of it."""


TABLES = ("queues", "agents", "callers", "trunks", "endpoints", "channels")
VISITS = ("over", "missing", "found")
"""(queue, Uniqueid) with a moment."""


def floor_of(floor: Floor, pbx: str, at: float) -> FloorTaken:
    """What is known of one exchange now; costs as much as the floor is large."""
    tables: dict[str, Any] = {name: _of(getattr(floor, name), pbx) for name in TABLES}
    # So the order in which phones were lost is kept, which is told.
    tables["endpoints"] = sorted(tables["endpoints"], key=lambda one: one.since)
    visits = {
        name: tuple((*key[1:], moment) for key, moment in getattr(floor, name).items() if key[0] == pbx)
        for name in VISITS
    }
    return FloorTaken(
        pbx,
        at,
        floor.pbxs.get(pbx),
        **{name: tuple(found) for name, found in tables.items()},
        gap=floor.gaps.get(pbx),
        seen_since=floor.seen_since.get(pbx),
        hints=tuple((key[1], device) for key, device in floor.hints.items() if key[0] == pbx),
        **visits,  # type: ignore[arg-type]
        owed=tuple((key[1], key[2], owed) for key, owed in floor.owed.items() if key[0] == pbx),
        restored=tuple((key[1], key[2]) for key in floor.restored if key[0] == pbx),
        aliases=tuple((key[1], name) for key, name in floor.aliases.items() if key[0] == pbx),
        orphans=tuple((key[1], names) for key, names in floor.orphans.items() if key[0] == pbx),
    )


def _of(table: dict[Any, Any], pbx: str) -> list[Any]:
    return [one for key, one in table.items() if key[0] == pbx]


STEP = 64
"""Entities of one step: what they set in motion takes listeners a few milliseconds."""

Moved = list[tuple[Entity | None, Entity | None]]


def take(floor: Floor, fact: FloorTaken | PbxShown) -> Moved:
    """Put it in place of what was known; what changed as (before, after). Nobody is judged anew: whoever gave it away
    has done that."""
    draft = Draft(floor)
    if isinstance(fact, PbxShown):
        draft.pbxs.put(fact.pbx, fact.shown)
        return draft.commit()
    for _ in _replaced(draft, fact):
        pass
    changed = draft.commit()
    _replace_memory(floor, fact)
    return changed


def take_in_steps(floor: Floor, fact: FloorTaken) -> Iterator[tuple[Fact, Moved]]:
    """The same, a few dozen entities at a time: each step's changes with what is to be told of it, in the end the fact
    itself. After each step the floor counts right; the exchange is put in place with the last, so whoever begins shows
    it as seen when everything is there. Between two steps nothing else may happen at this exchange."""
    draft, part = Draft(floor), PartTaken(fact.pbx, fact.at)
    for _ in _replaced(draft, fact):
        yield part, draft.commit()
    changed = draft.commit()
    _replace_memory(floor, fact)
    yield fact, changed


def _replaced(draft: Draft, fact: FloorTaken) -> Iterator[None]:
    """Into the draft, which may be committed at each stop. Queues that are gone go last: as long as somebody waits or
    serves there, they are there."""
    pbx = fact.pbx
    draft.new_hints = (pbx, {(pbx, hint): device for hint, device in fact.hints})
    queues = {one.key: one for one in fact.queues}
    gone = _gone(draft, "queues", pbx, queues)
    tables = (_table(draft, name, fact) for name in TABLES[1:] if name != "callers")
    for done, _ in enumerate(chain(_queues(draft, queues), *tables, _callers(draft, fact)), 1):
        if done % STEP == 0:
            yield
    for key in gone:
        draft.queues.put(key, None)
    draft.pbxs.put(pbx, fact.exchange)


def _gone(draft: Draft, name: str, pbx: str, known: Container[Any]) -> list[Any]:
    return [key for key in getattr(draft.floor, name) if key[0] == pbx and key not in known]


def _queues(draft: Draft, known: Mapping[Key, Queue]) -> Iterator[None]:
    for key, one in known.items():
        draft.queues.put(key, one)
        draft.touched.add(key)
        yield


def _table(draft: Draft, name: str, fact: FloorTaken) -> Iterator[None]:
    overlay = getattr(draft, name)
    known = {one.key: one for one in getattr(fact, name)}
    for key in _gone(draft, name, fact.pbx, known):
        overlay.put(key, None)
        yield
    for key, one in known.items():
        overlay.put(key, one)
        yield


def _callers(draft: Draft, fact: FloorTaken) -> Iterator[None]:
    known = {one.key: one for one in fact.callers}
    ended = {(one.key, one.joined_at): one for one in fact.ended}
    for key, caller in [one for one in draft.floor.callers.items() if one[0][0] == fact.pbx]:
        same = known.get(key)
        if same is None or same.joined_at != caller.joined_at:
            draft.put_caller(ended.get((key, caller.joined_at)) or _unknown(caller, fact.at))
            yield
    for caller in fact.callers:
        draft.put_caller(caller)
        yield


def _unknown(caller: Caller, at: float) -> Caller:
    return replace(caller, stage=CallerStage.ENDED, ending=Ending.UNKNOWN, ended_at=at, review_at=None, gap=True)


def _replace_memory(floor: Floor, fact: FloorTaken) -> None:
    """What the floor remembers beside its entities."""
    pbx = fact.pbx
    known_once: tuple[tuple[dict[str, Any], Any], ...] = (
        (floor.gaps, fact.gap),
        (floor.seen_since, fact.seen_since),
    )
    for table, one in known_once:
        table.pop(pbx, None)
        if one is not None:
            table[pbx] = one
    memory: dict[str, dict[Any, Any]] = {
        **{name: {(pbx, *place): at for *place, at in getattr(fact, name)} for name in VISITS},
        "owed": {(pbx, queue, agent): visits for queue, agent, visits in fact.owed},
        "aliases": {(pbx, uniqueid): alias for uniqueid, alias in fact.aliases},
        "orphans": {(pbx, queue): names for queue, names in fact.orphans},
    }
    for name, known in memory.items():
        table = getattr(floor, name)
        for key in [key for key in table if key[0] == pbx]:
            del table[key]
        table.update(known)
    floor.restored -= {key for key in floor.restored if key[0] == pbx}
    floor.restored |= {(pbx, queue, uniqueid) for queue, uniqueid in fact.restored}
