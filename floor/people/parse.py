"""One line of a roster: its cells as fields of a person, or what is wrong with each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from floor.people import fields
from floor.people.faults import Fault
from floor.people.model import Role
from floor.people.rights import RANK
from floor.people.sheet import Row

ROLES: dict[str, Role] = {
    **{role.value: role for role in Role},
    "座席": Role.AGENT,
    "座席员": Role.AGENT,
    "组长": Role.LEADER,
    "辅导": Role.COACH,
    "班长": Role.CHIEF,
    "值班长": Role.CHIEF,
    "经理": Role.MANAGER,
    "质检员": Role.QA,
    "质检主管": Role.QA_LEAD,
    "培训师": Role.TRAINER,
    "行政助理": Role.ASSISTANT,
    "分析员": Role.ANALYST,
    "外部": Role.OUTSIDE,
    "管理员": Role.ADMIN,
}
"""As the file may say them."""
_SEPARATORS = re.compile(r"[|;；]")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a line says about somebody; fields whose column is not there are not in ``values``."""

    line: int
    login: str
    values: Mapping[str, Any] = field(default_factory=dict)
    reports_to: str | None = None
    """A login; empty: to nobody; ``None``: the file does not say."""


class Parser:
    """``exchanges`` are the names that ``pbx`` may hold; none: any."""

    def __init__(self, exchanges: frozenset[str] = frozenset()) -> None:
        self._exchanges = exchanges
        self._readers: dict[str, Callable[[str], Any]] = {
            "name": _name,
            "number": _matching("number", fields.NUMBER),
            "role": _role,
            "group": _groups,
            "leads": _groups,
            "queues": _list,
            "language": _language,
            "mail": _matching("mail", fields.MAIL),
            "phone": _matching("phone", fields.PHONE),
            "shift_end": _time,
        }

    def draft(self, row: Row, faults: list[Fault]) -> Draft | None:
        """``None``: without a login it is about nobody, though the rest of the line is judged."""
        login = fields.plain_login(row.cells.get("login", ""))
        values: dict[str, Any] = {}
        for column, read in self._readers.items():
            if column in row.cells:
                try:
                    values[column] = read(row.cells[column])
                except _Wrong as wrong:
                    faults.append(Fault(row.line, column, wrong.code, wrong.slots))
        try:
            values.update(self._agents(row.cells))
        except _Wrong as wrong:
            faults.append(Fault(row.line, "pbx" if wrong.code == "pbx" else "agent", wrong.code, wrong.slots))
        if not fields.LOGIN.fullmatch(login):
            faults.append(Fault(row.line, "login", "login", {"value": row.cells.get("login", "")}))
            return None
        boss = fields.plain_login(row.cells["reports_to"]) if "reports_to" in row.cells else None
        return Draft(row.line, login, values, boss)

    def _agents(self, cells: Mapping[str, str]) -> dict[str, Any]:
        """Pairs of exchange and member name; without exchange: on every one."""
        if "agent" not in cells:
            return {}
        agents, pbxs = _list(cells["agent"]), _list(cells.get("pbx", "")) or ("*",)
        if len(pbxs) not in (1, len(agents)):
            raise _Wrong("pairs", pbxs=str(len(pbxs)), agents=str(len(agents)))
        for pbx in pbxs:
            if self._exchanges and pbx not in ("*", *self._exchanges):
                raise _Wrong("pbx", value=pbx, near=near(pbx, self._exchanges))
        if len(pbxs) == 1:
            pbxs *= len(agents)
        return {"agents": tuple(dict.fromkeys(zip(pbxs, agents, strict=True)))}


def fits(login: str, number: str | None, role: Role, leads: tuple[str, ...]) -> tuple[str, str, str] | None:
    """Whether the fields of a person go together; else (column, code, value)."""
    if number is not None and number.casefold() == login:
        return "login", "login_is_number", login
    if leads and RANK.get(role, 0) == 0:
        return "leads", "leads", role.value
    return None


def near(value: str, known: Mapping[str, object] | frozenset[str]) -> str:
    """`` (Sales?)``"""
    found = get_close_matches(value, list(known), n=1, cutoff=0.6)
    return f" ({found[0]}?)" if found else ""


class _Wrong(Exception):  # noqa: N818 - becomes a Fault at its place
    def __init__(self, code: str, **slots: str) -> None:
        super().__init__(code)
        self.code, self.slots = code, slots


def _list(cell: str) -> tuple[str, ...]:
    parts = (fields.plain_text(part) for part in _SEPARATORS.split(cell))
    found = tuple(dict.fromkeys(part for part in parts if part))
    for part in found:
        if not fields.harmless(part):
            raise _Wrong("formula", value=part[0])
        if len(part) > fields.MOST:
            raise _Wrong("long", most=str(fields.MOST))
    return found


def _groups(cell: str) -> tuple[str, ...]:
    found = _list(cell)
    for name in found:
        if "/" in name or len(name) > 80:
            raise _Wrong("group", value=name)
    return found


def _name(cell: str) -> str:
    name = fields.plain_text(cell)
    if not name or any(one in name for one in "|;"):
        raise _Wrong("name" if name else "missing", value=cell)
    if len(name) > 80:
        raise _Wrong("long", most="80")
    return name


def _role(cell: str) -> Role | None:
    if not cell:
        return None
    role = ROLES.get(cell.casefold())
    if role is None:
        raise _Wrong("role", value=cell, known=", ".join(Role))
    return role


def _language(cell: str) -> str:
    if cell.casefold() not in ("", *fields.LANGUAGES):
        raise _Wrong("language", value=cell)
    return cell.casefold() or "auto"


def _time(cell: str) -> str | None:
    time = re.sub(r"^(\d\d?:\d\d):00$", r"\1", cell)  # as spreadsheets write a time
    time = time.rjust(5, "0") if time else ""
    if time and not fields.TIME.fullmatch(time):
        raise _Wrong("shift_end", value=cell)
    return time or None


def _matching(code: str, pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    def read(cell: str) -> str | None:
        if cell and not pattern.fullmatch(cell):
            raise _Wrong(code, value=cell)
        return cell or None

    return read
