"""What the history is asked: what happened, what is still open, gaps, and figures by subject and interval.

All functions are synchronous over a connection; times are seconds since the epoch on the exchange's clock unless an
offset is given. Figures come from :mod:`floor.state.figures`, the same functions that score the living floor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from operator import add, attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, select

from floor.history.rows import gap_of, offer_of, span_of, visit_of
from floor.history.tables import gaps, meta, offers, spans, visits
from floor.state.figures import NAMES, Figures, Limits, Subject, scores_of_caller, scores_of_offer, scores_of_span
from floor.state.model import Caller, CallerStage, Gap, Offer, Span

CHUNK = 1000
_SEEN = "seen:"
_values = attrgetter(*NAMES)
"""A year's report adds millions of scores: as tuples that takes a third of the time."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``since`` up to, not including, ``until``; ``None``: without end."""

    since: float
    until: float | None = None

    def of(self, column: ColumnElement[float]) -> ColumnElement[bool]:
        """What lies in it."""
        begun = column >= self.since
        return begun if self.until is None else begun & (column < self.until)


def visits_in(connection: Connection, interval: Interval, subject: Subject | None = None) -> Iterator[Caller]:
    """Visits by the moment they joined (else answered, else ended), oldest first, the open ones included."""
    where = interval.of(visits.c.moment)
    query = select(visits).where(where, *_of_subject(visits, subject)).order_by(visits.c.moment, visits.c.id)
    return (visit_of(row) for row in _rows(connection, query))


def offers_in(connection: Connection, interval: Interval, subject: Subject | None = None) -> Iterator[Offer]:
    """Finished rings by their beginning, oldest first."""
    where = interval.of(offers.c.began_at)
    query = select(offers).where(where, *_of_subject(offers, subject)).order_by(offers.c.began_at, offers.c.id)
    return (offer_of(row) for row in _rows(connection, query))


def spans_in(connection: Connection, interval: Interval, subject: Subject | None = None) -> Iterator[Span]:
    """Finished spans of agents' states by their beginning, oldest first."""
    where = interval.of(spans.c.began_at)
    query = select(spans).where(where, *_of_subject(spans, subject)).order_by(spans.c.began_at, spans.c.id)
    return (span_of(row) for row in _rows(connection, query))


def spans_touching(connection: Connection, interval: Interval) -> Iterator[Span]:
    """Finished spans that lie at least partly in the interval, by their beginning."""
    query = select(spans).where(spans.c.ended_at > interval.since).order_by(spans.c.began_at, spans.c.id)
    if interval.until is not None:
        query = query.where(spans.c.began_at < interval.until)
    return (span_of(row) for row in _rows(connection, query))


def open_visits(connection: Connection, pbx: str | None = None) -> list[Caller]:
    """Visits without an ending: what a restarted Floorwatch looks for on the floor."""
    query = select(visits).where(visits.c.stage != CallerStage.ENDED.value, *_of_pbx(visits, pbx))
    return [visit_of(row) for row in _rows(connection, query.order_by(visits.c.moment))]


def gaps_in(connection: Connection, interval: Interval, pbx: str | None = None) -> list[Gap]:
    """Gaps that touch the interval, healed and open ones included, oldest first."""
    touching = gaps.c.ended_at.is_(None) | (gaps.c.ended_at > interval.since)
    query = select(gaps).where(touching, *_of_pbx(gaps, pbx)).order_by(gaps.c.began_at)
    if interval.until is not None:
        query = query.where(gaps.c.began_at < interval.until)
    return [gap_of(row) for row in _rows(connection, query)]


def open_gaps(connection: Connection) -> list[Gap]:
    """Gaps that had not ended when they were last written."""
    return [gap_of(row) for row in _rows(connection, select(gaps).where(gaps.c.ended_at.is_(None)))]


def seen(connection: Connection) -> dict[str, float]:
    """Per exchange the moment until which its record is whole."""
    rows = connection.execute(select(meta.c.name, meta.c.value).where(meta.c.name.startswith(_SEEN, autoescape=True)))
    return {name.removeprefix(_SEEN): float(value) for name, value in rows}


def figures_since(
    connection: Connection, since: float, limits: Limits, offsets: Mapping[str, float] | None = None
) -> dict[Subject, Figures]:
    """The figures per subject of what began at or after ``since`` (our clock), as the living floor sums them.

    ``offsets``: exchange clock minus ours in seconds, per exchange; without one the clocks agree.
    """
    shift = offsets or {}
    sums = figures_by_interval(connection, Interval(since + min(0.0, *shift.values(), 0.0)), limits, shift, since)
    return {subject: figures for (subject, _), figures in sums.items()}


def figures_by_interval(
    connection: Connection,
    interval: Interval,
    limits: Limits,
    offsets: Mapping[str, float] | None = None,
    origin: float | None = None,
    step_s: float | None = None,
) -> dict[tuple[Subject, float], Figures]:
    """Figures per (subject, beginning of the step on our clock); one step when ``step_s`` is not given.

    Visits whose joining is not known belong to no interval, as on the living floor.
    """
    begin = interval.since if origin is None else origin
    shift = offsets or {}
    sums: dict[tuple[Subject, float], tuple[Any, ...]] = {}
    for pbx, at, scores in _scored(connection, interval, limits):
        ours = at - shift.get(pbx, 0.0)
        if ours < begin:
            continue
        step = begin if step_s is None else begin + (ours - begin) // step_s * step_s
        for subject, figures in scores:
            key, values = (subject, step), _values(figures)
            sums[key] = tuple(map(add, sums[key], values)) if key in sums else values
    return {key: Figures(*map(_rounded, values)) for key, values in sums.items()}


def _rounded(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value


Scored = tuple[str, float, Iterable[tuple[Subject, Figures]]]
"""(pbx, when it began, what it adds)."""


def _scored(connection: Connection, interval: Interval, limits: Limits) -> Iterator[Scored]:
    return chain(
        (
            (visit.pbx, visit.joined_at, scores_of_caller(visit, limits))
            for visit in visits_in(connection, interval)
            if visit.joined_at is not None
        ),
        ((ring.pbx, ring.began_at, scores_of_offer(ring)) for ring in offers_in(connection, interval)),
        ((span.pbx, span.began_at, scores_of_span(span)) for span in spans_in(connection, interval)),
    )


def _of_pbx(table: Table, pbx: str | None) -> list[ColumnElement[bool]]:
    return [] if pbx is None else [table.c.pbx == pbx]


def _of_subject(table: Table, subject: Subject | None) -> list[ColumnElement[bool]]:
    if subject is None or subject[0] == "total":
        return []
    kind, pbx, name = subject
    return [table.c.pbx == pbx, table.c[kind] == name]


def _rows(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """Rows in chunks: a year must not have to fit into memory."""
    result = connection.execution_options(yield_per=CHUNK).execute(query).mappings()
    for part in result.partitions(CHUNK):
        yield from part
