"""The life of a link: opening, picture, watchdog, loss, overflow, stop."""

from __future__ import annotations

import asyncio
import gc
import socket
import time
from pathlib import Path

import pytest

from asterisk.collect import PICTURE
from asterisk.deliveries import (
    ClockCompared,
    CloseReason,
    Delivery,
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
from floor.errors import ActionInvalidError, ActionTimeoutError, LinkDownError
from floor.state.model import LinkState
from tests.asterisk_link.conftest import FAST, Ear, Start, settings
from tests.asterisk_link.peer import Action, Peer, block, error, event, listing, silent, success
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


async def test_events_and_lists_keep_the_order_of_the_stream(start: Start, ear: Ear) -> None:
    """A list's marker stands exactly where its last line came among the events; its items are no events."""

    def between(_peer: Peer, action: Action) -> bytes:
        head, first, second, end = listing(action, ("QueueParams", {"Queue": "a"}), ("QueueMember", {"Name": "Ann"}))
        return b"".join(
            [event("E1"), head, event("E2"), first, event("E3"), second, event("E4", ActionID="x"), end, event("E5")]
        )

    async with Peer(QueueStatus=between) as peer:
        start(peer.port)
        await ear.pictures()
    order = [
        str(one.message["Event"]) if isinstance(one, EventArrived) else one.action
        for one in ear.heard
        if isinstance(one, EventArrived | ListCollected)
    ]
    assert order[order.index("E1") :][:6] == ["E1", "E2", "E3", "E4", "QueueStatus", "E5"]
    [queues] = [one for one in ear.all(ListCollected) if one.action == "QueueStatus"]
    assert [message["Event"] for message in queues.messages] == ["QueueParams", "QueueMember"]


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


async def test_refused_and_unknown_lists_are_noted_and_empty_ones_are_empty(start: Start, ear: Ear) -> None:
    """ "No endpoints found" is an empty list; "Permission denied" and "unknown command" are missing ones."""
    async with Peer(
        SIPpeers=lambda _, action: error(action, "Invalid/unknown command: SIPpeers."),
        DeviceStateList=lambda _, action: error(action, "Permission denied"),
        PJSIPShowEndpoints=lambda _, action: error(action, "No endpoints found"),
    ) as peer:
        start(peer.port)
        await ear.pictures()
    assert ear.all(PictureComplete)[0].missing == ("DeviceStateList", "SIPpeers")
    refused = {one.action: one.refused for one in ear.all(ListCollected)}
    assert refused["DeviceStateList"] == "Permission denied"
    assert refused["PJSIPShowEndpoints"] is None


async def test_a_list_without_answer_is_given_up_and_its_late_items_are_no_events(start: Start, ear: Ear) -> None:
    """A late list must not be taken for live events: the names are the same."""
    held: list[Action] = []

    def late(_peer: Peer, action: Action) -> None:
        held.append(action)

    async with Peer(DeviceStateList=late) as peer:
        start(peer.port)
        await ear.pictures()
        peer.say(b"".join(listing(held[0], ("DeviceStateChange", {"Device": "PJSIP/1"}))) + event("Marker"))
        await ear.until(lambda: "Marker" in ear.events())
    assert ear.events() == ["Marker"]
    assert "DeviceStateList" in ear.all(PictureComplete)[0].missing


async def test_the_picture_is_taken_again_when_the_exchange_has_booted(start: Start, ear: Ear) -> None:
    """A picture taken while modules are loading is not the last one."""
    async with Peer() as peer:
        start(peer.port)
        await ear.pictures()
        peer.say(event("FullyBooted"))
        await ear.pictures(2)
    assert len(ear.all(PictureBegan)) == 2


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


async def test_a_half_open_link_is_found_within_the_watchdog(start: Start, ear: Ear) -> None:
    """A wire that silently stops forwarding is noticed in time, told as a loss, and left for a new session."""
    async with Peer() as peer, Proxy(peer.port) as proxy:
        link = start(proxy.port)
        await ear.pictures()
        proxy.stall()
        began = time.monotonic()
        closed = await ear.closed(CloseReason.SILENT)
        assert time.monotonic() - began <= 1.05
        assert closed.last_heard_at is not None
        assert link.state is LinkState.DOWN
        proxy.cut()
        proxy.resume()
        await ear.pictures(2)
    assert link.health().reconnects == 1


async def test_a_quiet_exchange_that_answers_pings_is_left_alone(start: Start, ear: Ear) -> None:
    """Nothing to say is not dead."""
    async with Peer() as peer:
        start(peer.port)
        await ear.pictures()
        await asyncio.sleep(1.6)
        assert peer.names().count("Ping") >= 3
    assert peer.sessions == 1


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


@pytest.mark.parametrize(
    "noise", [b"\xff\xfe\x00" * 500 + b"\r\n\r\n", b"Event: Tor", b"\r\n" * 50, b"Event: \r\n\r\n"]
)
async def test_garbage_is_survived(start: Start, ear: Ear, noise: bytes) -> None:
    """Wrong bytes and half messages cost at most the message they hit."""
    async with Peer() as peer, Proxy(peer.port) as proxy:
        start(proxy.port)
        await ear.pictures()
        proxy.inject(noise + b"\r\n\r\n" + event("After"))
        await ear.until(lambda: "After" in ear.events())
    assert peer.sessions == 1


async def test_ten_megabytes_without_an_end_end_the_session(start: Start, ear: Ear) -> None:
    """A message without an end is given up, and the link comes back."""
    async with Peer() as peer, Proxy(peer.port) as proxy:
        link = start(proxy.port)
        await ear.pictures()
        for _ in range(160):
            proxy.inject(b"x" * 65536)
        await ear.closed(CloseReason.GARBAGE)
        await ear.pictures(2)
        assert link.state is LinkState.UP


async def test_what_does_not_speak_ami_is_told(start: Start, ear: Ear) -> None:
    """Another service on that port is named as the trouble."""
    async with Peer(Login=silent) as peer:
        peer.greeting = b"220 mail.example ESMTP\r\n"
        start(peer.port)
        assert "does not greet like AMI" in (await ear.closed(CloseReason.NOT_AMI)).detail


async def test_an_overflow_ends_in_a_new_picture(start: Start) -> None:
    """More events than may wait: they are dropped as a whole, the session ends, and a new picture is taken."""
    ear = Ear()

    def slow(delivery: Delivery) -> None:
        if isinstance(delivery, EventArrived) and delivery.message["Event"] == "Flood":
            time.sleep(0.002)
        ear(delivery)

    pace = Pace(retry=FAST.retry, booted_s=0.05, queue_limit=500)
    async with Peer() as peer:
        link = start(peer.port, slow, pace)
        await ear.pictures()
        peer.say(b"".join(event("Flood", Serial=n) for n in range(3000)))
        closed = await ear.closed(CloseReason.OVERFLOW)
        await ear.pictures(2)
        assert link.state is LinkState.UP
    assert link.health().overflows == 1
    after = ear.heard[ear.heard.index(closed) :]
    assert not [one for one in after if isinstance(one, EventArrived) and one.message["Event"] == "Flood"]


async def test_a_burst_leaves_the_event_loop_to_others(start: Start) -> None:
    """While twenty thousand events are applied, nobody else waits for more than 50 ms of our work."""
    ear, worst = Ear(), [0.0]

    def busy(delivery: Delivery) -> None:
        if isinstance(delivery, EventArrived):
            until = time.thread_time() + 0.00003
            while time.thread_time() < until:
                pass
        ear(delivery)

    async def ticker() -> None:
        # Processor time, not wall time: other programs on the machine are no fault of ours.
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            worst[0] = max(worst[0], time.thread_time() - before)

    async with Peer() as peer:
        start(peer.port, busy)
        await ear.pictures()
        peer.say(b"".join(event("Flood", Serial=n, Filler="x" * 300) for n in range(20_000)))
        gc.collect()
        gc.freeze()  # what other tests left in memory is not searched again on our time
        ticking = asyncio.create_task(ticker())
        await ear.until(lambda: len(ear.heard) >= 20_000, within_s=20)
        ticking.cancel()
        gc.unfreeze()
    assert worst[0] < 0.05


async def test_a_sink_that_raises_costs_one_delivery(start: Start) -> None:
    """What cannot be applied is counted and logged; the link and the next event go on."""
    ear = Ear()

    def touchy(delivery: Delivery) -> None:
        if isinstance(delivery, EventArrived) and delivery.message["Event"] == "Bad":
            raise ValueError("cannot be applied")
        ear(delivery)

    async with Peer() as peer:
        link = start(peer.port, touchy)
        await ear.pictures()
        peer.say(event("Bad") + event("Good"))
        await ear.until(lambda: ear.events() == ["Good"])
        assert link.health().sink_errors == 1
        assert peer.sessions == 1


async def test_only_wanted_events_are_delivered(start: Start, ear: Ear) -> None:
    """The filter is applied to events, never to lists, and what it drops is counted."""
    async with Peer() as peer:
        link = start(peer.port, wanted={"Hangup": (), "VarSet": ("Variable: QUEUESTATUS",)})
        await ear.pictures()
        peer.say(event("RTCPSent") + event("VarSet", Variable="x") + event("VarSet", Variable="QUEUESTATUS"))
        peer.say(event("Hangup", Uniqueid="1"))
        await ear.until(lambda: "Hangup" in ear.events())
        assert ear.events() == ["VarSet", "Hangup"]
        assert link.health().skipped >= 2


async def test_actions_are_answered(start: Start, ear: Ear) -> None:
    """An answer comes back whole, success or error, with its repeated headers."""
    async with Peer(
        Command=lambda _, action: success(action, "Output: one", "Output: two"),
        Hangup=lambda _, action: error(action, "No such channel"),
    ) as peer:
        link = start(peer.port)
        await ear.pictures()
        assert (await link.ask("Command", {"Command": "core show uptime"}))["Output"] == ["one", "two"]
        assert (await link.ask("Hangup", {"Channel": "PJSIP/1"}))["Message"] == "No such channel"


async def test_an_action_times_out_and_leaves_nothing(start: Start, ear: Ear) -> None:
    """Fifty unanswered actions leave nothing waiting, and their late answers trouble nobody."""
    async with Peer(Originate=silent) as peer:
        link = start(peer.port)
        await ear.pictures()
        asked = [link.ask("Originate", {"Exten": str(n)}, within_s=0.05) for n in range(50)]
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        assert all(isinstance(outcome, ActionTimeoutError) for outcome in outcomes)
        session = link._session
        assert session is not None
        assert session._line is not None
        assert not [one for one in session._line.responses.values() if one["Action"] == "Originate"]
        peer.say(success(await peer.told("Originate")) + event("After"))
        await ear.until(lambda: ear.events() == ["After"])


async def test_no_action_is_ever_sent_twice(start: Start, ear: Ear) -> None:
    """An action that was waiting when the link went down fails; the next session does not repeat it."""
    async with Peer(Originate=silent, Command=silent) as peer:
        link = start(peer.port)
        await ear.pictures()
        originate = asyncio.create_task(link.ask("Originate", {"Exten": "1"}))
        command = asyncio.create_task(link.ask("Command", {"Command": "x"}))
        await peer.told("Originate")
        await peer.told("Command")
        peer.hang_up()
        for task in (originate, command):
            with pytest.raises(LinkDownError):
                await task
        await ear.pictures(2)
        peer.say(event("FullyBooted"))
        await ear.pictures(3)
        assert peer.names().count("Originate") == 1
        assert peer.names().count("Command") == 1


async def test_an_injected_line_break_is_never_sent(start: Start, ear: Ear) -> None:
    """A value cannot become an action of somebody else's choosing."""
    async with Peer() as peer:
        link = start(peer.port)
        await ear.pictures()
        with pytest.raises(ActionInvalidError):
            await link.ask("QueuePause", {"Reason": "lunch\r\n\r\nAction: Originate"})
        await link.ask("Ping")
        assert "QueuePause" not in peer.names()


async def test_without_a_link_an_action_fails_at_once(start: Start) -> None:
    """Nothing is kept for later."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        link = start(taken.getsockname()[1])
        with pytest.raises(LinkDownError):
            await link.ask("Ping")


async def test_the_clock_is_compared_and_the_lag_known(start: Start, ear: Ear) -> None:
    """The offset comes from Ping; whether events are stamped is learnt from the first stamped one."""
    async with Peer() as peer:
        link = start(peer.port)
        await ear.until(lambda: bool(ear.all(ClockCompared)))
        compared = ear.all(ClockCompared)[0]
        assert compared.offset_s == pytest.approx(1795315210.25 - time.time(), abs=1.0)
        assert not compared.timestamps
        peer.say(event("Stamped", Timestamp="1795315210.250000"))
        await ear.until(lambda: ear.all(ClockCompared)[-1].timestamps)
        lag = link.health().lag_s
        assert lag is not None
        assert 0 <= lag < 2


async def test_a_peer_without_a_clock_is_not_guessed(start: Start, ear: Ear) -> None:
    """No timestamp in the answer to Ping: the offset is not known, never zero."""
    async with Peer(Ping=lambda _, action: success(action, "Ping: Pong")) as peer:
        start(peer.port)
        await ear.until(lambda: bool(ear.all(ClockCompared)))
    assert ear.all(ClockCompared)[0].offset_s is None


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


async def test_a_message_with_two_message_headers_is_survived(start: Start, ear: Ear) -> None:
    """Repeated headers in a response, on which panoramisk would stumble, are just a list."""

    def twice(_peer: Peer, action: Action) -> bytes:
        return block("Response: Success", f"ActionID: {action['ActionID']}", "Message: a", "Message: b")

    async with Peer(QueuePause=twice) as peer:
        link = start(peer.port)
        await ear.pictures()
        assert (await link.ask("QueuePause"))["Message"] == ["a", "b"]
