"""One call over HTTP: for whoever sees its queue or its agent; for others it is not there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from floor.people.model import Group, Role
from floor.ports import CallRecord
from floor.state.model import Channel
from tests.support.people import PeopleDouble, person
from tests.web.conftest import Open
from tests.web.doubles import NOON, agent, caller, pbx, queue
from tests.web.visitor import Visitor, visiting

LEADER = person(Role.LEADER, groups=("night",), queues=("support",))
COACH = person(Role.COACH, groups=("day",))
STAFF = (LEADER, COACH, person(Role.AGENT))
GROUPS = {"night": Group("night", agents=(("pbx1", "Ann"),)), "day": Group("day", agents=(("pbx1", "Bob"),))}


class Kept:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def call(self, pbx: str, call: str) -> CallRecord:
        self.asked.append((pbx, call))
        return CallRecord()


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
async def visitor(open_house: Open, kept: Kept) -> AsyncIterator[Visitor]:
    parts = {"people": PeopleDouble(STAFF, GROUPS), "calls": kept}
    house = await open_house(staff=STAFF, parts=parts)
    house.store.put(pbx(), queue(), agent("Ann"), agent("Bob"), caller("1.1", linkedid="1.1"))
    house.store.put(Channel("pbx1", "1.1", "PJSIP/carrier-1", "1.1", NOON - 60, up=True))
    async with visiting(house) as one:
        yield one


async def test_caller_of_ones_own_queue(visitor: Visitor, kept: Kept) -> None:
    """Found on the floor and asked for on the record."""
    await visitor.sign_in(LEADER.login)
    answer = await visitor.get("/api/v1/calls/pbx1/1.1")
    assert answer.status_code == 200
    assert answer.json()["visits"][0]["number_masked"] == "138******78"
    assert answer.headers["cache-control"] == "no-store"
    assert kept.asked == [("pbx1", "1.1")]


@pytest.mark.parametrize("path", ["pbx1/1.1", "pbx1/7.7", "nowhere/1.1", "pbx1/" + "9" * 400, "pbx1/%00%0d%0a"])
async def test_out_of_scope_it_is_not_there(visitor: Visitor, path: str) -> None:
    """Another's queue looks like no call at all: nothing can be learnt by guessing ids."""
    await visitor.sign_in(COACH.login)
    answer = await visitor.get(f"/api/v1/calls/{path}")
    assert answer.status_code == 404
    assert answer.json() == {"error": "there is no such call in your groups and queues"}


async def test_not_for_agents(visitor: Visitor) -> None:
    """Nor for nobody."""
    assert (await visitor.get("/api/v1/calls/pbx1/1.1")).status_code == 401
    await visitor.sign_in("agent")
    assert (await visitor.get("/api/v1/calls/pbx1/1.1")).status_code == 403
