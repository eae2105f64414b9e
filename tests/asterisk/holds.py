"""How long agents held their queue callers, by the exchange's own Hold and Unhold; the product has no part in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.asterisk.ami import Message
from tests.asterisk.compare import Wrong


@dataclass
class Held:
    """Of one agent: how often and how long, seconds."""

    times: int = 0
    seconds: float = 0.0


def holds(messages: Iterable[Message]) -> dict[str, Held]:
    """Per seat number; a hold ends with Unhold, with the agent's channel, or with the caller's visit to him."""
    found: dict[str, Held] = defaultdict(Held)
    queue_calls: set[str] = set()
    since: dict[str, float] = {}
    for one in messages:
        event, at = one["Event"], float(one["Timestamp"] or 0)
        if event == "QueueCallerJoin":
            queue_calls.add(one["Linkedid"])
        elif event == "Hold" and one["Linkedid"] in queue_calls:
            since.setdefault(one["Channel"], at)
        for channel in [channel for channel in since if _over(channel, one)]:
            held = found[_number(channel)]
            held.times += 1
            held.seconds += at - since.pop(channel)
    return {number: held for number, held in found.items() if number.startswith("1")}


def _over(channel: str, event: Message) -> bool:
    if event["Event"] == "AgentComplete":
        return event["MemberName"].endswith(f" {_number(channel)}")
    return event["Event"] in ("Unhold", "Hangup") and event["Channel"] == channel


def _number(channel: str) -> str:
    """PJSIP/1031-00000004 -> 1031, Local/1950@agents-00000007;1 -> 1950."""
    return channel.partition("/")[2].rpartition("-")[0].partition("@")[0]


def holds_apart(today: dict[str, Any], held: dict[str, Held]) -> Wrong:
    """Agents whose hold_s of /api/v1/today is more than a second per hold away from what they did."""
    ours = {one["name"].split()[-1]: one["hold_s"] for one in today["agents"]}
    apart: Wrong = []
    for number in sorted(ours.keys() | held.keys()):
        real = held.get(number, Held())
        if abs(ours.get(number, 0.0) - real.seconds) > real.times:
            apart.append((f"agent {number}", "hold_s", ours.get(number), real))
    return apart
