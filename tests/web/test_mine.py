"""An agent's own stream: his requests, what he owes, what he is told; nobody else's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from floor.listening.model import ListeningStage, Mode
from floor.ports import Change, Outcome
from floor.requests.model import EndReason
from floor.sections.listening import ListeningSettings
from floor.state.fact import Fact
from floor.state.model import AgentState, Caller, CallerStage, CompletedBy, Ending
from tests.web.alarm_doubles import alert, breach
from tests.web.asked_house import Asked, Page, open_asked, stream_of
from tests.web.conftest import Open, closed_with
from tests.web.doubles import agent, member
from tests.web.listening_double import ID, ListeningsDouble
from tests.web.visitor import visiting


@pytest.fixture
async def asked(open_house: Open, tmp_path: Path) -> Asked:
    return await open_asked(open_house, tmp_path)


async def test_help_reaches_desk_and_page(asked: Asked) -> None:
    """Asked on his page: it stands there and on his leader's desk; the answer comes back by itself."""
    async with visiting(asked.house) as ann, visiting(asked.house) as leader:
        await ann.sign_in("ann")
        await leader.sign_in("leader")
        async with await stream_of(asked, ann, "mine") as own, await stream_of(asked, leader, "desk") as desk:
            mine, theirs = Page(own), Page(desk)
            await mine.until(lambda floor: "pbx1/Ann" in floor["agents"])
            assert (mine.board["agent"], mine.board["number"]) == ("pbx1/Ann", "1001")
            assert "toilet" in mine.board["away_reasons"]
            await theirs.until(lambda floor: "requests" in floor)
            id_ = (await ann.send("/api/v1/requests/help", {"about": "question"})).json()["id"]
            assert (await mine.until(lambda floor: id_ in floor["requests"]))["requests"][id_]["stage"] == "open"
            seen = (await theirs.until(lambda floor: id_ in floor["requests"]))["requests"][id_]
            assert (seen["label"], seen["group"], seen.get("mine")) == ("Ann Li", "early", None)
            await leader.send(f"/api/v1/requests/{id_}/answer", {"answer": "advice", "text": "say sorry"})
            got = await mine.until(lambda floor: floor["requests"][id_]["stage"] == "answered")
            assert (got["requests"][id_]["answered_by"], got["requests"][id_]["advice"]) == ("Wang Li", "say sorry")


async def test_nobody_elses(asked: Asked) -> None:
    """Bob's page shows neither Ann's request nor her state; another leader's desk does not either."""
    async with visiting(asked.house) as ann, visiting(asked.house) as bob, visiting(asked.house) as other:
        await ann.sign_in("ann")
        await bob.sign_in("bob")
        await other.sign_in("other")
        asked_id = (await ann.send("/api/v1/requests/help", {})).json()["id"]
        async with await stream_of(asked, bob, "mine") as own, await stream_of(asked, other, "desk") as desk:
            page, theirs = Page(own), Page(desk)
            bobs = (await bob.send("/api/v1/requests/help", {})).json()["id"]
            floor = await page.until(lambda floor: bobs in floor["requests"])
            assert set(floor["requests"]) == {bobs}
            assert set(floor["agents"]) == {"pbx1/Bob"}
            floor = await theirs.until(lambda floor: "requests" in floor)
            assert floor["requests"] == {}
    assert asked_id in asked.room.shown


async def test_a_reason_is_asked_for(asked: Asked) -> None:
    """He hung up first: it is asked on his page until he says why."""
    before = Caller("pbx1", "support", "1.1", CallerStage.TALKING, 1.0, agent="Ann", answered_at=2.0)
    after = Caller(
        "pbx1", "support", "1.1", CallerStage.TALKING, 1.0, agent="Ann", answered_at=2.0, talk_s=9,
        ending=Ending.ANSWERED, completed_by=CompletedBy.AGENT,
    )  # fmt: skip
    async with visiting(asked.house) as ann:
        await ann.sign_in("ann")
        async with await stream_of(asked, ann, "mine") as own:
            page = Page(own)
            await page.until(lambda floor: "requests" in floor)
            asked.room.listen(Outcome(1, Fact("pbx1", 3.0), [Change(before, after)], ()))
            floor = await page.until(lambda floor: bool(floor["requests"]))
            ((id_, owed),) = floor["requests"].items()
            assert (owed["kind"], owed["stage"], owed["talk_s"]) == ("reason", "open", 9)
            assert (await ann.send(f"/api/v1/requests/{id_}/reason", {"reason": "silent"})).status_code == 200
            await page.until(lambda floor: floor["requests"][id_]["stage"] == "given")
    (given,) = asked.room.shown.values()
    assert isinstance(given, EndReason)
    assert given.reason == "silent"


async def test_notices_and_their_marks(asked: Asked) -> None:
    """Posted, it comes; read, it says so; withdrawn, it goes; another group's never comes."""
    async with visiting(asked.house) as ann, visiting(asked.house) as chief:
        await ann.sign_in("ann")
        await chief.sign_in("chief")
        async with await stream_of(asked, ann, "mine") as own:
            page = Page(own)
            await page.until(lambda floor: "notices" in floor)
            given = {"text": {"en": "x"}, "level": "notice", "minutes": 5}
            await chief.send("/api/v1/notices", given | {"groups": ["late"]})
            id_ = (await chief.send("/api/v1/notices", given)).json()["id"]
            floor = await page.until(lambda floor: bool(floor["notices"]))
            assert list(floor["notices"]) == [id_]
            assert floor["notices"][id_]["read"] is False
            await ann.send(f"/api/v1/notices/{id_}/read")
            await page.until(lambda floor: floor["notices"][id_]["read"])
            await chief.send(f"/api/v1/notices/{id_}/withdraw")
            await page.until(lambda floor: not floor["notices"])


async def test_own_breaches(asked: Asked) -> None:
    """Read when the page opens, and anew when an alert about its agent changes."""
    asked.alarms.recorded["one"] = breach("one")
    async with visiting(asked.house) as ann:
        await ann.sign_in("ann")
        async with await stream_of(asked, ann, "mine") as own:
            page = Page(own)
            floor = await page.until(lambda floor: bool(floor.get("breaches")))
            assert set(floor["breaches"]) == {"one"}
            asked.alarms.recorded["two"] = breach("two")
            asked.alarms.put(alert("a9"))
            await page.until(lambda floor: len(floor["breaches"]) == 2)


async def test_who_is_signed_out_sees_no_more(asked: Asked) -> None:
    """4401 for who signed out, 4403 without a fresh ticket."""
    async with visiting(asked.house) as ann:
        await ann.sign_in("ann")
        async with await stream_of(asked, ann, "mine") as own:
            await Page(own).until(lambda floor: "requests" in floor)
            await ann.post("/sign-out")
            assert await closed_with(own) == 4401
        await ann.sign_in("ann")
        cookie = {"Cookie": f"floor={ann.secret}"}
        query = "mine=1&ticket=guessed"
        async with asked.house.stream(query, origin=asked.house.base, additional_headers=cookie) as stream:
            assert await closed_with(stream) == 4403


async def test_what_it_does_not_know_ends_it(asked: Asked) -> None:
    """A resync gives a snapshot; anything else is no part of the protocol (4400)."""
    async with visiting(asked.house) as ann:
        await ann.sign_in("ann")
        async with await stream_of(asked, ann, "mine") as own:
            await Page(own).until(lambda floor: "requests" in floor)
            await own.send(json.dumps({"t": "resync"}))
            assert json.loads(await own.recv())["t"] in ("beat", "snapshot", "patch")
            await own.send(json.dumps({"t": "ask", "kind": "help"}))
            assert await closed_with(own) == 4400
    assert not asked.room.shown


async def test_who_is_listened_to_is_told_so(open_house: Open, tmp_path: Path) -> None:
    """With `notify_agent`: by whom, how, since when, also on a page that is opened meanwhile; another mode too, and its
    end; nobody else's page knows."""
    heard = ListeningsDouble()
    told = {"listening": ListeningSettings(notify_agent=True)}
    asked = await open_asked(open_house, tmp_path, {"listenings": heard}, **told)
    async with visiting(asked.house) as ann, visiting(asked.house) as bob:
        await ann.sign_in("ann")
        await bob.sign_in("bob")
        async with await stream_of(asked, ann, "mine") as own, await stream_of(asked, bob, "mine") as others:
            mine, bobs = Page(own), Page(others)
            await mine.until(lambda floor: floor["listenings"] == {})
            await bobs.until(lambda floor: "pbx1/Bob" in floor["agents"])
            heard.put(2)
            floor = await mine.until(lambda floor: bool(floor["listenings"]))
            ((id_, one),) = floor["listenings"].items()
            assert id_ != ID  # which the page of whoever listens goes by
            assert one == {"by": "Li Wei", "mode": "listen", "since": 100.0}
            async with await stream_of(asked, ann, "mine") as second:
                assert (await Page(second).until(lambda floor: bool(floor["listenings"])))["listenings"] == {id_: one}
            heard.put(2, mode=Mode.BARGE)
            await mine.until(lambda floor: floor["listenings"][id_]["mode"] == "barge")
            heard.put(2, stage=ListeningStage.ENDED)
            await mine.until(lambda floor: floor["listenings"] == {})
            asked.house.store.put(agent("Bob", member("support", "Bob", "PJSIP/Bob"), state=AgentState.PAUSED))
            await bobs.until(lambda floor: floor["agents"]["pbx1/Bob"]["state"] == "paused")
            assert bobs.floor["listenings"] == {}


async def test_who_is_listened_to_is_not_told_by_default(open_house: Open, tmp_path: Path) -> None:
    """Without the setting his page says nothing of it."""
    heard = ListeningsDouble()
    asked = await open_asked(open_house, tmp_path, {"listenings": heard})
    async with visiting(asked.house) as ann:
        await ann.sign_in("ann")
        async with await stream_of(asked, ann, "mine") as own:
            mine = Page(own)
            await mine.until(lambda floor: "pbx1/Ann" in floor["agents"])
            heard.put(2)
            asked_id = (await ann.send("/api/v1/requests/help", {})).json()["id"]
            assert (await mine.until(lambda floor: asked_id in floor["requests"]))["listenings"] == {}
