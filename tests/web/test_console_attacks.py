"""The console under attack, on a whole Floorwatch with a simulated exchange: what somebody on the network may try."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.workday import Workday
from tests.web.conftest import closed_with
from tests.web.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
FOREIGN = ("http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1")


@pytest.fixture(scope="module")
def workday(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workday]:
    """Two teams of twelve: leader1 looks after the first, leader2 after the second."""
    with Workday(tmp_path_factory.mktemp("workday"), agents=24) as one:
        yield one


@asynccontextmanager
async def signed_in(workday: Workday, login: str = "chief") -> AsyncIterator[Visitor]:
    """A browser of somebody's own; it may say that it sits elsewhere, so that guesses do not lock others out."""
    async with httpx2.AsyncClient(base_url=workday.base, trust_env=False, timeout=30) as client:
        visitor = Visitor(client)
        assert (await visitor.sign_in(login, workday.password)).status_code == 303
        yield visitor


async def ticket(visitor: Visitor) -> str:
    return str((await visitor.get("/api/v1/ticket")).json()["ticket"])


def stream(workday: Workday, visitor: Visitor, query: str, **more: Any) -> connect:
    """The socket as this visitor's browser would open it."""
    more.setdefault("origin", workday.base)
    more.setdefault("close_timeout", 0.5)
    address = workday.base.replace("http", "ws") + f"/ws?{query}"
    return connect(address, proxy=None, additional_headers={"cookie": f"floor={visitor.secret}"}, **more)


async def begin(workday: Workday, visitor: Visitor, group: str = "Team 1", mode: str = "listen", **more: str) -> Any:
    """A listening to somebody of this group, on; a call that ends in between is not waited for."""
    async with asyncio.timeout(30):
        while True:
            agent, _ = await asyncio.to_thread(workday.talking, group)
            body = {"pbx": "demo", "agent": agent, "mode": mode, "purpose": "coaching", **more}
            answer = await visitor.send("/api/v1/listenings", body)
            if answer.status_code not in (409, 502):
                assert answer.status_code == 201, answer.text
                return answer
            await asyncio.sleep(1)


@asynccontextmanager
async def hearing(workday: Workday, login: str, mode: str = "listen") -> AsyncIterator[tuple[Visitor, str]]:
    """Somebody who listens; stopped afterwards."""
    async with signed_in(workday, login) as visitor:
        id_ = (await begin(workday, visitor, mode=mode)).json()["id"]
        yield visitor, id_
        await visitor.send(f"/api/v1/listenings/{id_}/stop", {})


# Forged pages


@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_foreign_page_neither_begins_nor_hears_nor_commands(workday: Workday, origin: str) -> None:
    """With the victim's cookie and even his token and ticket: 403, and nothing reaches the exchange."""
    async with signed_in(workday) as visitor:
        agent, call = await asyncio.to_thread(workday.talking, "Team 1")
        body = {"pbx": "demo", "agent": agent, "mode": "listen", "purpose": "qa"}
        said = {"pbx": "demo", "agent": agent, "call": call, "confirmed": True}
        headers = {"origin": origin} if origin != "null" else {"origin": origin, "sec-fetch-site": "cross-site"}
        assert (await visitor.send("/api/v1/listenings", body, headers=headers)).status_code == 403
        assert (await visitor.send("/api/v1/commands/hang_up", said, headers=headers)).status_code == 403
        with pytest.raises(InvalidStatus) as refused:
            await stream(workday, visitor, f"listen={'0' * 32}&ticket={await ticket(visitor)}", origin=origin)
        assert refused.value.response.status_code == 403


async def test_without_the_token_nothing_is_done(workday: Workday) -> None:
    """A form of another tab has the cookie and the origin, not the token; and a form is no JSON."""
    async with signed_in(workday) as visitor:
        agent, call = await asyncio.to_thread(workday.talking, "Team 1")
        said = {"pbx": "demo", "agent": agent, "call": call, "confirmed": True}
        for headers in ({"x-floor-token": ""}, {"x-floor-token": "guessed"}):
            assert (await visitor.send("/api/v1/commands/hang_up", said, headers=headers)).status_code == 403
        plain = {"content-type": "text/plain", "origin": workday.base}
        answer = await visitor.client.post("/api/v1/commands/hang_up", content=json.dumps(said), headers=plain)
        assert answer.status_code == 403


# Tickets, ids, sign-ins


async def test_a_ticket_is_good_once_and_for_its_own_sign_in(workday: Workday) -> None:
    """Shown again, or by somebody else, or never given: closed 4403."""
    async with hearing(workday, "leader1") as (visitor, id_), signed_in(workday, "leader2") as other:
        given = await ticket(visitor)
        async with stream(workday, visitor, f"listen={id_}&ticket={given}") as first:
            assert json.loads(await first.recv())["t"] == "listening"
            async with stream(workday, visitor, f"listen={id_}&ticket={given}") as again:
                assert await closed_with(again) == 4403
        for shown in (await ticket(other), "", "A" * 32):
            async with stream(workday, visitor, f"listen={id_}&ticket={shown}") as guessed:
                assert await closed_with(guessed) == 4403


async def test_ids_of_another_group_open_nothing(workday: Workday) -> None:
    """Another leader's agents are as if they were not there, and so are his listenings, whoever knows their ids."""
    async with hearing(workday, "leader1") as (_, id_), signed_in(workday, "leader2") as other:
        theirs, call = await asyncio.to_thread(workday.talking, "Team 1")
        asked = {"pbx": "demo", "mode": "listen", "purpose": "coaching"}
        seen = await other.send("/api/v1/listenings", {**asked, "agent": theirs})
        unseen = await other.send("/api/v1/listenings", {**asked, "agent": "Nobody At All"})
        assert seen.status_code == unseen.status_code == 404
        assert seen.json()["error"].replace(theirs, "") == unseen.json()["error"].replace("Nobody At All", "")
        for command, body in (("mode", {"mode": "barge"}), ("stop", {})):
            assert (await other.send(f"/api/v1/listenings/{id_}/{command}", body)).status_code == 404
        async with stream(workday, other, f"listen={id_}&ticket={await ticket(other)}") as guessed:
            assert await closed_with(guessed) == 4404
        assert id_ not in (await other.get("/api/v1/listenings")).text
        said = {"pbx": "demo", "agent": theirs, "call": call, "confirmed": True}
        assert (await other.send("/api/v1/commands/hang_up", said)).status_code == 404
        shared = await other.get(f"/api/v1/calls/demo/{call}")  # of a queue that both teams serve: seen, without names
        assert shared.status_code == 404 or theirs not in shared.text


@pytest.mark.parametrize("login", ["agent1", "qa", "coach", "admin"])
async def test_what_a_role_may_not_it_cannot(workday: Workday, login: str) -> None:
    """Agents and administrators do not listen at all, quality officers do not whisper, coaches do not barge."""
    refused = {"agent1": "listen", "admin": "listen", "qa": "whisper", "coach": "barge"}[login]
    async with signed_in(workday, login) as visitor:
        agent, call = await asyncio.to_thread(workday.talking, "Team 1")
        purpose = "qa" if login == "qa" else "coaching"
        body = {"pbx": "demo", "agent": agent, "mode": refused, "purpose": purpose}
        assert (await visitor.send("/api/v1/listenings", body)).status_code == 403
        said = {"pbx": "demo", "agent": agent, "call": call, "confirmed": True}
        assert (await visitor.send("/api/v1/commands/hang_up", said)).status_code == 403


async def test_a_planted_session_is_not_taken_over(workday: Workday) -> None:
    """Whoever plants a cookie before the sign-in holds nothing after it."""
    async with httpx2.AsyncClient(base_url=workday.base, trust_env=False, timeout=30) as client:
        client.cookies.set("floor", "planted-by-somebody", domain="127.0.0.1")
        visitor = Visitor(client)
        assert (await visitor.sign_in("leader2", workday.password)).status_code == 303
        assert visitor.secret != "planted-by-somebody"
    async with httpx2.AsyncClient(base_url=workday.base, trust_env=False) as thief:
        thief.cookies.set("floor", "planted-by-somebody")
        assert (await thief.get("/api/v1/listenings")).status_code == 401


async def test_signing_in_elsewhere_ends_what_is_heard_here(workday: Workday) -> None:
    """One sign-in per person (R-SEC-4): the older one's stream ends within seconds, and its listening with it."""
    async with hearing(workday, "leader1") as (visitor, id_):
        async with stream(workday, visitor, f"listen={id_}&ticket={await ticket(visitor)}") as mine:
            await mine.recv()
            async with signed_in(workday, "leader1"), asyncio.timeout(10):
                assert await closed_with(mine) in (1000, 4401)
        async with asyncio.timeout(10):
            while any(one.id == id_ for one in workday.watch.listening.register._table.under_way):  # noqa: ASYNC110
                await asyncio.sleep(0.05)  # told to a loop of another thread


# What comes over the socket


async def hostile(stream_: ClientConnection, frames: list[str | bytes]) -> int | None:
    """Send them; the code with which the server leaves."""
    await stream_.recv()
    try:
        for frame in frames:
            await stream_.send(frame)
    except ConnectionClosed:
        pass
    async with asyncio.timeout(10):
        return await closed_with(stream_)


FRAMES: dict[str, list[str | bytes]] = {
    "a sample too many": [b"\0" * 322],
    "no sound at all": [b""],
    "a megabyte": [b"\0" * 1_000_000],
    "a megabyte of text": ["x" * 1_000_000],
    "another command": ['{"t":"stop"}'],
    "another mode": ['{"t":"mode","mode":"takeover"}'],
    "a field too many": ['{"t":"mode","mode":"listen","who":"somebody else"}'],
    "no JSON": ["{"],
    "deep JSON": ["[" * 200],
    "sound too fast": [b"\0" * 320] * 400,
    "words too fast": ['{"t":"ping","at":1}'] * 200,
}


async def test_frames_that_are_none_of_ours_end_the_stream(workday: Workday) -> None:
    """Oversized, malformed, too many: closed 4400 (or 1009, too big), and the server goes on."""
    left: dict[str, int | None] = {}
    async with signed_in(workday, "manager") as visitor:
        for what, frames in FRAMES.items():
            id_ = (await begin(workday, visitor, mode="whisper")).json()["id"]
            async with stream(workday, visitor, f"listen={id_}&ticket={await ticket(visitor)}") as mine:
                left[what] = await hostile(mine, frames)
            await visitor.send(f"/api/v1/listenings/{id_}/stop", {})
        assert (await visitor.get("/api/v1/listenings")).status_code == 200
    assert {what: code for what, code in left.items() if code not in (4400, 1009)} == {}


async def test_a_slow_listener_loses_the_oldest_and_costs_nothing(workday: Workday) -> None:
    """Whoever does not read for six seconds finds little of them afterwards: the numbers have a gap."""
    async with hearing(workday, "chief") as (visitor, id_):
        narrow = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.connect(("127.0.0.1", workday.watch.web.port))
        narrow.setblocking(False)
        query = f"listen={id_}&ticket={await ticket(visitor)}"
        async with stream(workday, visitor, query, sock=narrow, max_queue=1, compression=None) as mine:
            await mine.recv()
            await asyncio.sleep(6)
            numbers: list[int] = []
            async with asyncio.timeout(20):
                while len(numbers) < 2 or numbers[-1] - numbers[-2] < 50:
                    frame = await mine.recv()
                    if isinstance(frame, bytes):
                        numbers.append(struct.unpack(">I", frame[:4])[0])
        assert len(numbers) < 200  # less than four of the six seconds had been kept


# Words that would be commands


INJECTED = "\r\nAction: Originate\r\nChannel: Local/evil@internal\r\nApplication: System\r\nData: evil"
FIELDS: dict[str, dict[str, Any]] = {
    "pause": {"agent": "", "reason": "meal", "queue": "support"},
    "unpause": {"agent": "", "queue": "support"},
    "log_on": {"agent": "", "queue": "support"},
    "log_off": {"agent": "", "queue": "support"},
    "penalty": {"agent": "", "queue": "support", "penalty": 1},
    "call_agent": {"agent": ""},
    "hang_up": {"agent": "", "call": ""},
    "transfer": {"agent": "", "call": "", "to": "number:1234"},
    "take_over": {"agent": "", "call": ""},
    "pick": {"queue": "support", "agent": "", "caller": ""},
}


def actions(sent: bytes) -> list[str]:
    return re.findall(r"(?m)^Action: *([^\r\n]*)", sent.decode(errors="replace"))


@pytest.mark.parametrize(("login", "breaks"), [("chief", INJECTED), ("manager", INJECTED.replace("\r\n", "\n"))])
async def test_no_field_of_a_command_becomes_an_action(workday: Workday, login: str, breaks: str) -> None:
    """A line break in any field of any command is refused, and not a byte of it is sent to the exchange."""
    async with signed_in(workday, login) as visitor:
        for kind, fields in FIELDS.items():
            for hostile_field in ("pbx", "note", *fields):
                if fields.get(hostile_field) == 1:
                    continue
                agent, call = await asyncio.to_thread(workday.talking, "Team 1")
                true = {name: {"agent": agent, "call": call}.get(name, value) for name, value in fields.items()}
                body = {"pbx": "demo", "note": "", "confirmed": True, **true}
                body[hostile_field] = f"{body[hostile_field]}{breaks}"
                path = f"/api/v1/commands/{kind}"
                answer = await visitor.send(path, body)
                assert 400 <= answer.status_code < 500, (kind, hostile_field, answer.text)
    assert b"evil" not in bytes(workday.tap.sent)


async def test_no_field_of_a_listening_becomes_an_action(workday: Workday) -> None:
    """Nor does one of these; and what is asked properly is seen on the wire, so that this test would see it."""
    async with signed_in(workday, "leader1") as visitor:
        agent, call = await asyncio.to_thread(workday.talking, "Team 1")
        good = {"pbx": "demo", "agent": agent, "mode": "listen", "purpose": "help", "call": call, "note": ""}
        for field in ("pbx", "agent", "mode", "purpose", "call", "note"):
            answer = await visitor.send("/api/v1/listenings", good | {field: f"{good[field]}{INJECTED}"})
            assert 400 <= answer.status_code < 500, (field, answer.text)
        assert b"evil" not in bytes(workday.tap.sent)
        begun = await begin(workday, visitor)
        assert begun.status_code == 201
        assert "Originate" in actions(bytes(workday.tap.sent))
        await visitor.send(f"/api/v1/listenings/{begun.json()['id']}/stop", {})


async def test_exactly_one_channel_is_named_to_the_exchange(workday: Workday) -> None:
    """ChanSpy is given the uniqueid of one channel with the option for exactly that, never a name's beginning."""
    async with signed_in(workday, "leader1") as visitor:
        begun = await begin(workday, visitor)
        spied = re.findall(r"(?m)^Data: *([^,\r\n]+),([^\r\n]*)", bytes(workday.tap.sent).decode())[-1]
        await visitor.send(f"/api/v1/listenings/{begun.json()['id']}/stop", {})
    channel, options = spied
    assert re.fullmatch(r"[\w.-]+", channel)
    assert {"u", "E", "q"} <= set(options)
