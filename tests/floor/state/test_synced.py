"""The full picture of queues: members and the waiting, at once and again and again."""

from __future__ import annotations

from dataclasses import replace

from floor.state import facts as f
from floor.state.model import AgentState, Caller, CallerStage, Ending, LinkState, Member, Span
from tests.support.replay import PBX, Stage
from tests.support.stories import BEGIN, Story, told

ANN = Member("sales", "Ann", "PJSIP/Ann", "PJSIP/Ann")
BOB = Member("sales", "Bob", "PJSIP/Bob", "PJSIP/Bob")


def picture(
    at: float, members: tuple[Member, ...] = (ANN, BOB), callers: tuple[f.PictureCaller, ...] = (), **more: object
) -> f.QueuesSynced:
    return f.QueuesSynced(PBX, BEGIN + at, (f.PictureQueue("sales", "ringall", 3, 10),), members, callers, **more)  # type: ignore[arg-type]


def waiting(uniqueid: str, wait_s: int, position: int = 1) -> f.PictureCaller:
    return f.PictureCaller("sales", uniqueid, position, "123", "Max", wait_s, 5)


def test_first_picture() -> None:
    """Queues with their parameters, members, and callers dated back by how long they wait, oldest first."""
    stage = Stage(BEGIN)
    stage.tell(picture(100, callers=(waiting("C2", 5, 2), waiting("C1", 40, 1))))
    floor = stage.store.snapshot()
    queue = floor.queues[PBX, "sales"]
    assert (queue.strategy, queue.weight, queue.max_callers) == ("ringall", 3, 10)
    assert (queue.waiting, queue.oldest_joined_at) == (2, BEGIN + 60)
    assert dict(queue.states) == {AgentState.READY: 2}
    assert floor.callers[PBX, "sales", "C1"].priority == 5


def test_same_picture_again_is_silence() -> None:
    """A picture that says what is known changes nothing and tells nobody."""
    stage = Stage(BEGIN)
    stage.tell(picture(100, callers=(waiting("C1", 40),)))
    told_ = stage.store.revision
    stage.tell(picture(100, (BOB, ANN), callers=(waiting("C1", 40),)))
    assert stage.store.revision == told_


def test_who_is_not_in_it_is_gone() -> None:
    """Members, callers and queues that are missing disappear; a state that ended unseen is a span of its own."""
    stage = Stage(BEGIN)
    stage.tell(picture(0, callers=(waiting("C1", 0),)))
    stage.tell(f.LinkChanged(PBX, BEGIN + 10, LinkState.DOWN, "cut"), picture(60, (ANN,)))
    stage.tell(f.LinkChanged(PBX, BEGIN + 61, LinkState.UP))
    stage.at(BEGIN + 80)
    floor = stage.store.snapshot()
    assert set(floor.agents) == {(PBX, "Ann")}
    (ended,) = stage.endings
    assert (ended.ending, ended.gap) == (Ending.UNKNOWN, True)
    (span,) = [record for record in stage.records if isinstance(record, Span) and record.agent == "Bob"]
    assert (span.gap, span.ended_at) == (True, BEGIN + 10)
    stage.tell(f.QueuesSynced(PBX, BEGIN + 90))
    assert not stage.store.snapshot().queues


def test_missing_caller_may_still_explain_himself() -> None:
    """A list may overtake events: he is not in it, and the events on their way say that he was answered."""
    story = told(
        """
        at | what happens                            | Ann     | C1
        0  | Ann sits in sales; C1 joins sales       | ready   | waiting
        5  | sales rings Ann for C1; Ann lifts       | talking | waiting
        """
    )
    story.stage.tell(picture(5, (ANN,)))
    assert story.cell("C1") == "leaving"
    story.tell(
        """
        at | what happens                                              | Ann     | C1
        5  | C1 leaves sales; sales connects Ann to C1 after 5         | talking | talking
        """
    )


def test_caller_who_waits_after_all() -> None:
    """Missing in one list and there in the next, he is the same visit."""
    story = told(
        """
        at | what happens   | C1
        0  | C1 joins sales | waiting
        """
    )
    story.stage.tell(picture(5, ()), picture(6, (), (waiting("C1", 6),)))
    assert story.cell("C1") == "waiting"
    assert not story.stage.endings


def test_event_late_for_a_caller_already_in_the_list() -> None:
    """A QueueCallerJoin that comes after the list knew him adds what the list did not know, and no visit."""
    stage = Stage(BEGIN)
    stage.tell(picture(5, (), (f.PictureCaller("sales", "C1", 1, None, None, 3),)))
    stage.tell(f.CallerJoined(PBX, BEGIN + 2.4, "sales", "C1", linkedid="L1", number="123"))
    (caller,) = stage.store.snapshot().callers.values()
    assert (caller.linkedid, caller.number) == ("L1", "123")
    assert caller.stage is CallerStage.WAITING


def test_line_stays_in_order_of_joining() -> None:
    """A caller found in the picture who joined before those we know comes first in the line."""
    stage = Stage(BEGIN)
    stage.tell(
        f.CallerJoined(PBX, BEGIN + 50, "sales", "C2"), picture(60, (), (waiting("C1", 40), waiting("C2", 10, 2)))
    )
    assert stage.store.snapshot().queues[PBX, "sales"].oldest_joined_at == BEGIN + 20


def test_back_in_the_line_in_the_picture() -> None:
    """Whom we thought talking and the picture shows waiting, was answered, and waits anew."""
    story = told(
        """
        at | what happens                                                   | C1
        0  | Ann sits in sales; C1 joins sales; sales rings Ann for C1      | waiting
        2  | Ann lifts; C1 leaves sales; sales connects Ann to C1 after 2   | talking
        """
    )
    story.stage.tell(picture(60, (ANN,), (waiting("C1", 10),)))
    assert story.cell("C1") == "waiting"
    assert [visit.ending for visit in story.stage.endings] == [Ending.ANSWERED]


def test_pause_began_while_nobody_looked() -> None:
    """A pause that the picture dates is counted from its own beginning."""
    stage = Stage(BEGIN)
    stage.tell(picture(0), f.LinkChanged(PBX, BEGIN + 10, LinkState.DOWN, "cut"))
    away = replace(ANN, paused=True, reason="meal", paused_at=BEGIN + 30)
    stage.tell(picture(100, (away, BOB)))
    agent = stage.store.snapshot().agents[PBX, "Ann"]
    assert (agent.state, agent.since) == (AgentState.PAUSED, BEGIN + 30)


def test_hints_seat_anew() -> None:
    """When a hint names another phone, its agent sits there, and no more at the old one."""
    story = Story()
    desk = replace(ANN, interface="Local/1@x/n", device_name="hint:1@phones")
    story.stage.tell(picture(0, (desk,), hints=(("hint:1@phones", "PJSIP/10"),)))
    story.stage.tell(picture(9, (desk,), hints=(("hint:1@phones", "PJSIP/11"),)))
    story.stage.tell(f.ChannelOpened(PBX, BEGIN + 10, "x", "PJSIP/10-1", "x", "ringing"))
    assert story.cell("Ann") == "ready"
    story.stage.tell(f.ChannelOpened(PBX, BEGIN + 11, "y", "PJSIP/11-1", "y", "ringing"))
    assert story.cell("Ann") == "ringing"


def test_restored_visits_meet_the_picture() -> None:
    """Visits open when we last stopped: who still waits is counted in the line, who does not ends as unknown."""
    stage = Stage(BEGIN + 100)
    stage.store.restore(
        [
            Caller(PBX, "sales", "C1", CallerStage.WAITING, BEGIN),
            Caller(PBX, "sales", "C2", CallerStage.WAITING, BEGIN + 10),
        ]
    )
    stage.chain.told.update({(Caller, key): caller for key, caller in stage.store.snapshot().callers.items()})
    stage.chain.told.update({(type(q), q.key): q for q in stage.store.snapshot().queues.values()})
    assert stage.store.snapshot().queues[PBX, "sales"].waiting == 2
    stage.tell(picture(100, (), (waiting("C1", 100),)))
    stage.wait(10)
    assert stage.store.snapshot().queues[PBX, "sales"].waiting == 1
    (ended,) = stage.endings
    assert (ended.uniqueid, ended.ending, ended.gap) == ("C2", Ending.UNKNOWN, True)


def test_in_the_line_anew_after_a_gap() -> None:
    """Answered, passed back and waiting again while nobody looked: two visits, the first over before the second."""
    story = told(
        """
        at | what happens                          | C1
        0  | Ann sits in sales; C1 joins sales     | waiting
        2  | link down                             | waiting
        """
    )
    story.stage.tell(picture(20, callers=(waiting("C1", 8),)))
    (first,) = story.stage.endings
    assert (first.ending, first.joined_at, first.ended_at) == (Ending.UNKNOWN, BEGIN, BEGIN + 12)
    (second,) = story.stage.store.snapshot().callers.values()
    assert second.joined_at == BEGIN + 12


def test_still_in_the_line_after_a_gap() -> None:
    """The list's whole seconds and the time it took do not make two visits of one."""
    story = told(
        """
        at | what happens                          | C1
        0  | Ann sits in sales; C1 joins sales     | waiting
        5  | link down                             | waiting
        """
    )
    story.stage.tell(picture(21, callers=(waiting("C1", 18),)))
    (visit,) = story.stage.store.snapshot().callers.values()
    assert (visit.joined_at, story.stage.endings) == (BEGIN, [])
