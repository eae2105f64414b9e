"""Calls that we place ourselves, and what is heard of them: whether somebody answered, and which key was pressed.

No dialplan is needed. ``Originate`` runs the application ``Read`` on the called channel: it plays the sounds, takes one
key, and puts it into the channel variable ``FLOOR_KEY``, which comes back as ``VarSet``. The channel bears a unique id
of our own choosing (``ChannelId``), so every event about it is known as ours from the first; what cannot be called at
all is told by ``OriginateResponse`` under the action's id. (``Originate`` with ``Playback`` hears no key, ``DTMFEnd``
wants one more read class and comes for every key anybody presses on the whole exchange.)
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from asterisk.deliveries import Delivery, EventArrived, LinkClosed, Sink
from asterisk.wire import Message, first
from floor.ports import Announced, Reached

KEY = "FLOOR_KEY"
HEARD: Mapping[str, tuple[str, ...]] = {"OriginateResponse": (), "VarSet": (f"Variable: {KEY}",), "Hangup": ()}
"""Events that tell of our calls, in the form of :data:`asterisk.translate.WANTED`."""

REASONS = {"5": Reached.BUSY, "3": Reached.UNANSWERED, "1": Reached.UNANSWERED}
"""``OriginateResponse.Reason``: the last control frame of the called channel (5 busy, 3 still ringing, 1 hung up)."""
CAUSES = {"17": Reached.BUSY, "21": Reached.BUSY, "18": Reached.UNANSWERED, "19": Reached.UNANSWERED}
"""``Hangup.Cause`` (Q.850) says it where the reason is 0, which a SIP phone's "busy here" is on 16 and 22."""
CAUSE_WITHIN_S = 0.5
"""How long after the failure that Hangup may come; a phone that is not registered has no channel, and none comes."""


def wanted_too(wanted: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What a link must let through when ours are to be heard as well; no texts: every event of the name."""
    ours = {name: wanted[name] + texts if wanted.get(name, ()) and texts else texts for name, texts in HEARD.items()}
    return {**wanted, **{name: texts if wanted.get(name, texts) else () for name, texts in ours.items()}}


@dataclass(slots=True)
class PlacedCall:
    """One call of ours, until it is over; ``id`` is its action's and its channel's."""

    pbx: str
    id: str
    over: asyncio.Future[Announced] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    answered: bool = False
    gone: bool = False

    def end(self, reached: Reached, key: str | None = None, said: str = "") -> None:
        """Tell how it ended; the first word stands."""
        if not self.over.done():
            self.over.set_result(Announced(reached, key, said))

    def placed(self, message: Message) -> None:
        """OriginateResponse: somebody answered, or nobody did."""
        if first(message, "Response") == "Success":
            self.answered = True
            if self.gone:
                self.end(Reached.ANSWERED)
            return
        reason = REASONS.get(first(message, "Reason"))
        if reason is not None:
            self.end(reason)
        else:
            self.over.get_loop().call_later(
                CAUSE_WITHIN_S, self.end, Reached.FAILED, None, "the call could not be made"
            )

    def closed(self, cause: str) -> None:
        """Hangup: nothing more is pressed."""
        self.gone = True
        if self.answered:
            self.end(Reached.ANSWERED)
        elif cause in CAUSES:
            self.end(CAUSES[cause])


class PlacedCalls:
    """The calls under way on all exchanges; wraps each link's sink and costs nothing while there are none."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, str], PlacedCall] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def open(self, pbx: str, id: str) -> PlacedCall:
        """Listen for this call from now on, until :meth:`forget`."""
        call = self._calls[pbx, id] = PlacedCall(pbx, id)
        return call

    def forget(self, call: PlacedCall) -> None:
        self._calls.pop((call.pbx, call.id), None)

    def ear(self, pbx: str, sink: Sink) -> Sink:
        """``sink`` with us listening first; what is about our calls alone goes no further."""

        def hear(delivery: Delivery) -> None:
            if isinstance(delivery, EventArrived):
                if self._calls:
                    self._event(pbx, delivery.message)
            elif isinstance(delivery, LinkClosed):
                self._lost(pbx)
            sink(delivery)

        return hear

    def _event(self, pbx: str, message: Message) -> None:
        name = first(message, "Event")
        if name == "OriginateResponse":
            if (call := self._calls.get((pbx, first(message, "ActionID")))) is not None:
                call.placed(message)
        elif name in ("VarSet", "Hangup") and (call := self._calls.get((pbx, first(message, "Uniqueid")))) is not None:
            if name == "Hangup":
                call.closed(first(message, "Cause"))
            elif first(message, "Variable") == KEY and (key := first(message, "Value")[:1]):
                call.end(Reached.ANSWERED, key)

    def _lost(self, pbx: str) -> None:
        for call in list(self._calls.values()):
            if call.pbx == pbx:
                call.end(Reached.UNKNOWN, said="the link to the exchange was lost during the call")
