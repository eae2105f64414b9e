"""Commands to an exchange: what is sent, what is refused before it is sent, and what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from asterisk.console import AT_ONCE, Console
from asterisk.link import Link
from asterisk.placed import KEY, PlacedCalls
from floor.ports import Announced, Answer, Reached
from tests.asterisk_link.conftest import Ear, Start
from tests.asterisk_link.peer import Action, Peer, error, event, listing, silent, success

SOUNDS = ("silence/1", "beep", "digits/1")
TOKEN = "0123456789abcdef"
ID = f"floor-{TOKEN}"


def accepts(_: Peer, action: Action) -> bytes:
    return success(action, "Message: Originate successfully queued")


async def console(start: Start, ear: Ear, peer: Peer) -> tuple[Console, PlacedCalls, Link]:
    """A console over one link that is up."""
    calls = PlacedCalls()
    link = start(peer.port, calls.ear("hq", ear))
    await ear.pictures()
    return Console({"hq": link}, calls, token=lambda: TOKEN), calls, link


async def test_an_originate_is_sent_as_it_was_meant(start: Start, ear: Ear) -> None:
    """Every field in its header, milliseconds for seconds, and never waiting on the exchange's side."""
    async with Peer(Originate=accepts) as peer:
        board, _, _ = await console(start, ear, peer)
        answer = await board.originate(
            "hq",
            "PJSIP/1001",
            application="Playback",
            data="beep",
            caller_id="Floor <9>",
            timeout_s=12,
            variables={"A": "b"},
        )
        sent = await peer.told("Originate")
    assert answer == Answer(True, "Originate successfully queued", order=f"floor-call-{TOKEN}")
    assert sent.pop("ActionID") == answer.order
    assert sent == {
        "Action": "Originate", "Channel": "PJSIP/1001", "Application": "Playback", "Data": "beep", "Async": "true",
        "CallerID": "Floor <9>", "Timeout": "12000", "Variable": "A=b",
    }  # fmt: skip


INJECTED = "x\r\nAction: Command\r\nCommand: core stop now"


@pytest.mark.parametrize(
    "fields",
    [
        {"channel": f"PJSIP/{INJECTED}"},
        {"channel": "PJSIP/1001&PJSIP/1002"},
        {"channel": "1001"},
        {"channel": "PJSIP/" + "1" * 300},
        {"application": "System,rm"},
        {"application": INJECTED},
        {"data": INJECTED},
        {"data": "x" * 2000},
        {"caller_id": INJECTED},
        {"caller_id": "\x00"},
        {"variables": {"A": "b,C=d"}},
        {"variables": {"A": INJECTED}},
        {"variables": {"A=b,C": "d"}},
        {"variables": {"SHELL(id)x": "d"}},
    ],
)
async def test_no_field_can_say_more_than_its_header(start: Start, ear: Ear, fields: dict[str, object]) -> None:
    """A line break, a comma in a variable, a field too long: refused, nothing is sent."""
    async with Peer(Originate=accepts) as peer:
        board, _, _ = await console(start, ear, peer)
        order: dict[str, object] = {"channel": "PJSIP/1001", "application": "Playback"} | fields
        answer = await board.originate("hq", str(order.pop("channel")), **order)  # type: ignore[arg-type]
        assert not answer.ok
        assert answer.message
        assert (await board.pause("hq", "PJSIP/1", True)).ok  # what was sent before would have come before
    assert "Originate" not in peer.names()
    assert "Command" not in peer.names()


@pytest.mark.parametrize("sound", ["beep,System(x)", "a&b", "", "x\r\ny", "a b"])
async def test_no_sound_is_a_command(start: Start, ear: Ear, sound: str) -> None:
    """Names of sounds are names of files."""
    async with Peer(Originate=accepts) as peer:
        board, _, _ = await console(start, ear, peer)
        assert (await board.announce("hq", "PJSIP/1001", [sound])).reached is Reached.FAILED
    assert "Originate" not in peer.names()


async def test_pause_and_variables(start: Start, ear: Ear) -> None:
    """QueuePause in one queue or all; Setvar on a channel."""
    async with Peer(Setvar=lambda _, action: success(action, "Message: Variable Set")) as peer:
        board, _, _ = await console(start, ear, peer)
        assert (await board.pause("hq", "PJSIP/1", True, queue="support", reason="emergency")).ok
        paused = await peer.told("QueuePause")
        assert (await board.set_variable("hq", "PJSIP/1-0001", "A", "b")).ok
        assert not (await board.set_variable("hq", "PJSIP/1-0001", "A=b", "c")).ok
        assert not (await board.pause("hq", "nowhere", True)).ok
    assert paused["Paused"] == "true"
    assert (paused["Queue"], paused["Reason"], paused["Interface"]) == ("support", "emergency", "PJSIP/1")


async def test_orders_are_sent(start: Start, ear: Ear) -> None:
    """Hanging up, moving and taking calls, calling somebody, members in and out: each one action."""
    names = ("Hangup", "Redirect", "QueueAdd", "QueueRemove", "QueuePenalty")
    async with Peer(Originate=accepts, **{name: lambda _, action: success(action) for name in names}) as peer:
        board, _, _ = await console(start, ear, peer)
        assert (await board.hang_up("hq", "PJSIP/1-0001")).ok
        assert (await board.redirect("hq", "PJSIP/1-0001", "internal", "2")).ok
        assert (await board.add_member("hq", "support", "PJSIP/1", name="Ann", penalty=2)).ok
        assert (await board.remove_member("hq", "support", "PJSIP/1")).ok
        assert (await board.set_penalty("hq", "support", "PJSIP/1", 5)).ok
        assert (await board.bridge("hq", "PJSIP/9", "PJSIP/1-0001", caller_id="Ann <1>")).ok
        taken = await peer.told("Originate")
        for name in names:
            await peer.told(name)
    assert (taken["Channel"], taken["Application"], taken["Data"]) == ("PJSIP/9", "Bridge", "PJSIP/1-0001")


async def test_a_call_between_two(start: Start, ear: Ear) -> None:
    """One phone rings, then the other."""
    async with Peer(Originate=accepts) as peer:
        board, _, _ = await console(start, ear, peer)
        assert (await board.dial("hq", "PJSIP/9", "PJSIP/1", timeout_s=20)).ok
        sent = await peer.told("Originate")
    assert (sent["Channel"], sent["Application"], sent["Data"]) == ("PJSIP/9", "Dial", "PJSIP/1,20")


@pytest.mark.parametrize("evil", [INJECTED, "PJSIP/1&PJSIP/2", "PJSIP/1,S(1)", "PJSIP/1|x"])
async def test_nothing_unsafe_is_sent(start: Start, ear: Ear, evil: str) -> None:
    """Whatever field it stands in."""
    async with Peer(Originate=accepts) as peer:
        board, _, _ = await console(start, ear, peer)
        answers = [
            await board.hang_up("hq", evil),
            await board.redirect("hq", evil, "internal", "2"),
            await board.redirect("hq", "PJSIP/1-1", evil, "2"),
            await board.redirect("hq", "PJSIP/1-1", "internal", evil),
            await board.bridge("hq", evil, "PJSIP/1-1"),
            await board.bridge("hq", "PJSIP/1", evil),
            await board.bridge("hq", "PJSIP/1", "PJSIP/1-1", caller_id=INJECTED),
            await board.dial("hq", evil, "PJSIP/1"),
            await board.dial("hq", "PJSIP/1", evil),
            await board.add_member("hq", evil, "PJSIP/1"),
            await board.add_member("hq", "q", evil),
            await board.remove_member("hq", "q", evil),
            await board.set_penalty("hq", evil, "PJSIP/1", 1),
            await board.pause("hq", evil, True),
            await board.pause("hq", "PJSIP/1", True, queue=INJECTED),
            await board.pause("hq", "PJSIP/1", True, reason=INJECTED),
        ]
        assert not any(answer.ok for answer in answers)
        assert (await board.pause("hq", "PJSIP/1", True)).ok
    assert [name for name in peer.names() if name in ("Hangup", "Redirect", "Originate", "Command", "QueueAdd")] == []


async def test_a_refusal_is_an_answer(start: Start, ear: Ear) -> None:
    """In the exchange's own words."""
    async with Peer(Originate=lambda _, action: error(action, "Permission denied")) as peer:
        board, _, _ = await console(start, ear, peer)
        assert await board.originate("hq", "PJSIP/1", application="Echo") == Answer(False, "Permission denied")
        assert await board.announce("hq", "PJSIP/1", SOUNDS) == Announced(Reached.FAILED, said="Permission denied")


async def test_no_link_and_no_exchange_are_answers(start: Start, ear: Ear) -> None:
    """What cannot be asked is said, not raised."""
    async with Peer() as peer:
        board, _, link = await console(start, ear, peer)
        assert "no exchange" in (await board.originate("other", "PJSIP/1", application="Echo")).message
        link.stop()
        await peer.left()
        assert "no link" in (await board.originate("hq", "PJSIP/1", application="Echo")).message


async def test_an_exchange_that_does_not_answer_is_an_answer(start: Start, ear: Ear) -> None:
    """After its time the order is given up; whether it took effect is not known."""
    async with Peer(Originate=silent) as peer:
        _, _, link = await console(start, ear, peer)
        answer = await link.act("Originate", {}, 0.05)
    assert not answer.ok
    assert "did not answer" in answer.message


Says = Callable[[], list[bytes]]


def response(word: str, reason: int, id: str = ID) -> bytes:
    return event("OriginateResponse", ActionID=id, Response=word, Reason=reason, Uniqueid=id)


def hangup(cause: int) -> bytes:
    return event("Hangup", Uniqueid=ID, Cause=cause)


def key(value: str, uniqueid: str = ID, variable: str = KEY) -> bytes:
    return event("VarSet", Uniqueid=uniqueid, Variable=variable, Value=value)


ENDINGS: list[tuple[str, list[bytes], Announced]] = [
    ("answered, pressed 1", [response("Success", 4), key("1")], Announced(Reached.ANSWERED, "1")),
    ("heard it out", [response("Success", 4), key(""), key(""), hangup(0)], Announced(Reached.ANSWERED)),
    ("hung up before we knew", [hangup(0), response("Success", 4)], Announced(Reached.ANSWERED)),
    ("busy", [response("Failure", 0), hangup(17)], Announced(Reached.BUSY)),
    ("busy, told at once", [response("Failure", 5)], Announced(Reached.BUSY)),
    ("rang out", [response("Failure", 3)], Announced(Reached.UNANSWERED)),
    ("not registered", [response("Failure", 0)], Announced(Reached.FAILED, said="the call could not be made")),
    (
        "others' keys are not ours",
        [key("1", "1.2"), key("1", variable="OTHER"), response("Success", 4, "floor-x"), response("Failure", 3)],
        Announced(Reached.UNANSWERED),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("said", "expected"), [e[1:] for e in ENDINGS], ids=[e[0] for e in ENDINGS])
async def test_how_an_announcement_ends(start: Start, ear: Ear, said: list[bytes], expected: Announced) -> None:
    """Each way in which a call of ours can end is told apart by the events of real exchanges."""

    def answer(peer: Peer, action: Action) -> bytes:
        return success(action) + b"".join(said)

    async with Peer(Originate=answer) as peer:
        board, calls, _ = await console(start, ear, peer)
        assert await board.announce("hq", "PJSIP/1001", SOUNDS, times=2, key_s=3) == expected
        sent = await peer.told("Originate")
    assert sent["Application"] == "Read"
    assert sent["Data"] == f"{KEY},silence/1&beep&digits/1,1,,2,3"
    assert sent["ChannelId"] == sent["ActionID"] == ID
    assert not len(calls)


async def test_the_verdict_is_heard_while_a_picture_is_taken(start: Start, ear: Ear) -> None:
    """OriginateResponse is an event with a header Response: it must not be taken for the answer to a list."""
    picture = asyncio.Event()

    def hesitant(peer: Peer, action: Action) -> bytes | None:
        if not picture.is_set():
            return b"".join(listing(action))
        peer.say(response("Failure", 3))
        return b"".join(listing(action))

    async with Peer(Originate=accepts, QueueStatus=hesitant) as peer:
        board, _, link = await console(start, ear, peer)
        ringing = asyncio.ensure_future(board.announce("hq", "PJSIP/1001", SOUNDS))
        await peer.told("Originate")
        picture.set()
        link.retake()
        async with asyncio.timeout(5):
            assert (await ringing).reached is Reached.UNANSWERED


async def test_a_lost_link_leaves_it_unknown(start: Start, ear: Ear) -> None:
    """Perhaps the phone rang, perhaps not: who asked must know that it is not known."""
    async with Peer(Originate=accepts) as peer:
        board, calls, _ = await console(start, ear, peer)
        ringing = asyncio.ensure_future(board.announce("hq", "PJSIP/1001", SOUNDS))
        await peer.told("Originate")
        peer.hang_up()
        assert (await ringing).reached is Reached.UNKNOWN
    assert not len(calls)


async def test_only_so_many_calls_at_once(start: Start, ear: Ear) -> None:
    """An exchange is not flooded with calls of ours; the next waits its turn at whoever sends it."""
    async with Peer(Originate=accepts) as peer:
        board, calls, _ = await console(start, ear, peer)
        under_way = [calls.open("hq", str(n)) for n in range(AT_ONCE)]
        refused = await board.announce("hq", "PJSIP/1001", SOUNDS)
        for call in under_way:
            calls.forget(call)
    assert refused.reached is Reached.UNANSWERED
    assert "Originate" not in peer.names()
