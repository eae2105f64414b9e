"""Calls that commands have placed, until the exchange tells what became of the phone that was to ring."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from floor.audit.model import Entry, Stage
from floor.state.facts import CallPlaced

T = TypeVar("T")
MOST = 256
"""Calls that are remembered, and words about calls that are not known yet; the oldest are forgotten first."""

SAID: Mapping[str, Mapping[str, str]] = {
    "answered": {"en": "The phone was lifted.", "zh": "话机已接起。"},
    "busy": {"en": "The phone is busy; nothing has changed.", "zh": "话机正忙，一切未变。"},
    "unanswered": {"en": "Nobody lifted the phone; nothing has changed.", "zh": "话机无人接起，一切未变。"},
    "failed": {
        "en": "The phone refused the call, or could not be rung; nothing has changed.",
        "zh": "话机拒接或无法呼叫，一切未变。",
    },
}
"""What became of the phone -> the sentence, by language."""


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """``reached`` is ``None`` until it is told, then one of :data:`SAID`."""

    asked: Entry
    reached: str | None = None

    @property
    def words(self) -> Mapping[str, str]:
        return {} if self.reached is None else SAID[self.reached]


class PlacedCalls:
    """By the exchange's orders and by the threads of the audit; bounded."""

    def __init__(self) -> None:
        self._calls: OrderedDict[str, PlacedCall] = OrderedDict()
        self._early: OrderedDict[str, CallPlaced] = OrderedDict()

    def expect(self, order: str, asked: Entry) -> Entry | None:
        """From now on; the word may have come before the answer to the order, then with what the audit is to know."""
        _put(self._calls, order, PlacedCall(asked))
        early = self._early.pop(order, None)
        return None if early is None else self.tell(early)

    def tell(self, fact: CallPlaced) -> Entry | None:
        """What the audit is to know of it; nothing of what is none of ours, or was told before."""
        call = self._calls.get(fact.order)
        if call is None:
            _put(self._early, fact.order, fact)
            return None
        if call.reached is not None:
            return None
        reached = fact.reached if fact.reached in SAID else "failed"
        self._calls[fact.order] = replace(call, reached=reached)
        more = {**call.asked.more, "reached": reached}
        return replace(call.asked, stage=Stage.ANSWERED, said=SAID[reached]["en"], more=more)

    def of(self, person: int, thread: str) -> PlacedCall | None:
        """This one of his."""
        mine = (call for call in reversed(self._calls.values()) if call.asked.by.person == person)
        return next((call for call in mine if call.asked.thread == thread), None)


def _put(table: OrderedDict[str, T], key: str, value: T) -> None:
    table[key] = value
    if len(table) > MOST:
        table.popitem(last=False)
