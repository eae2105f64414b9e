"""Asking an exchange for less: event filters made of the events we read, for a session or for ``manager.conf``.

Filters that include shut out everything else from the first one on. So they are asked for before the full picture is
taken, all at once: what is told between the first and the last of them is in the picture. They are added to what
``manager.conf`` has, hold for the session only, and touch neither answers nor the lists of the picture, which Asterisk
does not send as events.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping

from asterisk.borrowed import succeeded
from asterisk.session import Session
from asterisk.wire import Headers, first
from floor.errors import LinkError

Wanted = Mapping[str, tuple[str, ...]]
"""As :data:`asterisk.translate.WANTED`: event -> texts of which one must occur, none: every event of the name."""

OF_THE_LINK: Wanted = {"FullyBooted": (), "Shutdown": ()}
"""What the session itself listens for, whatever becomes a fact."""

ADVANCED: Mapping[int, int] = {18: 26, 20: 11, 21: 6, 22: 1}
"""Major version -> the minor one from which ``eventfilter(name(…))`` is understood; later majors all do."""

_SPECIAL = re.compile(r"([.\[\]\\()*+?{}|^$])")


def session_filter(wanted: Wanted) -> str:
    """One extended regular expression over the whole event, as 10 and later take it, that lets through what is wanted.

    In Asterisk ``^`` is the event's beginning only and a dot is any character, a line's end included.
    """
    whole = {**wanted, **OF_THE_LINK}
    plain = "|".join(_escaped(name) for name, texts in whole.items() if not texts)
    told = (f"{_escaped(name)}.*({'|'.join(map(_escaped, texts))})" for name, texts in whole.items() if texts)
    return f"^Event: ({'|'.join([f'({plain})[^A-Za-z]', *told])})"


def conf_lines(wanted: Wanted, version: str | None) -> list[str]:
    """``eventfilter`` lines for the account: the form that compares names, where this version has it."""
    if not _is_advanced(version):
        return [f"eventfilter = {session_filter(wanted)}"]
    return [f"eventfilter({criteria}) = {value}".rstrip() for criteria, value in _advanced({**wanted, **OF_THE_LINK})]


async def ask_for_less(session: Session, wanted: Wanted) -> str | None:
    """Have the exchange send what is wanted and nothing else, until the session ends; why it would not, or ``None``.

    An expression is tried on the whole text of every event, so where names can be compared they are.
    """
    filters: list[Headers] = [{"Operation": "Add", "Filter": session_filter(wanted)}]
    try:
        version = first(await session.ask("CoreSettings"), "AsteriskVersion")
        if _is_advanced(version):
            filters = [_asked(criteria, value) for criteria, value in _advanced({**wanted, **OF_THE_LINK})]
        answers = await asyncio.gather(*(session.ask("Filter", one) for one in filters))
    except LinkError as error:
        return str(error)
    return next((first(one, "Message") or "refused" for one in answers if not succeeded(one)), None)


def _asked(criteria: str, value: str) -> Headers:
    return {"Operation": "Add", "MatchCriteria": criteria} | ({"Filter": value} if value else {})


def _advanced(wanted: Wanted) -> Iterator[tuple[str, str]]:
    """(what is compared, with what)."""
    for name, texts in wanted.items():
        if not texts:
            yield f"name({name})", ""
        for text in texts:
            header, _, value = text.partition(": ")
            yield f"name({name}),header({header}),method(exact)", value


def _is_advanced(version: str | None) -> bool:
    number = re.match(r"(\d+)\.(\d+)", version or "")
    if number is None:
        return False
    major, minor = int(number[1]), int(number[2])
    return major > max(ADVANCED) or minor >= ADVANCED.get(major, minor + 1)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
