"""From the entries of rules files to rules, and whether a rule makes sense as a whole: every mistake a sentence with
its key and its remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from alerts.conditions.contract import Condition
from alerts.model import SEVERITIES, Severity
from alerts.rulefile import ClauseEntry, LevelEntry, Measures, OverrideEntry, RuleEntry
from alerts.rules import DRILL, EMERGENCY, AlertLevel, Clause, Direction, Override, Rule

KEEP_COUNT_S = 60.0
"""An occurrence that counts by itself stands this long, unless the rule says otherwise."""
PLAIN = (
    "notice",
    "limit",
    "severity",
    "every",
    "for_s",
    "keep_s",
    "clear",
    "sample",
    "hours",
    "route",
    "enabled",
    "breach",
)

Registry = Mapping[str, Condition]


def built(entry: RuleEntry, registry: Registry, source: str, errors: list[str]) -> Rule | None:
    """The rule that this entry describes; ``None`` with sentences in ``errors`` (``key: what is wrong``)."""
    found = list(_missing(entry)) + list(_clauses_wrong(entry.clause or (), registry))
    if found:
        errors.extend(found)
        return None
    clauses = tuple(_clause(one, registry) for one in entry.clause or ())
    condition = registry[clauses[0].condition]
    rule = Rule(
        id=entry.id,
        name=entry.name or {},
        text=entry.text or {},
        clauses=clauses,
        subject=condition.subject,
        counts=condition.occurred is not None,
        unit=condition.unit,
        exempt=entry.exempt or frozenset(),
        source=source,
    )
    rule = replace(rule, **_values(entry, rule))
    found = list(_wrong(rule))
    overrides = []
    for number, one in enumerate(entry.override or (), 1):
        override = _override(one, rule)
        overrides.append(override)
        place = f"override[{number}]"
        if not (one.queues or one.groups or one.sites):
            found.append(f"{place}: say for whom it is: queues, groups or sites")
        found.extend(f"{place}.{sentence}" for sentence in _wrong(replace(rule, **override.values)))
    errors.extend(found)
    return None if found else replace(rule, overrides=tuple(overrides))


def _values(entry: Measures, rule: Rule) -> dict[str, Any]:
    """The fields of a rule that the entry gives."""
    given = {key: getattr(entry, key) for key in PLAIN if getattr(entry, key) is not None}
    if rule.counts:
        levels = _counting_levels(entry, rule, given)
        return {**given, **({"levels": levels} if levels is not None else {})}
    return {**given, **({"levels": tuple(map(_level, entry.level))} if entry.level is not None else {})}


def _counting_levels(entry: Measures, rule: Rule, given: Mapping[str, Any]) -> tuple[AlertLevel, ...] | None:
    """The limit is a level like the others: so many, within its window, in a row, or each for as long as it stands."""
    base = [one for one in rule.levels[:1] if rule.limit is not None]
    further = list(rule.levels[len(base) :])
    limit = given.get("limit", rule.limit)
    if limit is not None and any(
        getattr(entry, key) is not None for key in ("limit", "severity", "window", "in_row", "keep_s")
    ):
        severity = given.get("severity", rule.severity)
        keep_s = given.get("keep_s", rule.keep_s) or KEEP_COUNT_S
        window = entry.window if entry.window is not None else (base[0].window_s if base else None) or keep_s
        if entry.in_row or (entry.in_row is None and base and base[0].in_row is not None):
            base = [AlertLevel(severity, in_row=int(limit))]
        else:
            base = [AlertLevel(severity, occurrences=int(limit), window_s=None if window == "today" else float(window))]
    if entry.level is not None:
        further = list(map(_level, entry.level))
    return tuple(base + further)


def _level(entry: LevelEntry) -> AlertLevel:
    window = None if entry.window in (None, "today") else float(entry.window)
    return AlertLevel(entry.severity, entry.value, entry.in_row, entry.occurrences, window)


def _clause(entry: ClauseEntry, registry: Registry) -> Clause:
    defaults = {key: default for key, (_, default) in registry[entry.condition].params.items()}
    return Clause(entry.condition, {**defaults, **entry.params}, entry.direction, entry.limit)


def _override(entry: OverrideEntry, rule: Rule) -> Override:
    values = _values(entry, rule)
    if entry.case_limit is not None:
        values["clauses"] = (replace(rule.clauses[0], limit=entry.case_limit), *rule.clauses[1:])
    nobody: frozenset[str] = frozenset()
    return Override(values, entry.queues or nobody, entry.groups or nobody, entry.sites or nobody)


# What may be wrong


def _missing(entry: RuleEntry) -> Iterator[str]:
    for key in ("name", "text"):
        if getattr(entry, key) is None:
            yield f'{key}: a new rule needs one: {key} = {{ en = "…", zh = "…" }}'
    if entry.clause is None:
        yield "clause: a new rule needs a condition: [[rule.clause]] with condition = …"


def _clauses_wrong(clauses: tuple[ClauseEntry, ...], registry: Registry) -> Iterator[str]:
    for number, clause in enumerate(clauses, 1):
        place, condition = f"clause[{number}]", registry.get(clause.condition)
        if condition is None:
            yield f"{place}.condition: '{clause.condition}' is no condition; {_near(clause.condition, registry)}"
            continue
        for key, value in clause.params.items():
            yield from (f"{place}.params.{key}: {said}" for said in _param_wrong(key, value, condition))
        if condition.occurred is not None and len(clauses) > 1:
            yield f"{place}: '{clause.condition}' counts occurrences and stands alone; remove the other clauses"
    kinds = {registry[clause.condition].subject for clause in clauses if clause.condition in registry}
    if len(kinds) > 1:
        yield f"clause: all must be about the same kind of subject, these are about {', '.join(sorted(kinds))}"


def _param_wrong(key: str, value: Any, condition: Condition) -> Iterator[str]:
    if key not in condition.params:
        yield f"'{condition.name}' has no such parameter; it has {', '.join(condition.params) or 'none'}"
        return
    wanted = condition.params[key][0]
    kinds = wanted if isinstance(wanted, tuple) else (wanted,)
    fits = isinstance(value, kinds) or (float in kinds and isinstance(value, int))
    if not fits or (isinstance(value, bool) and bool not in kinds):
        yield f"{value!r} is no {' or '.join(kind.__name__ for kind in kinds)}"


def _near(name: str, registry: Registry) -> str:
    near = get_close_matches(name, list(registry), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(sorted(registry))}"


def _wrong(rule: Rule) -> Iterator[str]:
    if rule.notice is None and rule.limit is None and not rule.levels:
        yield "limit: give a limit, or a notice if it is only to be shown"
    yield from _counting_wrong(rule) if rule.counts else _measuring_wrong(rule)


def _counting_wrong(rule: Rule) -> Iterator[str]:
    for key in ("every", "clear", "sample"):
        if getattr(rule, key) is not None:
            yield f"{key}: this rule counts occurrences, so it has none; remove it"
    if rule.for_s:
        yield "for: this rule counts occurrences, so it has none; remove it"
    for key in ("notice", "limit"):
        value = getattr(rule, key)
        if value is not None and (value < 1 or value != int(value)):
            yield f"{key}: {value:g} is no number of occurrences; write 1, 2, 3 …"
    for number, level in enumerate(rule.levels[1 if rule.limit is not None else 0 :], 1):
        if (level.in_row is None) == (level.occurrences is None):
            yield f'level[{number}]: say in_row = 2, or occurrences = 3 with window = "30 min" (or "today")'


def _measuring_wrong(rule: Rule) -> Iterator[str]:
    limit, rises = rule.limit, rule.direction.rises
    if rule.levels and limit is None:
        yield "level: levels are steps beyond the limit; give a limit, too"
    before: tuple[str, float | None, Severity] = ("limit", limit, rule.severity)
    for number, level in enumerate(rule.levels, 1):
        place = f"level[{number}]"
        if level.value is None or level.in_row is not None or level.occurrences is not None:
            yield f"{place}: this rule measures, so a level is a value; remove in_row, occurrences and window"
            continue
        if before[1] is not None and (level.value <= before[1] if rises else level.value >= before[1]):
            yield f"{place}.value: must be {'above' if rises else 'below'} the {before[0]} ({before[1]:g})"
        if SEVERITIES.index(level.severity) <= SEVERITIES.index(before[2]):
            yield f"{place}.severity: must be graver than that of the {before[0]} ({before[2]})"
        before = ("level before", level.value, level.severity)
    yield from _order_wrong(rule)


def _order_wrong(rule: Rule) -> Iterator[str]:
    limit, rises = rule.limit, rule.direction.rises
    if limit is not None:
        for key, value in (("notice", rule.notice), ("clear", rule.clear)):
            if value is not None and (value > limit if rises else value < limit):
                yield f"{key}: must not be {'above' if rises else 'below'} the limit ({limit:g})"
    if rule.every is not None and (limit is None or rule.every < limit):
        yield f"every: a repeating clock is no shorter than its limit ({0 if limit is None else limit:g})"
    if rule.sample is not None and rule.direction is None:
        yield "sample: only for shares"


def exempt_wrong(rule: Rule, known: frozenset[str]) -> Iterator[str]:
    """Exemptions that name nothing."""
    for one in sorted(rule.exempt - {EMERGENCY, DRILL} - known):
        yield f"exempt: '{one}' is neither {EMERGENCY} nor {DRILL} nor the id of a rule"


__all__ = ["Direction", "built", "exempt_wrong"]
