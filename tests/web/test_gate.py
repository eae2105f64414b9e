"""The gate: every route of the product against every role, and every way around it."""

from __future__ import annotations

import re

import httpx2
import pytest
from starlette.routing import Route

from floor.people.model import Role
from floor.people.rights import RIGHTS, Right
from tests.support.people import person
from tests.web.conftest import House, Open
from tests.web.visitor import Visitor, visiting
from tests.web.whole import open_whole
from web.gate import FOREIGN, LOCKED, UNKNOWN, UNTOKENED, need_of
from web.operation import Operation
from web.operations import OPERATIONS

STAFF = tuple(person(role) for role in Role if role is not Role.OUTSIDE)
PERSONAL = [operation for operation in OPERATIONS if operation.personal]
KEYED = [operation for operation in OPERATIONS if operation.keyed]


def named(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


@pytest.fixture
async def staffed(open_house: Open) -> House:
    """A server with everything, at which one of each role can sign in."""
    return await open_whole(open_house, STAFF)


async def ask(visitor: Visitor, operation: Operation, **more: object) -> httpx2.Response:
    path = re.sub(r"\{\w+\}", "none", operation.path)
    if operation.method == "GET":
        return await visitor.get(path, **more)
    headers = {"origin": str(visitor.client.base_url).rstrip("/"), "x-floor-token": visitor.token}
    return await visitor.client.request(operation.method, path, headers=headers, **more)  # type: ignore[arg-type]


def turned_away(answer: httpx2.Response) -> bool:
    """Whether the gate refused, not what stands behind it."""
    if answer.status_code == 303:
        return answer.headers["location"].startswith(("/sign-in?next=", "/lock?next=")) or answer.headers[
            "location"
        ] in ("/sign-in", "/lock")
    if answer.headers["content-type"].startswith("application/json"):
        said = answer.json().get("error", "")
        return said in (FOREIGN, UNKNOWN, LOCKED, UNTOKENED) or said.startswith("this needs the right")
    return answer.status_code == 403


async def test_every_route_has_its_row(staffed: House) -> None:
    """Each route of the application stands in the table, and needs what the table says."""
    rows = {(operation.method, operation.path): operation for operation in OPERATIONS}
    for route in staffed.web.app.routes:
        assert isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}:
            operation = rows.pop((method, route.path.replace("{path:path}", "{path}")))
            need, or_key = need_of(route.endpoint)
            assert need == (operation.needs if operation.personal else None), named(operation)
            assert or_key == operation.or_key, named(operation)
    assert not rows, "described, but not served"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OUTSIDE])
async def test_rights_matrix(staffed: House, role: Role) -> None:
    """Whoever has the right gets past the gate, and nobody else; what stands behind it here is not the question."""
    async with visiting(staffed) as visitor:
        await visitor.sign_in(role.value)
        for operation in sorted(PERSONAL, key=lambda o: o.path == "/sign-out"):
            answer = await ask(visitor, operation)
            allowed = not isinstance(operation.needs, Right) or operation.needs in RIGHTS[role]
            assert turned_away(answer) is not allowed, f"{role} {named(operation)}: {answer.status_code}"


async def test_nobody_and_displays_are_turned_away(staffed: House) -> None:
    """Without a sign-in, with an invented one and with a display's key: 401, or to the sign-in page."""
    _, key = staffed.web.access.create("board:floor")
    for operation in PERSONAL:
        path = re.sub(r"\{\w+\}", "none", operation.path) + f"?key={key}"
        async with visiting(staffed) as visitor:
            for cookie in ({}, {"cookie": "floor=guess"}):
                headers = {"origin": staffed.base, "authorization": f"Bearer {key}", **cookie}
                answer = await visitor.client.request(operation.method, path, headers=headers)
                assert turned_away(answer), f"{named(operation)}: {answer.status_code}"
                if operation.path.startswith("/api/"):
                    assert answer.status_code == 401
                else:
                    assert answer.headers["location"].startswith("/sign-in")


async def test_an_api_key_opens_what_says_so(staffed: House) -> None:
    """Programs may do some of what people may; never by a door that merely stands open."""
    open_door = {o.path for o in PERSONAL if o.or_key}
    async with visiting(staffed) as visitor:
        for operation in PERSONAL:
            if operation.path.startswith("/api/"):
                assert (await ask(visitor, operation)).status_code == 401, named(operation)
        _, key = staffed.web.access.create("api")
        for operation in PERSONAL:
            path = re.sub(r"\{\w+\}", "none", operation.path)
            answer = await visitor.client.request(operation.method, path, headers={"authorization": f"Bearer {key}"})
            assert turned_away(answer) is not operation.or_key, named(operation)
    assert open_door


async def test_who_is_locked_is_turned_away(staffed: House) -> None:
    """But for unlocking and leaving: 423, or to the lock page."""
    async with visiting(staffed) as visitor:
        await visitor.sign_in("manager")
        staffed.accounts.lock("s1")
        for operation in sorted(PERSONAL, key=lambda o: o.path == "/sign-out"):
            answer = await ask(visitor, operation)
            assert turned_away(answer) is (operation.needs != "even locked"), named(operation)
            if turned_away(answer) and operation.path.startswith("/api/"):
                assert answer.status_code == 423


async def test_what_changes_something_needs_origin_and_token(staffed: House) -> None:
    """A foreign page, no token, another's token, or the token in the wrong place: refused."""
    async with visiting(staffed) as visitor, visiting(staffed) as other:
        await visitor.sign_in("manager")
        await other.sign_in("admin")
        forged = (
            {"origin": "http://evil.example", "x-floor-token": visitor.token},
            {"origin": "null", "x-floor-token": visitor.token},
            {"sec-fetch-site": "cross-site", "x-floor-token": visitor.token},
            {"sec-fetch-site": "same-site", "x-floor-token": visitor.token},
            {"origin": staffed.base},
            {"origin": staffed.base, "x-floor-token": ""},
            {"origin": staffed.base, "x-floor-token": other.token},
        )
        for operation in (o for o in PERSONAL if o.method != "GET"):
            path = re.sub(r"\{\w+\}", "none", operation.path) + f"?token={visitor.token}"
            for headers in forged:
                answer = await visitor.client.request(operation.method, path, headers=headers)
                assert answer.status_code == 403, f"{named(operation)} {headers}"
                assert turned_away(answer), f"{named(operation)} {headers}"


async def test_a_foreign_page_reads_nothing(staffed: House) -> None:
    """What scripts ask for is not answered to a neighbouring site, though the browser would send the cookie there."""
    async with visiting(staffed) as visitor:
        await visitor.sign_in("manager")
        for operation in (o for o in PERSONAL if o.method == "GET" and o.path.startswith("/api/")):
            path = re.sub(r"\{\w+\}", "none", operation.path)
            answer = await visitor.get(path, headers={"sec-fetch-site": "same-site"})
            assert answer.status_code == 403, named(operation)


async def test_a_person_is_no_key(open_house: Open) -> None:
    """What needs a key does not open for a sign-in."""
    house = await open_whole(open_house, STAFF, host="0.0.0.0")
    async with visiting(house) as visitor:
        await visitor.sign_in("manager")
        for operation in KEYED:
            if operation.path != "/ws":
                answer = await ask(visitor, operation)
                home = answer.status_code == 302 and answer.headers["location"] == "/sign-in"
                assert home or answer.status_code in {401, 403}, named(operation)


async def test_a_role_that_changed_counts_at_once(staffed: House) -> None:
    """Rights are asked of the person as he is now, not as he was when he signed in."""
    async with visiting(staffed) as visitor:
        await visitor.sign_in("leader")
        assert (await visitor.get("/api/v1/alerts")).status_code == 200
        staffed.accounts.people["leader"] = person(Role.AGENT, STAFF[1].id, "leader")
        assert (await visitor.get("/api/v1/alerts")).status_code == 403
        staffed.accounts.people["leader"] = person(Role.LEADER, active=False, login="leader")
        assert (await visitor.get("/api/v1/me")).status_code == 401


async def test_two_cookies_are_none(staffed: House) -> None:
    """A neighbouring host can put its cookie beside ours; then neither counts."""
    async with visiting(staffed) as visitor, visiting(staffed) as other:
        await visitor.sign_in("manager")
        await other.sign_in("agent")
        for cookie in (f"floor={other.secret}; floor={visitor.secret}", f"floor={visitor.secret}; floor=x"):
            async with httpx2.AsyncClient(base_url=staffed.base, trust_env=False) as client:
                assert (await client.get("/api/v1/me", headers={"cookie": cookie})).status_code == 401


async def test_without_accounts_there_is_nothing(house: House) -> None:
    """No sign-in pages, boards as before."""
    async with visiting(house) as visitor:
        for path in ("/sign-in", "/me", "/lock", "/api/v1/session", "/api/v1/ticket"):
            assert (await visitor.get(path)).status_code == 404
        assert (await visitor.get("/board/floor")).status_code == 200


async def test_polling_is_no_activity(staffed: House) -> None:
    """What a page asks for by itself does not keep it from locking; pages and changes do."""
    async with visiting(staffed) as visitor:
        await visitor.sign_in("leader")
        sign = staffed.accounts.signs["s1"]
        began = sign.value.seen_at
        await visitor.get("/api/v1/session")
        await visitor.get("/api/v1/me")
        assert sign.value.seen_at == began
        await visitor.send("/api/v1/session")
        told = sign.value.seen_at
        assert told > began
        await visitor.get("/me")
        assert sign.value.seen_at > told
