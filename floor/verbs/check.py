"""``floor check``: what is wrong or missing on every exchange, in sentences with remedies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from alerts.conditions.registry import CONDITIONS
from alerts.notify.faults import faults
from alerts.notify.reach import unreachable
from alerts.rulebook import read_rules
from asterisk.advice import Finding, Language, Severity
from asterisk.check import NEEDED
from asterisk.check import run_check as check_exchange
from asterisk.filtering import conf_lines
from floor.clock import SystemClock
from floor.errors import FloorError
from floor.history.database import Database
from floor.people.deeds import Actor
from floor.people.desk import Desk
from floor.people.model import Person
from floor.settings import PbxSettings, Settings
from floor.verbs.check_relay import tell_relay

MARKS = {Severity.OK: "ok   ", Severity.WARN: "warn ", Severity.ERROR: "ERROR"}


async def run_check(settings: Settings, language: Language, say: Callable[[str], None], *, less: bool = False) -> int:
    """Check all exchanges side by side, tell what was found; the number of errors.

    ``less``: try event filters, and tell the lines that would do the same in ``manager.conf``.
    """
    caller = settings.notify.phone.pbx
    reports = await asyncio.gather(
        *(check_exchange(pbx, wrapup_s=settings.wrapup_s, calls=pbx.name == caller, less=less) for pbx in settings.pbx)
    )
    for pbx, findings in zip(settings.pbx, reports, strict=True):
        _tell(pbx, findings, language, say)
        if less:
            _tell_lines(pbx, findings, say)
    tell_reach(settings, language, say)
    wrong = tell_rules(settings, language, say) + tell_ways(settings, language, say)
    wrong += await tell_relay(settings, language, MARKS, say)
    return wrong + sum(finding.severity is Severity.ERROR for findings in reports for finding in findings)


def tell_rules(settings: Settings, language: Language, say: Callable[[str], None]) -> int:
    """What is wrong with the rules, each mistake with file, rule and key; the number of mistakes."""
    errors: list[str] = []
    rules = read_rules(settings.rules, CONDITIONS, errors)
    say("rules" if language == "en" else "规则")
    for sentence in errors:
        say(f"  {MARKS[Severity.ERROR]} {sentence}")
    if not errors:
        on = sum(rule.enabled for rule in rules)
        found = f"{on} rules are in force, {len(rules) - on} are off"
        say(f"  {MARKS[Severity.OK]} {found if language == 'en' else f'生效 {on} 条,停用 {len(rules) - on} 条'}")
    return len(errors)


def tell_ways(settings: Settings, language: Language, say: Callable[[str], None]) -> int:
    """What is wrong with the ways of telling people; the number of mistakes."""
    found = list(faults(settings.notify, [pbx.name for pbx in settings.pbx]))
    if found:
        say("notify" if language == "en" else "通知")
    for fault in found:
        say(f"  {MARKS[Severity.ERROR]} {fault[language]}")
    return len(found)


def tell_reach(settings: Settings, language: Language, say: Callable[[str], None]) -> None:
    """Whether anybody would hear of a critical alert."""
    told = unreachable(settings.alerts, settings.notify, _people(settings))
    if told is not None:
        say("alerts" if language == "en" else "告警")
        say(f"  {MARKS[Severity.WARN]} {told[language]}")


def _people(settings: Settings) -> list[Person]:
    """Everybody on record; nobody where nothing was ever recorded. Nothing is created or upgraded for it."""
    database = Database(settings.database_url)
    try:
        if database.file is not None and not database.file.exists():
            return []
        return list(Desk(database, Actor("floor check"), SystemClock().now()).persons().values())
    except FloorError:
        return []  # an older version's record, or none: the service will say so itself
    finally:
        database.close()


def _tell(pbx: PbxSettings, findings: list[Finding], language: Language, say: Callable[[str], None]) -> None:
    say(f"{pbx.name} ({pbx.host}:{pbx.port})")
    for finding in findings:
        say(f"  {MARKS[finding.severity]} {finding.what(language)}")
        remedy = finding.remedy(language)
        if remedy:
            say(f"        → {remedy}")


def _tell_lines(pbx: PbxSettings, findings: list[Finding], say: Callable[[str], None]) -> None:
    """What would go into ``manager.conf`` of this version."""
    version = next((one.values["version"] for one in findings if "version" in one.values), None)
    say(f"  ; manager.conf [{pbx.user}]")
    for line in conf_lines(NEEDED, version):
        say(f"  {line}")
