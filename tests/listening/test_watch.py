"""How a listening ends, and how an agent is followed: what happens, and what the supervisor and the record then say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from floor.audit.model import Stage
from floor.listening.model import ListeningStage, Mode, Way
from floor.listening.ports import NotAdmittedError
from floor.people.model import Role, SignedIn
from floor.state import facts as f
from floor.state.model import LinkState
from tests.listening.stage import House, P

Happens = Callable[[House, SignedIn], Awaitable[None]]


async def call_ends(house: House, _: SignedIn) -> None:
    house.hang_up("Ann")


async def agent_leaves_the_call(house: House, _: SignedIn) -> None:
    house.tell(f.ChannelClosed(P, house.clock.at, "1.2", 16))


async def signs_out(house: House, who: SignedIn) -> None:
    await house.accounts.sign_out(who.id, "asked")
    await house.tick()


async def signs_in_elsewhere(house: House, who: SignedIn) -> None:
    await house.sign_in(who.person.login)
    await house.tick()


async def is_locked(house: House, who: SignedIn) -> None:
    house.accounts.lock(who.id)
    await house.tick()


async def becomes_an_agent(house: House, who: SignedIn) -> None:
    house.change(who.person.id, role=Role.AGENT)
    await house.tick()


async def becomes_a_coach_while_barging(house: House, who: SignedIn) -> None:
    await house.register.change(who, house.told[-1].id, Mode.BARGE)
    house.change(who.person.id, role=Role.COACH)
    await house.tick()


async def is_dismissed(house: House, who: SignedIn) -> None:
    house.change(who.person.id, active=False)
    await house.tick()


async def agent_changes_group(house: House, _: SignedIn) -> None:
    house.people.groups = {"night": house.people.groups["night"]}
    await house.tick()


async def link_is_lost(house: House, _: SignedIn) -> None:
    house.tell(f.LinkChanged(P, house.clock.at, LinkState.DOWN, "timeout"))


async def exchange_restarts(house: House, _: SignedIn) -> None:
    house.tell(f.ExchangeStopped(P, house.clock.at, restart=True))


async def page_never_came(house: House, _: SignedIn) -> None:
    await house.tick(14.5)
    assert house.told[-1].stage is ListeningStage.ON
    await house.tick(1)


async def page_is_gone(house: House, who: SignedIn) -> None:
    leave = house.register.attend(who, house.told[-1].id)
    assert leave is not None
    await house.tick(100)
    leave()
    await house.tick(4)
    assert house.told[-1].stage is ListeningStage.ON
    await house.tick(2)


async def sound_stops(house: House, _: SignedIn) -> None:
    house.ears.lines[0].heard.put_nowait(None)
    await house.settle()
    assert house.told[-1].stage is ListeningStage.ON
    await house.tick(2)


async def lasts_too_long(house: House, who: SignedIn) -> None:
    house.register.attend(who, house.told[-1].id)
    await house.tick(7201)


async def floorwatch_stops(house: House, _: SignedIn) -> None:
    await house.room.close()


ENDINGS: dict[Happens, str] = {
    call_ends: "call_ended",
    agent_leaves_the_call: "call_ended",
    signs_out: "signed_out",
    signs_in_elsewhere: "signed_out",
    is_locked: "locked",
    becomes_an_agent: "right_lost",
    becomes_a_coach_while_barging: "right_lost",
    is_dismissed: "signed_out",
    agent_changes_group: "out_of_scope",
    link_is_lost: "link_lost",
    exchange_restarts: "restarted",
    page_never_came: "stream_lost",
    page_is_gone: "stream_lost",
    sound_stops: "failed",
    lasts_too_long: "too_long",
    floorwatch_stops: "closed",
}
"""What happens -> why the listening is over."""


@pytest.mark.parametrize("happens", ENDINGS, ids=lambda happens: happens.__name__)
async def test_it_ends(happens: Happens) -> None:
    """At once: nobody hears it any more, the exchange's side is closed, and the record says why and how long."""
    house = House()
    house.call("Ann")
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who)
    await happens(house, who)
    assert house.register.of_agent(P, "Ann") == []
    assert (house.told[-1].stage, house.told[-1].ended) == (ListeningStage.ENDED, ENDINGS[happens])
    await house.until(lambda: house.acts(begun)[-1] == "ended")
    assert house.ears.lines[0].closed
    assert house.audit.last.more["ended"] == ENDINGS[happens]
    assert house.audit.last.call == "1.1"
    assert house.acts(begun).count("ended") == 1


async def test_what_does_not_end_it() -> None:
    """Holding, a page that comes back in time, another agent's call, or becoming a chief."""
    house = House()
    house.call("Ann")
    house.call("Bob", 2)
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who)
    leave = house.register.attend(who, begun.id)
    house.tell(f.HoldBegan(P, house.clock.at, "1.2"))
    await house.tick(30)
    house.tell(f.HoldEnded(P, house.clock.at, "1.2"))
    house.hang_up("Bob", 2)
    assert leave is not None
    leave()
    leave()
    await house.tick(4)
    assert house.register.attend(who, begun.id) is not None
    house.change(who.person.id, role=Role.CHIEF)
    await house.tick(30)
    assert house.of(begun, who).stage is ListeningStage.ON


async def test_unfollowed_it_never_jumps() -> None:
    """The agent's next call is not listened to."""
    house = House()
    house.call("Ann")
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who)
    house.hang_up("Ann")
    house.call("Ann", 2)
    await house.tick(2)
    assert len(house.ears.lines) == 1
    assert house.of(begun, who).stage is ListeningStage.ENDED


async def test_the_supervisors_conversation_with_another_caller_is_another_call() -> None:
    """Where the leg stays and the caller changes, the listening does not stay with the leg."""
    house = House()
    house.call("Ann")
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who)
    house.tell(f.ChannelClosed(P, house.clock.at, "1.1", 16))
    await house.tick()
    assert house.of(begun, who).ended == "call_ended"


async def test_following() -> None:
    """Asked to, it waits between the agent's calls, hears the next one, and each call is an act of its own."""
    house = House()
    house.call("Ann")
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who, follow=True)
    house.register.attend(who, begun.id)
    house.hang_up("Ann")
    assert house.of(begun, who).stage is ListeningStage.WAITING
    await house.until(lambda: house.acts(begun) == ["asked", "began", "ended"])
    assert house.ears.lines[0].closed
    house.call("Bob", 2)
    await house.tick(60)
    assert len(house.ears.lines) == 1
    house.call("Ann", 3)
    await house.until(lambda: house.of(begun, who).stage is ListeningStage.ON)
    assert house.ears.lines[1].channel == "3.2"
    assert [(str(one.stage), one.call) for one in house.audit.entries] == [
        ("asked", "1.1"), ("began", "1.1"), ("ended", "1.1"), ("asked", "3.1"), ("began", "3.1"),
    ]  # fmt: skip
    await house.register.stop(who, begun.id)
    await house.until(lambda: house.acts(begun)[-1] == "ended")
    assert house.audit.last.call == "3.1"


async def test_following_is_changed_while_it_lasts() -> None:
    """Asked to stay, it goes on with the next call; asked to no more while it waits, it is over. Both are on record."""
    house = House()
    house.call("Ann")
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who)
    house.register.attend(who, begun.id)
    assert (await house.register.stay(who, begun.id, True)).follow
    await house.register.stay(who, begun.id, True)
    house.hang_up("Ann")
    assert house.of(begun, who).stage is ListeningStage.WAITING
    house.call("Ann", 3)
    await house.until(lambda: house.of(begun, who).stage is ListeningStage.ON)
    house.hang_up("Ann", 3)
    assert house.of(begun, who).stage is ListeningStage.WAITING
    assert (await house.register.stay(who, begun.id, False)).ended == "stopped"
    await house.until(lambda: len(house.acts(begun)) == 8)
    followed = [one.more["follow"] for one in house.audit.entries if one.stage is Stage.CHANGED]
    assert followed == [True, False]
    assert next(one.more["follow"] for one in house.audit.entries if one.call == "3.1")
    with pytest.raises(NotAdmittedError, match="over"):
        await house.register.stay(who, begun.id, True)


async def test_following_is_not_changed_unrecorded() -> None:
    """What the audit does not take stays as it was; and nobody changes what is not his."""
    house = House()
    house.call("Ann")
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who)
    house.audit.broken = True
    with pytest.raises(NotAdmittedError, match="on record"):
        await house.register.stay(who, begun.id, True)
    assert not house.of(begun, who).follow
    house.audit.broken = False
    with pytest.raises(NotAdmittedError):
        await house.register.stay(await house.sign_in(Role.CHIEF), begun.id, True)


@pytest.mark.parametrize(("follow", "calls", "there"), [(False, 1, True), (True, 1, True), (True, 2, False)])
async def test_who_listens_is_there(follow: bool, calls: int, there: bool) -> None:
    """Hearing the call one asked for puts off the idle lock (R-SEC-6); what follows by itself shows nobody there."""
    house = House()
    house.call("Ann")
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who, follow=follow)
    house.register.attend(who, begun.id)
    if calls == 2:
        house.hang_up("Ann")
        house.call("Ann", 3)
        await house.until(lambda: house.of(begun, who).stage is ListeningStage.ON)
    await house.tick(60)
    seen = house.accounts.signs[who.id].value.seen_at
    assert (seen == house.clock.now()) is there


async def test_following_ends_while_waiting() -> None:
    """Between two calls nothing is heard, and stopping is on record all the same; the next call is left alone."""
    house = House()
    house.call("Ann")
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who, follow=True)
    house.hang_up("Ann")
    await house.settle()
    await house.register.stop(who, begun.id)
    await house.settle()
    house.call("Ann", 2)
    await house.tick()
    assert len(house.ears.lines) == 1
    assert house.acts(begun) == ["asked", "began", "ended", "ended"]
    assert (house.audit.last.more["ended"], house.audit.last.call) == ("stopped", "")


async def test_following_needs_the_right_between_calls_too() -> None:
    """Who lost the agent while waiting hears no further call of his."""
    house = House()
    house.call("Ann")
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who, follow=True)
    house.register.attend(who, begun.id)
    house.hang_up("Ann")
    await house.settle()
    house.change(who.person.id, groups=("night",))
    await house.tick()
    house.call("Ann", 2)
    await house.settle()
    assert house.of(begun, who).ended == "out_of_scope"
    assert len(house.ears.lines) == 1


async def test_following_is_on_record_or_not_done() -> None:
    """The next call is not opened when the audit cannot take that it is."""
    house = House()
    house.call("Ann")
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who, follow=True)
    house.hang_up("Ann")
    await house.settle()
    house.audit.broken = True
    house.call("Ann", 2)
    await house.settle()
    assert house.of(begun, who).ended == "unrecorded"
    assert len(house.ears.lines) == 1


async def test_next_call_ends_before_it_is_opened() -> None:
    """It goes back to waiting, and hears the one after."""
    house = House()
    house.call("Ann")
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who, follow=True)
    house.register.attend(who, begun.id)
    house.hang_up("Ann")
    await house.settle()
    house.ears.gate = asyncio.Event()
    house.ears.asked.clear()
    house.call("Ann", 2)
    await house.ears.asked.wait()
    house.hang_up("Ann", 2)
    assert house.of(begun, who).stage is ListeningStage.WAITING
    house.ears.gate = None
    house.call("Ann", 3)
    await house.until(lambda: house.of(begun, who).stage is ListeningStage.ON)
    assert house.ears.lines[-1].channel == "3.2"
    assert house.acts(begun) == ["asked", "began", "ended", "asked", "answered", "asked", "began"]


async def test_phone_is_put_down() -> None:
    """The supervisor hangs up: that is stopping, and on record."""
    house = House()
    house.call("Ann")
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who, way=Way.PHONE)
    await house.until(lambda: house.of(begun, who).stage is ListeningStage.ON)
    house.spies("floor-spy-p1", "PJSIP/901", "1.2")
    await house.tick(5)
    assert house.of(begun, who).stage is ListeningStage.ON
    house.tell(f.ChannelClosed(P, house.clock.at, "floor-spy-p1", 16))
    await house.tick(2)
    await house.tick(2)
    assert house.of(begun, who).ended == "stopped"


async def test_joined_phone_is_put_down() -> None:
    """Its line ends, and that is stopping; a spying channel that another mode has replaced ends nothing."""
    house = House()
    house.ears.joining = True
    house.call("Ann")
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who, way=Way.PHONE)
    await house.until(lambda: house.of(begun, who).stage is ListeningStage.ON)
    house.tell(f.ListeningEnded(P, house.clock.at, "floor-spy-1", "1.2"))
    await house.tick(5)
    assert house.of(begun, who).stage is ListeningStage.ON
    house.ears.lines[0].heard.put_nowait(None)
    await house.settle()
    await house.tick(2)
    await house.tick(2)
    assert house.of(begun, who).ended == "stopped"


async def test_phone_falls_silent_a_moment_before_the_call_is_over() -> None:
    """The exchange may say first that nobody listens any more: it ended with the call, not by the supervisor."""
    house = House()
    house.call("Ann")
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who, way=Way.PHONE)
    house.spies("floor-spy-p1", "PJSIP/901", "1.2")
    await house.until(lambda: house.of(begun, who).stage is ListeningStage.ON)
    house.tell(f.ListeningEnded(P, house.clock.at, "floor-spy-p1", "1.2"))
    house.hang_up("Ann")
    await house.tick(2)
    assert house.of(begun, who).ended == "call_ended"


async def test_who_is_over_is_remembered_for_a_minute() -> None:
    """So that the page learns why; then it is as if it had never been."""
    house = House()
    house.call("Ann")
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who)
    house.hang_up("Ann")
    await house.tick(30)
    assert [one.ended for one in house.register.under_way(who)] == ["call_ended"]
    await house.tick(31)
    assert house.register.find(who, begun.id) is None
