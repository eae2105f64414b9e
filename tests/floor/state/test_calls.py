"""Calls on agents' phones: queue, direct, internal, outbound; holds, transfers, Local members, as stories."""

from __future__ import annotations

import pytest

from floor.state import facts as f
from floor.state.figures import TOTAL
from floor.state.happenings import Happening, LineReleased, LineTaken
from floor.state.model import CallKind, Member, Offer, OfferResult, Reach
from floor.store import FloorStore
from tests.support.replay import PBX, TapeClock
from tests.support.stories import BEGIN, Story, told

CALLS = {
    "direct call": """
        at | what happens         | Ann
        0  | Ann sits in sales    | ready
        1  | Ann is called by X1  | ringing since 1
        4  | Ann lifts            | talking since 4
        9  | Ann hangs up         | ready since 9
    """,
    "outbound": """
        at | what happens         | Ann
        0  | Ann sits in sales    | ready
        1  | Ann dials 555        | outbound since 1
        4  | Ann lifts            | outbound since 1
        9  | Ann hangs up         | ready since 9
    """,
    "internal": """
        at | what happens                           | Ann      | Bob
        0  | Ann sits in sales; Bob sits in sales   | ready    | ready
        1  | Ann dials Bob                          | outbound | ringing
        4  | Bob lifts                              | outbound | talking
        9  | Bob hangs up; Ann hangs up             | ready    | ready
    """,
    "a consultation by her phone: one call held, another made": """
        at | what happens                                                           | Ann              | Bob
        0  | Ann sits in sales; Bob sits in sales; C1 joins sales                   | ready            | ready
        1  | sales rings Ann for C1; Ann lifts; sales connects Ann to C1            | talking          | ready
        5  | Ann holds                                                              | holding since 5  | ready
        6  | Ann dials Bob                                                          | holding since 5  | ringing
        8  | Bob lifts; Ann lifts                                                   | holding since 5  | talking
        9  | Ann hangs up; Bob hangs up                                             | holding since 5  | ready
        10 | Ann resumes                                                            | talking since 10 | ready
    """,
    "ring-all, and two lift at the same moment": """
        at | what happens                                                      | Ann     | Bob
        0  | Ann sits in sales; Bob sits in sales; C1 joins sales              | ready   | ready
        1  | sales rings Ann for C1; sales rings Bob for C1                    | ringing | ringing
        3  | Ann lifts; Bob lifts                                              | talking | talking
        3  | C1 leaves sales; sales connects Ann to C1 after 3; Bob hangs up   | talking | ready
    """,
    "rung for a second caller while talking": """
        at | what happens                                                            | Ann
        0  | Ann sits in sales; C1 joins sales; C2 joins sales                       | ready
        1  | sales rings Ann for C1; Ann lifts; sales connects Ann to C1             | talking since 1
        5  | sales rings Ann for C2                                                  | talking since 1
    """,
    "stray Unhold without Hold": """
        at | what happens         | Ann
        0  | Ann sits in sales    | ready
        1  | Ann is called by X1  | ringing
        2  | Ann lifts            | talking since 2
        3  | Ann resumes          | talking since 2
    """,
    "a Local member with a phone behind": """
        at | what happens                                                          | Ann
        0  | Ann sits in sales at Local/1@agents/n shown by PJSIP/1; C1 joins sales | ready
        1  | sales rings Ann for C1                                                | ringing since 1
        2  | PJSIP/1 rings behind Ann                                              | ringing
        4  | Ann lifts                                                             | talking since 4
        4  | C1 leaves sales; sales connects Ann to C1 after 4                     | talking since 4
        6  | Ann holds                                                             | holding since 6
        8  | Ann resumes                                                           | talking since 8
        9  | Ann hangs up                                                          | ready since 9
    """,
    "a Local member whose phone refuses still rings elsewhere": """
        at | what happens                                            | Ann
        0  | Ann sits in sales at Local/1@agents/n; C1 joins sales   | ready
        1  | sales rings Ann for C1; PJSIP/1 rings behind Ann        | ringing
        4  | Ann hangs up                                            | ringing
    """,
    "a Local member with nothing of ours behind": """
        at | what happens                                                    | Ann
        0  | Ann sits in sales at Local/1@agents/n shown by Custom:1; C1 joins sales | ready
        1  | sales rings Ann for C1                                          | ringing
        3  | Ann lifts                                                       | talking
        3  | C1 leaves sales; sales connects Ann to C1 after 3               | talking
        9  | Ann hangs up                                                    | ready
    """,
}


@pytest.mark.parametrize("story", CALLS.values(), ids=CALLS)
def test_call(story: str) -> None:
    """In every line of the story everybody is in the state it names."""
    told(story)


def test_kind_of_call() -> None:
    """Internal calls are told from outbound ones at both ends."""
    story = told(CALLS["internal"].rsplit("\n", 2)[0])
    ann, bob = story.agent("Ann"), story.agent("Bob")
    assert ann is not None
    assert bob is not None
    assert (ann.kind, bob.kind) == (CallKind.INTERNAL, CallKind.INTERNAL)


def test_click_to_call_is_outbound() -> None:
    """The exchange rings her phone first and then dials for her: that is an outbound call all the same."""
    story = told(
        """
        at | what happens         | Ann
        0  | Ann sits in sales    | ready
        1  | Ann is called by X1  | ringing
        2  | Ann lifts            | talking
        """
    )
    story.stage.tell(f.DialBegan(PBX, story.at, story.legs["Ann"][0], "out", "PJSIP/trunk-9"))
    assert story.cell("Ann") == "outbound"


HELD = """
    at | what happens                                                       | Ann
    0  | Ann sits in sales; C1 joins sales; sales rings Ann for C1          | ringing
    2  | Ann lifts; C1 leaves sales; sales connects Ann to C1 after 2       | talking
    5  | Ann holds                                                          | holding
"""
HOLD_ENDS = ("Ann resumes", "music stops for C1", "Ann hangs up", "Ann transfers blind", "Ann transfers attended")


@pytest.mark.parametrize("end", HOLD_ENDS)
def test_hold_ends_with_whatever_ends_it(end: str) -> None:
    """Four seconds of hold are four seconds, whether or not an Unhold ever comes (F5)."""
    story = told(HELD)
    story.happens(9, end)
    story.happens(20, "sales completes Ann with C1: 18 s, by caller")
    visit = story.ended("C1")
    assert (visit.hold_s, visit.holds) == (4.0, 1)


@pytest.mark.parametrize("how", ["blind", "attended"])
def test_transfer_is_remembered(how: str) -> None:
    """A visit that ended by transfer says how the caller was passed on."""
    story = told(HELD)
    story.happens(9, f"Ann transfers {how}")
    story.happens(9, "sales completes Ann with C1: 7 s, by transfer")
    assert story.ended("C1").transfer == how
    assert story.stage.figures(TOTAL)["transferred"] == 1


def test_holding_twice_counts_twice() -> None:
    """Several holds of one call add up."""
    story = told(HELD)
    for at, event in ((6, "Ann resumes"), (8, "Ann holds"), (8, "Ann holds"), (10, "Ann resumes")):
        story.happens(at, event)
    story.happens(20, "sales completes Ann with C1: 18 s, by caller")
    assert (story.ended("C1").hold_s, story.ended("C1").holds) == (3.0, 2)


def test_hold_told_on_both_ends_of_a_local_member_is_one_hold() -> None:
    """Asterisk may tell the hold on the phone and on the Local channel: once held, once ended."""
    story = told(
        """
        at | what happens                                                        | Ann
        0  | Ann sits in sales at Local/1@agents/n; C1 joins sales               | ready
        1  | sales rings Ann for C1; PJSIP/1 rings behind Ann; Ann lifts         | talking
        1  | C1 leaves sales; sales connects Ann to C1 after 1; Ann holds        | holding
        """
    )
    local = story.legs["Ann"][0]
    story.stage.tell(f.HoldBegan(PBX, story.at, local), f.HoldEnded(PBX, story.at + 3, local))
    story.happens(5, "Ann resumes")
    assert story.cell("Ann") == "talking"
    story.happens(9, "sales completes Ann with C1: 8 s, by caller")
    assert (story.ended("C1").hold_s, story.ended("C1").holds) == (3.0, 1)


def test_every_ring_has_one_result() -> None:
    """Ring-all with three members: one answered, one let it ring, one was cancelled."""
    story = told(
        """
        at | what happens | Ann     | Bob   | Cho
        0  | Ann sits in sales; Bob sits in sales; Cho sits in sales  | ready | ready | ready
        0  | C1 joins sales | ready | ready | ready
        1  | sales rings Ann for C1; sales rings Bob for C1; sales rings Cho for C1 | ringing | ringing | ringing
        6  | Bob lets it ring | ringing | ready | ringing
        8  | Ann lifts; C1 leaves sales; sales connects Ann to C1 after 8; Cho hangs up | talking | ready | ready
        """
    )
    offers = {record.agent: record for record in story.stage.records if isinstance(record, Offer)}
    assert {agent: offer.result for agent, offer in offers.items()} == {
        "Ann": OfferResult.ANSWERED,
        "Bob": OfferResult.NO_ANSWER,
        "Cho": OfferResult.CANCELLED,
    }
    assert offers["Bob"].ring_ms == 5000


def test_ring_of_a_leg_never_seen() -> None:
    """A ring-no-answer for a leg we never saw is still one missed ring, dated back by its milliseconds."""
    story = Story()
    story.happens(0, "Ann sits in sales; C1 joins sales")
    story.stage.tell(f.OfferUnanswered(PBX, story.at + 9, "sales", "Ann", "PJSIP/Ann", "C1", None, 5000))
    (offer,) = story.stage.offers
    assert offer.ended_at - offer.began_at == 5.0


def test_channel_not_heard_of_can_be_hung_up() -> None:
    """A ring on a channel whose opening was lost ends with its hang-up."""
    story = Story()
    story.happens(0, "Ann sits in sales; C1 joins sales")
    story.stage.tell(f.OfferBegan(PBX, story.at, "sales", "Ann", "PJSIP/Ann", "C1", "lost"))
    assert story.cell("Ann") == "ringing"
    story.stage.tell(f.ChannelClosed(PBX, story.at + 5, "lost"))
    assert story.cell("Ann") == "ready"


def test_late_opening_names_the_channel() -> None:
    """When the opening comes after all, the channel gets its name."""
    story = Story()
    story.happens(0, "Ann sits in sales; C1 joins sales")
    story.stage.tell(
        f.OfferBegan(PBX, story.at, "sales", "Ann", "PJSIP/Ann", "C1", "late"),
        f.ChannelOpened(PBX, story.at, "late", "PJSIP/Ann-77", "late", "ringing"),
    )
    assert story.stage.store._floor.channels[PBX, "late"].name == "PJSIP/Ann-77"


def test_two_exchanges_do_not_mix() -> None:
    """The same names and Uniqueids on another exchange are somebody else's."""
    story = told(HELD)
    story.stage.tell(
        f.ChannelClosed("other", story.at, "C1"),
        f.HoldEnded("other", story.at, story.legs["Ann"][0]),
        f.CallerLeft("other", story.at, "sales", "C1"),
    )
    assert (story.cell("Ann"), story.cell("C1")) == ("holding", "talking")


def happenings(*told: f.Fact) -> list[Happening]:
    """What passed without trace."""
    store = FloorStore(TapeClock(BEGIN))
    found: list[Happening] = []
    store.subscribe(lambda outcome: found.extend(outcome.happenings), happenings=True)
    for fact in (f.MemberSeen(PBX, BEGIN, Member("sales", "Ann", "PJSIP/1", "PJSIP/1")), *told):
        store.apply(fact)
    assert store.refused == 0
    return found


def test_line_taken_and_released() -> None:
    """A call over the trunk, either way, with how it ended; phones and Local channels are no lines."""
    inbound = [
        f.ChannelOpened(PBX, BEGIN, "1.1", "PJSIP/carrier-1", "1.0", "dialling"),
        f.ChannelClosed(PBX, BEGIN, "1.1", 17),
    ]
    assert happenings(*inbound) == [
        LineTaken(PBX, BEGIN, "PJSIP/carrier", "1.1", outgoing=False),
        LineReleased(PBX, BEGIN, "PJSIP/carrier", "1.1", "1.0", 17, up=False, outgoing=False, queue=None),
    ]
    outbound = [
        f.ChannelOpened(PBX, BEGIN, "1.1", "DAHDI/i1/5551234-1", "1.1", "down"),
        f.ChannelChanged(PBX, BEGIN, "1.1", "up"),
        f.ChannelClosed(PBX, BEGIN, "1.1"),
    ]
    assert happenings(*outbound)[1] == LineReleased(PBX, BEGIN, "DAHDI/i1", "1.1", "1.1", None, True, True, None)
    for name in ("PJSIP/1-1", "Local/1@x-1;1", "1.1"):
        assert not happenings(
            f.ChannelOpened(PBX, BEGIN, "1.1", name, "1.1", "down"), f.ChannelClosed(PBX, BEGIN, "1.1")
        )
    trunk = f.TrunkSeen(PBX, BEGIN, "PJSIP/carrier", Reach.REACHABLE, "x")
    phone = f.EndpointSeen(PBX, BEGIN, "PJSIP/lobby", Reach.REACHABLE)
    opened = f.ChannelOpened(PBX, BEGIN, "1.1", "PJSIP/lobby-1", "1.1", "dialling")
    assert len(happenings(trunk, *inbound)) == 2
    assert not happenings(phone, opened)


def test_released_line_names_the_queue() -> None:
    """Where the caller was last."""
    opened = f.ChannelOpened(PBX, BEGIN, "1.1", "PJSIP/carrier-1", "1.1", "dialling")
    moved = f.DialplanMoved(PBX, BEGIN, "1.1", "Queue", "sales")
    released = happenings(opened, moved, f.ChannelClosed(PBX, BEGIN, "1.1", 16))[-1]
    assert isinstance(released, LineReleased)
    assert released.queue == "sales"


def test_first_word_on_a_channel() -> None:
    """The channel remembers when somebody was first heard; every word is told (F6)."""
    store = FloorStore(TapeClock(BEGIN))
    store.apply(f.ChannelOpened(PBX, BEGIN, "1.1", "PJSIP/carrier-1", "1.1", "up"))
    for at in (3, 9):
        store.apply(f.TalkingBegan(PBX, BEGIN + at, "1.1"))
    assert store.snapshot().channels[PBX, "1.1"].spoke_at == BEGIN + 3
    assert len(happenings(f.TalkingBegan(PBX, BEGIN, "9.9"), f.TalkingEnded(PBX, BEGIN, "9.9"))) == 2
