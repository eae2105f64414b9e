"""Plans: versions, approvals, read marks, coverage and what is overdue (R-PLN-1…4, R-PLN-10), held in memory and
written behind. The plans that come with the product are proposals: they count once somebody has approved them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from alerts.casefile import label, words
from alerts.drill_records import DrillRecords, sorted_due
from alerts.ledger.plans import PlanLedger, Shelved
from alerts.model import INCIDENT_TYPES, Text
from alerts.plan_model import Due, Plan, PlanState, Read
from alerts.plan_text import missing_parts, plan_from
from alerts.refusals import IncompleteError, InvalidError, UnknownError
from floor.people.model import Person
from floor.ports import Clock

BUILTIN = Path(__file__).with_name("builtin")
BUILTIN_AUTHOR = "Floorwatch"
HALF_YEAR_S = 182 * 86400.0
"""R-PLN-3, R-PLN-10."""
PLANS_LIMIT, VERSIONS_LIMIT = 200, 500

People = Callable[[], Iterable[Person]]


class Plans:
    """Implements :class:`alerts.response_ports.Planning`; ``people``: everybody on the register."""

    def __init__(self, ledger: PlanLedger, records: DrillRecords, clock: Clock, people: People) -> None:
        self._ledger, self._records, self._clock, self._people = ledger, records, clock, people
        self._shelved = Shelved()

    async def look(self) -> None:
        """From the record as it is, and in memory only what the product would add."""
        self._shelved = await self._ledger.load()
        for plan in builtin_plans():
            self._shelved.versions.setdefault(plan.id, [replace(plan, version=1, author=BUILTIN_AUTHOR)])

    async def load(self, builtin: Path = BUILTIN) -> None:
        """From the record, and what the product brings that is not there yet. A plan that nobody has touched follows
        the product; one that a person has rewritten stays his."""
        self._shelved = await self._ledger.load()
        for plan in builtin_plans(builtin):
            newest = self._newest(plan.id)
            if newest is None or (newest.author == BUILTIN_AUTHOR and _body(newest) != _body(plan)):
                self._add(replace(plan, author=BUILTIN_AUTHOR))
        await self._ledger.flush()

    def in_force(self, name: str, version: int | None = None) -> Plan | None:
        """By type or id: the approved version, else the newest; or exactly the version asked for."""
        if version is not None:
            return next((one for one in self._shelved.versions.get(name, ()) if one.version == version), None)
        ids = [name] if name in self._shelved.versions else []
        ids += [id_ for id_, versions in self._shelved.versions.items() if versions[-1].type == name and id_ != name]
        found = [plan for plan in map(self.chosen, ids) if plan is not None]
        approved = [plan for plan in found if (plan.id, plan.version) in self._shelved.approvals]
        return next(iter(approved or found), None)

    def version_in_force(self, name: str) -> int:
        plan = self.in_force(name)
        return 0 if plan is None else plan.version

    def is_approved(self, plan: Plan) -> bool:
        return (plan.id, plan.version) in self._shelved.approvals

    async def list(self) -> Sequence[PlanState]:
        return [self._state(id_) for id_ in sorted(self._shelved.versions, key=self._order)]

    async def get(self, plan: str, version: int | None = None) -> Plan:
        """The newest version, approved or not, unless one is asked for."""
        found = self._newest(plan) if version is None else self.in_force(plan, version)
        if found is None:
            raise UnknownError("there is no such plan, or not this version")
        return found

    async def versions(self, plan: str) -> Sequence[Plan]:
        await self.get(plan)
        return tuple(reversed(self._shelved.versions[plan]))

    async def write(self, plan: str, actor: Person, body: Mapping[str, Any], note: str = "") -> Plan:
        """A new version, which has to be approved and read anew; older ones stay as they are."""
        written = plan_from(plan, body)
        if plan not in self._shelved.versions and len(self._shelved.versions) >= PLANS_LIMIT:
            raise InvalidError(f"there are {PLANS_LIMIT} plans already")
        if len(self._shelved.versions.get(plan, ())) >= VERSIONS_LIMIT:
            raise InvalidError("this plan has too many versions; begin a new one")
        added = self._add(replace(written, author=label(actor), note=words("note", note, empty=True)))
        await self._ledger.flush()
        return added

    async def approve(self, plan: str, actor: Person, version: int) -> PlanState:
        chosen = await self.get(plan, version)
        lacking = missing_parts(chosen)
        if lacking:
            raise IncompleteError(f"not approvable, missing: {', '.join(lacking)}", lacking)
        now, who = self._clock.now(), label(actor)
        self._shelved.approvals.setdefault((plan, version), (who, now))
        self._ledger.add_approval(plan, version, now, who)
        await self._ledger.flush()
        return self._state(plan)

    async def mark_read(self, plan: str, actor: Person, version: int) -> None:
        """Read and understood (R-PLN-4)."""
        await self.get(plan, version)
        now = self._clock.now()
        self._shelved.reads.setdefault((plan, version, actor.id), now)
        self._ledger.add_read(plan, version, actor.id, now, label(actor))
        await self._ledger.flush()

    async def readers(self, plan: str) -> Sequence[Read]:
        """Everybody who must know the version in force, those who have not read it first."""
        await self.get(plan)
        chosen = self.chosen(plan)
        assert chosen is not None  # noqa: S101 - a plan that exists has a version
        marks = [
            Read(plan, chosen.version, p.id, label(p), self._shelved.reads.get((plan, chosen.version, p.id)))
            for p in self._audience(chosen)
        ]
        return sorted(marks, key=lambda mark: (mark.at is not None, mark.name))

    async def review(self, plan: str, actor: Person, what: str, why: str) -> None:
        await self.get(plan)
        now = self._clock.now()
        self._ledger.add_review(plan, now, label(actor), words("what", what), words("why", why))
        self._shelved.reviews[plan] = now
        await self._ledger.flush()

    async def coverage(self) -> Mapping[str, Sequence[str]]:
        """Type -> ids of its plans with an approved version (R-PLN-2)."""
        approved = {id_ for id_, _ in self._shelved.approvals}
        of_type = {id_: versions[-1].type for id_, versions in self._shelved.versions.items()}
        return {type_: sorted(id_ for id_ in approved if of_type.get(id_) == type_) for type_ in INCIDENT_TYPES}

    async def due(self) -> Sequence[Due]:
        """All that somebody must do about plans, drills, evaluations and improvements; overdue first."""
        dues = [due for state in await self.list() for due in self._dues(state)]
        covered = await self.coverage()
        of_type = {versions[-1].type for versions in self._shelved.versions.values()}
        bare = [type_ for type_, plans in covered.items() if not plans and type_ not in of_type]
        dues += [Due("approval", None, type_, _WORDS["bare"], None, overdue=True) for type_ in bare]
        return sorted_due([*dues, *await self._records.due()])

    # Within

    def _dues(self, state: PlanState) -> Sequence[Due]:
        plan, now = state.plan, self._clock.now()
        dues = []
        if state.approved_version != plan.version:
            overdue = state.approved_version is None
            dues.append(Due("approval", plan.id, None, _WORDS["approval"], None, overdue=overdue))
        if state.approved_at is not None:
            at = max(state.drilled_at or 0.0, state.approved_at) + HALF_YEAR_S
            dues.append(Due("drill", plan.id, None, _WORDS["drill"], at, overdue=now > at))
        if state.read < state.readers and state.approved_version is not None:
            dues.append(Due("read", plan.id, None, _unread(state.readers - state.read), None))
        at = max(state.reviewed_at or 0.0, plan.made_at) + HALF_YEAR_S
        return [*dues, Due("review", plan.id, None, _WORDS["review"], at, overdue=now > at)]

    def _state(self, id_: str) -> PlanState:
        newest = self._shelved.versions[id_][-1]
        approved = [one.version for one in self._shelved.versions[id_] if self.is_approved(one)]
        by, at = self._shelved.approvals[id_, approved[-1]] if approved else (None, None)
        chosen = self.chosen(id_) or newest
        audience = self._audience(chosen)
        return PlanState(
            plan=newest,
            approved_version=approved[-1] if approved else None,
            approved_by=by,
            approved_at=at,
            missing=missing_parts(newest),
            drilled_at=self._records.drilled().get(id_),
            reviewed_at=self._shelved.reviews.get(id_),
            read=sum((id_, chosen.version, person.id) in self._shelved.reads for person in audience),
            readers=len(audience),
        )

    def _audience(self, plan: Plan) -> Sequence[Person]:
        return [person for person in self._people() if person.active and person.role in plan.audience]

    def _newest(self, id_: str) -> Plan | None:
        versions = self._shelved.versions.get(id_)
        return versions[-1] if versions else None

    def chosen(self, id_: str) -> Plan | None:
        """The newest approved version, else the newest."""
        approved = [one for one in self._shelved.versions.get(id_, ()) if self.is_approved(one)]
        return approved[-1] if approved else self._newest(id_)

    def _add(self, plan: Plan) -> Plan:
        versions = self._shelved.versions.setdefault(plan.id, [])
        numbered = replace(plan, version=versions[-1].version + 1 if versions else 1, made_at=self._clock.now())
        versions.append(numbered)
        self._ledger.add_version(numbered)
        return numbered

    def _order(self, id_: str) -> tuple[int, str]:
        return INCIDENT_TYPES.index(self._shelved.versions[id_][-1].type), id_


def builtin_plans(folder: Path = BUILTIN) -> list[Plan]:
    """The plans that come with the product, one file each; its name is the plan's id."""
    return [
        plan_from(file.stem, tomllib.loads(file.read_text(encoding="utf-8"))) for file in sorted(folder.glob("*.toml"))
    ]


def _body(plan: Plan) -> Plan:
    return replace(plan, version=0, author="", made_at=0.0, note="")


def _unread(count: int) -> Text:
    return {"en": f"{count} persons have not read it", "zh": f"{count}人尚未阅读"}


_WORDS: dict[str, Text] = {
    "approval": {"en": "Approve the newest version", "zh": "批准最新版本"},
    "bare": {"en": "There is no plan for this type", "zh": "该类型没有预案"},
    "drill": {"en": "Drill it", "zh": "组织演练"},
    "review": {"en": "Review it", "zh": "评审预案"},
}
