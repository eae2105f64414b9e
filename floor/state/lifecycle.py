"""The two lifecycles as tables: which state an agent is in, and how a caller's visit to a queue goes on.

An agent's state is not stepped from event to event but *judged* from what is known about him now (his legs,
memberships, device, wrap-up): the first row of ``AGENT_PRECEDENCE`` that holds is his state. So he is in exactly one
state whatever order events come in. A caller's visit is stepped by ``CALLER_STEPS``; a fact that has no row for the
stage changes nothing. ``python -m floor.state.picture`` draws both into the docs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from floor.state.model import Agent, AgentState, CallerStage, CallKind, Device, Leg, LegStage, Member

AUTO_PAUSE = "Auto-Pause"
OFFHOOK_AFTER_S = 3.0
"""A phone in use without a call this long is off hook; shorter is only an event that has not arrived yet."""

GONE = frozenset({Device.UNAVAILABLE, Device.INVALID})
IN_USE = frozenset({Device.IN_USE, Device.BUSY, Device.ON_HOLD})


class Verdict(NamedTuple):
    """An agent's state with what explains it, and when it must be judged again."""

    state: AgentState
    leg: Leg | None = None
    reason: str | None = None
    since: float | None = None
    """When the state began, if that is known better than the moment of judging."""
    review_at: float | None = None


Judge = Callable[[Agent, float], Verdict | None]


def _leg(agent: Agent, stage: LegStage) -> Leg | None:
    for leg in agent.legs:
        if leg.stage is stage and not leg.superseded:
            return leg
    return None


def _emergency(agent: Agent, _now: float) -> Verdict | None:
    if _all_paused(agent) and _pause(agent).reason == "emergency":
        return Verdict(AgentState.EMERGENCY, reason="emergency", since=_pause(agent).paused_at)
    return None


def _holding(agent: Agent, _now: float) -> Verdict | None:
    leg = _leg(agent, LegStage.HELD)
    return Verdict(AgentState.HOLDING, leg, since=leg.since) if leg else None


def _talking(agent: Agent, _now: float) -> Verdict | None:
    legs = [leg for leg in agent.legs if leg.stage is LegStage.UP and not leg.outgoing and not leg.superseded]
    if not legs:
        return None
    return Verdict(AgentState.TALKING, next((leg for leg in legs if leg.kind is CallKind.QUEUE), legs[0]))


def _outbound(agent: Agent, _now: float) -> Verdict | None:
    for leg in agent.legs:
        if leg.outgoing and not leg.superseded:
            return Verdict(AgentState.OUTBOUND, leg)
    return None


def _ringing(agent: Agent, _now: float) -> Verdict | None:
    leg = _leg(agent, LegStage.RINGING)
    return Verdict(AgentState.RINGING, leg) if leg else None


def _logged_out(agent: Agent, _now: float) -> Verdict | None:
    return None if agent.members else Verdict(AgentState.LOGGED_OUT)


def _paused(agent: Agent, _now: float) -> Verdict | None:
    if not _all_paused(agent):
        return None
    pause = _pause(agent)
    if pause.reason == AUTO_PAUSE:
        return Verdict(AgentState.AUTO_PAUSED, reason=pause.reason, since=pause.paused_at)
    if pause.reason == "acw":
        return Verdict(AgentState.ACW, reason=pause.reason, since=pause.paused_at)
    return Verdict(AgentState.PAUSED, reason=pause.reason, since=pause.paused_at)


def _unreachable(agent: Agent, _now: float) -> Verdict | None:
    if not agent.reachable:
        return Verdict(AgentState.UNREACHABLE)
    for member in agent.members:
        if member.device not in GONE:
            return None
    return Verdict(AgentState.UNREACHABLE)


def _after_call(agent: Agent, now: float) -> Verdict | None:
    if agent.acw_until is None or now >= agent.acw_until:
        return None
    return Verdict(AgentState.ACW, review_at=agent.acw_until)


def _offhook(agent: Agent, now: float) -> Verdict | None:
    if agent.busy_since is None or now < agent.busy_since + OFFHOOK_AFTER_S:
        return None
    return Verdict(AgentState.OFFHOOK, since=agent.busy_since)


def _ready(agent: Agent, _now: float) -> Verdict | None:
    review = agent.busy_since + OFFHOOK_AFTER_S if agent.busy_since is not None else None
    return Verdict(AgentState.READY, review_at=review)


def _all_paused(agent: Agent) -> bool:
    for member in agent.members:
        if not member.paused:
            return False
    return bool(agent.members)


def _pause(agent: Agent) -> Member:
    """The pause that took him away: with the one that began last, no queue was left to him."""
    return max(agent.members, key=lambda member: member.paused_at or 0.0)


AGENT_PRECEDENCE: tuple[tuple[Judge, str, tuple[AgentState, ...]], ...] = (
    (_holding, "he has put a call on hold, a consultation included", (AgentState.HOLDING,)),
    (_talking, "a call that came to him is up", (AgentState.TALKING,)),
    (_outbound, "he calls out, or talks on such a call", (AgentState.OUTBOUND,)),
    (_ringing, "his phone is being rung", (AgentState.RINGING,)),
    (_logged_out, "no queue has him as a member", (AgentState.LOGGED_OUT,)),
    (_emergency, "paused everywhere with reason emergency", (AgentState.EMERGENCY,)),
    (
        _paused,
        "paused in all his queues; which state, his reason says",
        (AgentState.PAUSED, AgentState.AUTO_PAUSED, AgentState.ACW),
    ),
    (_unreachable, "his phone is not reachable", (AgentState.UNREACHABLE,)),
    (_after_call, "wrap-up time after a queue call is running", (AgentState.ACW,)),
    (_offhook, "his phone is in use without any call", (AgentState.OFFHOOK,)),
    (_ready, "else", (AgentState.READY,)),
)
"""(test, what it says, the states it may give), in order."""


_OF_LEGS = (_holding, _talking, _outbound, _ringing)
_JUDGES = tuple(row for row, _, _ in AGENT_PRECEDENCE)
_WITHOUT_LEGS = tuple(row for row in _JUDGES if row not in _OF_LEGS)
"""The rows that may hold for who has no call: most of the floor, most of the time."""


def judge(agent: Agent, now: float) -> Verdict:
    """The agent's one state at ``now``: the first row that holds; the last always does."""
    for row in _JUDGES if agent.legs else _WITHOUT_LEGS:
        verdict = row(agent, now)
        if verdict is not None:
            return verdict
    raise AssertionError("the last row of AGENT_PRECEDENCE always holds")


W, L, T, C, E = (
    CallerStage.WAITING,
    CallerStage.LEAVING,
    CallerStage.TALKING,
    CallerStage.CLOSING,
    CallerStage.ENDED,
)

CALLER_STEPS: dict[tuple[CallerStage, str], dict[CallerStage, str]] = {
    (W, "CallerJoined"): {E: "transferred away: he gave up here and joins another queue"},
    (W, "CallerGaveUp"): {W: "the queue lost him, which says nothing of how (F3)"},
    (W, "CallerLeft"): {L: "out of the line; what for is said next"},
    (W, "OfferAnswered"): {T: "an agent took him"},
    (W, "QueueReleased"): {E: "timed out, exit empty, withdrawn, continued: the queue application's own word"},
    (W, "DialplanMoved"): {E: "transferred away: given up, but his channel runs on elsewhere"},
    (W, "BridgeEntered"): {E: "transferred away: joined with somebody by a command (Bridge)"},
    (W, "ChannelClosed"): {E: "abandoned when given up before, else unknown"},
    (W, "CallCompleted"): {E: "answered, and we saw neither beginning"},
    (W, "QueuesSynced"): {L: "not in the line any more: his last events may be on their way"},
    (W, "ChannelsSynced"): {L: "his channel is gone", T: "found talking with an agent"},
    (W, "ReviewDue"): {E: "unknown: given up, and no word on how came in time"},
    (L, "CallerJoined"): {E: "exit by key or transferred away, since he joins again"},
    (L, "CallerGaveUp"): {L: "the queue lost him, which says nothing of how (F3)"},
    (L, "OfferAnswered"): {T: "an agent took him"},
    (L, "QueueReleased"): {E: "timed out, exit empty, withdrawn, continued: the queue application's own word"},
    (L, "DialplanMoved"): {E: "exit by key; transferred away when given up before"},
    (L, "ChannelClosed"): {E: "abandoned when given up before, else unknown"},
    (L, "CallCompleted"): {E: "answered, and we did not see the answer"},
    (L, "QueuesSynced"): {W: "he waits after all", E: "unknown: he waits again, in a new visit"},
    (L, "ChannelsSynced"): {T: "found talking with an agent"},
    (L, "ReviewDue"): {L: "an announcement may be playing to him and the agent", E: "unknown: no word came in time"},
    (T, "CallerJoined"): {E: "answered: he is back in the line"},
    (T, "CallCompleted"): {E: "answered, with talk time and who hung up"},
    (T, "ChannelClosed"): {C: "his channel is gone, and the exchange still owes its AgentComplete"},
    (T, "QueuesSynced"): {E: "answered: he is back in the line"},
    (T, "ChannelsSynced"): {C: "his channel is gone, or runs something else since the gap"},
    (C, "CallerJoined"): {E: "answered: he is back in the line"},
    (C, "CallCompleted"): {E: "answered, with talk time and who hung up"},
    (C, "QueuesSynced"): {E: "answered: he is back in the line"},
    (C, "ChannelsSynced"): {T: "he still talks after all"},
    (C, "ReviewDue"): {E: "answered, without the exchange's talk time"},
}
"""(stage, fact) -> the stages that may follow, each with what it means. A fact without a row changes no stage."""


def means(stage: CallerStage, fact_name: str) -> bool:
    """Whether this fact says anything about a visit in this stage."""
    return (stage, fact_name) in CALLER_STEPS
