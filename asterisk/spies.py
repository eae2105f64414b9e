"""What is heard of the channels by which we listen, from the order to the moment they hear.

Each bears a unique id of our own choosing (``ChannelId``), so every event about it is known as ours:
``ChanSpyStart`` says that it hears, ``OriginateResponse`` that it could not be called, ``Hangup`` that it is over
before it heard anything. What becomes of it later is told to the floor as a fact, and by its audio.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from asterisk.deliveries import Delivery, EventArrived, LinkClosed, LinkOpened, Sink
from asterisk.placed import CAUSE_WITHIN_S, CAUSES, REASONS
from asterisk.wire import Message, first
from floor.listening.ports import NotHeardError
from floor.ports import Reached

Words = tuple[str, str]

OVER: Words = ("the call is over", "通话已结束")
LOST: Words = ("the link to the exchange was lost", "与交换机的连接已断开")
FAILURES: dict[Reached, Words] = {
    Reached.BUSY: ("the phone is busy", "话机正忙"),
    Reached.UNANSWERED: ("the phone was not answered", "话机无人接听"),
}


@dataclass(slots=True)
class Spy:
    """One channel that is to listen; ``id`` is its uniqueid and its action's."""

    pbx: str
    id: str
    cannot: Words
    """What is said when the exchange cannot call it, and does not tell why."""
    began: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """It hears; or :class:`NotHeardError`."""
    answered: bool = False

    def fail(self, words: Words) -> None:
        """It will not hear; the first word stands."""
        if not self.began.done():
            self.began.set_exception(NotHeardError(*words))
            self.began.exception()  # when nobody waits for it any more, it is no error

    def hears(self) -> None:
        if not self.began.done():
            self.began.set_result(None)

    def placed(self, message: Message) -> None:
        """OriginateResponse."""
        if first(message, "Response") == "Success":
            self.answered = True
            return
        reached = REASONS.get(first(message, "Reason"))
        if reached is not None:
            self.fail(FAILURES[reached])
        else:
            self.began.get_loop().call_later(CAUSE_WITHIN_S, self.fail, self.cannot)

    def closed(self, cause: str) -> None:
        """Hangup: whoever had answered found no call any more to hear."""
        reached = CAUSES.get(cause)
        if self.answered or cause in ("", "0", "16"):
            self.fail(OVER if self.answered else self.cannot)
        else:
            self.fail(FAILURES[reached] if reached is not None else self.cannot)


class Spies:
    """Those that are being opened, on all exchanges; wraps each link's sink and costs nothing while there are none."""

    def __init__(self) -> None:
        self._spies: dict[tuple[str, str], Spy] = {}
        self.opened: set[str] = set()
        """Exchanges whose link was opened since somebody looked."""
        self.news = asyncio.Event()

    def __len__(self) -> int:
        return len(self._spies)

    def expect(self, pbx: str, id: str, cannot: Words) -> Spy:
        """Hear of this channel from now on, until :meth:`forget`."""
        spy = self._spies[pbx, id] = Spy(pbx, id, cannot)
        return spy

    def forget(self, spy: Spy) -> None:
        self._spies.pop((spy.pbx, spy.id), None)

    def ear(self, pbx: str, sink: Sink) -> Sink:
        """``sink`` with us listening first."""

        def hear(delivery: Delivery) -> None:
            if isinstance(delivery, EventArrived):
                if self._spies:
                    self._event(pbx, delivery.message)
            elif isinstance(delivery, LinkClosed):
                self._lost(pbx)
            elif isinstance(delivery, LinkOpened):
                self.opened.add(pbx)
                self.news.set()
            sink(delivery)

        return hear

    def _event(self, pbx: str, message: Message) -> None:
        name = first(message, "Event")
        key = {"OriginateResponse": "ActionID", "ChanSpyStart": "SpyerUniqueid", "Hangup": "Uniqueid"}.get(name)
        spy = self._spies.get((pbx, first(message, key))) if key is not None else None
        if spy is None:
            return
        if name == "OriginateResponse":
            spy.placed(message)
        elif name == "Hangup":
            spy.closed(first(message, "Cause"))
        else:
            spy.hears()

    def _lost(self, pbx: str) -> None:
        for spy in list(self._spies.values()):
            if spy.pbx == pbx:
                spy.fail(LOST)
