"""The rulebook: the rules in force. The product's own file first, then the site's, key by key; all or nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from alerts.conditions.contract import Condition
from alerts.rulecheck import built, exempt_wrong
from alerts.rulefile import ClauseEntry, FileEntry, LevelEntry, OverrideEntry, RuleEntry
from alerts.rules import Rule
from floor.errors import ConfigInvalidError

BUILT_IN = "built in"
TABLES: dict[str, type[BaseModel]] = {"clause": ClauseEntry, "level": LevelEntry, "override": OverrideEntry}


def built_in_file() -> Path:
    """The product's own rules: beside this module when installed, under ``config`` in a checkout."""
    packed = Path(__file__).with_name("rules.toml")
    return packed if packed.is_file() else Path(__file__).parents[1] / "config" / "rules.toml"


class Rulebook:
    """The rules in force, and how to read them anew."""

    def __init__(self, registry: Mapping[str, Condition], file: Path | None = None) -> None:
        """``file``: the site's own; ``None``: only what is built in.

        :raises ConfigInvalidError: with every mistake.
        """
        self.file = file
        self._registry = registry
        self.rules: tuple[Rule, ...] = ()
        errors = self.reload()
        if errors:
            raise ConfigInvalidError(errors)

    def reload(self) -> list[str]:
        """Read the files again; every mistake as a sentence, and then nothing has changed."""
        errors: list[str] = []
        rules = read_rules(self.file, self._registry, errors)
        if not errors:
            self.rules = rules
        return errors

    def stamp(self) -> tuple[int, int] | None:
        """Differs when the site's file was written; ``None``: there is none."""
        try:
            status = self.file.stat() if self.file is not None else None
        except OSError:
            return None
        return (status.st_mtime_ns, status.st_size) if status is not None else None


def read_rules(file: Path | None, registry: Mapping[str, Condition], errors: list[str]) -> tuple[Rule, ...]:
    """Both files' rules; mistakes go to ``errors``, each with file, rule and key."""
    files = [(BUILT_IN, built_in_file()), *([(str(file), file)] if file is not None else [])]
    tables = [(name, table) for name, path in files if (table := _table(name, path, errors)) is not None]
    ring = next((t["seconds_per_ring"] for _, t in reversed(tables) if "seconds_per_ring" in t), None)
    context = {"ring": ring} if isinstance(ring, int | float) else {}
    raw: dict[str, tuple[str, dict[str, Any]]] = {}
    for name, table in tables:
        raw |= _merged(raw, name, table, context, errors)
    rules: list[Rule] = []
    for name, values in raw.values():
        entry = RuleEntry.model_validate(values, context=context)
        found: list[str] = []
        rule = built(entry, registry, name, found)
        errors.extend(f"{name}: rule {entry.id}: {sentence}" for sentence in found)
        rules.extend([rule] if rule is not None else [])
    known = frozenset(raw)
    for rule in rules:
        errors.extend(f"{rule.source}: rule {rule.id}: {sentence}" for sentence in exempt_wrong(rule, known))
    return tuple(rules)


def _table(name: str, path: Path, errors: list[str]) -> dict[str, Any] | None:
    """The file as it is written, its frame checked."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        errors.append(f"{name}: the file cannot be read: {error.strerror}; give another path in the setting rules")
    except UnicodeDecodeError:
        errors.append(f"{name}: the file is not UTF-8 text; save it as UTF-8")
    except tomllib.TOMLDecodeError as error:
        errors.append(f"{name}: the file is not valid TOML: {error}")
    else:
        try:
            FileEntry.model_validate(table)
        except ValidationError as invalid:
            errors.extend(f"{name}: {sentence}" for sentence in _sentences(invalid, FileEntry))
            return None
        return table
    return None


def _merged(
    raw: Mapping[str, tuple[str, dict[str, Any]]],
    name: str,
    table: Mapping[str, Any],
    context: Mapping[str, Any],
    errors: list[str],
) -> dict[str, tuple[str, dict[str, Any]]]:
    """This file's rules over those before it; a rule with a mistake stays as it was."""
    merged: dict[str, tuple[str, dict[str, Any]]] = {}
    for number, values in enumerate(table.get("rule", ()), 1):
        place = f"rule {values['id']}" if isinstance(values, dict) and "id" in values else f"rule[{number}]"
        try:
            entry = RuleEntry.model_validate(values, context=context)
        except ValidationError as invalid:
            errors.extend(f"{name}: {place}: {sentence}" for sentence in _sentences(invalid, RuleEntry))
            continue
        if entry.id in merged:
            errors.append(f"{name}: {place}: the id is given twice; give the second one another id")
        merged[entry.id] = (name, {**(raw[entry.id][1] if entry.id in raw else {}), **values})
    return merged


def _sentences(invalid: ValidationError, model: type[BaseModel]) -> Iterator[str]:
    for error in invalid.errors():
        key = ""
        for part in error["loc"]:
            key += f"[{part + 1}]" if isinstance(part, int) else (f".{part}" if key else str(part))
        if error["type"] == "extra_forbidden":
            yield f"{key}: no such key{_meant(error['loc'], model)}"
            continue
        said = str(error["msg"]).removeprefix("Value error, ")
        given = error.get("input")
        if isinstance(given, str | int | float) and error["type"] != "value_error":
            said += f" (given: {given!r})"
        yield f"{key}: {said}"


def _meant(place: tuple[str | int, ...], model: type[BaseModel]) -> str:
    inside = [TABLES[part] for part in place[:-1] if isinstance(part, str) and part in TABLES]
    fields = (inside[-1] if inside else model).model_fields
    known = [field.alias or name for name, field in fields.items()]
    near = get_close_matches(str(place[-1]), known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"
