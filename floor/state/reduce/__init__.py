"""reduce(floor, fact): the only way the floor changes. One table from fact to reducer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from floor.state import facts
from floor.state.copying import replace
from floor.state.floor import Draft, Floor, Moved
from floor.state.happenings import Happening
from floor.state.model import Queue, Record
from floor.state.reduce import (
    agents,
    callers,
    calls,
    clocks,
    completed,
    emergency,
    exchange,
    found,
    listening,
    synced,
    transfers,
)


def _queue_seen(draft: Draft, fact: facts.QueueSeen) -> None:
    queue = draft.queues.get((fact.pbx, fact.queue)) or Queue(pbx=fact.pbx, name=fact.queue)
    strategy = fact.strategy or queue.strategy
    draft.queues.put(queue.key, replace(queue, strategy=strategy, weight=fact.weight, max_callers=fact.max_callers))
    draft.touched.add(queue.key)


def _completed(draft: Draft, fact: facts.CallCompleted) -> None:
    """The visit ends, and after-call work begins for the agent (F8)."""
    call = completed.call_completed(draft, fact)
    agent = draft.agents.get((fact.pbx, fact.agent))
    if agent is None:
        return
    member = next((m for m in agent.members if m.queue == fact.queue and m.interface == fact.interface), None)
    queue = draft.queues.get((fact.pbx, fact.queue))
    wrapup = (member.wrapup_s if member else 0) or (queue.wrapup_s if queue else 0)
    until = fact.at + wrapup if wrapup else None
    draft.agents.put(agent.key, replace(agent, acw_queue=fact.queue, acw_call=call, acw_until=until))


def _reviewed(draft: Draft, fact: facts.ReviewDue) -> None:
    agents.review_agent(draft, fact)
    callers.review_caller(draft, fact)


def _moved(draft: Draft, fact: facts.DialplanMoved) -> None:
    callers.dialplan_moved(draft, fact)
    transfers.stop_ringing(draft, fact.pbx, fact.uniqueid)
    emergency.note_dialled(draft, fact.pbx, fact.uniqueid, fact.exten, fact.at)


def _dialled(draft: Draft, fact: facts.DialBegan) -> None:
    calls.dial_began(draft, fact)
    emergency.note_dialled(draft, fact.pbx, fact.uniqueid, fact.number, fact.at)


def _happened(draft: Draft, fact: facts.Fact) -> None:
    """Nothing on the floor is other than before, but somebody may want to know."""
    draft.happenings.append(Happening(fact.pbx, fact.at))


Reducer = Callable[[Draft, Any], None]
Gradual = Callable[[Draft, Any], Iterator[None]]

GRADUAL: Mapping[type[facts.Fact], Gradual] = {
    facts.QueuesSynced: synced.queues_synced,
    facts.ChannelsSynced: found.channels_synced,
    facts.PhonesSynced: exchange.phones_synced,
}
"""Lists of the full picture, which may be as long as the floor is large: reduced step by step where nobody may wait."""


def _whole(gradual: Gradual) -> Reducer:
    def reducer(draft: Draft, fact: facts.Fact) -> None:
        for _ in gradual(draft, fact):
            pass

    return reducer


REDUCERS: Mapping[type[facts.Fact], Reducer] = {
    facts.LinkChanged: exchange.link_changed,
    facts.ClockMeasured: clocks.clock_measured,
    facts.QueueSeen: _queue_seen,
    facts.MemberSeen: agents.member_seen,
    facts.MemberRemoved: agents.member_removed,
    facts.CallerJoined: callers.caller_joined,
    facts.CallerLeft: callers.caller_left,
    facts.CallerGaveUp: callers.caller_gave_up,
    facts.QueueReleased: callers.queue_released,
    facts.DialplanMoved: _moved,
    facts.OfferBegan: calls.offer_began,
    facts.OfferAnswered: callers.offer_answered,
    facts.OfferUnanswered: callers.offer_unanswered,
    facts.CallCompleted: _completed,
    facts.ChannelOpened: calls.channel_opened,
    facts.ChannelChanged: calls.channel_changed,
    facts.ChannelRenamed: calls.channel_renamed,
    facts.ChannelClosed: calls.channel_closed,
    facts.HangupAsked: calls.hangup_asked,
    facts.DialBegan: _dialled,
    facts.HoldBegan: calls.hold_began,
    facts.HoldEnded: calls.hold_ended,
    facts.MusicStopped: calls.music_stopped,
    facts.BridgeEntered: calls.bridge_entered,
    facts.BridgeLeft: calls.bridge_left,
    facts.CallTransferred: calls.call_transferred,
    facts.TalkingBegan: calls.talking_began,
    facts.TalkingEnded: _happened,
    facts.VoiceReported: _happened,
    facts.AlarmRaised: _happened,
    facts.AlarmCleared: _happened,
    facts.LimitReached: _happened,
    facts.CallPlaced: _happened,
    facts.ListeningBegan: listening.listening_began,
    facts.ListeningEnded: listening.listening_ended,
    facts.HelpAsked: _happened,
    facts.LeaveAsked: _happened,
    facts.EmergencyReported: _happened,
    facts.EndReasonGiven: transfers.end_reason_given,
    facts.ExchangeStopped: exchange.exchange_stopped,
    facts.EndpointSeen: exchange.endpoint_seen,
    facts.ContactSeen: exchange.contact_seen,
    facts.TrunkSeen: exchange.trunk_seen,
    facts.TrunkGone: exchange.trunk_gone,
    facts.ReviewDue: _reviewed,
    facts.QueuesSynced: _whole(synced.queues_synced),
    facts.ChannelsSynced: _whole(found.channels_synced),
    facts.PhonesSynced: _whole(exchange.phones_synced),
    facts.TrunksSynced: exchange.trunks_synced,
    facts.RecordHealed: _happened,
}

PASSING = frozenset(fact for fact, reducer in REDUCERS.items() if reducer is _happened)
"""Facts that change nothing on any floor."""


Reduced = tuple[Moved, Sequence[Record], Sequence[Happening]]
"""What changed, the records, the happenings."""


def reduce(floor: Floor, fact: facts.Fact) -> Reduced:
    """Apply one fact: what changed as (before, after), the finished records it brought, and what passed without trace.

    Raises whatever a reducer raises, with the floor untouched.
    """
    return reduce_into(Draft(floor), fact)


def reduce_into(draft: Draft, fact: facts.Fact) -> Reduced:
    """The same through an empty draft, which is empty again afterwards."""
    try:
        REDUCERS[type(fact)](draft, fact)
        return _applied(draft, fact)
    except BaseException:
        draft.clear()
        raise


def reduce_in_steps(draft: Draft, fact: facts.Fact) -> Iterator[Reduced]:
    """A fact of :data:`GRADUAL`, bit by bit: after each the floor is right as far as it was compared, and the draft is
    empty, so that what happens on other exchanges may be applied between two of them. A step that fails changes
    nothing and is the last; what came before it stays.
    """
    steps = GRADUAL[type(fact)](draft, fact)
    going = True
    while going:
        try:
            going = next(steps, _END) is not _END
            reduced = _applied(draft, fact)
        except Exception:
            draft.clear()
            raise
        yield reduced


_END = object()


def _applied(draft: Draft, fact: facts.Fact) -> Reduced:
    if draft.agents.written:
        _settle(draft, fact.at)
    return draft.commit(), *draft.hand_over()


def _settle(draft: Draft, at: float) -> None:
    """Judge whoever was written anew."""
    for key, agent in list(draft.agents.written.items()):
        before = draft.floor.agents.get(key)
        if agent is not None:
            agents.settle(draft, before, agent, at)
        elif before is not None:
            agents.dismiss(draft, before, at)
