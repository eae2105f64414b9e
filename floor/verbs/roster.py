"""``floor roster``: people from a spreadsheet, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from floor.errors import ConfigInvalidError
from floor.people.faults import Language
from floor.people.roster import Plan, describe, export
from floor.settings import Settings
from floor.verbs.users import desk

MOST_TOLD = 200
"""Sentences; a file of another kind would be wrong in every line."""


def import_roster(settings: Settings, file: Path, *, dry: bool, language: Language, say: Callable[[str], None]) -> None:
    """Take in the file, all or nothing; tell what differs. Raises :class:`ConfigInvalidError` with every fault."""
    try:
        with file.open("rb") as opened:
            data = opened.read(10_000_001)  # one more than is taken
    except OSError as error:
        raise ConfigInvalidError([f"{file}: cannot be read: {error.strerror}"]) from None
    made, known = desk(settings).take_in(data, frozenset(pbx.name for pbx in settings.pbx), dry=dry)
    if made.faults:
        raise ConfigInvalidError(_faults(file, made, language))
    for line in describe(made, known):
        say(line)
    say(_sum(made, language, dry=dry))


def export_roster(settings: Settings) -> str:
    """Everybody who works here, in the columns of the import."""
    return export(desk(settings).persons())


def _faults(file: Path, made: Plan, language: Language) -> list[str]:
    told = [f"{file.name}: {fault.sentence(language)}" for fault in made.faults[:MOST_TOLD]]
    more = len(made.faults) - MOST_TOLD
    if more > 0:
        told.append({"en": f"… and {more} more", "zh": f"…… 另有 {more} 处"}[language])
    told.append({"en": "nothing was changed", "zh": "未作任何更改"}[language])
    return told


def _sum(made: Plan, language: Language, *, dry: bool) -> str:
    added, changed = len(made.added), len(made.changed)
    same = len(made.entries) - added - changed
    would = {"en": "would be " if dry else "", "zh": "将" if dry else "已"}[language]
    return {
        "en": f"Read as {made.encoding}: {added} {would}added, {changed} {would}changed, {same} stay as they are.",
        "zh": f"按 {made.encoding} 读取：{would}新增 {added} 人，{would}更改 {changed} 人，{same} 人不变。",
    }[language]
