"""Listening from a node: the same line, the same sentences, while another process holds the link."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from asterisk import ears
from asterisk.afar import FarLinks, own_address
from asterisk.deliveries import EventArrived
from asterisk.ears import ExchangeEars
from asterisk.spies import Spies
from asterisk.spying import SpyNews, SpyOrders
from floor.clock import SystemClock
from floor.errors import (
    ActionInvalidError,
    ActionTimeoutError,
    AnswerLostError,
    LinkBusyError,
    LinkDownError,
    LinkError,
)
from floor.listening.model import AudioFormat, Mode, Way
from floor.listening.ports import NotHeardError
from floor.ports import Change, Outcome
from floor.state.facts import LinkChanged
from floor.state.model import LinkState, Pbx
from floor.tasks import Tasks
from tests.asterisk_link.listened import Listened, spied

CALL = "1795315375.16"


class Afar:
    """A node's ears; orders and news go straight to the exchange's own process, unless something is lost."""

    def __init__(self) -> None:
        self.exchange = Listened()
        self.orders = SpyOrders(self.exchange.links).works()
        self.lost: type[LinkError] | None = None
        spies = Spies()
        self.far = FarLinks(["pbx"], self.order, spies)
        self.news = SpyNews(self.far.told)
        self.exchange.hear = self.news.ear("pbx", self.exchange.hear)
        self.ears = ExchangeEars(self.exchange.settings, self.far.links, spies, SystemClock())
        self.tasks = Tasks()

    async def order(self, pbx: str, name: str, fields: Mapping[str, Any], within_s: float) -> Mapping[str, Any]:
        assert within_s > 0
        if self.lost is not None:
            raise self.lost("sent, and no answer came")
        return await self.orders[name](pbx, fields)

    def see(self, link: LinkState) -> None:
        """The floor is told how the link is."""
        change = Change(None, Pbx("pbx", link, 1.0))
        self.far.hear(Outcome(1, LinkChanged("pbx", 1.0, link, ""), [change], []))

    async def seen(self) -> None:
        """The exchange is seen, and what it can is known."""
        self.tasks.start("afar", self.far.keep())
        self.tasks.start("learn", self.ears.learn())
        self.see(LinkState.UP)
        async with asyncio.timeout(5):
            # Nothing in it waits for anything outside this process.
            while self.far.links["pbx"].ends() is None:  # noqa: ASYNC110
                await asyncio.sleep(0)
        for _ in range(20):
            await asyncio.sleep(0)

    async def stop(self) -> None:
        await self.ears.stop()
        await self.tasks.stop()
        await self.exchange.stop()


@pytest.fixture
async def afar() -> AsyncIterator[Afar]:
    made = Afar()
    await made.seen()
    yield made
    await made.stop()


@pytest.mark.parametrize(("mode", "options"), [(Mode.LISTEN, "uqESD"), (Mode.BARGE, "uqESDB")])
async def test_the_exchange_brings_the_audio_to_the_node(afar: Afar, mode: Mode, options: str) -> None:
    """The order is the same as beside the link, and so is what is heard."""
    line = await afar.ears.open("pbx", CALL, mode)
    (order,) = afar.exchange.orders
    assert spied(order) == (CALL, options)
    assert order["Async"] == "true"
    assert order["ChannelId"] == order["ActionID"] == line.spy
    assert line.format == AudioFormat(8000, 2)


async def test_a_phone_is_rung_and_hung_up(afar: Afar) -> None:
    """Both ends of a Local channel are known as ours."""
    spy = await afar.ears.ring("pbx", "Local/1900@internal", CALL, Mode.WHISPER, caller_id="Floor")
    (order,) = afar.exchange.orders
    assert (order["CallerID"], order["OtherChannelId"], spied(order)) == ("Floor", f"{spy}-2", (CALL, "uqESw"))
    await afar.ears.hang_up("pbx", spy)
    assert afar.exchange.hung_up == [spy]


async def test_what_an_exchange_lacks_is_known_here_too() -> None:
    """Asked over the relay when it is seen."""
    afar = Afar()
    afar.exchange.modules = {"chan_audiosocket": "Module not loaded"}
    await afar.seen()
    assert tuple(afar.ears.offers("pbx")) == (Way.PHONE,)
    await afar.stop()


@pytest.mark.parametrize(
    ("reason", "sentence"), [("0", "could not ring"), ("5", "the phone is busy"), ("3", "not answered")]
)
async def test_a_phone_that_does_not_answer(afar: Afar, reason: str, sentence: str) -> None:
    """The news of it takes the relay."""
    afar.exchange.how = afar.exchange.fail(reason)
    with pytest.raises(NotHeardError, match=sentence):
        await afar.ears.ring("pbx", "PJSIP/1900", CALL, Mode.LISTEN)


FAULTS: list[tuple[LinkError, str]] = [
    (ActionTimeoutError("no answer to Originate"), "没有应答"),
    (AnswerLostError("the session ended"), "没有连接"),
    (LinkDownError("the link went down"), "没有连接"),
    (LinkBusyError("256 actions are waiting"), "繁忙"),
    (ActionInvalidError("a control character"), "字符"),
]


@pytest.mark.parametrize(("fault", "chinese"), FAULTS)
async def test_an_order_the_exchange_did_not_take(afar: Afar, fault: LinkError, chinese: str) -> None:
    """The link's own sentence comes over the relay, in both languages."""
    afar.exchange.fault = fault
    with pytest.raises(NotHeardError, match=str(fault)) as unheard:
        await afar.ears.open("pbx", CALL, Mode.LISTEN)
    assert chinese in unheard.value.words["zh"]


@pytest.mark.parametrize(("lost", "chinese"), [(AnswerLostError, "没有应答"), (LinkDownError, "没有连接")])
async def test_an_order_that_is_lost_on_the_way(afar: Afar, lost: type[LinkError], chinese: str) -> None:
    """Sent without an answer, or not sent: said; hanging up raises nothing."""
    afar.lost = lost
    with pytest.raises(NotHeardError, match="no answer came") as unheard:
        await afar.ears.open("pbx", CALL, Mode.LISTEN)
    assert chinese in unheard.value.words["zh"]
    await afar.ears.hang_up("pbx", CALL)


async def test_an_exchange_that_is_not_seen(afar: Afar, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits is told, nobody begins; when it is seen again it is asked anew."""
    monkeypatch.setattr(ears, "HEARD_WITHIN_S", 5)
    afar.exchange.how = lambda _: afar.see(LinkState.DOWN)
    with pytest.raises(NotHeardError, match="the link to the exchange was lost"):
        await afar.ears.open("pbx", CALL, Mode.LISTEN)
    with pytest.raises(NotHeardError, match="there is no link"):
        await afar.ears.open("pbx", CALL, Mode.LISTEN)
    afar.exchange.how = afar.exchange.listen
    await afar.seen()
    await afar.ears.open("pbx", CALL, Mode.LISTEN)


async def test_an_exchange_that_cannot_be_asked_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked again, until it answers."""
    monkeypatch.setattr("asterisk.afar.AGAIN_S", 0.01)
    afar = Afar()
    afar.lost = LinkDownError
    afar.tasks.start("afar", afar.far.keep())
    afar.see(LinkState.UP)
    await asyncio.sleep(0.05)
    assert afar.far.links["pbx"].ends() is None
    afar.lost = None
    await afar.seen()
    assert afar.far.links["pbx"].ends() == ("127.0.0.1", "127.0.0.1")
    await afar.stop()


async def test_no_other_action_goes_this_way(afar: Afar) -> None:
    """Listening needs three."""
    with pytest.raises(ActionInvalidError):
        await afar.far.links["pbx"].ask("Command", {"Command": "core stop now"})


@pytest.mark.parametrize("said", [{}, {"event": 1, "id": []}, {"event": "Newchannel", "id": "x"}])
async def test_news_that_is_none(afar: Afar, said: Mapping[str, Any]) -> None:
    """Is passed over."""
    afar.far.told("pbx", said)


@pytest.mark.parametrize("theirs", ["", "pbx.example.com", "300.1.1.1", "::g", "127.0.0.1\n"])
def test_what_is_no_address(theirs: str) -> None:
    """Nobody is looked up, and nothing is sent."""
    assert own_address(theirs) is None


def test_our_address_on_the_way() -> None:
    """Towards ourselves it is our own."""
    assert own_address("127.0.0.1") == "127.0.0.1"


async def test_other_events_are_nobody_s_news() -> None:
    """Only those of spying channels take the relay."""
    told: list[Mapping[str, str]] = []
    hear = SpyNews(lambda _, said: told.append(said)).ear("pbx", lambda _: None)
    hear(EventArrived({"Event": "Hangup", "Uniqueid": "1.1", "Cause": "16"}, 1.0))
    hear(EventArrived({"Event": "Newchannel", "Uniqueid": "floor-spy-1"}, 1.0))
    assert told == []
