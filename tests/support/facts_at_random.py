"""Facts at random over a small floor, so that they meet: two exchanges, five agents, three queues, eight channels.

Nothing here is likely; everything is possible on a bad day: events lost, doubled, late, a clock set back.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from floor.state import facts as f
from floor.state.model import CompletedBy, Device, Ending, LinkState, Member, Reach

BEGIN = 1_700_000_000.0
# "sales" is a queue and an agent; Bob and Cho share a phone; Ann sits at two; Dan is reached through a Local channel.
SEATS = (
    ("Ann", "PJSIP/1", "PJSIP/1"),
    ("Ann", "PJSIP/5", "PJSIP/5"),
    ("Bob", "PJSIP/2", "PJSIP/2"),
    ("Cho", "PJSIP/2", "PJSIP/2"),
    ("Dan", "Local/4@agents/n", "hint:4@phones"),
    ("sales", "Local/6@agents", "Custom:6"),
)
HINTS = (("hint:4@phones", "PJSIP/4"),)
QUEUES = ("sales", "support", "a|b 售后")
IDS = tuple("12345678")
NAMES = (
    "PJSIP/1-01",
    "PJSIP/2-02",
    "PJSIP/4-03",
    "PJSIP/trunk-04",
    "Local/4@agents-05;1",
    "Local/4@agents-05;2",
    "PJSIP/5-06<ZOMBIE>",
    "Local/6@agents-07;1",
)

pbxs = st.sampled_from(("p", "q"))
queues = st.sampled_from(QUEUES)
ids = st.sampled_from(IDS)
names = st.sampled_from(NAMES)
seats = st.sampled_from(SEATS)
agents = st.sampled_from(tuple({seat[0]: None for seat in SEATS}))
interfaces = st.sampled_from(tuple({seat[1]: None for seat in SEATS}))
seconds = st.one_of(st.none(), st.integers(0, 40))
states = st.sampled_from(("down", "dialling", "ringing", "up"))
moments = st.integers(0, 60).map(lambda ticks: BEGIN + ticks / 2)


@st.composite
def members(draw: st.DrawFn) -> Member:
    agent, interface, device = draw(seats)
    paused = draw(st.booleans())
    return Member(
        queue=draw(queues),
        agent=agent,
        interface=interface,
        device_name=device,
        paused=paused,
        reason=draw(st.sampled_from((None, "meal", "acw", "emergency", "Auto-Pause"))) if paused else None,
        paused_at=draw(st.one_of(st.none(), moments)) if paused else None,
        device=draw(st.sampled_from(Device)),
        wrapup_s=draw(st.sampled_from((0, 0, 4))),
    )


@st.composite
def picture_channels(draw: st.DrawFn) -> f.PictureChannel:
    return f.PictureChannel(
        uniqueid=draw(ids),
        channel=draw(names),
        linkedid=draw(ids),
        state=draw(states),
        bridge=draw(st.sampled_from((None, "b1", "b2"))),
        application=draw(st.sampled_from(("Queue", "AppDial", "Dial", ""))),
        data=draw(queues) + ",t",
        duration_s=float(draw(st.integers(0, 30))),
    )


def picture_callers() -> st.SearchStrategy[f.PictureCaller]:
    return st.builds(
        f.PictureCaller, queues, ids, st.integers(1, 5), st.none(), st.none(), st.integers(0, 30), st.none()
    )


def queues_synced() -> st.SearchStrategy[f.Fact]:
    return st.builds(
        f.QueuesSynced,
        pbxs,
        moments,
        queues=st.sampled_from(((), tuple(map(f.PictureQueue, QUEUES)))),
        members=st.lists(members(), max_size=5).map(tuple),
        callers=st.lists(picture_callers(), max_size=3, unique_by=lambda one: (one.queue, one.uniqueid)).map(tuple),
        hints=st.sampled_from(((), HINTS)),
    )


def channels_synced() -> st.SearchStrategy[f.Fact]:
    listed = st.lists(picture_channels(), max_size=5, unique_by=(lambda one: one.uniqueid, lambda one: one.channel))
    return st.builds(f.ChannelsSynced, pbxs, moments, listed.map(tuple))


reaches = st.sampled_from(Reach)
devices = st.sampled_from(("PJSIP/1", "PJSIP/2", "PJSIP/trunk"))

KINDS: dict[type[f.Fact], Callable[[], st.SearchStrategy[f.Fact]]] = {
    f.LinkChanged: lambda: st.builds(f.LinkChanged, pbxs, moments, st.sampled_from(LinkState)),
    f.ClockMeasured: lambda: st.builds(
        f.ClockMeasured, pbxs, moments, st.sampled_from((0.0, 0.2, -7.0)), st.booleans()
    ),
    f.QueueSeen: lambda: st.builds(f.QueueSeen, pbxs, moments, queues),
    f.MemberSeen: lambda: st.builds(f.MemberSeen, pbxs, moments, members()),
    f.MemberRemoved: lambda: st.builds(f.MemberRemoved, pbxs, moments, queues, agents, interfaces),
    f.CallerJoined: lambda: st.builds(f.CallerJoined, pbxs, moments, queues, ids),
    f.CallerLeft: lambda: st.builds(f.CallerLeft, pbxs, moments, queues, ids),
    f.CallerGaveUp: lambda: st.builds(f.CallerGaveUp, pbxs, moments, queues, ids, seconds),
    f.QueueReleased: lambda: st.builds(f.QueueReleased, pbxs, moments, ids, st.sampled_from(Ending)),
    f.DialplanMoved: lambda: st.builds(
        f.DialplanMoved, pbxs, moments, ids, st.just("Queue"), st.one_of(st.none(), queues)
    ),
    f.OfferBegan: lambda: st.builds(f.OfferBegan, pbxs, moments, queues, agents, interfaces, ids, ids),
    f.OfferAnswered: lambda: st.builds(
        f.OfferAnswered, pbxs, moments, queues, agents, interfaces, ids, ids, seconds, seconds
    ),
    f.OfferUnanswered: lambda: st.builds(
        f.OfferUnanswered, pbxs, moments, queues, agents, interfaces, ids, st.one_of(st.none(), ids), seconds
    ),
    f.CallCompleted: lambda: st.builds(
        f.CallCompleted,
        pbxs,
        moments,
        queues,
        agents,
        interfaces,
        st.one_of(st.none(), ids),
        st.one_of(st.none(), ids),
        seconds,
        seconds,
        st.one_of(st.none(), st.sampled_from(CompletedBy)),
    ),
    f.ChannelOpened: lambda: st.builds(f.ChannelOpened, pbxs, moments, ids, names, ids, states),
    f.ChannelChanged: lambda: st.builds(f.ChannelChanged, pbxs, moments, ids, states),
    f.ChannelRenamed: lambda: st.builds(f.ChannelRenamed, pbxs, moments, ids, names),
    f.ChannelClosed: lambda: st.builds(f.ChannelClosed, pbxs, moments, ids),
    f.HangupAsked: lambda: st.builds(f.HangupAsked, pbxs, moments, ids, st.sampled_from((None, 16, 17))),
    f.EndReasonGiven: lambda: st.builds(f.EndReasonGiven, pbxs, moments, st.just("noise"), st.one_of(st.none(), ids)),
    f.DialBegan: lambda: st.builds(f.DialBegan, pbxs, moments, st.one_of(st.none(), ids), ids, names),
    f.HoldBegan: lambda: st.builds(f.HoldBegan, pbxs, moments, ids),
    f.HoldEnded: lambda: st.builds(f.HoldEnded, pbxs, moments, ids),
    f.MusicStopped: lambda: st.builds(f.MusicStopped, pbxs, moments, ids),
    f.BridgeEntered: lambda: st.builds(f.BridgeEntered, pbxs, moments, ids, st.sampled_from(("b1", "b2"))),
    f.BridgeLeft: lambda: st.builds(f.BridgeLeft, pbxs, moments, ids, st.sampled_from(("b1", "b2"))),
    f.CallTransferred: lambda: st.builds(
        f.CallTransferred, pbxs, moments, st.sampled_from(("blind", "attended")), ids, st.one_of(st.none(), ids)
    ),
    f.TalkingBegan: lambda: st.builds(f.TalkingBegan, pbxs, moments, ids),
    f.TalkingEnded: lambda: st.builds(f.TalkingEnded, pbxs, moments, ids, st.just(2.5)),
    f.VoiceReported: lambda: st.builds(f.VoiceReported, pbxs, moments, ids, st.just(0.1), st.just(160)),
    f.AlarmRaised: lambda: st.builds(f.AlarmRaised, pbxs, moments, st.just("span 1"), st.just("Red Alarm")),
    f.AlarmCleared: lambda: st.builds(f.AlarmCleared, pbxs, moments, st.just("span 1")),
    f.LimitReached: lambda: st.builds(f.LimitReached, pbxs, moments, st.just("load")),
    f.HelpAsked: lambda: st.builds(f.HelpAsked, pbxs, moments, names, ids),
    f.LeaveAsked: lambda: st.builds(f.LeaveAsked, pbxs, moments, st.just("toilet"), st.just(5), names, ids),
    f.EmergencyReported: lambda: st.builds(f.EmergencyReported, pbxs, moments, st.just("fire"), names, ids),
    f.CallPlaced: lambda: st.builds(f.CallPlaced, pbxs, moments, ids, st.sampled_from(["answered", "busy"])),
    f.ListeningBegan: lambda: st.builds(f.ListeningBegan, pbxs, moments, ids, ids, names, ids),
    f.ListeningEnded: lambda: st.builds(f.ListeningEnded, pbxs, moments, ids, st.one_of(st.none(), ids)),
    f.ExchangeStopped: lambda: st.builds(f.ExchangeStopped, pbxs, moments, st.booleans()),
    f.EndpointSeen: lambda: st.builds(f.EndpointSeen, pbxs, moments, devices, reaches),
    f.ContactSeen: lambda: st.builds(f.ContactSeen, pbxs, moments, devices, st.just("sip:1@10.0.0.1"), st.booleans()),
    f.TrunkSeen: lambda: st.builds(f.TrunkSeen, pbxs, moments, devices, reaches, st.just("word")),
    f.TrunkGone: lambda: st.builds(f.TrunkGone, pbxs, moments, devices),
    f.ReviewDue: lambda: st.builds(
        f.ReviewDue, pbxs, moments, st.one_of(st.none(), agents), st.one_of(st.none(), st.tuples(queues, ids))
    ),
    f.RecordHealed: lambda: st.builds(f.RecordHealed, pbxs, moments),
    f.QueuesSynced: queues_synced,
    f.ChannelsSynced: channels_synced,
    f.PhonesSynced: lambda: st.builds(
        f.PhonesSynced, pbxs, moments, st.lists(st.tuples(devices, reaches, st.none()), max_size=2).map(tuple)
    ),
    f.TrunksSynced: lambda: st.builds(
        f.TrunksSynced, pbxs, moments, st.lists(st.tuples(devices, reaches, st.just("w")), max_size=2).map(tuple)
    ),
}
"""Every kind of fact there is."""

any_fact = st.sampled_from(tuple(KINDS)).flatmap(lambda kind: KINDS[kind]())
histories = st.lists(any_fact, min_size=5, max_size=40)
