"""What only Redis does: it goes away and comes back, has a password, holds what others put there."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from floor.relay.ports import START, Entry, Position, RelayAwayError, RelayError
from floor.relay.redis import RedisRelay, shown
from tests.support.redis_server import RedisServer, free_port

ONE = Entry("a", Position(1, 1), b"x")


@pytest.fixture
async def relay(redis_server: RedisServer) -> AsyncIterator[RedisRelay]:
    relay = RedisRelay(redis_server.url)
    yield relay
    await relay.close()


async def test_away_and_back(relay: RedisRelay, redis_server: RedisServer) -> None:
    """While it is stopped every word is one error of ours; started anew it works without being told."""
    await relay.publish([ONE])
    await redis_server.stop()
    asks = (
        lambda: relay.last("a"),
        lambda: relay.publish([ONE]),
        lambda: relay.keep(ONE, b""),
        lambda: relay.checkpoint("a"),
        lambda: relay.read({"a": START}, 0.1),
    )
    for ask in asks:
        with pytest.raises(RelayAwayError, match=r"relay: redis://127\.0\.0\.1:\d+"):
            await ask()
    await redis_server.start()
    assert await relay.last("a") is None
    assert await relay.keep(ONE, b"floor")
    assert list(await relay.read({"a": START}, 0.1)) == [ONE]


async def test_silent_server_is_away(relay: RedisRelay, redis_server: RedisServer) -> None:
    """A server that holds the line and says nothing is found out within its time, and works again when it speaks."""
    await relay.publish([ONE])
    redis_server.pause()
    try:
        async with asyncio.timeout(10):
            with pytest.raises(RelayAwayError):
                await relay.last("a")
            with pytest.raises(RelayAwayError):
                await relay.read({"a": Position(1, 1)}, 0.2)
    finally:
        redis_server.resume()
    assert await relay.last("a") == Position(1, 1)
    assert list(await relay.read({"a": START}, 0.1)) == [ONE]


async def test_password_is_asked_for_and_never_told(redis_server: RedisServer) -> None:
    """With it, all is well; without it, or with another, an error that holds neither."""
    owner = Redis.from_url(redis_server.url)
    await owner.config_set("requirepass", "Zebra-77")
    await owner.aclose()
    known, wrong = RedisRelay(redis_server.url, password="Zebra-77"), RedisRelay(redis_server.url, password="Lion-88")
    await known.publish([ONE])
    with pytest.raises(RelayAwayError) as refused:
        await wrong.publish([ONE])
    assert "Lion-88" not in str(refused.value)
    assert "Zebra-77" not in repr(known.__dict__)
    await known.close()
    await wrong.close()


def test_address_without_secrets() -> None:
    """What is shown of an address holds neither user nor password."""
    assert shown("rediss://ann:Zebra-77@cache.example:6380/2") == "rediss://cache.example:6380"
    assert shown("redis://h") == "redis://h"
    assert shown("redis://[broken") == "relay.url"
    assert "Zebra" not in shown("unix:///run/redis.sock?password=Zebra-77")


def test_address_that_is_none() -> None:
    """Said at once, in our words."""
    with pytest.raises(RelayError, match=r"relay\.url"):
        RedisRelay("redis://h:port")


async def test_what_others_put_there(relay: RedisRelay, redis_server: RedisServer) -> None:
    """A key of another kind is an error of ours; a strange entry is one without a body; a strange place is no place."""
    owner = Redis.from_url(redis_server.url)
    await owner.set("floor:a:entries", "x")
    await owner.hset("floor:a:checkpoint", mapping={"position": "here", "body": "x"})
    await owner.xadd("floor:b:entries", {"other": "x"}, id="5-1")
    with pytest.raises(RelayAwayError):
        await relay.read({"a": START}, 0.0)
    with pytest.raises(RelayAwayError):
        await relay.publish([ONE])
    assert await relay.checkpoint("a") is None
    assert list(await relay.read({"b": START}, 0.0)) == [Entry("b", Position(5, 1), b"")]
    await owner.aclose()


async def test_full_server_takes_nothing(relay: RedisRelay, redis_server: RedisServer) -> None:
    """Out of memory is being away: the collector tries again, and nobody is put aside for it."""
    owner = Redis.from_url(redis_server.url)
    await relay.publish([ONE])
    await owner.config_set("maxmemory", "1")
    with pytest.raises(RelayAwayError):
        await relay.publish([Entry("a", Position(1, 2), b"y")])
    with pytest.raises(RelayAwayError):
        await relay.keep(Entry("a", Position(1, 2), b"y"), b"floor")
    await owner.config_set("maxmemory", "0")
    assert await relay.keep(Entry("a", Position(1, 2), b"y"), b"floor")
    await owner.aclose()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1, signed by itself; its key beside it as ``.key``."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    file = tmp_path_factory.mktemp("tls") / "redis.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-keyout", f"{file}.key", "-out", str(file)], check=True, capture_output=True)
    return file


async def test_tls(redis_server: RedisServer, certificate: Path) -> None:
    """With the CA that was given all is well; a certificate that nobody vouches for is refused."""
    owner, port = Redis.from_url(redis_server.url), free_port()
    for key, value in {
        "tls-cert-file": certificate,
        "tls-key-file": f"{certificate}.key",
        "tls-ca-cert-file": certificate,
        "tls-auth-clients": "no",
        "tls-port": port,
    }.items():
        await owner.config_set(key, str(value))
    await owner.aclose()
    url = f"rediss://127.0.0.1:{port}"
    known, stranger = RedisRelay(url, tls_ca=certificate), RedisRelay(url)
    assert await known.keep(ONE, b"floor")
    assert list(await known.read({"a": START}, 0.1)) == [ONE]
    with pytest.raises(RelayAwayError, match="rediss://127"):
        await stranger.last("a")
    await known.close()
    await stranger.close()


async def test_ca_without_tls_is_not_used(redis_server: RedisServer, tmp_path: Path) -> None:
    """One settings file may name it before the address is changed."""
    relay = RedisRelay(redis_server.url, tls_ca=tmp_path / "ca.pem")
    assert await relay.last("a") is None
    await relay.close()
