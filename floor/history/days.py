"""Days that are over, added up once and kept, so that a month's report reads a text for each of its days.

What is kept is nothing but the answer to a question asked before: :func:`count_day` counts a day from its rows, and
every write that touches a row of the day takes the day away again, in the same transaction (:func:`touched`). So a
report (:func:`report`) takes kept days as they are and counts the rest, today above all, from the rows; it is the same
as a recount whatever is kept, and a call that is healed, or ends the day after, cannot make it wrong.

A day's figures are one text, of all its subjects. As a row for each, of two dozen columns, the database took six times
as long to hand them over, and that was most of a report by day.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec
from sqlalchemy import Connection, delete, func, select, text

from floor.day import Day
from floor.history.bulk import insert_all
from floor.history.sums import Part, Values, folded, sums_in
from floor.history.tables import day_figures, days, visits
from floor.state.figures import Figures, Limits, Subject

TOUCH_LOCK = 0x64617973
"""Advisory lock by which PostgreSQL keeps a day from being counted while somebody writes; any constant of our own."""
LONGEST_S = 26 * 3600.0
"""No day is longer, not even the one on which clocks are set back."""
CLOSE_S = 6 * 3600.0
"""Moments nearer to each other than this are looked up as one stretch."""
_FIGURES = msgspec.json.Decoder(list[tuple[Subject, tuple[int | float, ...]]])


@dataclass(frozen=True, slots=True)
class KeptDay:
    """A day added up; moments on the exchange's clock."""

    began_at: float
    ended_at: float


def touched(connection: Connection, moments: Iterable[float]) -> None:
    """Rows of these moments are written in this transaction: the days they belong to are counted no more."""
    ordered = sorted(set(moments))
    if not ordered:
        return
    _lock(connection, "pg_advisory_xact_lock_shared")
    for first, last in _stretches(ordered):
        connection.execute(delete(days).where(days.c.began_at <= last, days.c.ended_at > first))


def count_day(connection: Connection, began_at: float, ended_at: float, limits: Limits) -> None:
    """Count a day from its rows and keep it, instead of whatever was kept of that time."""
    _lock(connection, "pg_advisory_xact_lock")
    _forget(connection, began_at, ended_at)
    sums = sums_in(connection, began_at, ended_at, limits)
    figures = msgspec.json.encode([(subject, values) for (_, subject), values in sums.items()]).decode()
    insert_all(connection, day_figures, [{"began_at": began_at, "figures": figures}])
    insert_all(connection, days, [{"began_at": began_at, "ended_at": ended_at, "limits": _word(limits)}])


def forget_before(connection: Connection, before: float) -> None:
    """Rows from before this moment are taken away: what they were added up to goes with them."""
    _lock(connection, "pg_advisory_xact_lock_shared")
    _forget(connection, -math.inf, before)


def _forget(connection: Connection, since: float, until: float) -> None:
    """Take away every kept day that lies at least partly in the time between, with its figures."""
    connection.execute(delete(days).where(days.c.began_at < until, days.c.ended_at > since))
    # Those of days taken away earlier go with them; until then nobody reads them.
    near = (day_figures.c.began_at > since - LONGEST_S) & (day_figures.c.began_at < until)
    connection.execute(delete(day_figures).where(near, day_figures.c.began_at.not_in(select(days.c.began_at))))


def kept_days(connection: Connection, since: float, until: float, limits: Limits) -> list[KeptDay]:
    """Days that lie wholly in the time between and were added up with these limits, oldest first."""
    query = (
        select(days.c.began_at, days.c.ended_at)
        .where(days.c.began_at >= since, days.c.ended_at <= until, days.c.limits == _word(limits))
        .order_by(days.c.began_at)
    )
    return [KeptDay(began_at, ended_at) for began_at, ended_at in connection.execute(query)]


def count_next(connection: Connection, day: Day, limits: Limits, now: float) -> bool:
    """Count the newest day that is over and not kept; whether there was one."""
    first = connection.execute(select(func.min(visits.c.moment)).where(visits.c.moment > 0)).scalar()
    end = day.begin(now)
    kept = {} if first is None else {one.ended_at: one for one in kept_days(connection, -math.inf, end, limits)}
    while first is not None and end > first:
        began_at = day.begin(end - 1)
        if kept.get(end) != KeptDay(began_at, end):
            count_day(connection, began_at, end, limits)
            return True
        end = began_at
    return False


def report(connection: Connection, bounds: Sequence[float], limits: Limits) -> dict[Part, Figures]:
    """Figures per subject of each stretch between two neighbouring ``bounds`` (ascending), by its beginning.

    Only what has figures is told. To be asked over one view of the database (:meth:`Database.viewing`), or a day
    that is counted meanwhile could be missed.
    """
    return folded(_pieces(connection, bounds, limits))


def _pieces(connection: Connection, bounds: Sequence[float], limits: Limits) -> Iterator[tuple[Part, Values]]:
    kept = kept_days(connection, bounds[0], bounds[-1], limits)
    stretches: dict[float, float] = {}
    for begin, end in pairwise(bounds):
        inside = [day for day in kept if begin <= day.began_at and day.ended_at <= end]
        stretches |= {day.began_at: begin for day in inside}
        for since, until in _gaps(inside, begin, end):
            for (_, subject), values in sums_in(connection, since, until, limits).items():
                yield (begin, subject), values
    yield from _kept_sums(connection, stretches)


def _kept_sums(connection: Connection, stretches: Mapping[float, float]) -> Iterator[tuple[Part, Values]]:
    """What is kept of these days: beginning of the day -> beginning of the stretch it belongs to."""
    asked = select(day_figures.c.began_at, day_figures.c.figures)
    asked = asked.where(day_figures.c.began_at.between(min(stretches, default=0.0), max(stretches, default=0.0)))
    for began_at, figures in connection.execute(asked.order_by(day_figures.c.began_at)):
        if began_at in stretches:
            begin = stretches[began_at]
            for subject, values in _FIGURES.decode(figures):
                yield (begin, subject), values


def _gaps(kept: Iterable[KeptDay], begin: float, end: float) -> Iterator[tuple[float, float]]:
    """What no kept day covers."""
    at = begin
    for day in kept:
        if at < day.began_at:
            yield at, day.began_at
        at = day.ended_at
    if at < end:
        yield at, end


def _stretches(ordered: Iterable[float]) -> Iterator[tuple[float, float]]:
    """First and last of moments that lie close together."""
    first: float | None = None
    last = 0.0
    for moment in ordered:
        if first is None:
            first = moment
        elif moment - last > CLOSE_S:
            yield first, last
            first = moment
        last = moment
    if first is not None:
        yield first, last


def _word(limits: Limits) -> str:
    return f"{limits.answer_s}/{limits.late_ring_s}/{limits.short_abandon_s}"


def _lock(connection: Connection, function: str) -> None:
    """SQLite has one writer at a time as it is."""
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"SELECT {function}(:key)"), {"key": TOUCH_LOCK})
