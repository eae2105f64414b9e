"""What a sentence about an exchange is made of: how much it weighs, and its words in English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Language = Literal["en", "zh"]


class Severity(StrEnum):
    """How much a finding weighs."""

    OK = "ok"
    WARN = "warn"
    """The floor is shown, with something missing or less exact."""
    ERROR = "error"
    """Numbers would be wrong or absent."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One kind of finding: what is so and its remedy, by language; no remedy: nothing to do."""

    severity: Severity
    en: tuple[str, str]
    zh: tuple[str, str]


def ok(en: str, zh: str) -> Advice:
    """All is well."""
    return Advice(Severity.OK, (en, ""), (zh, ""))


def warn(en: tuple[str, str], zh: tuple[str, str]) -> Advice:
    """Something is missing."""
    return Advice(Severity.WARN, en, zh)


def error(en: tuple[str, str], zh: tuple[str, str]) -> Advice:
    """Something is wrong."""
    return Advice(Severity.ERROR, en, zh)
