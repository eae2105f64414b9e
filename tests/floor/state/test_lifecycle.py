"""The lifecycle tables: every state can be reached, the order decides, and there is always a verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floor.state.lifecycle import AGENT_PRECEDENCE, CALLER_STEPS, judge, means
from floor.state.model import Agent, AgentState, CallerStage, CallKind, Device, Leg, LegStage, Member

NOW = 1000.0
MEMBER = Member("sales", "Ann", "PJSIP/1", "PJSIP/1", device=Device.IDLE)
PAUSED = replace(MEMBER, paused=True, reason="meal", paused_at=900.0)
ANN = Agent("p", "Ann", AgentState.READY, 0.0, members=(MEMBER,))


def leg(stage: LegStage, kind: CallKind = CallKind.QUEUE, **more: object) -> Leg:
    return Leg("1", stage, kind, 950.0, **more)  # type: ignore[arg-type]


REACHED: dict[AgentState, Agent] = {
    AgentState.HOLDING: replace(ANN, legs=(leg(LegStage.UP), leg(LegStage.HELD))),
    AgentState.TALKING: replace(ANN, legs=(leg(LegStage.UP), leg(LegStage.DIALLING, CallKind.OUTBOUND, outgoing=True))),
    AgentState.OUTBOUND: replace(
        ANN, legs=(leg(LegStage.DIALLING, CallKind.OUTBOUND, outgoing=True), leg(LegStage.RINGING))
    ),
    AgentState.RINGING: replace(ANN, members=(PAUSED,), legs=(leg(LegStage.RINGING),)),
    AgentState.LOGGED_OUT: replace(ANN, members=(), reachable=False),
    AgentState.EMERGENCY: replace(ANN, members=(replace(PAUSED, reason="emergency"),)),
    AgentState.PAUSED: replace(ANN, members=(PAUSED,), reachable=False),
    AgentState.AUTO_PAUSED: replace(ANN, members=(replace(PAUSED, reason="Auto-Pause"),)),
    AgentState.UNREACHABLE: replace(ANN, reachable=False, acw_until=NOW + 5),
    AgentState.ACW: replace(ANN, acw_until=NOW + 5, busy_since=900.0),
    AgentState.OFFHOOK: replace(ANN, busy_since=900.0),
    AgentState.READY: ANN,
}


def test_every_state_is_told() -> None:
    """The table below is complete, and so is the lifecycle."""
    assert set(REACHED) == set(AgentState) == {state for _, _, states in AGENT_PRECEDENCE for state in states}


@pytest.mark.parametrize(("state", "agent"), REACHED.items(), ids=REACHED)
def test_stronger_row_wins(state: AgentState, agent: Agent) -> None:
    """Each agent here would also fit a weaker row."""
    assert judge(agent, NOW).state is state


def test_row_gives_only_the_states_it_names() -> None:
    """What the picture says of a row is what the row does."""
    for agent in REACHED.values():
        for row, _, states in AGENT_PRECEDENCE:
            verdict = row(agent, NOW)
            assert verdict is None or verdict.state in states


members = st.builds(
    replace,
    st.just(MEMBER),
    paused=st.booleans(),
    reason=st.sampled_from((None, "acw", "emergency", "Auto-Pause", "meal")),
    paused_at=st.sampled_from((None, 900.0, 950.0)),
    device=st.sampled_from(Device),
)
legs = st.builds(
    leg, st.sampled_from(LegStage), st.sampled_from(CallKind), outgoing=st.booleans(), superseded=st.booleans()
)
times = st.sampled_from((None, 0.0, 999.0, 1005.0))


@given(
    st.builds(
        replace,
        st.just(ANN),
        members=st.lists(members, max_size=3).map(tuple),
        legs=st.lists(legs, max_size=3).map(tuple),
        acw_until=times,
        busy_since=times,
        reachable=st.booleans(),
    )
)
def test_there_is_always_one_verdict(agent: Agent) -> None:
    """Whatever is known of an agent, he is in one state; a review it asks for is yet to come."""
    verdict = judge(agent, NOW)
    assert verdict.state in AgentState
    assert verdict.review_at is None or verdict.review_at > NOW


def test_pause_is_the_one_that_left_no_queue() -> None:
    """Paused in one queue first and in the other later, he is away since, and because of, the later."""
    later = replace(PAUSED, queue="support", reason="meeting", paused_at=950.0)
    verdict = judge(replace(ANN, members=(PAUSED, later)), NOW)
    assert (verdict.reason, verdict.since) == ("meeting", 950.0)


def test_every_stage_can_be_reached_and_left() -> None:
    """No visit is caught in a stage, and every stage occurs."""
    reached = {after for steps in CALLER_STEPS.values() for after in steps}
    assert reached == set(CallerStage)
    for stage in set(CallerStage) - {CallerStage.ENDED}:
        assert any(before is stage and CallerStage.ENDED in steps for (before, _), steps in CALLER_STEPS.items())


def test_what_means_something() -> None:
    """A fact without a row says nothing about a visit in that stage."""
    assert means(CallerStage.WAITING, "CallerLeft")
    assert not means(CallerStage.TALKING, "CallerLeft")
