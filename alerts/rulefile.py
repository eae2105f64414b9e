"""What may stand in a rules file, key by key; every value is checked here for itself, and together in
:mod:`alerts.rulecheck`."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from alerts.amounts import SECONDS_PER_RING, amount
from alerts.hours import DAYS, WEEK, Hours, Stretch
from alerts.model import Severity, Text
from alerts.rules import Direction

LANGUAGES = ("en", "zh")
_STRETCH = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
MIDNIGHT = 24 * 60
NAMES = {"daily": DAYS, "workdays": DAYS[:5], "weekend": DAYS[5:], **{day: (day,) for day in DAYS}}


def _amount(value: Any, info: ValidationInfo) -> float:
    return amount(value, info.context)


Amount = Annotated[float, BeforeValidator(_amount)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
Names = Annotated[frozenset[str], Field(min_length=1)]


class Entry(BaseModel):
    """Unknown keys are errors: a misspelt key must not be silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ClauseEntry(Entry):
    """[[rule.clause]]: a condition; all of a rule's clauses must hold together."""

    condition: str
    params: dict[str, Any] = Field(default_factory=dict)
    direction: Direction = Direction.AT_LEAST
    limit: Amount | None = None


class LevelEntry(Entry):
    """[[rule.level]]: from where on it is worse."""

    severity: Severity
    value: Amount | None = None
    in_row: Annotated[int, Field(ge=1, le=1000)] | None = None
    occurrences: Annotated[int, Field(ge=1, le=1000)] | None = None
    window: Amount | Literal["today"] | None = None


class Measures(Entry):
    """What a rule may say for itself and, differently, in an override."""

    notice: Amount | None = None
    limit: Amount | None = None
    severity: Severity | None = None
    level: tuple[LevelEntry, ...] | None = None
    every: Amount | None = None
    for_s: Annotated[Amount | None, Field(alias="for")] = None
    keep_s: Annotated[Amount | None, Field(alias="keep")] = None
    clear: Amount | None = None
    sample: Annotated[int, Field(ge=1)] | None = None
    window: Amount | Literal["today"] | None = None
    in_row: bool | None = None
    hours: Hours | None = None
    route: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")] | None = None
    enabled: bool | None = None
    breach: bool | None = None

    @field_validator("hours", mode="before")
    @classmethod
    def _hours(cls, value: Any) -> Hours | None:
        return hours(value)


class OverrideEntry(Measures):
    """[[rule.override]]: other values for some queues, groups or sites."""

    queues: Names | None = None
    groups: Names | None = None
    sites: Names | None = None
    case_limit: Amount | None = None


class RuleEntry(Measures):
    """[[rule]]: with an id that is known it changes that rule, key by key; else it is a new one."""

    id: Id
    name: Text | None = None
    text: Text | None = None
    clause: Annotated[tuple[ClauseEntry, ...], Field(min_length=1)] | None = None
    exempt: frozenset[str] | None = None
    override: tuple[OverrideEntry, ...] | None = None

    @field_validator("name", "text")
    @classmethod
    def _both(cls, value: Text | None) -> Text | None:
        if value is not None and sorted(value) != sorted(LANGUAGES):
            raise ValueError('say it in both languages: { en = "…", zh = "…" }')
        return value


class FileEntry(Entry):
    """The whole file, but for its rules, which are checked one by one."""

    seconds_per_ring: Annotated[float, Field(ge=1, le=20)] = SECONDS_PER_RING
    rule: tuple[Any, ...] = ()


def hours(value: Any) -> Hours | None:
    """``{ workdays = ["08:00-20:00"], sat = ["22:00-06:00"] }``; a stretch over midnight reaches into the next day.

    :raises ValueError: with a sentence.
    """
    if value is None or isinstance(value, Hours):
        return value
    if not isinstance(value, dict) or not value:
        raise ValueError(f'write them by weekday: {{ workdays = ["08:00-20:00"] }}; days: {", ".join(NAMES)}')
    days: list[list[Stretch]] = [[] for _ in DAYS]
    for name, stretches in value.items():
        if name not in NAMES:
            raise ValueError(f"'{name}' is no day; days: {', '.join(NAMES)}")
        for day in NAMES[name]:
            _add(days, DAYS.index(day), stretches)
    return Hours(tuple(tuple(sorted(day)) for day in days))


def _add(days: list[list[Stretch]], day: int, stretches: Any) -> None:
    for text in stretches if isinstance(stretches, list) else [stretches]:
        found = _STRETCH.fullmatch(text) if isinstance(text, str) else None
        begin, end = (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])) if found else (0, 0)
        if found is None or begin == end or max(begin, end) > MIDNIGHT:
            raise ValueError(f'\'{text}\' is no stretch of a day; write "08:00-20:00", round the clock "00:00-24:00"')
        if begin < end:
            days[day].append((begin, end))
        else:
            days[day].append((begin, MIDNIGHT))
            if end:
                days[(day + 1) % WEEK].append((0, end))
