"""Settings from their three sources: TOML file, FLOOR_… environment, command line; the later wins, key by key.

Everything wrong is told at once, one sentence per mistake, each naming its key and where it stands.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from floor.errors import ConfigInvalidError
from floor.settings import BoardSettings, GroupSettings, PbxSettings, Settings, Threshold

DEFAULT_FILE = Path("/etc/floorwatch/floor.toml")
PREFIX = "FLOOR_"
AMI = "ami_"
ELSEWHERE = ("FLOOR_CONFIG", "FLOOR_TEST_")
"""Variables with our prefix that are not settings."""

SECTIONS: dict[str, type[BaseModel]] = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
}
"""What stands under a header of its own, such as ``[people]``."""
SCALARS = tuple(name for name in Settings.model_fields if name not in ("pbx", "board", "group", "persons", *SECTIONS))
RELAY = "relay_"
RELAY_KEYS = ("url", "password_file", "tls_ca")
AMI_KEYS = tuple(name for name in PbxSettings.model_fields if name not in ("queue_log",))

TABLES = (("pbx",), ("board",), ("group",))
"""What may come several times."""

Values = dict[str, Any]


def load(file: Path | None, environment: Mapping[str, str], flags: Mapping[str, Any]) -> Settings:
    """Read, merge and check.

    :param flags: settings by name, exchange settings as ``ami_host`` …; ``None`` values are not given.
    :raises ConfigInvalidError: with every mistake.
    """
    errors: list[str] = []
    values = _from_file(file, errors)
    _merge(values, _from_environment(environment, errors))
    _merge(values, {key: value for key, value in flags.items() if value is not None})
    try:
        settings = Settings.model_validate(values)
    except ValidationError as invalid:
        errors.extend(_sentence(error) for error in invalid.errors())
    if errors:
        raise ConfigInvalidError(errors)
    return settings


def _from_file(file: Path | None, errors: list[str]) -> Values:
    if file is None:
        if not DEFAULT_FILE.is_file():
            return {}
        file = DEFAULT_FILE
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))  # editors on Windows put a mark first
    except OSError as error:
        errors.append(f"config: the file {file} cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        errors.append(f"config: the file {file} is not UTF-8 text")
    except tomllib.TOMLDecodeError as error:
        errors.append(f"config: the file {file} is not valid TOML: {error}")
    return {}


def _from_environment(environment: Mapping[str, str], errors: list[str]) -> Values:
    values: Values = {}
    known = {PREFIX + name.upper(): name for name in SCALARS}
    known |= {f"{PREFIX}AMI_{name.upper()}": AMI + name for name in AMI_KEYS}
    known |= {f"{PREFIX}RELAY_{name.upper()}": RELAY + name for name in RELAY_KEYS}
    for variable, value in sorted(environment.items()):
        if variable in known and value != "":
            values[known[variable]] = value
        elif variable.startswith(PREFIX) and variable not in known and not variable.startswith(ELSEWHERE):
            errors.append(f"{variable}: no such setting; did you mean one of {', '.join(_near(variable, known))}?")
    return values


def _near(variable: str, known: Mapping[str, str]) -> list[str]:
    return get_close_matches(variable, list(known), n=3, cutoff=0.5) or sorted(known)[:3]


def _merge(values: Values, later: Values) -> None:
    """Put ``later`` over ``values``; ``ami_…`` describe the first exchange, ``relay_…`` the relay."""
    relay = {key.removeprefix(RELAY): later[key] for key in later if key.startswith(RELAY)}
    later = {key: value for key, value in later.items() if not key.startswith(RELAY)}
    if relay and isinstance(values.setdefault("relay", {}), dict):
        values["relay"] = {**values["relay"], **relay}
    ami = {key.removeprefix(AMI): value for key, value in later.items() if key.startswith(AMI)}
    values.update({key: value for key, value in later.items() if not key.startswith(AMI)})
    if not ami:
        return
    exchanges = values.get("pbx", [{}])
    if not isinstance(exchanges, list) or not all(isinstance(one, dict) for one in exchanges):
        return  # told when everything is checked
    first = dict(exchanges[0]) if exchanges else {}
    for one, other in (("secret", "secret_file"), ("secret_file", "secret")):
        if one in ami:
            first.pop(other, None)
    values["pbx"] = [{**first, **ami}, *exchanges[1:]]


def _sentence(error: Any) -> str:
    """``board[1].tiles[3]: 'foo' is no tile …``; never a value that may be a secret, a misspelt key's least of all."""
    key = ""
    for part in error["loc"]:
        if part != "[key]":
            key += f"[{part + 1}]" if isinstance(part, int) else (f".{part}" if key else str(part))
    if error["type"] == "extra_forbidden":
        return f"{key}: no such setting{_meant(error['loc'])}"
    if error["loc"] in TABLES:
        return f"{key}: begin each one with [[{key}]], in two brackets"
    said = str(error["msg"]).removeprefix("Value error, ")
    given = error.get("input")
    if isinstance(given, str | int | float) and not _private(key) and error["type"] != "value_error":
        said += f" (given: {given!r})"
    return f"{key or 'settings'}: {said}"


def _private(key: str) -> bool:
    return any(word in key for word in ("secret", "database", "queue_log", "relay"))


def _meant(place: tuple[str | int, ...]) -> str:
    """``; did you mean secret?``, from the names known at that place."""
    tables: dict[str, type[BaseModel]] = {
        "pbx": PbxSettings,
        "board": BoardSettings,
        "thresholds": Threshold,
        "group": GroupSettings,
        **SECTIONS,
        **_sections_within(SECTIONS),
    }
    inside = [tables[part] for part in place[:-1] if isinstance(part, str) and part in tables]
    known = (inside[-1] if inside else Settings).model_fields
    near = get_close_matches(str(place[-1]), list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def _sections_within(sections: Mapping[str, type[BaseModel]]) -> dict[str, type[BaseModel]]:
    """``oidc`` of ``[people.oidc]``."""
    return {
        name: field.annotation
        for model in sections.values()
        for name, field in model.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    }
