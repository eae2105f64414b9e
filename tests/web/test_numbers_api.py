"""A caller's number, whole: by right, in scope, with a reason, and on record before it is seen (R-SEC-2)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from floor.people.model import Role
from tests.support.people import PeopleDouble, person
from tests.web.audit_double import AuditDouble
from tests.web.conftest import Open
from tests.web.doubles import caller
from tests.web.test_audit_api import Scene
from tests.web.visitor import visiting

STAFF = tuple(person(role) for role in Role if role is not Role.OUTSIDE)
PATH = "/api/v1/callers/pbx1/support/1.1/number"


@pytest.fixture
async def scene(open_house: Open) -> AsyncIterator[Scene]:
    audit = AuditDouble(entries=[])
    house = await open_house(staff=STAFF, parts={"audit": audit, "people": PeopleDouble(STAFF)})
    house.store.put(caller("9.9", "a/b", linkedid="9.0"))
    async with visiting(house) as visitor:
        yield Scene(audit, visitor)


async def test_seen_and_on_record(scene: Scene) -> None:
    """Who looked, why, at whom; the record itself holds the number masked."""
    await scene.visitor.sign_in("chief")
    answer = await scene.visitor.get(f"{PATH}?reason=call+back")
    assert answer.json() == {"id": "pbx1/support/1.1", "number": "13812345678", "name": "Zhang San"}
    (entry,) = scene.audit.entries
    assert (entry.act, entry.reason, entry.by.role, entry.by.address) == ("unmask", "call back", "chief", "127.0.0.1")
    assert (entry.pbx, entry.queue, entry.call, entry.more["caller"]) == ("pbx1", "support", "1.1", "1.1")
    assert entry.more["masked"] == "138******78"
    assert "13812345678" not in str(entry)


async def test_queues_with_slashes(scene: Scene) -> None:
    """A queue is called as it is called."""
    await scene.visitor.sign_in("chief")
    answer = await scene.visitor.get("/api/v1/callers/pbx1/a%2Fb/9.9/number?reason=x")
    assert answer.json()["number"] == "13812345678"
    assert scene.audit.entries[0].call == "9.0"


@pytest.mark.parametrize("role", [Role.LEADER, Role.COACH, Role.QA, Role.ADMIN, Role.AGENT, Role.ANALYST])
async def test_without_the_right(scene: Scene, role: Role) -> None:
    await scene.visitor.sign_in(role.value)
    assert (await scene.visitor.get(f"{PATH}?reason=x")).status_code == 403
    assert scene.audit.entries == []


@pytest.mark.parametrize("path", ["pbx1/support/7.7", "pbx1/support", "x", "../../me", "pbx1//1.1"])
async def test_guessed_ids(scene: Scene, path: str) -> None:
    """There is nobody, and nothing to put on record."""
    await scene.visitor.sign_in("chief")
    assert (await scene.visitor.get(f"/api/v1/callers/{path}/number?reason=x")).status_code == 404
    assert scene.audit.entries == []


@pytest.mark.parametrize("query", ["", "?reason=", "?reason=%20", "?reason=" + "x" * 501, "?reason=a%0Ab"])
async def test_a_reason_is_required(scene: Scene, query: str) -> None:
    await scene.visitor.sign_in("chief")
    assert (await scene.visitor.get(f"{PATH}{query}")).status_code == 422
    assert scene.audit.entries == []


async def test_what_cannot_be_recorded_is_not_seen(scene: Scene) -> None:
    scene.audit.full = True
    await scene.visitor.sign_in("chief")
    answer = await scene.visitor.get(f"{PATH}?reason=x")
    assert answer.status_code == 503
    assert "138" not in answer.text
