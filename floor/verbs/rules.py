"""The command line of rules: ``floor rules list`` and ``floor rules test``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import click

from alerts.conditions.registry import CONDITIONS
from alerts.model import Breach, Evidence, Signal, Standing
from alerts.rulebook import Rulebook
from alerts.rules import Rule
from alerts.ruletable import WORDS, broken, notice, worse
from floor.day import Day
from floor.settings import Settings
from floor.verbs.options import read_settings, settings_options, told
from floor.verbs.trial import Trial, moments_of

BROKEN = 3
"""Exit code of ``floor rules test``: a rule was broken."""
Say = Callable[[str], None]


@click.group()
def rules() -> None:
    """Rules of the floor: which are in force, and what they would have said."""


def rules_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Other rules than those of the settings."""
    option = click.option(
        "--rules",
        "file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The site's rule file; that of the settings by default.",
    )
    return option(function)


@rules.command("list")
@click.option("--chinese", is_flag=True, help="Names in Chinese.")
@rules_option
@settings_options
@told
def rules_list(config: Path | None, file: Path | None, chinese: bool, **flags: Any) -> None:
    """List the rules in force: id, limits, severity, where the last word on it stands, name."""
    list_rules(book_of(read_settings(config, flags), file), "zh" if chinese else "en", click.echo)


@rules.command("test")
@click.argument("tape", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@rules_option
@settings_options
@told
def rules_test(config: Path | None, tape: Path, file: Path | None, **flags: Any) -> None:
    """Play TAPE (or a scenario) against the rules, in its own time: what would have fired, when, and why.

    \b
    Exit code 0: no rule was broken; 3: at least one was; 1: TAPE cannot be read; 2: the rules are wrong.
    """
    settings = read_settings(config, {**flags, "log_level": flags.get("log_level") or "error"})
    sys.exit(BROKEN if test_rules(tape, book_of(settings, file), settings, click.echo) else 0)


def book_of(settings: Settings, file: Path | None = None) -> Rulebook:
    """The rules in force.

    :raises ConfigInvalidError: with every mistake in the file.
    """
    return Rulebook(CONDITIONS, file or settings.rules)


HEADS = {
    "en": ("id", "notice", "broken", "worse", "severity", "last word", "rule"),
    "zh": ("编号", "提示", "违规", "加重", "级别", "出处", "规则"),
}


def list_rules(book: Rulebook, language: str, say: Say) -> None:
    """One line per rule, in the order of the files."""
    rows = [HEADS[language], *(_row(rule, language) for rule in book.rules)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEADS[language]))]
    for row in rows:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip())


def _row(rule: Rule, language: str) -> tuple[str, ...]:
    severity = rule.severity.value if rule.limit is not None else WORDS[language]["shown"]
    return (
        rule.id,
        notice(rule, language) or "-",
        broken(rule, language) or "-",
        ", ".join(worse(rule, language)) or "-",
        severity if rule.enabled else WORDS[language]["off"],
        rule.source,
        rule.name[language],
    )


def _width(text: str) -> int:
    """Columns on a screen: a Chinese character takes two."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def test_rules(tape: Path, book: Rulebook, settings: Settings, say: Say) -> int:
    """Play it and tell; the number of rules broken, seen by subject."""
    pbx = settings.pbx[0].name if settings.pbx else "pbx"
    trial = Trial(book.rules, settings, pbx)
    deliveries = trial.play(moments_of(tape))
    day = Day(settings.time_zone, settings.day_starts)
    told = [(one.at, 0, _signal(one, day)) for one in trial.signals]
    told += [(one.began_at, 1, _breach(one, day)) for one in trial.breaches.values()]
    for _, _, lines in sorted(told, key=lambda row: row[:2]):
        for line in lines:
            say(line)
    broken = sum(one.standing is Standing.BROKEN for one in trial.signals)
    say(f"{deliveries} deliveries, {len(trial.breaches)} breaches, {broken} times a rule was broken")
    return broken + len(trial.breaches)


def _signal(one: Signal, day: Day) -> list[str]:
    word = one.severity.value if one.standing is Standing.BROKEN else one.standing.value
    about = "" if one.value is None else f"  {one.value:g}" + ("" if one.limit is None else f" (limit {one.limit:g})")
    return [f"{_time(one.at, day)}  {one.rule:<14} {one.subject.id:<28} {word}{about}"]


def _breach(one: Breach, day: Day) -> list[str]:
    until = "still lasts" if one.ended_at is None else f"until {_time(one.ended_at, day)}"
    value = "" if one.value is None else f", {one.value:g}"
    limit = "" if one.limit is None else f" (limit {one.limit:g})"
    where = "".join(f", {name} {what}" for name, what in (("queue", one.queue), ("call", one.call)) if what)
    excused = f", excused: {one.excuse}" if one.excused_by else ""
    head = f"{_time(one.began_at, day)}  {one.rule:<14} {one.subject.id:<28} BREACH {one.severity.value}{value}{limit}"
    return [f"{head}, {until}{where}{excused}", *(f"    {_proof(proof, day)}" for proof in one.evidence)]


def _proof(proof: Evidence, day: Day) -> str:
    rest = "  ".join(f"{key}={value}" for key, value in proof.items() if key not in ("at", "fact"))
    return f"{_time(proof['at'], day)}  {proof['fact']}  {rest}".rstrip()


def _time(at: float, day: Day) -> str:
    return f"{day.clock_time(at)}.{int(at * 1000) % 1000:03d}"
