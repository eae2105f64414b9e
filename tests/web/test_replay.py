"""Past minutes on the board: for whoever may, one at a time, and nobody sees another's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from floor.errors import FloorError
from floor.people.model import Role
from tests.support.people import person
from tests.web.conftest import House, Open, closed_with
from tests.web.doubles import NOON, FloorDouble, MeasuresDouble, pbx, queue
from tests.web.visitor import Visitor, visiting
from web.replay import MOST

CHIEF = person(Role.CHIEF, 1, "chief")
LEADER = person(Role.LEADER, 2, "leader")
AGENT = person(Role.AGENT, 3, "agent")
STAFF = [CHIEF, LEADER, AGENT, *(person(Role.LEADER, 10 + n, f"leader{n}") for n in range(MOST))]


class Standing:
    """A clock that stands at a past moment."""

    def now(self) -> float:
        return NOON

    def monotonic(self) -> float:
        return NOON


class Past:
    """A floor of that day: one queue."""

    def __init__(self, at: float) -> None:
        self.store, self.measures, self.clock = FloorDouble(pbx(), queue("bygone")), MeasuresDouble(), Standing()
        self.at, self.since, self.played, self.closed = at, at - 60, [], False

    async def play(self, speed: float) -> None:
        self.played.append(speed)

    def close(self) -> None:
        self.closed = True


class Tapes:
    """Has every minute after noon."""

    def __init__(self) -> None:
        self.opened: list[Past] = []

    def begins_at(self) -> float | None:
        return NOON

    async def open(self, at: float) -> Past:
        if at < NOON:
            raise FloorError("this minute is not on any tape of the flight recorder")
        self.opened.append(Past(at))
        return self.opened[-1]


@pytest.fixture
def tapes() -> Tapes:
    return Tapes()


@pytest.fixture
async def house(open_house: Open, tapes: Tapes) -> House:
    return await open_house(staff=STAFF, parts={"archive": tapes})


async def opened(browser: Visitor, at: float = NOON + 300, speed: float = 1.0) -> Any:
    return await browser.send("/api/v1/replays", {"at": at, "speed": speed})


async def test_shown_as_it_was(house: House, tapes: Tapes) -> None:
    """Whoever may opens a minute and sees its board: that day's queue and that day's time, marked as a replay."""
    async with visiting(house) as browser:
        await browser.sign_in("leader")
        answer = await opened(browser, speed=2.0)
        assert answer.status_code == 201
        replay = answer.json()
        assert (replay["at"], replay["since"]) == (NOON + 300, NOON + 240)
        page = await browser.get(f"/replay/{replay['id']}?board=floor")
        assert "REPLAY" in page.text
        assert f'data-replay="{replay["id"]}"' in page.text
        ticket = (await browser.get("/api/v1/ticket")).json()["ticket"]
        cookie = {"Cookie": f"floor={browser.secret}"}
        query = f"replay={replay['id']}&board=floor&ticket={ticket}"
        async with house.stream(query, additional_headers=cookie) as stream:
            snapshot = json.loads(await stream.recv())
        assert snapshot["now"] == NOON
        assert list(snapshot["floor"]["queues"]) == ["pbx1/bygone"]
    assert tapes.opened[0].played == [2.0]


async def test_not_without_the_right(house: House, tapes: Tapes) -> None:
    """An agent may not, and nobody who is not signed in."""
    async with visiting(house) as browser:
        assert (await opened(browser)).status_code == 401
        await browser.sign_in("agent")
        assert (await opened(browser)).status_code == 403
        assert (await browser.get("/replay")).status_code == 403
    assert tapes.opened == []


async def test_anothers_is_as_if_there_were_none(house: House) -> None:
    """Knowing its id opens neither the page nor the stream of somebody else's replay, nor puts it away."""
    async with visiting(house) as owner, visiting(house) as other:
        await owner.sign_in("chief")
        await other.sign_in("leader")
        id_ = (await opened(owner)).json()["id"]
        assert (await other.get(f"/replay/{id_}")).status_code == 404
        origin = {"origin": house.base, "x-floor-token": other.token}
        assert (await other.client.delete(f"/api/v1/replays/{id_}", headers=origin)).status_code == 404
        ticket = (await other.get("/api/v1/ticket")).json()["ticket"]
        cookie = {"Cookie": f"floor={other.secret}"}
        async with house.stream(f"replay={id_}&ticket={ticket}", additional_headers=cookie) as stream:
            assert await closed_with(stream) == 4404
        assert (await owner.get(f"/replay/{id_}")).status_code == 200


async def test_one_at_a_time(house: House, tapes: Tapes) -> None:
    """A new one puts the former away; one can be put away by hand."""
    async with visiting(house) as browser:
        await browser.sign_in("chief")
        await opened(browser)
        second = (await opened(browser)).json()["id"]
        assert [past.closed for past in tapes.opened] == [True, False]
        origin = {"origin": house.base, "x-floor-token": browser.token}
        assert (await browser.client.delete(f"/api/v1/replays/{second}", headers=origin)).status_code == 200
        assert tapes.opened[1].closed


async def test_no_more_than_the_machine_bears(house: House, tapes: Tapes) -> None:
    """Only so many floors at once; the next is told to wait."""
    for number in range(MOST):
        async with visiting(house) as browser:
            await browser.sign_in(f"leader{number}")
            assert (await opened(browser)).status_code == 201
    async with visiting(house) as browser:
        await browser.sign_in("chief")
        assert (await opened(browser)).status_code == 503


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"at": NOON - 10}, 404),
        ({"at": "noon"}, 400),
        ({"at": NOON, "speed": 3.3}, 400),
        ({"at": -1}, 400),
        ({"at": 1e300}, 400),
        ({"at": NOON, "board": "../x"}, 400),
    ],
)
async def test_nonsense_is_refused(house: House, asked: dict[str, Any], status: int) -> None:
    """A minute on no tape, and what is no minute, are refused with a sentence."""
    async with visiting(house) as browser:
        await browser.sign_in("chief")
        answer = await browser.send("/api/v1/replays", asked)
        assert answer.status_code == status
        assert answer.json()["error"]


async def test_page(house: House) -> None:
    """The page offers boards and speeds, in the person's language."""
    async with visiting(house) as browser:
        await browser.sign_in("leader")
        page = await browser.get("/replay?lang=zh")
        assert "回放" in page.text
        assert "<option>floor</option>" in page.text
