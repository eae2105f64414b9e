"""The door of the stream: by key, by board, by origin."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import quote

import pytest
from websockets.exceptions import InvalidStatus
from websockets.extensions.permessage_deflate import PerMessageDeflate

from tests.web.conftest import House, Open, closed_with
from web import door


async def test_unknown_board(house: House) -> None:
    """A board nobody defined: 4404."""
    for query in ("board=nowhere", "", "board=floor%00", "board=" + quote("../etc")):
        async with house.stream(query) as stream:
            assert await closed_with(stream) == 4404


async def test_elsewhere_than_loopback_a_key_is_needed(open_house: Open) -> None:
    """Without, with a wrong and with another board's key: 4403, also for boards that do not exist; with its own, in."""
    house = await open_house(host="0.0.0.0")
    _, lobby = house.web.access.create("board:lobby")
    _, floor = house.web.access.create("board:floor")
    for query in (
        "board=floor",
        "board=floor&key=guess",
        f"board=floor&key={lobby}",
        "board=nowhere",
        "board=floor&key=",
    ):
        async with house.stream(query) as stream:
            assert await closed_with(stream) == 4403
    async with house.stream(f"board=floor&key={floor}") as stream:
        assert json.loads(await stream.recv())["t"] == "snapshot"


async def test_an_api_key_opens_streams(open_house: Open) -> None:
    """Programs follow any board with their key, but still no board that does not exist."""
    house = await open_house(host="0.0.0.0")
    _, key = house.web.access.create("api")
    async with house.stream(f"board=floor&key={key}") as stream:
        assert json.loads(await stream.recv())["t"] == "snapshot"
    async with house.stream(f"board=nowhere&key={key}") as stream:
        assert await closed_with(stream) == 4404


async def test_a_revoked_key_closes_open_streams(open_house: Open) -> None:
    """Within seconds 4403, also when another program revoked it; other keys' streams stay."""
    house = await open_house(host="0.0.0.0")
    key, secret = house.web.access.create("board:floor")
    _, other = house.web.access.create("board:floor")
    async with house.stream(f"board=floor&key={secret}") as stream, house.stream(f"board=floor&key={other}") as stays:
        assert json.loads(await stream.recv())["t"] == "snapshot"
        await asyncio.to_thread(house.web.access._file.revoke, key.id, 1.0)
        async with asyncio.timeout(5):
            assert await closed_with(stream) == 4403
        async with asyncio.timeout(5):
            assert json.loads(await stays.recv())["t"] == "snapshot"
            while house.web.hub.clients != {"floor": 1}:
                await stays.recv()


async def test_the_first_key_sends_the_keyless_away(house: House) -> None:
    """Who watched while the door stood open has to come back with a key."""
    async with house.stream() as stream:
        await stream.recv()
        house.web.access.create("api")
        async with asyncio.timeout(5):
            assert await closed_with(stream) == 4403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1.evil.example", "http://127.0.0.1:1"]
)
async def test_a_forged_origin_is_refused(house: House, origin: str) -> None:
    """A page from elsewhere may not open the stream in somebody's browser."""
    with pytest.raises(InvalidStatus) as refused:
        async with house.stream(origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_the_own_page_may(house: House) -> None:
    """The board's own origin is welcome."""
    async with house.stream(origin=house.base) as stream:
        assert json.loads(await stream.recv())["t"] == "snapshot"


async def test_an_open_door_is_for_this_machine(house: House) -> None:
    """Without keys a foreign name that points here is refused, even with an origin to match."""
    with pytest.raises(InvalidStatus) as refused:
        async with house.stream(origin="http://evil.example", additional_headers={"Host": "evil.example"}):
            pass
    assert refused.value.response.status_code in {400, 403}


async def handshake(house: House, *lines: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.web.port)
    upgrade = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13")
    writer.write("\r\n".join([*lines, *upgrade, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""]).encode())
    status = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    return status


async def test_rebinding_is_refused(house: House) -> None:
    """Host and origin agree, but the name is not this machine's: 403."""
    status = await handshake(house, "GET /ws?board=floor HTTP/1.1", "Host: evil.example", "Origin: http://evil.example")
    assert b" 403 " in status


async def test_other_paths_and_odd_requests_are_refused(house: House) -> None:
    """The stream is at /ws; two hosts, two origins or a broken handshake are no request of a browser."""
    assert b" 404 " in await handshake(house, "GET /other HTTP/1.1", "Host: 127.0.0.1")
    assert b" 404 " in await handshake(house, "GET //[ HTTP/1.1", "Host: 127.0.0.1")
    two = ("Origin: http://127.0.0.1", "Origin: http://127.0.0.1")
    assert b" 400 " in await handshake(house, "GET /ws HTTP/1.1", "Host: 127.0.0.1", *two)
    assert b" 101 " in await handshake(house, "GET /ws?board=floor&x=%ff HTTP/1.1", "Host: 127.0.0.1")


async def test_clients_are_counted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit the next one is told to come later."""
    monkeypatch.setattr(door, "MAX_CLIENTS", 1)
    async with house.stream() as stream:
        await stream.recv()
        with pytest.raises(InvalidStatus) as refused:
            async with house.stream():
                pass
    assert refused.value.response.status_code == 503


async def test_deflate_is_agreed_on_without_history(house: House) -> None:
    """Who offers permessage-deflate gets it, and no frame builds on another: one deflate for all, memory for none."""
    async with house.stream(compression="deflate") as stream:
        (agreed,) = stream.protocol.extensions
        assert isinstance(agreed, PerMessageDeflate)
        assert (agreed.remote_no_context_takeover, agreed.local_no_context_takeover) == (True, True)
    async with house.stream() as stream:
        assert stream.protocol.extensions == []


async def test_a_public_board_leaks_nothing(house: House) -> None:
    """Not a byte of agents, trunks, reasons or scores reaches visitors, in the snapshot or later."""
    heard = ""
    house.measures.set(("agent", "pbx1", "Ann"), answered=7)
    async with house.stream("board=lobby") as stream:
        heard += str(await stream.recv())
        house.measures.set(("total", "", ""), offered=3, abandoned=1)
        house.store.put(*house.store.view.agents.values(), *house.store.view.trunks.values())
        async with asyncio.timeout(5):
            while '"beat"' not in heard:
                heard += str(await stream.recv())
    for word in (
        "Ann",
        "1001",
        "carrier",
        "reason",
        "label",
        '"sl"',
        "abandon",
        "service_level",
        "13812345678",
        "Zhang",
    ):
        assert word not in heard, word
    assert json.loads(heard[: heard.index('{"t":"', 1)])["floor"]["agents"] == {}


async def test_no_board_tells_a_callers_number_or_name(house: House) -> None:
    """Nor does the API."""
    async with house.stream() as stream:
        heard = str(await stream.recv())
    assert "1.1" in heard
    for word in ("13812345678", "Zhang", "Ann"):
        assert word not in heard
