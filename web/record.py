"""All that is recorded of one person (R-SEC-15): his figures of today, what he did since the day began, his breaches.

Times are seconds since the epoch on our own clock. Callers appear without number and name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from alerts.model import Breach
from floor.people.model import Person
from floor.people.ports import Accounts, DeedDone
from floor.state.figures import Figures, indicators
from floor.state.model import Caller, Key, Offer, Span
from web.alarms import Sources
from web.ports import FloorStore, FloorView, Measures, Past, RuleWords

DAY_S = 86400.0
BREACHES_FOR_S = 31 * DAY_S
"""How far back breaches are shown, and can be disputed."""
MAX_DEEDS = 100
"""Of sign-ins and changes the newest are shown."""
FIGURES = (
    "answered", "offers", "ring_no_answer", "late_answers", "talk_s", "held", "hold_s", "acw_s", "transferred",
    "completed_by_agent", "completed_by_caller",
)  # fmt: skip
"""Sums that are kept per agent."""
RATIOS = ("att_s", "aht_s", "hold_s_mean", "late_answer_rate", "ring_no_answer_rate", "transfer_rate")


class Records:
    """Collects it from where it is kept; ``past`` and ``sources.alarms`` may be missing: then so is their part."""

    def __init__(
        self,
        store: FloorStore,
        measures: Measures,
        sources: Sources,
        accounts: Accounts,
        past: Past | None,
        now: Callable[[], float],
    ) -> None:
        self._store, self._measures, self._sources = store, measures, sources
        self._accounts, self._past, self._now = accounts, past, now

    async def of(self, person: Person) -> dict[str, object]:
        """What ``/api/v1/me`` answers, and the page shows."""
        agents = agents_of(person, self._store.snapshot())
        deeds = await self._accounts.about(person.id, MAX_DEEDS)
        return {
            "now": self._now(),
            "day_began_at": self._measures.day_begin,
            "person": {"name": person.name, "number": person.number, "role": person.role, "groups": person.groups},
            "agents": [await self._agent(key) for key in agents],
            "breaches": [self.view(breach) for breach in await self.breaches(person)],
            "deeds": [self._deed(deed, person) for deed in deeds],
        }

    async def breaches(self, person: Person) -> Sequence[Breach]:
        """His breaches of the last weeks, newest first; nobody else's."""
        if self._sources.alarms is None:
            return ()
        since = self._now() - BREACHES_FOR_S
        found: dict[str, Breach] = {}
        for agent in agents_of(person, self._store.snapshot()):
            found |= {breach.id: breach for breach in await self._sources.alarms.breaches(since, agent=agent)}
        return sorted(found.values(), key=lambda breach: breach.began_at, reverse=True)

    async def _agent(self, key: Key) -> dict[str, object]:
        floor = self._store.snapshot()
        agent, shift = floor.agents.get(key), _offset(floor, key[0])
        since = self._measures.day_begin + shift
        figures = self._measures.figures(("agent", *key), "today")
        spans = await self._past.spans_of(key, since) if self._past else ()
        offers = await self._past.offers_of(key, since) if self._past else ()
        visits = await self._past.visits_of(key, since) if self._past else ()
        return {
            "pbx": key[0],
            "name": key[1],
            "state": agent.state if agent else None,
            "since": agent.since - shift if agent else None,
            "figures": view_sums(figures),
            "spans": [_span(span, shift) for span in spans],
            "offers": [_offer(offer, shift) for offer in offers],
            "calls": [_call(visit, shift) for visit in visits],
        }

    def _deed(self, deed: DeedDone, person: Person) -> dict[str, object]:
        """Others by name, never by their login (R-SEC-10)."""
        actor = deed.actor.person
        people = self._sources.people.persons if self._sources.people else {}
        by = people[actor].name if actor is not None and actor in people else None
        return {"at": deed.at, "what": deed.what, "own": actor == person.id, "by": by, "address": deed.actor.address}

    def view(self, breach: Breach) -> dict[str, object]:
        """One of them, in the words of its rule."""
        words = self._sources.wording(breach.rule) if self._sources.wording else None
        return view_breach(breach, words)


def agents_of(person: Person, floor: FloorView) -> list[Key]:
    """The agents he is: (exchange, member name), with ``*`` spelt out for every exchange that knows the name."""
    found: dict[Key, None] = {}
    for pbx, name in person.agents:
        keys: Iterable[Key] = [(pbx, name)] if pbx != "*" else ((one, name) for one in sorted(floor.pbxs))
        found |= {key: None for key in keys if pbx != "*" or key in floor.agents}
    return list(found)


def view_sums(figures: Figures) -> dict[str, float | None]:
    """What is summed up per agent, and what follows from it; ``None``: nothing to divide."""
    ratios: Mapping[str, float | None] = indicators(figures)
    sums: dict[str, float | None] = {name: getattr(figures, name) for name in FIGURES}
    return sums | {name: ratios[name] for name in RATIOS}


def view_breach(breach: Breach, words: RuleWords | None) -> dict[str, object]:
    """A breach with the facts that prove it, and what was said to it; ``words``: of its rule."""
    name = {"en": breach.rule, "zh": breach.rule} if words is None else words.name
    return {
        "id": breach.id,
        "rule": breach.rule,
        "name": dict(name),
        "severity": breach.severity,
        "began_at": breach.began_at,
        "ended_at": breach.ended_at,
        "limit": breach.limit,
        "value": breach.value,
        "unit": "s" if words is None else words.breach_unit,
        "queue": breach.queue,
        "evidence": breach.evidence,
        "excused_by": breach.excused_by,
        "excused_at": breach.excused_at,
        "excuse": breach.excuse,
        "disputed_at": breach.disputed_at,
        "dispute": breach.dispute,
        "drill": breach.drill is not None,
    }


def _offset(floor: FloorView, pbx: str) -> float:
    """Seconds by which this exchange's clock, on which its records are kept, is ahead of ours."""
    known = floor.pbxs.get(pbx)
    return (known.clock_offset_s or 0.0) if known is not None and known.timestamps else 0.0


def _span(span: Span, shift: float) -> dict[str, object]:
    return {
        "state": span.state,
        "from": span.began_at - shift,
        "until": span.ended_at - shift,
        "reason": span.reason,
        "queue": span.queue,
        "gap": span.gap,
    }


def _offer(offer: Offer, shift: float) -> dict[str, object]:
    ends = {"from": offer.began_at - shift, "until": offer.ended_at - shift}
    return {"queue": offer.queue, "result": offer.result, **ends}


def _call(visit: Caller, shift: float) -> dict[str, object]:
    return {
        "queue": visit.queue,
        "from": visit.answered_at - shift if visit.answered_at is not None else None,
        "until": visit.ended_at - shift if visit.ended_at is not None else None,
        "rang_s": visit.ring_s,
        "talked_s": visit.talk_s,
        "held_s": visit.hold_s,
        "holds": visit.holds,
        "ended_by": visit.completed_by,
    }
