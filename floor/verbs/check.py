"""``floor check``: what is wrong or missing on every exchange, in sentences with remedies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from asterisk.advice import Finding, Language, Severity
from asterisk.check import run_check as check_exchange
from floor.settings import PbxSettings, Settings

MARKS = {Severity.OK: "ok   ", Severity.WARN: "warn ", Severity.ERROR: "ERROR"}


async def run_check(settings: Settings, language: Language, say: Callable[[str], None]) -> int:
    """Check all exchanges side by side, tell what was found; the number of errors."""
    reports = await asyncio.gather(*(check_exchange(pbx, wrapup_s=settings.wrapup_s) for pbx in settings.pbx))
    for pbx, findings in zip(settings.pbx, reports, strict=True):
        _tell(pbx, findings, language, say)
    return sum(finding.severity is Severity.ERROR for findings in reports for finding in findings)


def _tell(pbx: PbxSettings, findings: list[Finding], language: Language, say: Callable[[str], None]) -> None:
    say(f"{pbx.name} ({pbx.host}:{pbx.port})")
    for finding in findings:
        say(f"  {MARKS[finding.severity]} {finding.what(language)}")
        remedy = finding.remedy(language)
        if remedy:
            say(f"        → {remedy}")
