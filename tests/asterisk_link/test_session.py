"""One session: what is heard is routed, what is asked is answered, and bad bytes do no harm."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from asterisk.collect import Collection, Listing
from asterisk.deliveries import (
    CloseReason,
    Cut,
    EventArrived,
)
from asterisk.session import Session
from floor.clock import SystemClock
from floor.errors import ActionInvalidError, ActionTimeoutError
from floor.state.model import LinkState
from tests.asterisk_link.conftest import Ear, Start, settings
from tests.asterisk_link.peer import Peer, error, event, silent, success
from tests.support.proxy import Proxy


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


async def test_an_injected_line_break_is_never_sent(start: Start, ear: Ear) -> None:
    """A value cannot become an action of somebody else's choosing."""
    async with Peer() as peer:
        link = start(peer.port)
        await ear.pictures()
        with pytest.raises(ActionInvalidError):
            await link.ask("QueuePause", {"Reason": "lunch\r\n\r\nAction: Originate"})
        await link.ask("Ping")
        assert "QueuePause" not in peer.names()


BITS = [
    b"Event: ",
    b"Response: Success",
    b"ActionID: action/",
    b"\r\n",
    b"\r\n\r\n",
    b"\xff",
    b":",
    b"EventList: Complete",
]


@given(st.lists(st.one_of(st.sampled_from(BITS), st.binary(max_size=20)), max_size=60))
@hypothesis_settings(max_examples=60)
def test_nothing_a_peer_says_is_our_fault(said: list[bytes]) -> None:
    """Whatever arrives, before or after login, a session goes on or ends as garbage; no defect shows."""

    async def hear() -> None:
        heard: list[EventArrived | Cut] = []
        session = Session(settings(1), SystemClock(), heard.extend)
        session._logged_in = True
        session.received(b"Asterisk Call Manager/9.0.0\r\n")
        session._collections["action/"] = Collection(Listing("QueueStatus"), lambda _: None)
        for data in said:
            session.received(data)
        assert not session.over.done()
        assert all(isinstance(event, EventArrived) and "Event" in event.message for event in heard)
        session.close(CloseReason.STOPPED, "")

    asyncio.run(hear())
