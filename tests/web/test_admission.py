"""The desk's stream: who comes in, and who has to leave while it runs."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import quote

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from floor.people.model import Role
from tests.support.people import person
from tests.web.conftest import House, Open, closed_with
from tests.web.visitor import Visitor, visiting
from web.access import Grant

STAFF = (person(Role.AGENT), person(Role.LEADER), person(Role.CHIEF))


class Desk:
    """Says who it is asked by at every message, with the rights of that moment."""

    def __init__(self, connection: ServerConnection, grant: Grant) -> None:
        self.connection, self.grant = connection, grant

    async def run(self) -> None:
        try:
            async for _ in self.connection:
                assert self.grant.signed_in
                await self.connection.send(json.dumps({"role": self.grant.signed_in.person.role}))
        except ConnectionClosed:
            pass


@pytest.fixture
async def desk(open_house: Open) -> House:
    """A server with a desk."""
    house = await open_house(staff=STAFF)
    house.web.door.desk = Desk
    return house


async def ticket(visitor: Visitor) -> str:
    return str((await visitor.get("/api/v1/ticket")).json()["ticket"])


def opened(house: House, visitor: Visitor, shown: str, **headers: str):  # type: ignore[no-untyped-def]
    cookie = {"Cookie": f"floor={visitor.secret}"} if visitor.secret else {}
    query = f"desk=1&ticket={quote(shown)}"
    return house.stream(query, origin=house.base, additional_headers=cookie | headers)


async def asked(stream) -> str:  # type: ignore[no-untyped-def]
    await stream.send("who am I")
    return str(json.loads(await asyncio.wait_for(stream.recv(), 5))["role"])


async def test_cookie_and_ticket_open_it(desk: House) -> None:
    """Once: the same ticket opens no second stream."""
    async with visiting(desk) as visitor:
        await visitor.sign_in("leader")
        shown = await ticket(visitor)
        async with opened(desk, visitor, shown) as stream:
            assert await asked(stream) == "leader"
            async with opened(desk, visitor, shown) as again:
                assert await closed_with(again) == 4403


async def test_without_one_of_both_nobody_comes_in(desk: House) -> None:
    """No cookie, no ticket, another's ticket, a guessed one; a display's key does not help."""
    _, key = desk.web.access.create("board:floor")
    async with visiting(desk) as leader, visiting(desk) as chief, visiting(desk) as nobody:
        await leader.sign_in("leader")
        await chief.sign_in("chief")
        async with opened(desk, nobody, await ticket(leader)) as stream:
            assert await closed_with(stream) == 4401
        for shown in ("", "guess", await ticket(chief), f"&key={key}"):
            async with opened(desk, leader, shown) as stream:
                assert await closed_with(stream) == 4403
        async with opened(desk, nobody, f"x&key={key}") as stream:
            assert await closed_with(stream) == 4401


async def test_a_ticket_shown_by_another_is_burnt(desk: House) -> None:
    """Whoever got hold of one cannot use it, and it cannot be used after him."""
    async with visiting(desk) as leader, visiting(desk) as chief:
        await leader.sign_in("leader")
        await chief.sign_in("chief")
        shown = await ticket(leader)
        async with opened(desk, chief, shown) as stream:
            assert await closed_with(stream) == 4403
        async with opened(desk, leader, shown) as stream:
            assert await closed_with(stream) == 4403


async def test_agents_have_no_desk(desk: House) -> None:
    """A ticket is for any stream of people; the desk's asks for its own right."""
    async with visiting(desk) as visitor:
        await visitor.sign_in("agent")
        async with opened(desk, visitor, await ticket(visitor)) as stream:
            assert await closed_with(stream) == 4403


async def test_a_foreign_page_cannot_open_it(desk: House) -> None:
    """Even with cookie and ticket: 403 before anything is asked."""
    async with visiting(desk) as visitor:
        await visitor.sign_in("leader")
        shown = await ticket(visitor)
        with pytest.raises(InvalidStatus) as refused:
            async with desk.stream(
                f"desk=1&ticket={shown}",
                origin="http://evil.example",
                additional_headers={"Cookie": f"floor={visitor.secret}"},
            ):
                pass
        assert refused.value.response.status_code == 403


@pytest.mark.parametrize(("event", "code"), [("out", 4401), ("lock", 4423), ("demote", 4403), ("elsewhere", 4401)])
async def test_who_may_no_longer_has_to_leave(desk: House, event: str, code: int) -> None:
    """Signed out, locked, without the right, signed in elsewhere: within seconds, each with its code; others stay."""
    async with visiting(desk) as leader, visiting(desk) as chief, visiting(desk) as second:
        await leader.sign_in("leader")
        await chief.sign_in("chief")
        async with (
            opened(desk, leader, await ticket(leader)) as stream,
            opened(desk, chief, await ticket(chief)) as stays,
        ):
            assert await asked(stream) == "leader"
            if event == "out":
                await leader.post("/sign-out")
            elif event == "lock":
                desk.accounts.lock("s1")
            elif event == "demote":
                desk.accounts.people["leader"] = person(Role.AGENT, 2, "leader")
            else:
                await second.sign_in("leader")
            async with asyncio.timeout(5):
                assert await closed_with(stream) == code
            assert await asked(stays) == "chief"


async def test_rights_at_every_message_are_those_of_now(desk: House) -> None:
    """A leader who becomes chief is one at the stream with the next look, which is taken every second."""
    async with visiting(desk) as visitor:
        await visitor.sign_in("leader")
        async with opened(desk, visitor, await ticket(visitor)) as stream:
            assert await asked(stream) == "leader"
            desk.accounts.people["leader"] = person(Role.CHIEF, 2, "leader")
            async with asyncio.timeout(5):
                await desk.web.door.enforce()
                assert await asked(stream) == "chief"


async def test_without_a_desk_there_is_none(open_house: Open) -> None:
    """4404, whoever asks: there nobody can sign in."""
    house = await open_house()
    async with house.stream("desk=1") as stream:
        assert await closed_with(stream) == 4404
