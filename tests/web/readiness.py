"""A server with incidents, plans and drills behind it, and people of every rank to visit it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from floor.people.model import Role
from tests.alerts.response_house import ResponseHouse
from tests.alerts.response_house import open_house as open_responses
from tests.support.people import person
from tests.web.audit_double import AuditDouble
from tests.web.conftest import House, Open
from tests.web.visitor import Visitor, visiting

AGENT, LEADER, CHIEF, MANAGER = (person(role) for role in (Role.AGENT, Role.LEADER, Role.CHIEF, Role.MANAGER))
STAFF = (AGENT, LEADER, CHIEF, MANAGER)


@dataclass
class Scene:
    """Who visits, and what stands behind the pages."""

    visitor: Visitor
    responses: ResponseHouse
    house: House
    audit: AuditDouble

    async def be(self, role: Role) -> Visitor:
        await self.visitor.sign_in(role.value)
        return self.visitor


@asynccontextmanager
async def staged(open_house: Open, folder: Path) -> AsyncIterator[Scene]:
    responses = await open_responses(folder)
    audit = AuditDouble(entries=[])
    house = await open_house(staff=STAFF, parts={"readiness": responses.all, "audit": audit})
    async with visiting(house) as visitor:
        yield Scene(visitor, responses, house, audit)
    responses.database.close()
