"""``/api/v1/report``: figures of past days, whole or day by day, for programs and spreadsheets; read only."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from floor.day import Day
from floor.errors import FloorError
from floor.settings import Settings
from floor.sheets import Row, as_csv
from floor.state.figures import NAMES, Figures, Subject, values
from floor.state.model import Gap
from web import views
from web.access import Access
from web.answers import json, keyed
from web.operation import JSON, KEYED, Operation, ref

MOST_DAYS = 400
"""A year with its neighbours; more is asked for in parts."""
UNREADABLE = "from and to are days, YYYY-MM-DD, to not before from; by is day or nothing; format is json or csv"
TOO_LONG = f"more than {MOST_DAYS} days; ask for them in parts"

Report = Mapping[tuple[float, Subject], Figures]
Stretch = tuple[date, tuple[float, float]]
"""The day it is named by, its beginning and its end."""


class Days(Protocol):
    """What is kept of days (:class:`floor.history.history.History`)."""

    async def report(self, bounds: Sequence[float]) -> Report:
        """Figures per subject of each stretch between two neighbouring bounds, by its beginning."""

    async def gaps_in(self, since: float, until: float | None = None, pbx: str | None = None) -> Sequence[Gap]: ...


class ReportsApi:
    """Days are the floor's (``time_zone``, ``day_starts``), named by the date on which they begin."""

    def __init__(self, kept: Days, access: Access, settings: Settings) -> None:
        self._kept, self._settings = kept, settings
        self._day = Day(settings.time_zone, settings.day_starts)
        self._answer = keyed(access, self.report)

    def routes(self) -> list[BaseRoute]:
        return [Route("/api/v1/report", self._answer)]

    async def report(self, request: Request) -> Response:
        first, last = _asked(request)
        dates = [first + timedelta(days=number) for number in range((last - first).days + 2)]
        if request.query_params.get("by", "") != "day":
            dates = [dates[0], dates[-1]]
        bounds = [self._day.on(one) for one in dates]
        try:
            told = await self._kept.report(bounds)
            gaps = await self._kept.gaps_in(bounds[0], bounds[-1])
        except FloorError as error:
            raise HTTPException(503, str(error)) from None
        stretches = list(zip(dates, pairwise(bounds), strict=False))
        # A month by day has tens of thousands of figures to show: the floor is not to wait for them.
        if request.query_params.get("format", "json") == "csv":
            return await asyncio.to_thread(self._as_csv, stretches, told)
        return await asyncio.to_thread(self._as_json, (first, last), stretches, told, gaps)

    def _as_json(
        self, asked: tuple[date, date], stretches: Sequence[Stretch], told: Report, gaps: Sequence[Gap]
    ) -> Response:
        found = _by_stretch(told)
        return json({
            "from": asked[0].isoformat(),
            "to": asked[1].isoformat(),
            "formula": self._settings.formula,
            "answer_s": self._settings.answer_s,
            "gaps": [{"pbx": gap.pbx, "began_at": gap.began_at, "ended_at": gap.ended_at} for gap in gaps],
            "stretches": [
                {"date": day.isoformat(), "began_at": began_at, "ended_at": ended_at, **_view(found.get(began_at, {}))}
                for day, (began_at, ended_at) in stretches
            ],
        })  # fmt: skip

    def _as_csv(self, stretches: Sequence[Stretch], told: Report) -> Response:
        found = _by_stretch(told)
        table = rows((day, found.get(began_at, {})) for day, (began_at, _) in stretches)
        headers = {"content-disposition": 'attachment; filename="report.csv"', "cache-control": "no-store"}
        return Response(as_csv(table, self._day.tz()), media_type="text/csv", headers=headers)


def _asked(request: Request) -> tuple[date, date]:
    """The first and the last day; raises 400 for what is none, 413 for too many."""
    query = request.query_params
    try:
        first = date.fromisoformat(query["from"])
        last = date.fromisoformat(query.get("to") or query["from"])
    except (KeyError, ValueError):
        raise HTTPException(400, UNREADABLE) from None
    if last < first or not 1970 < first.year <= last.year < 9999:
        raise HTTPException(400, UNREADABLE)
    if query.get("by", "") not in ("", "day") or query.get("format", "json") not in ("json", "csv"):
        raise HTTPException(400, UNREADABLE)
    if (last - first).days >= MOST_DAYS:
        raise HTTPException(413, TOO_LONG)
    return first, last


def _by_stretch(report: Report) -> Mapping[float, Mapping[Subject, Figures]]:
    """Subjects and their figures by the beginning of the stretch."""
    parts: defaultdict[float, dict[Subject, Figures]] = defaultdict(dict)
    for (began_at, subject), figures in report.items():
        parts[began_at][subject] = figures
    return parts


def _view(figures: Mapping[Subject, Figures]) -> dict[str, object]:
    kinds: dict[str, list[dict[str, object]]] = {"queues": [], "agents": []}
    total = Figures()
    for (kind, pbx, name), one in sorted(figures.items()):
        if kind == "total":
            total = one
        else:
            kinds[f"{kind}s"].append({"pbx": pbx, "name": name} | views.view_figures(one))
    return {"total": views.view_figures(total), **kinds}


def rows(stretches: Iterable[tuple[date, Mapping[Subject, Figures]]]) -> list[Row]:
    """A row per day and subject: sums only, of which everything else can be formed."""
    columns = ("date 日期", "kind 类别", "exchange 交换机", "name 名称", *NAMES)
    table: list[Row] = [columns]
    for day, figures in stretches:
        for (kind, pbx, name), one in sorted(figures.items()):
            table.append((day.isoformat(), kind, pbx, name, *values(one)))
    return table


OPERATIONS = (
    Operation(
        "/api/v1/report",
        "Figures of past days: total, queues, agents; of all days together, or day by day.",
        "api key", JSON, ref("Report"),
        (
            ("from", "first day, YYYY-MM-DD"), ("to", "last day; the first"), ("by", "day: each day for itself"),
            ("format", "json, or csv: sums, a row per day and subject"),
        ),
        (*KEYED, (400, UNREADABLE), (413, TOO_LONG), (503, "the record does not answer")),
    ),
)  # fmt: skip
