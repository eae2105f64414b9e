"""Rules as people read them; and writes the table of built-in rules into the docs: ``python -m alerts.ruletable``.

The table is made from ``config/rules.toml``, so that what is read is what happens. A test compares the files.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from alerts.conditions.registry import CONDITIONS
from alerts.rulebook import read_rules
from alerts.rules import AlertLevel, Clause, Direction, Rule

BEGIN = "<!-- rules: written by `python -m alerts.ruletable` from config/rules.toml; change that, not this -->"
END = "<!-- end of rules -->"
FILES = {"en": Path("docs/rules.md"), "zh": Path("docs/zh/rules.md")}

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "head": "| id | rule | watches | notice | broken | severity | worse | exempt |",
        "off": "off",
        "shown": "only shown",
        "sep": "; ",
        "each": "each",
        "row": "{n} in a row",
        "within": "{n} in {window}",
        "today": "{n} a day",
        "every": "again every {s}",
        "for": "for {s}",
        "sample": "of at least {n}",
        "at_least": "{v}",
        "above": "more than {v}",
        "at_most": "{v} or less",
        "below": "less than {v}",
    },
    "zh": {
        "head": "| 编号 | 规则 | 条件 | 提示 | 违规 | 级别 | 加重 | 豁免 |",
        "off": "停用",
        "shown": "仅显示",
        "sep": "；",
        "each": "每次",
        "row": "连续 {n} 次",
        "within": "{window}内 {n} 次",
        "today": "一日 {n} 次",
        "every": "每 {s}再计",
        "for": "持续 {s}",
        "sample": "至少 {n} 例",
        "at_least": "{v}",
        "above": "超过 {v}",
        "at_most": "不高于 {v}",
        "below": "低于 {v}",
    },
}
UNITS = {
    "en": {"s": " s", "min": " min", "h": " h", "ratio": " %"},
    "zh": {"s": " 秒", "min": " 分钟", "h": " 小时", "ratio": " %"},
}
MINUTES, HOURS = 120.0, 7200.0


def table(rules: Iterable[Rule], language: str) -> str:
    """One row per rule, as Markdown."""
    words = WORDS[language]
    head = words["head"]
    return "\n".join([head, "|" + "---|" * (head.count("|") - 1), *(_row(rule, language) for rule in rules)])


def _row(rule: Rule, language: str) -> str:
    words = WORDS[language]
    severity = words["shown"] if rule.limit is None else rule.severity.value
    cells = (
        rule.id,
        rule.name[language],
        " + ".join(f"`{clause.condition}`" for clause in rule.clauses),
        notice(rule, language),
        broken(rule, language),
        severity if rule.enabled else f"{severity} ({words['off']})",
        words["sep"].join(worse(rule, language)),
        ", ".join(sorted(rule.exempt)),
    )
    return "| " + " | ".join(cells) + " |"


def notice(rule: Rule, language: str) -> str:
    """From where on it is shown."""
    if rule.notice is None:
        return ""
    if rule.counts:
        return _case(rule, WORDS[language]["each"], language)
    return amount(rule.notice, rule.unit, language)


def broken(rule: Rule, language: str) -> str:
    """From where on it is broken."""
    words = WORDS[language]
    if rule.limit is None:
        return ""
    if rule.counts:
        return _case(rule, _times(rule.levels[0], language), language)
    found = [words[rule.direction.value].format(v=amount(rule.limit, rule.unit, language))]
    if rule.sample is not None:
        found.append(words["sample"].format(n=rule.sample))
    if rule.for_s:
        found.append(words["for"].format(s=amount(rule.for_s, "s", language)))
    if rule.every is not None:
        found.append(words["every"].format(s=amount(rule.every, "s", language)))
    found.extend(_clause(clause, language) for clause in rule.clauses[1:])
    return words["sep"].join(found)


def _case(rule: Rule, times: str, language: str) -> str:
    """Which cases count, where not all do."""
    clause = rule.clauses[0]
    if clause.limit is None:
        return times
    return f"{times}{WORDS[language]['sep']}{_compared(clause, rule.unit, language)}"


def _clause(clause: Clause, language: str) -> str:
    condition = CONDITIONS.get(clause.condition)
    named = f"`{clause.condition}`"
    unit = condition.unit if condition is not None else ""
    return named if clause.limit is None else f"{named} {_compared(clause, unit, language)}"


def _compared(clause: Clause, unit: str, language: str) -> str:
    value = amount(clause.limit or 0.0, unit, language)
    if clause.direction is Direction.AT_LEAST:
        return f"≥ {value}"
    return WORDS[language][clause.direction.value].format(v=value)


def worse(rule: Rule, language: str) -> Iterator[str]:
    """What raises the severity."""
    for level in rule.levels[1:] if rule.counts and rule.limit is not None else rule.levels:
        value = _times(level, language) if rule.counts else amount(level.value or 0.0, rule.unit, language)
        yield f"{value}: {level.severity.value}"


def _times(level: AlertLevel, language: str) -> str:
    words = WORDS[language]
    if level.in_row is not None:
        return words["row"].format(n=level.in_row)
    if level.occurrences == 1:
        return words["each"]
    if level.window_s is None:
        return words["today"].format(n=level.occurrences)
    return words["within"].format(n=level.occurrences, window=amount(level.window_s, "s", language))


def amount(value: float, unit: str, language: str) -> str:
    """``90 s``, ``30 min``, ``30 %``, ``4``."""
    units = UNITS[language]
    if unit == "ratio":
        return f"{value * 100:g}{units['ratio']}"
    if unit != "s":
        return f"{value:g}"
    if value >= HOURS and value % 3600 == 0:
        return f"{value / 3600:g}{units['h']}"
    if value >= MINUTES and value % 60 == 0:
        return f"{value / 60:g}{units['min']}"
    return f"{value:g}{units['s']}"


def written(text: str, language: str) -> str:
    """The document with the table of today in its place."""
    before, rest = text.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    errors: list[str] = []
    rules = read_rules(None, CONDITIONS, errors)
    if errors:
        raise ValueError("; ".join(errors))
    return f"{before}{BEGIN}\n\n{table(rules, language)}\n\n{END}{after}"


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
    for tongue, file in FILES.items():
        place = folder / file
        place.write_text(written(place.read_text(encoding="utf-8"), tongue), encoding="utf-8")
