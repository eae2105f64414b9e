"""``/api/v1/listenings``: what is asked for reaches the listenings, what they refuse reaches the page in its words."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from floor.listening.model import Mode, Purpose, Way
from floor.listening.refusals import refused
from floor.people.model import Role
from tests.support.people import person
from tests.web.conftest import House, Open
from tests.web.listening_double import ID, ListeningsDouble
from tests.web.visitor import Visitor, visiting

STAFF = (person(Role.LEADER), person(Role.CHIEF), person(Role.AGENT))
ALL = "/api/v1/listenings"
ASK = {"pbx": "pbx1", "agent": "Ann", "mode": "listen", "purpose": "help"}


@pytest.fixture
def listenings() -> ListeningsDouble:
    return ListeningsDouble()


@pytest.fixture
async def house(open_house: Open, listenings: ListeningsDouble) -> House:
    return await open_house(staff=STAFF, parts={"listenings": listenings})


@pytest.fixture
async def leader(house: House) -> AsyncIterator[Visitor]:
    async with visiting(house) as visitor:
        await visitor.sign_in("leader")
        yield visitor


async def test_what_is_offered(leader: Visitor, listenings: ListeningsDouble) -> None:
    """Ways, purposes and modes, and what is under way."""
    listenings.put(2)
    told = (await leader.get(ALL)).json()
    assert told["may"] == {"modes": [*Mode], "purposes": [*Purpose]}
    assert (told["ways"], told["phones"]) == ({"pbx1": [*Way]}, {"pbx1": "PJSIP/900"})
    (one,) = told["listenings"]
    assert (one["id"], one["agent"], one["mine"], one["stage"], one["purpose"]) == (ID, "Ann", True, "on", "help")


async def test_begin(leader: Visitor, listenings: ListeningsDouble) -> None:
    """Everything asked for is handed on, with the address it came from."""
    answer = await leader.send(ALL, {**ASK, "mode": "whisper", "follow": True, "call": "1.1", "note": "n"})
    assert answer.status_code == 201
    assert answer.json()["mode"] == "whisper"
    assert listenings.asked == [
        {
            "pbx": "pbx1", "agent": "Ann", "mode": Mode.WHISPER, "purpose": Purpose.HELP, "way": Way.BROWSER,
            "follow": True, "call": "1.1", "note": "n", "address": "127.0.0.1",
        }
    ]  # fmt: skip


@pytest.mark.parametrize("reason", ["no_agent", "no_call", "too_often", "unrecorded", "oneself"])
async def test_refusals(leader: Visitor, listenings: ListeningsDouble, reason: str) -> None:
    """Status and both sentences as they were judged."""
    listenings.refuses = error = refused(reason)
    answer = await leader.send(ALL, ASK)
    assert answer.status_code == error.status
    assert answer.json() == {"error": error.words["en"], "words": error.words}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**ASK, "purpose": ""},
        {**ASK, "mode": "shout"},
        {**ASK, "channel": "PJSIP/1-1"},
        {**ASK, "agent": "x" * 301},
        {**ASK, "way": "window"},
        [],
    ],
)
async def test_what_cannot_be_meant(leader: Visitor, listenings: ListeningsDouble, body: object) -> None:
    """No purpose, an unknown mode, a channel of one's own choosing: refused before anybody is asked."""
    assert (await leader.send(ALL, body)).status_code == 400
    assert listenings.asked == []


async def test_change_and_stop(leader: Visitor, listenings: ListeningsDouble) -> None:
    """Of one's own."""
    listenings.put(2)
    assert (await leader.send(f"{ALL}/{ID}/mode", {"mode": "barge"})).json()["mode"] == "barge"
    assert (await leader.send(f"{ALL}/{ID}/follow", {"follow": True})).json()["follow"] is True
    stopped = (await leader.send(f"{ALL}/{ID}/stop")).json()
    assert (stopped["stage"], stopped["ended"]) == ("ended", "stopped")


async def test_anothers_is_not_there(house: House, listenings: ListeningsDouble) -> None:
    """Whoever knows or guesses an id has nothing of it."""
    listenings.put(2)
    async with visiting(house) as visitor:
        await visitor.sign_in("chief")
        for id_ in (ID, "0" * 32, "..%2f", "1"):
            assert (await visitor.send(f"{ALL}/{id_}/mode", {"mode": "barge"})).status_code == 404
            assert (await visitor.send(f"{ALL}/{id_}/follow", {"follow": True})).status_code == 404
            assert (await visitor.send(f"{ALL}/{id_}/stop")).status_code == 404
    assert listenings.now is not None
    assert not listenings.now.over


async def test_who_may_not_listen_is_not_even_heard(house: House, listenings: ListeningsDouble) -> None:
    """An agent, a page without the token, a page of somebody else's: refused by the gate."""
    async with visiting(house) as visitor:
        await visitor.sign_in("agent")
        assert (await visitor.send(ALL, ASK)).status_code == 403
        await visitor.sign_in("leader")
        assert (await visitor.send(ALL, ASK, headers={"x-floor-token": "guess"})).status_code == 403
        assert (await visitor.send(ALL, ASK, headers={"origin": "http://evil.example"})).status_code == 403
    assert listenings.asked == []
