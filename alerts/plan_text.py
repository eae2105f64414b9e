"""A plan as somebody wrote it, in TOML or JSON, made a plan or refused with what is wrong; and what it lacks. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from alerts.casefile import words
from alerts.model import INCIDENT_TYPES, Text
from alerts.plan_model import PLAN_PARTS, Plan, Step
from alerts.refusals import InvalidError
from floor.people.model import Role

STEPS_LIMIT, NAMES_LIMIT = 60, 40
KEYS = frozenset(
    "type title purpose situations conditions starters steps target sentence customers fields audience outage".split()
)
STEP_KEYS = frozenset("id text who within_s number tells".split())
_ID = re.compile(r"^[a-z][a-z0-9_-]{0,39}$")
_NUMBER = re.compile(r"^[0-9+*#]{1,20}$")
_ROLES = frozenset(Role)


def plan_from(id_: str, body: Mapping[str, Any]) -> Plan:
    """The plan, without version and author. Raises :class:`alerts.refusals.InvalidError` naming the first wrong part;
    parts that are only missing are for :func:`missing_parts` to tell."""
    if not _ID.match(id_):
        raise InvalidError("a plan's id is of small letters, digits, - and _", ["id"])
    strange = sorted(body.keys() - KEYS)
    if strange:
        raise InvalidError(f"a plan has no part {', '.join(strange)}", strange)
    type_ = body.get("type")
    if type_ not in INCIDENT_TYPES:
        raise InvalidError(f"'{type_}' is no type; there are: {', '.join(INCIDENT_TYPES)}", ["type"])
    outage = body.get("outage")
    return Plan(
        id=id_,
        type=str(type_),
        title=_text(body, "title"),
        purpose=_text(body, "purpose"),
        situations=_text(body, "situations"),
        conditions=_text(body, "conditions"),
        starters=_roles("starters", body.get("starters")),
        steps=_steps(body.get("steps")),
        target=_text(body, "target"),
        sentence=_text(body, "sentence") or None,
        customers=_text(body, "customers") or None,
        fields=_names("fields", body.get("fields")),
        audience=_roles("audience", body.get("audience")),
        outage=None if outage is None else words("outage", outage, 40),
    )


def missing_parts(plan: Plan) -> tuple[str, ...]:
    """Of the six mandatory parts those that say nothing (R-PLN-1), and ``title``."""
    return tuple(name for name in ("title", *PLAN_PARTS) if not getattr(plan, name))


def _text(body: Mapping[str, Any], name: str) -> Text:
    """By language; a plain text is taken for both."""
    given = body.get(name)
    if given is None:
        return {}
    if isinstance(given, str):
        given = {"en": given, "zh": given}
    if not isinstance(given, Mapping) or not set(given) <= {"en", "zh"}:
        raise InvalidError(f"{name}: a text, or one for each of en and zh", [name])
    said = {language: words(name, text, empty=True) for language, text in given.items()}
    return {language: text for language, text in said.items() if text}


def _steps(given: object) -> tuple[Step, ...]:
    if given is None:
        return ()
    if not isinstance(given, list | tuple) or len(given) > STEPS_LIMIT:
        raise InvalidError(f"steps: a list of at most {STEPS_LIMIT}", ["steps"])
    steps = tuple(_step(number, one) for number, one in enumerate(given, 1))
    ids = [step.id for step in steps]
    if len(set(ids)) < len(ids):
        raise InvalidError("steps: every id once", ["steps"])
    return steps


def _step(number: int, given: object) -> Step:
    where = f"steps.{number}"
    if not isinstance(given, Mapping) or not given.keys() <= STEP_KEYS:
        raise InvalidError(f"{where}: may have {', '.join(sorted(STEP_KEYS))}", [where])
    text = _text(given, "text")
    within, called = given.get("within_s"), given.get("number")
    if not text:
        raise InvalidError(f"{where}: has no text", [where])
    if within is not None and (
        isinstance(within, bool) or not isinstance(within, int | float) or not 0 < within <= 1e7
    ):
        raise InvalidError(f"{where}: within_s is a number of seconds", [where])
    if called is not None and not (isinstance(called, str) and _NUMBER.match(called)):
        raise InvalidError(f"{where}: number is a telephone number", [where])
    id_ = given.get("id", f"s{number}")
    if not isinstance(id_, str) or not _ID.match(id_):
        raise InvalidError(f"{where}: its id is of small letters, digits, - and _", [where])
    who = _roles(where, [given.get("who", "chief")])[0]
    return Step(id_, text, who, within, called, _roles(where, given.get("tells")))


def _roles(name: str, given: object) -> tuple[str, ...]:
    roles = _names(name, given)
    strange = [role for role in roles if role not in _ROLES]
    if strange:
        raise InvalidError(f"{name}: {', '.join(strange)} is no role; there are: {', '.join(sorted(_ROLES))}", [name])
    return roles


def _names(name: str, given: object) -> tuple[str, ...]:
    if given is None:
        return ()
    if not isinstance(given, list | tuple) or len(given) > NAMES_LIMIT:
        raise InvalidError(f"{name}: a list of at most {NAMES_LIMIT}", [name])
    if not all(isinstance(one, str) and _ID.match(one) for one in given):
        raise InvalidError(f"{name}: names of small letters, digits, - and _", [name])
    return tuple(str(one) for one in given)
