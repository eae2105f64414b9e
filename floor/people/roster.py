"""The roster: persons, groups, numbers and leaders from a spreadsheet, all or nothing, and back into one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, update

from floor.people.deeds import Actor
from floor.people.faults import Fault
from floor.people.model import Contact, Person, Role
from floor.people.parse import Draft, Parser, fits, near
from floor.people.rows import differing, told
from floor.people.sheet import COLUMNS, Sheet, read_sheet
from floor.people.staff import add, change
from floor.people.tables import persons as persons_table

BETWEEN = "|"
"""Between the entries of one cell."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What becomes of one line: ``before`` is ``None`` for somebody new; ``boss`` is a login."""

    line: int
    before: Person | None
    after: Person
    boss: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do; with faults it does nothing."""

    encoding: str
    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]

    @property
    def added(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.before is None]

    @property
    def changed(self) -> list[Entry]:
        return [
            one for one in self.entries if one.before is not None and differing(told(one.before), told(one.after))[1]
        ]


def plan(data: bytes, known: Iterable[Person], exchanges: frozenset[str] = frozenset()) -> Plan:
    """Read a file against who is known; everything wrong is in ``faults``, by line.

    Nobody is removed: who is not in the file stays as he is, and so does what has no column.
    """
    return plan_of(read_sheet(data), known, exchanges)


def plan_of(sheet: Sheet, known: Iterable[Person], exchanges: frozenset[str] = frozenset()) -> Plan:
    """The same of a file that was taken apart, or of a line that somebody typed."""
    faults = list(sheet.faults)
    parser = Parser(exchanges)
    drafts = [draft for row in sheet.rows if (draft := parser.draft(row, faults)) is not None]
    everybody = {person.login: person for person in known}
    faults.extend(_twice(drafts))
    bosses = _bosses(everybody, drafts)
    faults.extend(_chain(drafts, everybody, bosses))
    entries = [_entry(draft, everybody, bosses, faults) for draft in drafts]
    faults.extend(_shared(entries, everybody))
    # One sentence per cell is enough: the first, from which the others may follow.
    once = {(f.line, f.column, "" if f.column else f.code): f for f in reversed(faults)}
    return Plan(sheet.encoding, tuple(entries), tuple(once[place] for place in sorted(once)))


def carry_out(connection: Connection, made: Plan, by: Actor, at: float) -> list[int]:
    """Do it, in the caller's transaction and turn; ids of the new ones. A plan with faults is refused as a whole."""
    if made.faults:
        raise ValueError("a plan with faults is not carried out")
    ids = {entry.before.login: entry.before.id for entry in made.entries if entry.before is not None}
    moving = [e.before.id for e in made.changed if e.before is not None and e.before.number != e.after.number]
    if moving:  # two may swap their numbers
        connection.execute(update(persons_table).where(persons_table.c.id.in_(moving)).values(number=None))
    rising = {entry.after.login: entry for entry in made.added}
    while rising:  # who is new follows whom he reports to
        ready = [entry for entry in rising.values() if entry.boss not in rising]
        for entry in ready:
            del rising[entry.after.login]
            ids[entry.after.login] = add(connection, _under(entry, ids), by, at).id
    for entry in made.entries:
        if entry.before is not None:
            change(connection, entry.before, _under(entry, ids), by, at)
    return [ids[entry.after.login] for entry in made.added]


def describe(made: Plan, known: Mapping[int, Person]) -> Iterator[str]:
    """A line per person who is added or changed: what was and what will be."""
    for entry in made.added:
        groups = f", {', '.join(entry.after.groups)}" if entry.after.groups else ""
        yield f"+ {entry.after.login}: {entry.after.name}, {entry.after.role.value}{groups}"
    for entry in made.changed:
        assert entry.before is not None  # noqa: S101 - that is what changed means
        was, is_ = differing(told(entry.before), told(entry.after))
        if "reports_to" in is_:
            boss = known.get(entry.before.reports_to or 0)
            was["reports_to"], is_["reports_to"] = boss.login if boss is not None else None, entry.boss
        yield f"~ {entry.after.login}: " + "; ".join(f"{name} {_said(was[name])} → {_said(is_[name])}" for name in is_)


def export(known: Mapping[int, Person]) -> str:
    """Everybody who works here, as a file that can be imported again; opens in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for person in sorted((one for one in known.values() if one.active), key=lambda one: one.login):
        writer.writerow(_cells(person, known))
    return "\ufeff" + out.getvalue()


def _cells(person: Person, known: Mapping[int, Person]) -> list[str]:
    boss = known.get(person.reports_to or 0)
    pbxs = [pbx for pbx, _ in person.agents]
    contacts = {contact.kind: contact.address for contact in reversed(person.contacts)}
    return [
        person.login,
        person.name,
        person.number or "",
        person.role.value,
        BETWEEN.join(name for name in person.groups if name not in person.leads),
        BETWEEN.join(person.leads),
        BETWEEN.join(pbxs if len(set(pbxs)) > 1 else set(pbxs) - {"*"}),
        BETWEEN.join(agent for _, agent in person.agents),
        BETWEEN.join(person.queues),
        person.language,
        contacts.get("mail", ""),
        contacts.get("phone", ""),
        boss.login if boss is not None else "",
        person.shift_end or "",
    ]


# One line becomes one person


def _entry(draft: Draft, everybody: Mapping[str, Person], bosses: Mapping[str, str], faults: list[Fault]) -> Entry:
    before = everybody.get(draft.login)
    values = dict(draft.values)
    if before is None and not values.get("name"):
        if not any(fault.line == draft.line and fault.column == "name" for fault in faults):
            faults.append(Fault(draft.line, "name", "missing"))
        values["name"] = draft.login
    base = before or Person(0, draft.login, values["name"], Role.AGENT)
    role = values.get("role") or base.role
    member = values.get("group", tuple(name for name in base.groups if name not in base.leads))
    leads = values.get("leads", base.leads)
    after = replace(
        base,
        name=values.get("name", base.name),
        role=role,
        number=values.get("number", base.number),
        groups=tuple(dict.fromkeys((*leads, *member))),
        leads=leads,
        queues=values.get("queues", base.queues),
        agents=values.get("agents", base.agents),
        contacts=_contacts(base, values),
        language=values.get("language", base.language),
        shift_end=values.get("shift_end", base.shift_end),
    )
    wrong = fits(after.login, after.number, after.role, after.leads)
    if wrong is not None and not any(fault.line == draft.line and fault.column == "role" for fault in faults):
        faults.append(Fault(draft.line, wrong[0], wrong[1], {"value": wrong[2]}))
    return Entry(draft.line, before, _placed(after, bosses, everybody), bosses.get(draft.login))


def _contacts(base: Person, values: Mapping[str, Any]) -> tuple[Contact, ...]:
    """What the file says of mail and phone; other ways stay."""
    said = {kind: values[kind] for kind in ("mail", "phone") if kind in values}
    kept = [contact for contact in base.contacts if contact.kind not in said]
    return (*(Contact(kind, address) for kind, address in said.items() if address), *kept)


def _placed(person: Person, bosses: Mapping[str, str], everybody: Mapping[str, Person]) -> Person:
    """Under a boss who is known already; a new one has no id yet and is given at the end (-1 until then)."""
    boss = bosses.get(person.login)
    if boss is None:
        return replace(person, reports_to=None)
    return replace(person, reports_to=everybody[boss].id if boss in everybody else -1)


def _under(entry: Entry, ids: Mapping[str, int]) -> Person:
    if entry.after.reports_to != -1 or entry.boss is None:
        return entry.after
    return replace(entry.after, reports_to=ids[entry.boss])


# What must hold among all


def _twice(drafts: list[Draft]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for draft in drafts:
        if draft.login in seen:
            yield Fault(draft.line, "login", "login_twice", {"value": draft.login, "line": str(seen[draft.login])})
        seen.setdefault(draft.login, draft.line)


def _bosses(everybody: Mapping[str, Person], drafts: list[Draft]) -> dict[str, str]:
    """Who reports to whom afterwards, by login."""
    by_id = {person.id: person.login for person in everybody.values()}
    found = {one.login: by_id[one.reports_to] for one in everybody.values() if one.reports_to in by_id}
    for draft in drafts:
        if draft.reports_to:
            found[draft.login] = draft.reports_to
        elif draft.reports_to == "":
            found.pop(draft.login, None)
    return found


def _chain(drafts: list[Draft], everybody: Mapping[str, Person], bosses: dict[str, str]) -> list[Fault]:
    """Every boss is somebody, and nobody is his own in the end; what is wrong is taken out of ``bosses``."""
    faults: list[Fault] = []
    logins = {**everybody, **{draft.login: None for draft in drafts}}
    for draft in drafts:
        boss = draft.reports_to
        if not boss:
            continue
        if boss not in logins:
            slots = {"value": boss, "near": near(boss, logins)}
            faults.append(Fault(draft.line, "reports_to", "reports_to", slots))
        elif (circle := _circle(draft.login, bosses)) is not None:
            faults.append(Fault(draft.line, "reports_to", "circle", {"value": " → ".join(circle)}))
        else:
            continue
        bosses.pop(draft.login, None)
    return faults


def _circle(login: str, bosses: Mapping[str, str]) -> list[str] | None:
    """The way up from somebody, when it leads back to him."""
    way = [login]
    while (above := bosses.get(way[-1])) is not None:
        if above in way:
            return [*way, above] if above == login else None
        way.append(above)
    return None


def _shared(entries: list[Entry], everybody: Mapping[str, Person]) -> Iterator[Fault]:
    """One number and one agent name belong to one person (R-PRS-12)."""
    touched = {entry.after.login for entry in entries}
    others = [person for person in everybody.values() if person.login not in touched]
    numbers = {person.number: person.login for person in others if person.number is not None}
    agents = {agent: person.login for person in others if person.active for agent in person.agents}
    for entry in entries:
        person = entry.after
        if person.number is not None and numbers.setdefault(person.number, person.login) != person.login:
            yield Fault(entry.line, "number", "number_taken", {"value": person.number, "who": numbers[person.number]})
        for agent in person.agents:
            if agents.setdefault(agent, person.login) != person.login:
                yield Fault(entry.line, "agent", "agent_taken", {"value": agent[1], "who": agents[agent]})


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join("/".join(one) if isinstance(one, list) else str(one) for one in value) or "–"
    return "–" if value in (None, "") else str(value)
