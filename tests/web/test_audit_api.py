"""The audit over HTTP: for who may read it; taking it away wants a reason and is an entry itself."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from floor.people.model import Role
from tests.support.people import PeopleDouble, person
from tests.web.audit_double import AuditDouble
from tests.web.conftest import Open
from tests.web.visitor import Visitor, visiting

STAFF = tuple(person(role) for role in (Role.CHIEF, Role.LEADER, Role.ANALYST, Role.QA_LEAD))


@dataclass
class Scene:
    audit: AuditDouble
    visitor: Visitor


@pytest.fixture
async def scene(open_house: Open) -> AsyncIterator[Scene]:
    audit = AuditDouble()
    house = await open_house(staff=STAFF, parts={"audit": audit, "people": PeopleDouble(STAFF)})
    async with visiting(house) as visitor:
        await visitor.sign_in("chief")
        yield Scene(audit, visitor)


async def test_read(scene: Scene) -> None:
    """Entries with their numbers, and where to go on; the filters reach the record."""
    told = (await scene.visitor.get("/api/v1/audit?limit=1&since=5&until=500&act=hang_up&agent=Ann&person=7")).json()
    assert told["next"] == 1
    (entry,) = told["entries"]
    assert entry["by"] == {"name": "Lin", "person": 7, "role": "leader", "address": "192.0.2.7"}
    assert (entry["number"], entry["stage"], entry["more"]) == (1, "asked", {"channel": "8.2"})
    assert scene.audit.asked[-1] == {
        "limit": 1, "since": 5.0, "until": 500.0, "act": "hang_up", "agent": "Ann", "person": 7, "after": 0,
    }  # fmt: skip
    rest = (await scene.visitor.get("/api/v1/audit?after=1")).json()
    assert ([one["number"] for one in rest["entries"]], rest["next"]) == ([2], None)


async def test_newest_first(scene: Scene) -> None:
    """From the latest on, and further back from where it ended."""
    told = (await scene.visitor.get("/api/v1/audit?before=latest&limit=1")).json()
    assert ([one["number"] for one in told["entries"]], told["next"]) == ([2], 2)
    rest = (await scene.visitor.get("/api/v1/audit?before=2&limit=2")).json()
    assert ([one["number"] for one in rest["entries"]], rest["next"]) == ([1], None)


@pytest.mark.parametrize("query", ["before=x", "since=x", "until=nan", "after=inf", "person=1e99", "limit=x"])
async def test_filters_are_judged(scene: Scene, query: str) -> None:
    assert (await scene.visitor.get(f"/api/v1/audit?{query}")).status_code == 400


async def test_who_may(scene: Scene) -> None:
    """Neither a leader nor who may only take other things away; the page is served to who may."""
    assert (await scene.visitor.get("/audit")).status_code == 200
    for login in ("leader", "analyst", "qa_lead"):
        await scene.visitor.sign_in(login)
        for path in ("/audit", "/api/v1/audit", "/api/v1/audit/export?reason=x"):
            assert (await scene.visitor.get(path)).status_code == 403, (login, path)
    assert scene.audit.asked == []


async def test_taken_away(scene: Scene) -> None:
    """As a table that runs nothing, or as JSON; who took it, why, and how much, is the newest entry."""
    answer = await scene.visitor.get("/api/v1/audit/export?format=csv&reason=yearly+check&act=hang_up")
    assert "attachment" in answer.headers["content-disposition"]
    table = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(table) == 3
    assert "'=HYPERLINK(0)" in table[1]
    entry = scene.audit.entries[-1]
    assert (entry.act, entry.reason, entry.by.role) == ("export", "yearly check", "chief")
    assert (entry.more["what"], entry.more["rows"], entry.more["form"]) == ("audit", 2, "csv")
    answer = await scene.visitor.get("/api/v1/audit/export?format=json&reason=again")
    assert [one["act"] for one in answer.json()["entries"]] == ["hang_up", "hang_up", "export"]


@pytest.mark.parametrize("query", ["", "reason=", "reason=%20", "reason=" + "x" * 501, "reason=a%0ab"])
async def test_a_reason_is_required(scene: Scene, query: str) -> None:
    """Without one nothing is taken away, and nothing put on record."""
    assert (await scene.visitor.get(f"/api/v1/audit/export?{query}")).status_code == 422
    assert len(scene.audit.entries) == 2


async def test_what_cannot_be_recorded_is_not_given(scene: Scene) -> None:
    """503; and a record that does not answer is told as that."""
    scene.audit.full = True
    assert (await scene.visitor.get("/api/v1/audit/export?reason=x")).status_code == 503
    scene.audit.away = True
    assert (await scene.visitor.get("/api/v1/audit")).status_code == 503


async def test_formats(scene: Scene) -> None:
    assert (await scene.visitor.get("/api/v1/audit/export?reason=x&format=exe")).status_code == 400
