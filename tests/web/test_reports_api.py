"""``/api/v1/report``: past days by date, as they were kept; nonsense is refused in a sentence."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date

import httpx2
import pytest

from floor.day import Day
from floor.history.errors import DatabaseUnusableError
from floor.state.figures import NAMES, Figures, Subject
from floor.state.model import Gap
from tests.web.conftest import House, Open
from web.reports_api import MOST_DAYS

DAY = Day("Asia/Shanghai", "06:00")
FIRST, SECOND, THIRD = (DAY.on(date(2026, 10, day)) for day in (1, 2, 3))
SUPPORT: Subject = ("queue", "pbx1", "support")
ANN: Subject = ("agent", "pbx1", "=Ann")


class Kept:
    """Two days on record, the second with a gap; ``asked`` are the bounds it was asked for."""

    def __init__(self) -> None:
        self.asked: list[list[float]] = []
        self.away = False

    async def report(self, bounds: Sequence[float]) -> dict[tuple[float, Subject], Figures]:
        if self.away:
            raise DatabaseUnusableError("the database does not answer")
        self.asked.append(list(bounds))
        days = {FIRST: Figures(offered=3, answered=2, abandoned=1), SECOND: Figures(offered=1, answered=1)}
        return {
            (began_at, subject): figures
            for began_at, figures in days.items()
            for subject in (SUPPORT, ANN, ("total", "", ""))
            if began_at in bounds[:-1]
        }

    async def gaps_in(self, since: float, until: float | None = None, pbx: str | None = None) -> list[Gap]:
        gap = Gap("pbx1", SECOND + 60, None, "eof")
        return [gap] if until is None or until > gap.began_at else []


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
async def house(open_house: Open, kept: Kept) -> House:
    return await open_house(parts={"days": kept}, time_zone="Asia/Shanghai", day_starts="06:00")


async def get(house: House, query: str) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=house.base, trust_env=False) as client:
        return await client.get(f"/api/v1/report?{query}")


async def test_day_by_day(house: House, kept: Kept) -> None:
    """Each day from its beginning in the floor's zone; a day without calls is there, and empty."""
    told = (await get(house, "from=2026-10-01&to=2026-10-03&by=day")).json()
    assert [(one["date"], one["began_at"], one["ended_at"]) for one in told["stretches"]] == [
        ("2026-10-01", FIRST, SECOND),
        ("2026-10-02", SECOND, THIRD),
        ("2026-10-03", THIRD, THIRD + 86400),
    ]
    assert [one["total"]["offered"] for one in told["stretches"]] == [3, 1, 0]
    assert [(row["pbx"], row["name"], row["abandoned"]) for row in told["stretches"][0]["queues"]] == [
        ("pbx1", "support", 1)
    ]
    assert told["stretches"][2]["agents"] == []
    assert told["gaps"] == [{"pbx": "pbx1", "began_at": SECOND + 60, "ended_at": None}]
    assert set(NAMES) <= set(told["stretches"][0]["total"])


async def test_all_together(house: House, kept: Kept) -> None:
    """One stretch; without ``to`` the one day."""
    (one,) = (await get(house, "from=2026-10-01&to=2026-10-02")).json()["stretches"]
    assert (one["began_at"], one["ended_at"], kept.asked) == (FIRST, THIRD, [[FIRST, THIRD]])
    told = (await get(house, "from=2026-10-01")).json()
    assert (told["to"], kept.asked[1], told["gaps"]) == ("2026-10-01", [FIRST, SECOND], [])


async def test_for_spreadsheets(house: House) -> None:
    """A row per day and subject; a name that a spreadsheet would run is text."""
    answer = await get(house, "from=2026-10-01&to=2026-10-02&by=day&format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    table = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert table[0][4:] == list(NAMES)
    assert [row[:4] for row in table[1:4]] == [
        ["2026-10-01", "agent", "pbx1", "'=Ann"],
        ["2026-10-01", "queue", "pbx1", "support"],
        ["2026-10-01", "total", "", ""],
    ]
    assert table[3][4 + NAMES.index("offered")] == "3"


@pytest.mark.parametrize(
    "query",
    ["", "from=yesterday", "from=2026-10-02&to=2026-10-01", "from=2026-10-01&by=hour", "from=2026-10-01&format=xls",
     "from=0001-01-01", "from=9999-12-31", "from=2026-02-30", "from=1e9", "to=2026-10-01"],
)  # fmt: skip
async def test_nonsense_is_refused(house: House, kept: Kept, query: str) -> None:
    """With what may be asked; the record is not troubled."""
    answer = await get(house, query)
    assert (answer.status_code, kept.asked) == (400, [])
    assert "YYYY-MM-DD" in answer.json()["error"]


async def test_bounds_of_what_is_answered(house: House, kept: Kept) -> None:
    """A year with its neighbours is; more is asked for in parts. A record that is away says so."""
    assert (await get(house, "from=2025-01-01&to=2026-02-04&by=day")).status_code == 200
    assert len(kept.asked[0]) == MOST_DAYS + 1
    assert (await get(house, "from=2025-01-01&to=2026-02-05")).status_code == 413
    kept.away = True
    assert (await get(house, "from=2026-10-01")).status_code == 503


async def test_only_with_a_key(house: House) -> None:
    """Once there are keys, an API key and no other: who may see one board may not see everybody's days."""
    _, api = house.web.access.create("api")
    _, board = house.web.access.create("board:floor")
    day = "from=2026-10-01"
    found = [(await get(house, query)).status_code for query in (day, f"{day}&key={board}", f"{day}&key={api}")]
    assert found == [401, 403, 200]
