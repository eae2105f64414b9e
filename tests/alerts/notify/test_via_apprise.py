"""Mail over a real server, and other services over apprise, also when they fail in every way they can."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

import pytest

from alerts.notify import via_apprise
from alerts.notify.errors import NotToldError, PassingError, PermanentError
from alerts.notify.via_apprise import Mail, Service, ThroughApprise, judge
from floor.sections.notify import MailSettings
from tests.alerts.notify.cast import Post, Receiver, message

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise's own import


@pytest.fixture
async def through() -> AsyncIterator[ThroughApprise]:
    made = ThroughApprise()
    yield made
    made.close()


class Written(logging.Handler):
    """Everything that reaches the log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += record.getMessage() + "\n"


@pytest.fixture
def written() -> Iterator[Written]:
    root, handler = logging.getLogger(), Written()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def mail(through: ThroughApprise, port: int, **changes: object) -> Mail:
    values: dict[str, object] = {"server": "127.0.0.1", "port": port, "security": "none", "sender": "floor@example.com"}
    return Mail(through, MailSettings.model_validate(values | changes))


def read(content: object) -> EmailMessage:
    assert isinstance(content, bytes)
    return cast(EmailMessage, message_from_bytes(content, policy=default))


LETTER = message(kind="mail", address="li@example.com")


async def test_a_mail_arrives(through: ThroughApprise) -> None:
    """Title, text, key and link, from the address of the settings, marked as written by a machine."""
    async with Post() as post:
        await mail(through, post.port).tell(message("key-1", "mail", "li@example.com", language="zh"))
    [envelope] = post.letters
    assert envelope.rcpt_tos == ["li@example.com"]
    assert envelope.mail_from == "floor@example.com"
    letter = read(envelope.content)
    assert letter["Subject"] == "严重：中继中断 – 中继 carrier-1 (hq)"
    assert letter["X-Floor-Message"] == "key-1"
    assert letter["Auto-Submitted"] == "auto-generated"
    body = letter.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "R-EMG-22 · 中继中断" in text
    assert "https://floor.example/desk" in text
    assert "key-1" in text


async def told_error(through: ThroughApprise, post: Post, **changes: object) -> NotToldError:
    async with post:
        with pytest.raises(NotToldError) as raised:
            await mail(through, post.port, **changes).tell(LETTER)
    return raised.value


async def test_a_recipient_that_does_not_exist(through: ThroughApprise) -> None:
    """550 is for good."""
    error = await told_error(through, Post("550 5.1.1 no such user"))
    assert isinstance(error, PermanentError)
    assert "550" in str(error)


async def test_a_server_that_is_busy(through: ThroughApprise) -> None:
    """451 (greylisting) is for now."""
    error = await told_error(through, Post("451 4.7.1 come back later"))
    assert isinstance(error, PassingError)
    assert "451" in str(error)


async def test_a_server_that_hangs(through: ThroughApprise, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up for now, in bounded time."""
    monkeypatch.setattr(via_apprise, "WITHIN_S", 1)
    assert isinstance(await told_error(through, Post(hangs=True)), PassingError)


async def test_no_server_there(through: ThroughApprise) -> None:
    """The reason is in the words of the system, without the address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(PassingError, match="connection refused"):
            await mail(through, taken.getsockname()[1]).tell(LETTER)


async def test_a_server_that_cannot_be_trusted(through: ThroughApprise, certificate: ssl.SSLContext) -> None:
    """Nothing is said to it; with verify = false it is."""
    error = await told_error(through, Post(tls=certificate), security="starttls")
    assert isinstance(error, PassingError)
    assert "not trusted" in str(error)
    async with Post(tls=certificate) as post:
        await mail(through, post.port, security="starttls", verify=False).tell(LETTER)
    assert len(post.letters) == 1


async def test_no_password_in_error_or_log(through: ThroughApprise, tmp_path: Path, written: Written) -> None:
    """A server that wants no login fails; what is said of it holds neither password nor user."""
    file = tmp_path / "password"
    file.write_text("pa:ss/w@rd\n")
    error = await told_error(through, Post(), user="floor-user", password_file=file)
    assert "pa:ss" not in str(error) + written.text
    assert "floor-user" not in str(error) + written.text


async def test_a_password_file_that_is_gone(through: ThroughApprise, tmp_path: Path) -> None:
    """Mending the file is enough, so it is for now."""
    with pytest.raises(PassingError, match="cannot be read"):
        await mail(through, 1, user="a", password_file=tmp_path / "none").tell(LETTER)


@pytest.mark.parametrize("address", ["li", "li@example.com,boss@example.com", "li@example.com\r\nBcc: x@y", "<li@x>"])
async def test_what_is_no_mail_address(through: ThroughApprise, address: str) -> None:
    """One address is one address."""
    with pytest.raises(PermanentError):
        await mail(through, 1).tell(message(kind="mail", address=address))


# Other services


def service(through: ThroughApprise, tmp_path: Path, url: str) -> Service:
    file = tmp_path / "url"
    file.write_text(url + "\n")
    return Service(through, {"team": file})


async def test_a_service_is_told(through: ThroughApprise, tmp_path: Path) -> None:
    """The URL comes from its file; text and severity are passed on."""
    async with Receiver(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as receiver:
        ours = service(through, tmp_path, f"json://127.0.0.1:{receiver.port}/room")
        await ours.tell(message(kind="apprise", address="team"))
    [request] = receiver.requests
    assert b"trunk lost" in request.body
    assert request.line.startswith("POST /room")


@pytest.mark.parametrize(
    ("status", "kind"), [(404, PermanentError), (401, PermanentError), (429, PassingError), (500, PassingError)]
)
async def test_a_service_that_refuses(
    through: ThroughApprise, tmp_path: Path, status: int, kind: type[NotToldError], written: Written
) -> None:
    """Its code decides; the token in its URL is in no error and no log."""
    async with Receiver(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status) as receiver:
        ours = service(through, tmp_path, f"json://127.0.0.1:{receiver.port}/s3cr3t-token")
        with pytest.raises(kind, match=str(status)) as raised:
            await ours.tell(message(kind="apprise", address="team"))
    assert "s3cr3t" not in str(raised.value) + written.text


async def test_a_url_that_apprise_does_not_know(through: ThroughApprise, tmp_path: Path) -> None:
    """It is said without the URL."""
    with pytest.raises(PermanentError) as raised:
        await service(through, tmp_path, "nonsense://s3cr3t").tell(message(kind="apprise", address="team"))
    assert "s3cr3t" not in str(raised.value)


async def test_an_address_within_a_service(through: ThroughApprise, tmp_path: Path) -> None:
    """``name:target`` fills the place in the URL, escaped; without a place or a target it is an error."""
    async with Receiver(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as receiver:
        ours = service(through, tmp_path, f"json://127.0.0.1:{receiver.port}/to/{{address}}")
        await ours.tell(message(kind="apprise", address="team:+8613800138000"))
        for address in ("team", "team:../x", "team:a/b", "other"):
            with pytest.raises(PermanentError):
                await ours.tell(message(kind="apprise", address=address))
    assert "13800138000" in receiver.requests[0].line
    with pytest.raises(PermanentError):
        await service(through, tmp_path, "json://127.0.0.1/").tell(message(kind="apprise", address="team:x"))


async def test_hanging_services_keep_no_other_threads(
    through: ThroughApprise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What blocks blocks in threads of its own: the record's threads stay free."""
    monkeypatch.setattr(via_apprise, "WITHIN_S", 1)
    async with Receiver(None) as receiver:
        ours = service(through, tmp_path, f"json://127.0.0.1:{receiver.port}/?rto=2&cto=2")
        hanging = [asyncio.ensure_future(ours.tell(message(kind="apprise", address="team"))) for _ in range(8)]
        await receiver.got.wait()
        async with asyncio.timeout(0.5):
            assert await asyncio.to_thread(lambda: 1) == 1
        for error in await asyncio.gather(*hanging, return_exceptions=True):
            assert isinstance(error, PassingError)


@pytest.mark.parametrize(
    ("said", "kind", "sentence"),
    [
        (["Socket Exception: {'a@b': (550, b'no')}"], PermanentError, "550"),
        (["Socket Exception: (535, b'5.7.8 bad')"], PassingError, "login"),
        (["Socket Exception: (421, b'x')"], PassingError, "421"),
        (["SMTP recipient a@b was refused: 550 b'x'"], PermanentError, "550"),
        (["Failed to send x: Unauthorized, error=401."], PermanentError, "401"),
        (["Failed to send x: error=408."], PassingError, "408"),
        (["[SSL: CERTIFICATE_VERIFY_FAILED] x"], PassingError, "not trusted"),
        (["[Errno 113] No route to host"], PassingError, "no route to host"),
        ([], PassingError, "no connection"),
    ],
)
def test_what_apprise_says(said: list[str], kind: type[NotToldError], sentence: str) -> None:
    """Permanent and passing errors are told apart by codes; of the rest nothing is repeated."""
    error = judge(said)
    assert type(error) is kind
    assert sentence in str(error)
