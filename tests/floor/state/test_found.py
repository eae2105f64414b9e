"""The full picture of channels: calls found running, calls that are gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floor.state import facts as f
from floor.state.figures import TOTAL
from floor.state.model import AgentState, CallerStage, Ending, LegStage, LinkState, Member
from tests.support.replay import PBX, Stage
from tests.support.stories import BEGIN, Story, told

ANN = Member("sales", "Ann", "PJSIP/Ann", "PJSIP/Ann")


def channel(
    uniqueid: str,
    name: str,
    application: str = "AppDial",
    bridge: str | None = None,
    data: str = "",
    state: str = "up",
    s: float = 20,
) -> f.PictureChannel:
    return f.PictureChannel(uniqueid, name, uniqueid, state, bridge, application, data, s)


def caller_channel(bridge: str | None = "b") -> f.PictureChannel:
    return channel("C1", "PJSIP/trunk-1", "Queue", bridge, "sales,t")


def begin(*channels: f.PictureChannel, member: Member = ANN) -> Story:
    story = Story()
    story.members["Ann", "sales"] = member
    story.stage.tell(
        f.QueuesSynced(PBX, BEGIN, (f.PictureQueue("sales"),), (member,)),
        f.ChannelsSynced(PBX, BEGIN, channels),
    )
    return story


LOCAL = Member("sales", "Ann", "Local/1@a/n", "PJSIP/Ann")
BEHIND_LOCAL = (
    caller_channel(),
    channel("L1", "Local/1@a-9;1", bridge="b"),
    channel("L2", "Local/1@a-9;2", "Dial", bridge="c"),
    channel("A", "PJSIP/Ann-2", bridge="c"),
)
FOUND = {
    "phone": (ANN, (caller_channel(), channel("A", "PJSIP/Ann-2", bridge="b"))),
    "phone behind a Local member": (LOCAL, BEHIND_LOCAL),
    "Local member with nothing behind": (
        Member("sales", "Ann", "Local/1@a/n", "Custom:1"),
        (caller_channel(), channel("L1", "Local/1@a-9;1", bridge="b"), channel("L2", "Local/1@a-9;2", "Wait")),
    ),
}


@pytest.mark.parametrize(("member", "channels"), FOUND.values(), ids=FOUND)
def test_call_found_running_counts_when_it_ends(member: Member, channels: tuple[f.PictureChannel, ...]) -> None:
    """Started in the middle of a call: the agent talks, and AgentComplete makes it an answered contact."""
    story = begin(*channels, member=member)
    assert (story.cell("Ann"), story.cell("C1")) == ("talking", "talking")
    agent = story.agent("Ann")
    assert agent is not None
    assert (agent.queue, agent.call) == ("sales", "C1")
    assert not story.stage.measures.figures(TOTAL)
    story.happens(30, "sales completes Ann with C1 wait 4: 45 s, by caller")
    visit = story.ended("C1")
    assert (visit.joined_at, visit.answered_at, visit.gap) == (BEGIN - 19, BEGIN - 15, True)
    assert story.stage.figures(("queue", PBX, "sales"))["answered"] == 1


@pytest.mark.parametrize("member", [ANN, LOCAL], ids=["phone", "behind a Local channel"])
def test_caller_found_talking_has_his_number(member: Member) -> None:
    """That of his own channel, for nobody saw him join; one who was seen to join keeps what he came with."""
    him = replace(caller_channel(), number="13812345678", name="Wang")
    behind = (channel("A", "PJSIP/Ann-2", bridge="b"),) if member is ANN else BEHIND_LOCAL[1:]
    story = begin(him, *behind, member=member)
    (caller,) = story.stage.store.snapshot().callers.values()
    assert (caller.number, caller.name) == ("13812345678", "Wang")


def test_call_found_running_may_end_without_a_name() -> None:
    """Also when AgentComplete comes without the caller's channel."""
    story = begin(*FOUND["phone"][1])
    story.happens(9, "C1 hangs up; sales completes Ann wait 4: 25 s, by caller")
    assert story.ended("C1").talk_s == 25


def test_agent_found_talking_talks_since_the_call_began() -> None:
    """Not since we looked."""
    story = begin(*FOUND["phone"][1])
    assert story.cell("Ann", with_since=True) == "talking since -20"


def test_calls_found_by_kind() -> None:
    """An agent's phone that runs an application of its own called out; one that runs none was called."""
    assert begin(channel("A", "PJSIP/Ann-2", "Dial")).cell("Ann") == "outbound"
    assert begin(channel("A", "PJSIP/Ann-2", "AppDial")).cell("Ann") == "talking"
    assert begin(channel("A", "PJSIP/Ann-2", "", state="ringing")).cell("Ann") == "ringing"


def test_answer_seen_in_the_list_before_its_event() -> None:
    """The list overtook AgentConnect: the event completes the visit and is no second one; no gap is claimed."""
    story = told(
        """
        at | what happens                                                | Ann     | C1
        0  | Ann sits in sales; C1 joins sales                           | ready   | waiting
        2  | sales rings Ann for C1; Ann lifts                           | talking | waiting
        """
    )
    leg = story.legs["Ann"][0]
    story.stage.tell(
        f.ChannelsSynced(PBX, BEGIN + 2, (caller_channel(), channel(leg, story.channels[leg], bridge="b")))
    )
    assert story.cell("C1") == "talking"
    story.happens(2, "C1 leaves sales; sales connects Ann to C1 after 2")
    story.happens(9, "sales completes Ann with C1: 7 s, by caller")
    visit = story.ended("C1")
    assert (visit.answered_at, visit.wait_s, visit.gap) == (BEGIN + 2, 2, False)


TALKING = """
    at | what happens                                                   | Ann     | C1
    0  | Ann sits in sales; C1 joins sales; sales rings Ann for C1      | ringing | waiting
    2  | Ann lifts; C1 leaves sales; sales connects Ann to C1 after 2   | talking | talking
    5  | Ann holds                                                      | holding | talking
"""


def test_restart_leaves_nobody_talking() -> None:
    """After a restart of the exchange nothing lives: agents are free at once, callers end, no time is invented."""
    story = told(TALKING)
    story.happens(9, "C2 joins sales; link down")
    story.at = BEGIN + 40
    story.stage.tell(f.QueuesSynced(PBX, story.at, (f.PictureQueue("sales"),), (ANN,)), f.ChannelsSynced(PBX, story.at))
    assert story.cell("Ann") == "ready"
    story.tell(
        """
        at | what happens | Ann   | C1       | C2
        41 | link up      | ready | closing  | leaving
        50 | time passes  | ready | answered | unknown
        """
    )
    visit = story.ended("C1")
    assert (visit.talk_s, visit.hold_s, visit.gap) == (None, 4.0, True)


def test_call_that_lives_through_a_gap() -> None:
    """A lost link is not a lost call: it goes on, and its end counts as ever."""
    story = told(TALKING)
    story.happens(6, "Ann resumes; link down")
    leg = story.legs["Ann"][0]
    story.stage.tell(
        f.QueuesSynced(PBX, BEGIN + 20, (f.PictureQueue("sales"),), (ANN,)),
        f.ChannelsSynced(PBX, BEGIN + 20, (caller_channel(), channel(leg, story.channels[leg], bridge="b"))),
    )
    story.tell(
        """
        at | what happens                                            | Ann     | C1
        21 | link up                                                 | talking | talking
        40 | sales completes Ann with C1: 38 s, by caller            | talking | answered
        """
    )
    assert story.ended("C1").joined_at == BEGIN


def test_caller_who_moved_on_in_the_gap() -> None:
    """He is still there, but no more in this queue: his visit is over, and how long they talked is not known."""
    story = told(TALKING)
    story.happens(9, "link down")
    elsewhere = channel("C1", "PJSIP/trunk-1", "Dial", "z", "PJSIP/other")
    story.stage.tell(
        f.QueuesSynced(PBX, BEGIN + 20, (f.PictureQueue("sales"),), (ANN,)),
        f.ChannelsSynced(PBX, BEGIN + 20, (elsewhere,)),
    )
    story.tell(
        """
        at | what happens | Ann   | C1
        21 | link up      | ready | closing
        30 | time passes  | ready | answered
        """
    )


def test_ring_that_was_answered_in_the_gap() -> None:
    """A leg goes on to where the list shows it."""
    story = told(
        """
        at | what happens                                               | Ann
        0  | Ann sits in sales; C1 joins sales; sales rings Ann for C1  | ringing
        5  | link down                                                  | ringing
        """
    )
    leg = story.legs["Ann"][0]
    story.stage.tell(
        f.QueuesSynced(PBX, BEGIN + 20, (f.PictureQueue("sales"),), (ANN,)),
        f.ChannelsSynced(PBX, BEGIN + 20, (caller_channel(), channel(leg, story.channels[leg], bridge="b"))),
    )
    assert (story.cell("Ann"), story.cell("C1")) == ("talking", "talking")


def test_picture_by_the_way_takes_nothing_for_granted() -> None:
    """Without a gap the last events of a missing channel are on their way: only missing again, later, is it dropped."""
    story = told(TALKING)
    lists = (f.QueuesSynced(PBX, BEGIN + 9, (f.PictureQueue("sales"),), (ANN,)), f.ChannelsSynced(PBX, BEGIN + 9))
    story.stage.tell(*lists)
    assert story.cell("Ann") == "holding"
    story.stage.tell(f.ChannelsSynced(PBX, BEGIN + 300))
    assert story.cell("Ann") == "ready"


def test_agent_without_membership_stays_while_he_talks() -> None:
    """Logged off everywhere in the gap, but still on the phone: he goes when the call is over."""
    story = told(TALKING)
    story.happens(6, "Ann resumes; link down")
    leg = story.legs["Ann"][0]
    story.stage.tell(
        f.QueuesSynced(PBX, BEGIN + 20, (f.PictureQueue("sales"),)),
        f.ChannelsSynced(PBX, BEGIN + 20, (caller_channel(), channel(leg, story.channels[leg], bridge="b"))),
    )
    assert story.cell("Ann") == "talking"
    story.stage.tell(f.ChannelsSynced(PBX, BEGIN + 21))
    assert story.cell("Ann") == "nowhere"


def test_waiting_caller_whose_channel_is_gone() -> None:
    """Even without a list of queues nobody waits for ever."""
    story = told(
        """
        at | what happens    | C1
        0  | C1 joins sales  | waiting
        5  | link down       | waiting
        """
    )
    story.stage.tell(f.ChannelsSynced(PBX, BEGIN + 20))
    assert story.cell("C1") == "leaving"
    story.happens(40, "time passes")
    assert story.ended("C1").ending is Ending.UNKNOWN


def test_masqueraded_caller_in_the_picture() -> None:
    """He is listed under his new channel: the same visit waits on, in both lists."""
    story = told(
        """
        at | what happens                     | C1
        0  | C1 joins sales                   | waiting
        3  | C1 becomes a zombie; C1 hangs up | waiting
        """
    )
    listed = f.PictureCaller("sales", "X1", 1, None, None, 9)
    story.stage.tell(
        f.LinkChanged(PBX, BEGIN + 5, LinkState.DOWN),
        f.QueuesSynced(PBX, BEGIN + 9, (f.PictureQueue("sales"),), (), (listed,)),
        f.ChannelsSynced(PBX, BEGIN + 9, (channel("X1", "Local/9@x-1;2", "Queue", None, "sales"),)),
        f.LinkChanged(PBX, BEGIN + 10, LinkState.UP),
    )
    story.stage.at(BEGIN + 30)
    (caller,) = story.stage.store.snapshot().callers.values()
    assert (caller.uniqueid, caller.stage, caller.joined_at) == ("C1", CallerStage.WAITING, BEGIN)


def test_state_of_legs_is_the_lists() -> None:
    """A leg we held for ringing is up when the list says so; one on hold stays on hold, which no list can tell."""
    story = told(TALKING)
    leg = story.legs["Ann"][0]
    story.stage.tell(
        f.ChannelsSynced(PBX, BEGIN + 6, (caller_channel(), channel(leg, story.channels[leg], bridge="b")))
    )
    agent = story.agent("Ann")
    assert agent is not None
    assert [one.stage for one in agent.legs] == [LegStage.HELD]
    assert agent.state is AgentState.HOLDING


def test_nothing_of_another_exchange_is_touched() -> None:
    """An empty picture of one exchange says nothing about another."""
    story = told(TALKING)
    story.stage.tell(
        f.LinkChanged("other", BEGIN + 9, LinkState.DOWN),
        f.QueuesSynced("other", BEGIN + 9),
        f.ChannelsSynced("other", BEGIN + 9),
    )
    assert (story.cell("Ann"), story.cell("C1")) == ("holding", "talking")


def test_stage_is_fresh() -> None:
    """An empty picture of an empty floor is no news but that it was taken."""
    stage = Stage(BEGIN)
    stage.tell(
        f.QueuesSynced(PBX, BEGIN), f.ChannelsSynced(PBX, BEGIN), f.PhonesSynced(PBX, BEGIN), f.TrunksSynced(PBX, BEGIN)
    )
    assert stage.store.revision == 0


@pytest.mark.parametrize("phone", [(), (channel("A", "PJSIP/Ann-2", state="ringing"),)], ids=["alone", "phone behind"])
def test_answer_of_an_offer_that_began_in_a_gap(phone: tuple[f.PictureChannel, ...]) -> None:
    """The picture shows a member's Local channel and not for whom it rings; with the answer it is the queue's call."""
    rings = (channel("L1", "Local/1@a-9;1", state="ringing"), channel("L2", "Local/1@a-9;2", "Dial", state="dialling"))
    story = begin(caller_channel(None), *rings, *phone, member=LOCAL)
    story.happens(1, "C1 joins sales")
    story.at = BEGIN + 3
    answered = f.OfferAnswered(PBX, story.at, "sales", "Ann", LOCAL.interface, "C1", "L1", wait_s=2, ring_s=2)
    story.stage.tell(f.CallerLeft(PBX, story.at, "sales", "C1"), answered)
    agent = story.agent("Ann")
    assert agent is not None
    assert (agent.state, agent.queue, agent.call) == (AgentState.TALKING, "sales", "C1")
    story.stage.tell(f.CallTransferred(PBX, BEGIN + 5, "blind", "L1"))
    story.happens(5, "sales completes Ann with C1: 2 s, by transfer")
    assert story.ended("C1").transfer == "blind"
    story.stage.tell(*(f.ChannelClosed(PBX, BEGIN + 6, one) for one in ("L1", "L2", "A")))
    assert story.cell("Ann") == "ready"
