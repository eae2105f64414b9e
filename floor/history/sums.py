"""Figures added up by the database itself: a month has more visits, rings and spans than Python could look at in time.

Each expression here is a field of :class:`~floor.state.figures.Figures`, and says in SQL what
:func:`~floor.state.figures.scores_of_caller` and its neighbours say of one row. They are the definition; a property
test holds the two together. Moments are on the exchange's clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from operator import add
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Double, case, cast, func, literal, null, select

from floor.history.tables import offers, spans, visits
from floor.state.figures import (
    GIVEN_UP,
    NAMES,
    TOTAL,
    TURNED_AWAY,
    UNANSWERED_EXITS,
    Figures,
    Limits,
    Subject,
    build,
)
from floor.state.model import AgentState, CompletedBy, Ending, OfferResult

Part = tuple[float, Subject]
"""A subject's share of the step that begins at this moment; the total is by exchange: ``("total", pbx, "")``."""

Values = Sequence[float]
"""Sums in the order of :data:`floor.state.figures.NAMES`; a month by day has too many for anything dearer."""

_FRACTIONS = [place for place, one in enumerate(fields(Figures)) if one.type == "float"]
_PLACES = {name: place for place, name in enumerate(NAMES)}
_V, _O, _S = visits.c, offers.c, spans.c


def sums_in(
    connection: Connection, since: float, until: float, limits: Limits, step_s: float | None = None
) -> dict[Part, Values]:
    """What began in the time between, by subject; and by steps of ``step_s`` seconds from ``since``, if given."""
    sums: dict[Part, list[float]] = defaultdict(lambda: [0] * len(NAMES))
    for rows in (_visits, _offers, _spans):
        for at, subjects, scores in rows(connection, since, until, step_s, limits):
            for subject, without in subjects:
                _add_to(sums[at, subject], scores, without)
    return {part: tuple(values) for part, values in sums.items()}


def folded(parts: Iterable[tuple[Part, Values]]) -> dict[Part, Figures]:
    """The sum of what comes in several pieces, with the totals of all exchanges made one.

    Fractions are told to the millisecond: in which order they were added is not seen.
    """
    sums: dict[Part, Values] = {}
    for (at, subject), values in parts:
        key = (at, TOTAL if subject[0] == TOTAL[0] else subject)
        sums[key] = tuple(map(add, sums[key], values)) if key in sums else values
    return {key: _figures(values) for key, values in sums.items()}


def _figures(values: Values) -> Figures:
    rounded = list(values)
    for place in _FRACTIONS:
        if rounded[place]:  # most are nothing, and asking costs a fifth of rounding
            rounded[place] = round(rounded[place], 3)
    return build(rounded)


def _add_to(values: list[float], scores: Mapping[str, float], without: tuple[str, ...]) -> None:
    for name, score in scores.items():
        if name not in without:
            values[_PLACES[name]] += score


Rows = Iterator[tuple[float, list[tuple[Subject, tuple[str, ...]]], dict[str, float]]]
"""(step's beginning, subjects and the fields that do not count for them, sums by field)."""


def _visits(connection: Connection, since: float, until: float, step_s: float | None, limits: Limits) -> Rows:
    agent = case((_CREDITED, _V.agent), else_=null()).label("who")
    let_in = _V.ending.is_(None) | ~_V.ending.in_(_words(TURNED_AWAY))
    asked = (_V.joined_at.is_not(None), let_in)
    query = _grouped(connection, _V.moment, since, until, step_s, (_V.pbx, _V.queue, agent), _of_visits(limits))
    for at, pbx, queue, who, scores in _answers(connection, query.where(*asked), since, step_s):
        subjects: list[tuple[Subject, tuple[str, ...]]] = [(("queue", pbx, queue), ()), (("total", pbx, ""), ())]
        if who is not None:
            subjects.append((("agent", pbx, who), ("offered",)))
        yield at, subjects, scores


def _offers(connection: Connection, since: float, until: float, step_s: float | None, _: Limits) -> Rows:
    sums = {"offers": func.count(), "ring_no_answer": _count(_O.result == OfferResult.NO_ANSWER.value)}
    query = _grouped(connection, _O.began_at, since, until, step_s, (_O.pbx, _O.queue, _O.agent), sums)
    for at, pbx, queue, agent, scores in _answers(connection, query, since, step_s):
        yield at, [(("queue", pbx, queue), ()), (("total", pbx, ""), ())], scores
        yield at, [(("agent", pbx, agent), ())], scores | {"offered": scores["offers"]}


def _spans(connection: Connection, since: float, until: float, step_s: float | None, _: Limits) -> Rows:
    lasted = case((_S.ended_at > _S.began_at, _S.ended_at - _S.began_at), else_=0.0)
    sums = {"acw_s": cast(func.sum(lasted), Double)}
    query = _grouped(connection, _S.began_at, since, until, step_s, (_S.pbx, _S.queue, _S.agent), sums)
    work = query.where(_S.state == AgentState.ACW.value, ~_S.gap)
    for at, pbx, queue, agent, scores in _answers(connection, work, since, step_s):
        subjects: list[tuple[Subject, tuple[str, ...]]] = [(("agent", pbx, agent), ()), (("total", pbx, ""), ())]
        if queue is not None:
            subjects.append((("queue", pbx, queue), ()))
        yield at, subjects, scores


def _grouped(
    connection: Connection,
    moment: ColumnElement[float],
    since: float,
    until: float,
    step_s: float | None,
    by: tuple[ColumnElement[Any], ...],
    sums: Mapping[str, ColumnElement[Any]],
) -> Any:
    step = _step(connection, moment, since, step_s).label("step")
    between = (moment >= since) & (moment < until)
    return select(step, *by, *(one.label(name) for name, one in sums.items())).where(between).group_by(step, *by)


def _step(
    connection: Connection, moment: ColumnElement[float], since: float, step_s: float | None
) -> ColumnElement[int]:
    if step_s is None:
        return literal(0)
    steps = (moment - since) / step_s
    # Never negative, so SQLite's cast, which cuts off, is a floor as well; PostgreSQL's rounds.
    return cast(steps if connection.dialect.name == "sqlite" else func.floor(steps), BigInteger)


def _answers(
    connection: Connection, query: Any, since: float, step_s: float | None
) -> Iterator[tuple[float, str, Any, Any, dict[str, float]]]:
    result = connection.execute(query)
    names = list(result.keys())[4:]
    for step, pbx, one, other, *values in result:
        yield since + step * (step_s or 0.0), pbx, one, other, dict(zip(names, values, strict=True))


def _of_visits(limits: Limits) -> dict[str, ColumnElement[Any]]:
    """Field -> its sum over visits that were let in."""
    wait = func.coalesce(_V.wait_s, 0)
    by = _V.completed_by
    return {
        "offered": func.count(),
        "answered": _count(_ANSWERED),
        "abandoned": _count(_GAVE_UP),
        "timed_out": _count(_TIMED_OUT),
        "exited": _count(_EXITED),
        "unknown": _count(_LOST & ~_V.ending.in_(_words({*GIVEN_UP, *UNANSWERED_EXITS, Ending.TIMED_OUT}))),
        "transferred": _count(_ANSWERED & (by == CompletedBy.TRANSFER.value)),
        "blind_transferred": _count(_ANSWERED & (_V.transfer == "blind")),
        "late_answers": _count(_ANSWERED & (_V.ring_s > limits.late_ring_s)),
        "answered_in_time": _count(_ANSWERED & (_V.wait_s <= limits.answer_s)),
        "abandoned_in_time": _count(_GAVE_UP & (wait <= limits.answer_s)),
        "short_abandoned": _count(_GAVE_UP & (wait <= limits.short_abandon_s)),
        "wait_answered_s": _sum(_V.wait_s, _ANSWERED),
        "wait_abandoned_s": _sum(_V.wait_s, _GAVE_UP),
        "wait_other_s": _sum(_V.wait_s, _TIMED_OUT | _EXITED),
        "talk_s": _sum(_V.talk_s, _ANSWERED),
        "hold_s": cast(func.coalesce(func.sum(_V.hold_s).filter(_ANSWERED), 0.0), Double),
        "held": _count(_ANSWERED & (_V.holds > 0)),
        "completed_by_agent": _count(_ANSWERED & (by == CompletedBy.AGENT.value)),
        "completed_by_caller": _count(_ANSWERED & (by == CompletedBy.CALLER.value)),
    }


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


def _sum(column: ColumnElement[Any], condition: ColumnElement[bool]) -> ColumnElement[int]:
    # PostgreSQL's sum of whole numbers is of a wider kind, which Python would read as Decimal.
    return cast(func.coalesce(func.sum(column).filter(condition), 0), BigInteger)


def _words(endings: Iterable[Ending]) -> list[str]:
    return sorted(ending.value for ending in endings)


_ANSWERED = _V.answered_at.is_not(None)
_LOST = _V.answered_at.is_(None) & _V.ending.is_not(None)
_GAVE_UP = _LOST & _V.ending.in_(_words(GIVEN_UP))
_TIMED_OUT = _LOST & (_V.ending == Ending.TIMED_OUT.value)
_EXITED = _LOST & _V.ending.in_(_words(UNANSWERED_EXITS))
_CREDITED = _ANSWERED | _V.ending.in_(_words(GIVEN_UP))
"""Whoever answered is told of the visit, and whom he was ringing when the caller gave up."""
