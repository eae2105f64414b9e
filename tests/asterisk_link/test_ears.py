"""Ears: exactly the one channel, in the mode that was asked for, and a sentence for everything that can go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from asterisk import ears
from asterisk.tone import pips
from floor.errors import ActionInvalidError, ActionTimeoutError, LinkBusyError, LinkDownError, LinkError
from floor.listening.model import AudioFormat, Mode, Way
from floor.listening.ports import NotHeardError
from floor.state.model import SPY
from tests.asterisk_link.listened import Listened, spied

CALL = "1795315375.16"
VOICE = bytes(range(64)) * 5
MODES = [(Mode.LISTEN, "uqESD"), (Mode.WHISPER, "uqESDw"), (Mode.BARGE, "uqESDB")]


@pytest.fixture
async def exchange() -> AsyncIterator[Listened]:
    made = Listened()
    yield made
    await made.stop()


@pytest.mark.parametrize(("mode", "options"), MODES)
async def test_order(exchange: Listened, mode: Mode, options: str) -> None:
    """ChanSpy on the uniqueid and on nothing else, ending with it, under an id that is known as ours."""
    line = await exchange.ears.open("pbx", CALL, mode)
    (order,) = exchange.orders
    assert spied(order) == (CALL, options)
    assert order["ChannelId"] == order["ActionID"] == line.spy
    assert line.spy.startswith(SPY)
    assert line.format == AudioFormat(8000, 2)


@pytest.mark.parametrize(("mode", "heard"), [(Mode.LISTEN, b""), (Mode.WHISPER, VOICE), (Mode.BARGE, VOICE)])
async def test_supervisor_is_heard_where_he_is_to_be(exchange: Listened, mode: Mode, heard: bytes) -> None:
    """In mode listen not a byte of his voice leaves us."""
    line = await exchange.ears.open("pbx", CALL, mode)
    line.speak(VOICE)
    await line.close()
    (socket,) = exchange.sockets
    await asyncio.wait_for(socket.ended.wait(), 5)
    assert socket.heard == heard


async def test_mixed_where_the_sides_are_not_told_apart(exchange: Listened) -> None:
    """An exchange that does not know how brings 320 bytes in 20 ms: one channel."""
    exchange.frame = bytes(320)
    line = await exchange.ears.open("pbx", CALL, Mode.LISTEN)
    assert line.format.channels == 1


REFUSALS = [
    ("Permission denied", "floorwatch-manager-console.conf"),
    ("Extension does not exist", "Extension does not exist"),
]


@pytest.mark.parametrize(("said", "sentence"), REFUSALS)
async def test_refused_order(exchange: Listened, said: str, sentence: str) -> None:
    """The exchange's own words, or what to do about them, in both languages."""
    exchange.refusal = said
    for wait in (exchange.ears.open("pbx", CALL, Mode.LISTEN), exchange.ears.ring("pbx", "PJSIP/1", CALL, Mode.LISTEN)):
        with pytest.raises(NotHeardError, match=sentence) as refused:
            await wait
        assert set(refused.value.words) == {"en", "zh"}
        assert refused.value.words["zh"] != refused.value.words["en"]


FAULTS = [
    (ActionTimeoutError("the exchange did not answer Originate within 5 s"), "没有应答"),
    (LinkDownError("the link went down before the exchange answered"), "没有连接"),
    (LinkBusyError("256 actions are waiting"), "繁忙"),
    (ActionInvalidError("the value of CallerID holds a control character"), "字符"),
]


@pytest.mark.parametrize(("fault", "chinese"), FAULTS)
async def test_order_that_was_not_answered(exchange: Listened, fault: LinkError, chinese: str) -> None:
    """The link's sentence; and since nobody knows whether the order was taken, the phone is hung up."""
    exchange.fault = fault
    for wait in (exchange.ears.open("pbx", CALL, Mode.LISTEN), exchange.ears.ring("pbx", "PJSIP/1", CALL, Mode.LISTEN)):
        with pytest.raises(NotHeardError, match=str(fault)) as unheard:
            await wait
        assert chinese in unheard.value.words["zh"]
    await asyncio.sleep(0)
    assert len(exchange.hung_up) == 1


async def test_call_that_is_over(exchange: Listened) -> None:
    """The exchange finds no such channel: said at once, and nothing else is listened to."""
    exchange.how = exchange.over
    for wait in (exchange.ears.open("pbx", CALL, Mode.LISTEN), exchange.ears.ring("pbx", "PJSIP/1", CALL, Mode.LISTEN)):
        with pytest.raises(NotHeardError, match="the call is over"):
            await wait


@pytest.mark.parametrize(
    ("reason", "sentence"), [("0", "could not ring"), ("5", "the phone is busy"), ("3", "not answered")]
)
async def test_phone_that_does_not_answer(exchange: Listened, reason: str, sentence: str) -> None:
    """Busy, unanswered, or not to be rung."""
    exchange.how = exchange.fail(reason)
    with pytest.raises(NotHeardError, match=sentence):
        await exchange.ears.ring("pbx", "PJSIP/1900", CALL, Mode.LISTEN)


async def test_exchange_that_cannot_connect(exchange: Listened) -> None:
    """It cannot reach us, or has no such channels: said with the address."""
    exchange.how = exchange.fail()
    with pytest.raises(NotHeardError, match=r"could not bring the audio to 127\.0\.0\.1:\d+"):
        await exchange.ears.open("pbx", CALL, Mode.LISTEN)


async def test_exchange_that_never_answers(exchange: Listened, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given up after a while; a phone that may still ring is hung up."""
    monkeypatch.setattr(ears, "HEARD_WITHIN_S", 0.05)
    monkeypatch.setattr(ears, "RING_S", 0.05)
    exchange.how = lambda _: None
    with pytest.raises(NotHeardError, match="did not say within 5 s"):
        await exchange.ears.open("pbx", CALL, Mode.LISTEN)
    with pytest.raises(NotHeardError, match="did not say within 5 s"):
        await exchange.ears.ring("pbx", "PJSIP/1900", CALL, Mode.LISTEN)
    await asyncio.sleep(0)
    assert exchange.hung_up == [exchange.orders[-1]["ChannelId"]]


async def test_link_lost_meanwhile(exchange: Listened) -> None:
    """Whoever waits is told."""
    exchange.how = lambda _: exchange.lose()
    with pytest.raises(NotHeardError, match="the link to the exchange was lost"):
        await exchange.ears.open("pbx", CALL, Mode.LISTEN)
    with pytest.raises(NotHeardError, match="there is no link"):
        await exchange.ears.open("pbx", CALL, Mode.LISTEN)


@pytest.mark.parametrize("channel", ["", "1.1,q", "1.1\r\nAction: Hangup", "/.*/", "1.1 ", "a" * 200, "1&2"])
async def test_what_is_no_uniqueid(exchange: Listened, channel: str) -> None:
    """Nothing is sent: no further option, header, pattern or channel gets in."""
    for wait in (
        exchange.ears.open("pbx", channel, Mode.BARGE),
        exchange.ears.ring("pbx", "PJSIP/1", channel, Mode.BARGE),
    ):
        with pytest.raises(NotHeardError, match="no such call"):
            await wait
    await exchange.ears.hang_up("pbx", channel)
    assert exchange.orders == []
    assert exchange.hung_up == []


@pytest.mark.parametrize("phone", ["1900", "PJSIP/1\r\nX: y", "PJSIP/1&PJSIP/2", "PJSIP/1,2", ""])
async def test_what_is_no_phone(exchange: Listened, phone: str) -> None:
    """Nothing is rung."""
    with pytest.raises(NotHeardError, match="TECHNOLOGY/NUMBER"):
        await exchange.ears.ring("pbx", phone, CALL, Mode.LISTEN)
    assert exchange.orders == []


async def test_exchange_that_is_not_there(exchange: Listened) -> None:
    """No offer, no listening, and hanging up is no error."""
    assert exchange.ears.offers("other") == ()
    with pytest.raises(NotHeardError):
        await exchange.ears.open("other", CALL, Mode.LISTEN)
    await exchange.ears.hang_up("other", CALL)


async def test_phone_is_rung_and_hung_up(exchange: Listened) -> None:
    """Who calls is shown; the end is by the uniqueid that ringing gave."""
    spy = await exchange.ears.ring("pbx", "PJSIP/1900", CALL, Mode.WHISPER, caller_id="Floor")
    (order,) = exchange.orders
    assert (order["Channel"], order["CallerID"], spied(order)) == ("PJSIP/1900", "Floor", (CALL, "uqESw"))
    await exchange.ears.hang_up("pbx", spy)
    assert exchange.hung_up == [spy] == [order["ChannelId"]]


async def test_phone_behind_the_dialplan(exchange: Listened) -> None:
    """Of a Local channel both ends bear ids of ours."""
    spy = await exchange.ears.ring("pbx", "Local/1900@internal", CALL, Mode.LISTEN)
    assert exchange.orders[0]["OtherChannelId"] == f"{spy}-2"


async def test_who_gives_up_while_it_rings(exchange: Listened) -> None:
    """His phone rings on no longer."""
    exchange.how = lambda _: None
    ringing = asyncio.create_task(exchange.ears.ring("pbx", "PJSIP/1900", CALL, Mode.LISTEN))
    await asyncio.wait_for(exchange.ordered.wait(), 5)
    ringing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ringing
    await asyncio.sleep(0)
    assert exchange.hung_up == [exchange.orders[0]["ChannelId"]]


@pytest.mark.parametrize(("mode", "options"), [(Mode.LISTEN, "uqES"), (Mode.WHISPER, "uqESw"), (Mode.BARGE, "uqESB")])
async def test_phone_is_joined(exchange: Listened, mode: Mode, options: str) -> None:
    """It is rung with its sound to us, and only once it is lifted the call is spied on, both sides mixed."""
    exchange.frame = bytes(320)
    line = await exchange.ears.join("pbx", "PJSIP/1900", CALL, mode, caller_id="Floor")
    phone, spy = exchange.orders
    assert (phone["Channel"], phone["Application"], phone["CallerID"]) == ("PJSIP/1900", "AudioSocket", "Floor")
    assert phone["ChannelId"].startswith(SPY)
    assert (spied(spy), spy["ChannelId"]) == ((CALL, options), line.spy)
    exchange.sockets[1].say(VOICE)
    async with asyncio.timeout(5):
        async for frame in line.frames():
            assert frame in (VOICE, bytes(320))
            break
    await line.close()
    for socket in exchange.sockets:
        await asyncio.wait_for(socket.ended.wait(), 5)


async def test_joined_phone_changes_its_mode(exchange: Listened) -> None:
    """Another spying channel; the phone is neither rung nor hung up."""
    exchange.frame = bytes(320)
    line = await exchange.ears.join("pbx", "PJSIP/1900", CALL, Mode.LISTEN)
    await line.change(Mode.WHISPER)
    assert [order["Application"] for order in exchange.orders] == ["AudioSocket", "ChanSpy", "ChanSpy"]
    assert not exchange.sockets[0].ended.is_set()
    assert exchange.hung_up == []
    await line.close()


async def test_phone_that_is_put_down_ends_its_line(exchange: Listened) -> None:
    """Nobody spies for a phone that is gone."""
    exchange.frame = bytes(320)
    line = await exchange.ears.join("pbx", "PJSIP/1900", CALL, Mode.LISTEN)
    exchange.sockets[0].writer.close()
    async with asyncio.timeout(5):
        async for _ in line.frames():
            pass
    await asyncio.wait_for(exchange.sockets[1].ended.wait(), 5)


@pytest.mark.parametrize(
    ("reason", "sentence"), [("0", "could not ring"), ("5", "the phone is busy"), ("3", "not answered")]
)
async def test_phone_to_be_joined_that_does_not_answer(exchange: Listened, reason: str, sentence: str) -> None:
    """In the words of any other phone, and phones are joined as before."""
    exchange.how = exchange.fail(reason)
    with pytest.raises(NotHeardError, match=sentence):
        await exchange.ears.join("pbx", "PJSIP/1900", CALL, Mode.LISTEN)
    assert exchange.ears.joins("pbx")


async def test_phone_whose_sound_does_not_come(exchange: Listened) -> None:
    """Lifted, and the exchange cannot reach us: said, and from now on phones listen by themselves, until the link
    opens anew."""
    exchange.how = exchange.over
    with pytest.raises(NotHeardError, match=r"could not bring its sound to 127\.0\.0\.1:\d+"):
        await exchange.ears.join("pbx", "PJSIP/1900", CALL, Mode.LISTEN)
    assert not exchange.ears.joins("pbx")
    await learnt(exchange)
    assert exchange.ears.joins("pbx")


async def test_call_that_is_over_before_the_phone_is_lifted(exchange: Listened) -> None:
    """The phone is hung up, and it is said why."""
    exchange.how = lambda asked: (exchange.over if asked["Application"] == "ChanSpy" else exchange.listen)(asked)
    with pytest.raises(NotHeardError, match="the call is over"):
        await exchange.ears.join("pbx", "PJSIP/1900", CALL, Mode.LISTEN)
    await asyncio.sleep(0)
    assert exchange.hung_up == [exchange.orders[0]["ChannelId"]]


@pytest.mark.parametrize("module", ["app_audiosocket", "chan_audiosocket"])
async def test_where_phones_cannot_be_joined(exchange: Listened, module: str) -> None:
    """An exchange without either has phones listen by themselves."""
    exchange.modules = {module: "Module not loaded"}
    await learnt(exchange)
    assert not exchange.ears.joins("pbx")


async def test_phone_rings_again(exchange: Listened) -> None:
    """In place of the one that listens: that is hung up first, and gone before the phone rings."""
    first = await exchange.ears.ring("pbx", "PJSIP/1900", CALL, Mode.LISTEN)
    second = await exchange.ears.ring("pbx", "PJSIP/1900", CALL, Mode.BARGE, instead_of=first)
    assert exchange.hung_up == [first]
    assert (spied(exchange.orders[1]), second) == ((CALL, "uqESB"), exchange.orders[1]["ChannelId"])


async def learnt(exchange: Listened) -> None:
    """The link opens, and everything is asked."""
    learning = asyncio.create_task(exchange.ears.learn())
    exchange.open()
    for _ in range(5):  # nothing in it waits for anything outside this process
        await asyncio.sleep(0)
    assert not exchange.spies.opened
    learning.cancel()


LACKS = [
    ({}, (Way.BROWSER, Way.PHONE)),
    ({"chan_audiosocket": "Module not loaded"}, (Way.PHONE,)),
    ({"app_chanspy": "Module not loaded"}, ()),
    ({"chan_audiosocket": "Permission denied", "app_chanspy": "Permission denied"}, (Way.BROWSER, Way.PHONE)),
]


@pytest.mark.parametrize(("modules", "offered"), LACKS)
async def test_learns_what_an_exchange_can(
    exchange: Listened, modules: dict[str, str], offered: tuple[Way, ...]
) -> None:
    """Asked when the link opens; an account that may not ask is tried at its word."""
    exchange.modules = modules
    await learnt(exchange)
    assert tuple(exchange.ears.offers("pbx")) == offered
    if Way.BROWSER not in offered:
        with pytest.raises(NotHeardError, match="is not loaded"):
            await exchange.ears.open("pbx", CALL, Mode.LISTEN)


async def test_browser_switched_off() -> None:
    """Only phones are offered."""
    exchange = Listened(browser=False)
    assert tuple(exchange.ears.offers("pbx")) == (Way.PHONE,)
    await exchange.stop()


async def test_no_more_than_so_many() -> None:
    """One too many is told so; when one ends there is room again."""
    exchange = Listened(lines=1)
    line = await exchange.ears.open("pbx", CALL, Mode.LISTEN)
    with pytest.raises(NotHeardError, match="as many listen already"):
        await exchange.ears.open("pbx", CALL, Mode.LISTEN)
    await line.close()
    await exchange.ears.open("pbx", CALL, Mode.LISTEN)
    await exchange.stop()


async def test_agent_is_told_by_a_tone() -> None:
    """By setting: to the agent alone, before anybody hears him, on phones as in the browser."""
    exchange = Listened(tone=True)
    await exchange.ears.open("pbx", CALL, Mode.LISTEN)
    assert [spied(order)[1] for order in exchange.orders] == ["uqESDw", "uqESD"]
    await asyncio.wait_for(exchange.sockets[0].ended.wait(), 5)
    assert exchange.sockets[0].heard == b"".join(pips())
    await exchange.ears.ring("pbx", "PJSIP/1900", CALL, Mode.LISTEN)
    assert [spied(order)[1] for order in exchange.orders[2:]] == ["uqES", "uqESDw"]
    await exchange.stop()


async def test_who_cannot_be_told_is_not_listened_to() -> None:
    """Where the tone cannot be played, neither way is open, and a phone that answered is hung up."""
    exchange = Listened(tone=True)
    exchange.how = lambda asked: exchange.fail()(asked) if "AudioSocket" in asked["Channel"] else exchange.listen(asked)
    with pytest.raises(NotHeardError):
        await exchange.ears.open("pbx", CALL, Mode.LISTEN)
    with pytest.raises(NotHeardError):
        await exchange.ears.ring("pbx", "PJSIP/1900", CALL, Mode.LISTEN)
    await asyncio.sleep(0)
    assert len(exchange.hung_up) == 1
    await exchange.stop()


async def test_stopping_ends_every_line() -> None:
    """Nobody is left listening for a Floorwatch that is gone."""
    exchange = Listened()
    lines = [await exchange.ears.open("pbx", CALL, Mode.LISTEN) for _ in range(3)]
    await exchange.stop()
    for line in lines:
        assert len([frame async for frame in line.frames()]) <= 1


async def test_tone_that_an_exchange_cannot_play() -> None:
    """Known to be missing: said before any phone rings."""
    exchange = Listened(tone=True)
    exchange.modules = {"chan_audiosocket": "Module not loaded"}
    await learnt(exchange)
    with pytest.raises(NotHeardError, match="the tone that tells the agent cannot be played"):
        await exchange.ears.ring("pbx", "PJSIP/1900", CALL, Mode.LISTEN)
    assert exchange.orders == []
    await exchange.stop()


async def test_link_lost_while_it_is_asked(exchange: Listened) -> None:
    """What could not be asked is not known to be missing."""
    exchange.down = True
    await learnt(exchange)
    assert tuple(exchange.ears.offers("pbx")) == (Way.BROWSER, Way.PHONE)


async def test_audio_that_comes_from_no_listening(exchange: Listened, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection whose channel never says that it listens is cut: what it brings is not known to be this call."""
    monkeypatch.setattr(ears, "HEARD_WITHIN_S", 0.2)
    tell = exchange.tell
    monkeypatch.setattr(
        exchange, "tell", lambda name, asked, **more: None if "Spy" in name else tell(name, asked, **more)
    )
    with pytest.raises(NotHeardError, match="did not say within 5 s"):
        await exchange.ears.open("pbx", CALL, Mode.LISTEN)
    (socket,) = exchange.sockets
    await asyncio.wait_for(socket.ended.wait(), 5)
