"""``floor config``: the effective settings as an annotated TOML file, secrets hidden."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from floor.settings import Settings

HIDDEN = "(hidden)"
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LOGIN = re.compile(r"([^:@]*):.*@", re.DOTALL)
"""As SQLAlchemy reads it: a password may hold slashes and question marks."""
_PASSWORD = re.compile(r"((?:^|&)[^=&]*(?:pass|pwd|secret|key|token)[^=&]*=)[^&]*", re.IGNORECASE)


def annotated(settings: Settings) -> str:
    """Every key with its meaning and the value in effect; what has none is commented out."""
    return "\n".join(_table(settings, "")) + "\n"


def _table(model: BaseModel, path: str) -> Iterator[str]:
    fields = type(model).model_fields
    nested: list[tuple[str, Any]] = []
    for name, field in fields.items():
        value = getattr(model, name)
        if _is_nested(value):
            nested.append((name, value))
            continue
        if field.description:
            yield f"# {field.description}"
        if value is None or (isinstance(value, tuple | dict) and not value):
            yield f"# {name} = {_empty(value)}"
        else:
            yield f"{name} = {_literal(value)}"
    for name, value in nested:
        yield from _nested(value, f"{path}{name}", fields[name].description)


def _is_nested(value: Any) -> bool:
    if isinstance(value, BaseModel):
        return True
    if isinstance(value, tuple):
        return bool(value) and isinstance(value[0], BaseModel)
    return isinstance(value, dict) and any(isinstance(one, BaseModel) for one in value.values())


def _nested(value: Any, path: str, description: str | None) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield ""
        if description:
            yield f"# {description}"
        yield f"[{path}]"
        yield from _table(value, f"{path}.")
        return
    if isinstance(value, dict):
        for key, model in value.items():
            yield ""
            yield f"[{path}.{_key(key)}]"
            yield from _table(model, f"{path}.{_key(key)}.")
        return
    for model in value:
        yield ""
        if description:
            yield f"# {description}"
        yield f"[[{path}]]"
        yield from _table(model, f"{path}.")


def _literal(value: Any) -> str:
    if isinstance(value, SecretStr):
        return json.dumps(HIDDEN)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_literal(one)}" for key, one in value.items()) + " }"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    if isinstance(value, str | Path):
        return json.dumps(_without_password(str(value)), ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)


def _key(name: str) -> str:
    """A key as TOML takes it: bare when it can be."""
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _without_password(text: str) -> str:
    """A database URL may carry a password, before its host or among its options."""
    scheme, found, rest = text.partition("://")
    if not found:
        return text
    login = _LOGIN.match(rest)
    if login is not None:
        rest = f"{login[1]}:{HIDDEN}@{rest[login.end() :]}"
    place, question, options = rest.partition("?")
    shown = _PASSWORD.sub(lambda found: found[1] + HIDDEN, options)
    return f"{scheme}://{place}{question}{shown}"


def _empty(value: Any) -> str:
    if isinstance(value, dict):
        return "{}"
    return "[]" if isinstance(value, tuple) else '""'
