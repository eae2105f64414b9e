"""The life of a link: opening, picture, watchdog, loss, overflow, stop."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from asterisk.collect import PICTURE
from asterisk.deliveries import (
    ClockCompared,
    CloseReason,
    EventArrived,
    LinkClosed,
    LinkOpened,
    ListCollected,
    PictureBegan,
    PictureComplete,
)
from asterisk.link import Link, Pace
from floor.backoff import Backoff
from floor.clock import SystemClock
from floor.errors import LinkDownError
from floor.state.model import LinkState
from tests.asterisk_link.conftest import FAST, Ear, Start, settings
from tests.asterisk_link.peer import Action, Peer, error, event, listing, silent
from tests.support.proxy import Proxy


async def test_it_opens_takes_the_picture_and_is_up(start: Start, ear: Ear) -> None:
    """Login, one list after the other, each marked, then up; the first delivery is the opening."""
    async with Peer() as peer:
        link = start(peer.port)
        await ear.pictures()
        assert link.state is LinkState.UP
    kinds = [type(one) for one in ear.heard if not isinstance(one, ClockCompared | EventArrived)]
    assert kinds == [LinkOpened, PictureBegan, *[ListCollected] * len(PICTURE), PictureComplete]
    assert type(ear.heard[0]) is LinkOpened
    assert ear.all(LinkOpened)[0].greeting == "Asterisk Call Manager/9.0.0"
    assert [one.action for one in ear.all(ListCollected)] == [listing.action for listing in PICTURE]


async def test_events_never_change_places(start: Start, ear: Ear) -> None:
    """A thousand events in arbitrary chunks arrive complete and in order."""
    async with Peer() as peer:
        start(peer.port)
        await ear.pictures()
        stream = b"".join(event("Tick", Serial=n) for n in range(1000))
        for begin in range(0, len(stream), 1371):
            peer.say(stream[begin : begin + 1371])
        await ear.until(lambda: len(ear.events()) == 1000)
    serials = [int(str(one.message["Serial"])) for one in ear.all(EventArrived) if one.message["Event"] == "Tick"]
    assert serials == list(range(1000))


async def test_the_picture_is_taken_again_when_the_exchange_has_booted(start: Start, ear: Ear) -> None:
    """A picture taken while modules are loading is not the last one."""
    async with Peer() as peer:
        start(peer.port)
        await ear.pictures()
        peer.say(event("FullyBooted"))
        await ear.pictures(2)
    assert len(ear.all(PictureBegan)) == 2


async def test_the_picture_is_taken_again_from_time_to_time(start: Start, ear: Ear) -> None:
    """What no event tells is seen with the next picture; meanwhile the link stays up."""
    async with Peer() as peer:
        link = start(peer.port, picture_every_s=1)
        await ear.pictures()
        states = {link.state}
        async with asyncio.timeout(5):
            while len(ear.all(PictureComplete)) < 2:
                states.add(link.state)
                await asyncio.sleep(0.01)
    assert states == {LinkState.UP}
    assert len(ear.all(LinkOpened)) == 1


async def test_the_picture_is_taken_again_while_queues_are_refused(start: Start, ear: Ear) -> None:
    """Without queues there is no floor: the list is asked for again, and again less often."""
    refuse = iter([True, True, False])

    def stubborn(_peer: Peer, action: Action) -> bytes:
        return error(action, "Invalid/unknown command") if next(refuse) else b"".join(listing(action))

    pace = Pace(booted_s=0.05, retake=Backoff(first_s=0.02, cap_s=0.05))
    async with Peer(QueueStatus=stubborn) as peer:
        start(peer.port, pace=pace)
        await ear.pictures(3)
    assert [bool(one.missing) for one in ear.all(PictureComplete)] == [True, True, False]


async def test_a_wrong_secret_is_told_and_retried_slowly(start: Start, ear: Ear) -> None:
    """The link is refused, says so once, keeps the secret to itself, and does not hammer the exchange."""
    slow = Pace(refused=Backoff(first_s=0.2, factor=1))
    async with Peer() as peer:
        link = start(peer.port, pace=slow, secret="wrong-secret")
        closed = await ear.closed(CloseReason.REFUSED)
        await asyncio.sleep(0.5)
        assert link.state is LinkState.REFUSED
        assert 2 <= peer.sessions <= 5
    assert closed.state is LinkState.REFUSED
    assert "Authentication failed" in closed.detail
    assert "wrong-secret" not in closed.detail
    assert len(ear.all(LinkClosed)) == 1


async def test_a_mended_secret_file_is_read_at_the_next_attempt(start: Start, ear: Ear, tmp_path: Path) -> None:
    """Whoever writes the right secret into the file need not restart anything."""
    file = tmp_path / "secret"
    async with Peer() as peer:
        start(peer.port, secret=None, secret_file=file)
        assert "cannot be read" in (await ear.closed(CloseReason.REFUSED)).detail
        file.write_text("well-kept-secret\n")
        await ear.pictures()


async def test_the_exchange_that_dies_comes_back_by_itself(start: Start, ear: Ear) -> None:
    """Closed, refused, back again: each told once with its reason, then a new picture."""
    async with Peer() as peer, Proxy(peer.port) as proxy:
        start(proxy.port)
        await ear.pictures()
        proxy.refuse()
        proxy.cut()
        await ear.closed(CloseReason.CLOSED)
        await ear.closed(CloseReason.UNREACHABLE)
        proxy.accept()
        await ear.pictures(2)
    kinds = [type(one) for one in ear.heard if isinstance(one, LinkOpened | LinkClosed)]
    assert kinds[0] is LinkOpened
    assert kinds.count(LinkOpened) == 2
    assert len(ear.all(LinkClosed)) <= 4


async def test_an_announced_shutdown_is_told_as_one(start: Start, ear: Ear) -> None:
    """ "Restarted" and "vanished" are different stories for a supervisor."""
    async with Peer() as peer:
        start(peer.port)
        await ear.pictures()
        peer.say(event("Shutdown", Shutdown="Cleanly", Restart="True"))
        peer.hang_up()
        await ear.closed(CloseReason.SHUTDOWN)


async def test_without_a_link_an_action_fails_at_once(start: Start) -> None:
    """Nothing is kept for later."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        link = start(taken.getsockname()[1])
        with pytest.raises(LinkDownError):
            await link.ask("Ping")


async def stopped_at_once(link: Link, task: asyncio.Task[None]) -> None:
    began = time.monotonic()
    link.stop()
    await asyncio.wait_for(task, 2)
    assert time.monotonic() - began < 0.3


@pytest.mark.parametrize("phase", ["dialling", "logging in", "taking the picture", "up", "asking", "waiting"])
async def test_stop_is_immediate_in_every_phase(phase: str, ear: Ear) -> None:
    """Wherever the link is, stop ends it now, tells it once, and leaves no connection."""
    slow = Pace(retry=Backoff(first_s=60), open_s=60, list_s=60)
    answers = {
        "logging in": {"Login": silent},
        "taking the picture": {"QueueStatus": silent},
        "asking": {"Originate": silent},
    }.get(phase, {})
    async with Peer(**answers) as peer:
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            if phase == "dialling":  # a listener whose queue is full does not answer
                deaf.listen(0)
                fillers = [socket.socket() for _ in range(3)]
                for filler in fillers:
                    filler.setblocking(False)
                    filler.connect_ex(deaf.getsockname())
            port = deaf.getsockname()[1] if phase in ("dialling", "waiting") else peer.port
            link = Link(settings(port), ear, SystemClock(), pace=slow)
            task = asyncio.create_task(link.run())
            if phase == "dialling":
                await asyncio.sleep(0.1)
                for filler in fillers:
                    filler.close()
            elif phase == "waiting":
                await ear.closed(CloseReason.UNREACHABLE)
            elif phase == "logging in":
                await peer.told("Login")
            elif phase == "taking the picture":
                await peer.told("QueueStatus")
            else:
                await ear.pictures()
            asking = asyncio.create_task(link.ask("Originate")) if phase == "asking" else None
            await asyncio.sleep(0)
            await stopped_at_once(link, task)
            if asking is not None:
                with pytest.raises(LinkDownError):
                    await asking
            async with asyncio.timeout(1):
                await peer.left()
    assert type(ear.heard[-1]) is LinkClosed


async def test_health_tells_how_the_link_is(start: Start, ear: Ear) -> None:
    """Heard a moment ago, events counted, nothing waiting; and the last trouble as a sentence after a loss."""
    async with Peer() as peer:
        link = start(peer.port)
        assert link.health().heard_ago_s is None
        await ear.pictures()
        peer.say(event("A") + event("B"))
        await ear.until(lambda: len(ear.events()) == 2)
        health = link.health()
        assert health.state is LinkState.UP
        assert health.heard_ago_s is not None
        assert health.heard_ago_s < 1
        assert health.events == 3  # with FullyBooted
        assert health.queue_size == 0
        assert health.reason is None
        peer.hang_up()
        await ear.closed(CloseReason.CLOSED)
        assert link.health().last_error == "the exchange closed the connection"


async def test_both_ends_of_the_connection(start: Start, ear: Ear) -> None:
    """Our address and the exchange's while there is a link; nothing before and after."""
    async with Peer() as peer:
        link = start(peer.port)
        assert link.ends() is None
        await ear.pictures()
        assert link.ends() == ("127.0.0.1", "127.0.0.1")
        peer.hang_up()
        await ear.closed(CloseReason.CLOSED)
        assert link.ends() is None


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1, signed by itself, with its key."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    file = tmp_path_factory.mktemp("tls") / "pair.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-keyout", str(file), "-out", f"{file}.crt"], check=True, capture_output=True)
    file.write_text(file.read_text() + Path(f"{file}.crt").read_text())
    return file


def encrypted(certificate: Path) -> Peer:
    """A peer that speaks TLS only."""
    peer = Peer()
    peer.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    peer.tls.load_cert_chain(certificate)
    return peer


async def test_tls_with_the_ca_that_was_given(start: Start, ear: Ear, certificate: Path) -> None:
    """The whole session is encrypted, from the first byte."""
    async with encrypted(certificate) as peer:
        start(peer.port, tls=True, tls_ca=f"{certificate}.crt")
        await ear.pictures()


async def test_tls_with_a_stranger_is_refused(start: Start, ear: Ear, certificate: Path) -> None:
    """No secret is sent to whoever cannot prove who he is."""
    async with encrypted(certificate) as peer:
        start(peer.port, tls=True)
        assert "certificate" in (await ear.closed(CloseReason.UNREACHABLE)).detail
        assert peer.actions == []


async def test_a_session_the_exchange_still_holds_is_waited_for_briefly(start: Start, ear: Ear) -> None:
    """With one login per user, our own dead session is no intruder."""
    held = iter([True, True, False])

    def login(peer: Peer, action: Action) -> bytes:
        return error(action, "Login Already In Use") if next(held) else peer.usual(action)

    slow = Pace(retry=FAST.retry, refused=Backoff(first_s=60), booted_s=0.05)
    async with Peer(Login=login) as peer:
        start(peer.port, pace=slow)
        assert "still holds" in (await ear.closed(CloseReason.UNREACHABLE)).detail
        await ear.pictures()
