"""Programs that are told: what they get, how they can trust it, and what each of their answers means."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import ssl
from pathlib import Path

import pytest

from alerts.notify.errors import PassingError, PermanentError
from alerts.notify.webhook import Webhook
from floor.sections.notify import WebhookSettings
from tests.alerts.notify.cast import NOW, FakeClock, Receiver, message


def webhook(url: str, *, private: bool = True, secret_file: Path | None = None, within_s: float = 5.0) -> Webhook:
    settings = WebhookSettings(url=url, private=private, secret_file=secret_file)
    return Webhook({"ops": settings}, FakeClock(), within_s=within_s)


async def test_a_program_gets_the_message_signed(tmp_path: Path) -> None:
    """The receiver can compute the signature from timestamp, body and the shared secret alone."""
    secret = tmp_path / "secret"
    secret.write_text("hush\n")
    async with Receiver() as receiver:
        await webhook(receiver.url, secret_file=secret).tell(message("key-1"))
    [request] = receiver.requests
    assert request.line == "POST /hook?a=b HTTP/1.1"
    assert request.headers["idempotency-key"] == "key-1"
    stamp = request.headers["floor-timestamp"]
    assert stamp == str(int(NOW))
    expected = hmac.new(b"hush", stamp.encode() + b"." + request.body, hashlib.sha256).hexdigest()
    assert request.headers["floor-signature"] == f"v1={expected}"
    told = json.loads(request.body)
    assert told["title"]["zh"].startswith("严重")
    assert (told["id"], told["severity"], told["alert"]) == ("key-1", "crit", "a1")
    assert "recipient" not in told


async def test_without_a_secret_nothing_is_signed() -> None:
    """No header pretends to prove something."""
    async with Receiver() as receiver:
        await webhook(receiver.url).tell(message())
    assert "floor-signature" not in receiver.requests[0].headers


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Fine\r\n\r\n"]
)
async def test_told(answer: bytes) -> None:
    """Any 2xx is enough."""
    async with Receiver(answer) as receiver:
        await webhook(receiver.url).tell(message())


@pytest.mark.parametrize("status", [400, 401, 404, 410, 301, 302, 307])
async def test_refused_for_good(status: int) -> None:
    """It does not want it; a redirect is not followed, for it may lead anywhere."""
    async with Receiver(b"HTTP/1.1 %d X\r\nLocation: http://127.0.0.1:1/\r\n\r\n" % status) as receiver:
        with pytest.raises(PermanentError, match=str(status)):
            await webhook(receiver.url).tell(message())
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
async def test_refused_for_now(status: int) -> None:
    """It is in trouble, or says when to come again."""
    async with Receiver(b"HTTP/1.1 %d X\r\nRetry-After: 17\r\n\r\n" % status) as receiver:
        with pytest.raises(PassingError, match=str(status)) as raised:
            await webhook(receiver.url).tell(message())
    assert raised.value.after_s == 17


@pytest.mark.parametrize("answer", [b"220 mail.example ESMTP\r\n\r\n", b"", b"HTTP/1.1 2"])
async def test_what_is_no_http(answer: bytes) -> None:
    """Something else lives there, or it hung up."""
    async with Receiver(answer) as receiver:
        with pytest.raises(PassingError):
            await webhook(receiver.url).tell(message())


async def test_a_receiver_that_hangs() -> None:
    """After its time it is given up for now."""
    async with Receiver(None) as receiver:
        with pytest.raises(PassingError, match="no answer within"):
            await webhook(receiver.url, within_s=0.2).tell(message())


async def test_nobody_there() -> None:
    """Nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(PassingError, match="no connection"):
            await webhook(f"http://127.0.0.1:{taken.getsockname()[1]}/").tell(message())


async def test_a_name_that_does_not_exist() -> None:
    """The name server may be back soon."""
    with pytest.raises(PassingError, match="name is not known"):
        await webhook("https://no-such-host.invalid/").tell(message())


async def test_a_certificate_nobody_trusts(certificate: ssl.SSLContext) -> None:
    """Whoever answers there is not who he says he is."""
    async with Receiver(tls=certificate) as receiver:
        with pytest.raises(PassingError, match="not trusted"):
            await webhook(receiver.url).tell(message())
    assert not receiver.requests


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "192.168.1.1", "169.254.1.1", "[::ffff:127.0.0.1]"]
)
async def test_private_addresses_need_leave(host: str) -> None:
    """A URL in the settings cannot make us speak to machines inside, unless it says private = true."""
    with pytest.raises(PermanentError, match="private"):
        await webhook(f"http://{host}:1/", private=False).tell(message())


async def test_a_program_that_is_not_set_up() -> None:
    """Contacts name programs of the settings only."""
    with pytest.raises(PermanentError, match="no webhook"):
        await webhook("http://127.0.0.1/").tell(message(address="other"))
