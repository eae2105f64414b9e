"""Beginning, changing and stopping a listening: by whom, on record how, and what the exchange is told."""

from __future__ import annotations

import asyncio

import pytest

from floor.listening.model import ListeningStage, Mode, Purpose, Way
from floor.listening.ports import NotAdmittedError, NotHeardError
from floor.people.model import Role
from tests.listening.stage import House, P


@pytest.fixture
def house() -> House:
    house = House()
    house.call("Ann")
    return house


def status(error: pytest.ExceptionInfo[NotAdmittedError]) -> int:
    return error.value.status


async def test_listening_in_the_browser(house: House) -> None:
    """Exactly the agent's leg is opened, and the record says who, whom, call, mode, purpose, since when, until when."""
    leader = await house.sign_in(Role.LEADER)
    begun = await house.begin(leader, purpose=Purpose.COACHING, note="greeting", address="10.0.0.9")
    assert (begun.stage, begun.call, begun.channel, begun.spy) == (ListeningStage.ON, "1.1", "1.2", "floor-spy-1")
    assert house.ears.lines[0].channel == "1.2"
    house.pass_(7)
    await house.register.stop(leader, begun.id)
    await house.settle()
    assert house.acts(begun) == ["asked", "began", "ended"]
    asked, began, ended = house.audit.entries
    assert (asked.by.name, asked.by.person, asked.by.role, asked.by.address) == ("Leader", 2, "leader", "10.0.0.9")
    assert (asked.pbx, asked.agent, asked.call, asked.reason) == (P, "Ann", "1.1", "coaching")
    assert asked.more["note"] == "greeting"
    assert (began.more["mode"], began.more["channel"], began.more["spy"]) == ("listen", "1.2", "floor-spy-1")
    assert (ended.more["ended"], ended.more["lasted_s"]) == ("stopped", 7.0)
    assert house.ears.lines[0].closed


async def test_nothing_is_done_that_cannot_be_recorded(house: House) -> None:
    """The exchange is not even asked."""
    leader = await house.sign_in(Role.LEADER)
    house.audit.broken = True
    with pytest.raises(NotAdmittedError) as error:
        await house.begin(leader)
    assert status(error) == 503
    assert not house.ears.asked.is_set()
    house.audit.broken = False
    assert (await house.begin(leader)).stage is ListeningStage.ON


async def test_its_beginning_must_be_recorded_too(house: House) -> None:
    """When the audit breaks while the exchange opens it, it ends at once, and what there is to say is said later."""
    leader = await house.sign_in(Role.LEADER)
    house.ears.gate = asyncio.Event()
    begin = asyncio.ensure_future(house.begin(leader))
    await house.ears.asked.wait()
    house.audit.broken = True
    house.ears.gate.set()
    with pytest.raises(NotAdmittedError) as error:
        await begin
    assert status(error) == 503
    await house.settle()
    assert house.ears.lines[0].closed
    house.audit.broken = False
    await house.room._ink.settle()
    assert [str(one.stage) for one in house.audit.entries] == ["asked", "ended"]
    assert house.audit.last.more["ended"] == "unrecorded"


async def test_refusals_are_on_record(house: House) -> None:
    """Who tries what he may not is found in the audit, with what he asked for and why not."""
    leader = await house.sign_in(Role.LEADER)
    with pytest.raises(NotAdmittedError):
        await house.begin(leader, "Bob\r\nAction: Originate" + "x" * 500)
    entry = house.audit.last
    assert (entry.stage, entry.said) == ("refused", "there is no such agent of yours")
    assert entry.agent.startswith("BobAction")
    assert len(entry.agent) == 200 - 2


async def test_trying_out_is_bounded(house: House) -> None:
    """Who asks again and again is refused without a word in the audit, until a minute has passed."""
    leader = await house.sign_in(Role.LEADER)
    for _ in range(30):
        with pytest.raises(NotAdmittedError):
            await house.begin(leader, "Bob")
    with pytest.raises(NotAdmittedError) as error:
        await house.begin(leader)
    assert status(error) == 429
    assert len(house.audit.entries) == 30
    house.pass_(61)
    assert (await house.begin(leader)).stage is ListeningStage.ON


async def test_the_exchange_would_not(house: House) -> None:
    """Its words reach the supervisor in his language and the record; nothing is under way."""
    leader = await house.sign_in(Role.LEADER)
    house.ears.refuses = NotHeardError("no such channel", "没有该通道")
    with pytest.raises(NotAdmittedError) as error:
        await house.begin(leader)
    assert status(error) == 502
    assert error.value.words == {
        "en": "the exchange would not: no such channel",
        "zh": "交换机未能接通监听：没有该通道",
    }
    await house.settle()
    assert [str(one.stage) for one in house.audit.entries] == ["asked", "answered"]
    assert house.audit.last.said == "no such channel"
    assert house.register.of_agent(P, "Ann") == []


async def test_two_at_once_are_admitted_only_as_many_as_may() -> None:
    """However fast they ask: the limit holds while the audit is being written."""
    house = House(per_call=1)
    house.call("Ann")
    leader, chief = await house.sign_in(Role.LEADER), await house.sign_in(Role.CHIEF)
    found = await asyncio.gather(house.begin(leader), house.begin(chief), return_exceptions=True)
    assert sum(isinstance(one, NotAdmittedError) for one in found) == 1
    assert len(house.ears.lines) == 1


async def test_several_listen_at_once(house: House) -> None:
    """Each with a line of his own."""
    whos = [await house.sign_in(role) for role in (Role.LEADER, Role.CHIEF, Role.MANAGER)]
    for who in whos:
        await house.begin(who)
    assert len(house.register.of_agent(P, "Ann")) == 3
    assert len({one.spy for one in house.register.of_agent(P, "Ann")}) == 3


async def test_modes_are_changed_by_right(house: House) -> None:
    """A coach whispers and does not barge in; each change is on record before it is done."""
    coach = await house.sign_in(Role.COACH)
    begun = await house.begin(coach)
    changed = await house.register.change(coach, begun.id, Mode.WHISPER)
    assert changed.mode is Mode.WHISPER
    assert house.ears.lines[0].modes == [Mode.LISTEN, Mode.WHISPER]
    assert (house.audit.last.stage, house.audit.last.more["mode"]) == ("changed", "whisper")
    with pytest.raises(NotAdmittedError) as error:
        await house.register.change(coach, begun.id, Mode.BARGE)
    assert status(error) == 403
    house.audit.broken = True
    with pytest.raises(NotAdmittedError) as error:
        await house.register.change(coach, begun.id, Mode.LISTEN)
    assert status(error) == 503
    assert house.ears.lines[0].modes == [Mode.LISTEN, Mode.WHISPER]


async def test_mode_the_exchange_refuses(house: House) -> None:
    """It goes on as it was, and the record says that it did."""
    leader = await house.sign_in(Role.LEADER)
    begun = await house.begin(leader)
    house.ears.lines[0].refuses = NotHeardError("not now")
    with pytest.raises(NotAdmittedError) as error:
        await house.register.change(leader, begun.id, Mode.BARGE)
    assert status(error) == 502
    assert house.of(begun, leader).mode is Mode.LISTEN
    assert [one.more["mode"] for one in house.audit.entries if one.stage == "changed"] == ["barge", "listen"]


async def test_on_the_phone(house: House) -> None:
    """The supervisor's own phone rings; it is on once he has answered, and hung up when he stops it on the page."""
    leader = await house.sign_in(Role.LEADER)
    house.ears.gate = asyncio.Event()
    begun = await house.begin(leader, way=Way.PHONE)
    assert begun.stage is ListeningStage.OPENING
    await house.ears.asked.wait()
    phone = next(one.address for one in leader.person.contacts)
    assert house.ears.rung == [(phone, "1.2", Mode.LISTEN)]
    house.ears.gate.set()
    await house.until(lambda: house.of(begun, leader).stage is ListeningStage.ON)
    assert house.register.line(leader, begun.id) is None
    await house.register.stop(leader, begun.id)
    await house.until(lambda: house.acts(begun) == ["asked", "began", "ended"])
    assert house.ears.hung_up == ["floor-spy-p1"]


async def test_mode_on_a_joined_phone(house: House) -> None:
    """Changes as in the browser: on record first, the phone does not ring again, and its sound is not the page's."""
    house.ears.joining = True
    leader = await house.sign_in(Role.LEADER)
    begun = await house.begin(leader, way=Way.PHONE)
    await house.until(lambda: house.of(begun, leader).stage is ListeningStage.ON)
    changed = await house.register.change(leader, begun.id, Mode.BARGE)
    assert (changed.mode, changed.stage) == (Mode.BARGE, ListeningStage.ON)
    assert (len(house.ears.rung), house.ears.lines[0].modes) == (1, [Mode.LISTEN, Mode.BARGE])
    assert house.register.line(leader, begun.id) is None
    await house.register.stop(leader, begun.id)
    await house.until(lambda: house.acts(begun) == ["asked", "began", "changed", "ended"])
    assert house.ears.lines[0].closed


async def test_mode_on_a_phone_that_listens_by_itself(house: House) -> None:
    """It is hung up and rings in the other mode: the same listening, on record before, and one lasting for both."""
    leader = await house.sign_in(Role.LEADER)
    begun = await house.begin(leader, way=Way.PHONE)
    await house.until(lambda: house.of(begun, leader).stage is ListeningStage.ON)
    house.ears.gate = asyncio.Event()
    house.pass_(30)
    changed = await house.register.change(leader, begun.id, Mode.WHISPER)
    assert (changed.id, changed.mode, changed.stage) == (begun.id, Mode.WHISPER, ListeningStage.OPENING)
    house.ears.gate.set()
    await house.until(lambda: house.of(begun, leader).stage is ListeningStage.ON)
    assert house.ears.freed == ["floor-spy-p1"]
    assert [mode for _, _, mode in house.ears.rung] == [Mode.LISTEN, Mode.WHISPER]
    house.pass_(12)
    await house.register.stop(leader, begun.id)
    await house.until(lambda: house.acts(begun) == ["asked", "began", "changed", "began", "ended"])
    assert house.audit.last.more["lasted_s"] == 42
    assert house.ears.hung_up == ["floor-spy-p2"]


@pytest.mark.parametrize("joining", [True, False])
async def test_mode_on_a_phone_asks_for_the_right(house: House, joining: bool) -> None:
    """A coach may whisper and not barge, a QA neither, on the phone as in the browser; nothing rings."""
    house.ears.joining = joining
    for role, mode, purpose in ((Role.COACH, Mode.BARGE, Purpose.HELP), (Role.QA, Mode.WHISPER, Purpose.QA)):
        who = await house.sign_in(role)
        begun = await house.begin(who, way=Way.PHONE, purpose=purpose)
        await house.settle()
        assert house.of(begun, who).stage is ListeningStage.ON
        rung = len(house.ears.rung)
        with pytest.raises(NotAdmittedError) as error:
            await house.register.change(who, begun.id, mode)
        assert status(error) == 403
        assert (len(house.ears.rung), house.of(begun, who).mode) == (rung, Mode.LISTEN)


async def test_mode_on_a_phone_that_cannot_be_recorded(house: House) -> None:
    """Is not changed, and the phone stays in the call."""
    leader = await house.sign_in(Role.LEADER)
    begun = await house.begin(leader, way=Way.PHONE)
    await house.until(lambda: house.of(begun, leader).stage is ListeningStage.ON)
    house.audit.broken = True
    with pytest.raises(NotAdmittedError) as error:
        await house.register.change(leader, begun.id, Mode.WHISPER)
    assert status(error) == 503
    now = house.of(begun, leader)
    assert (now.mode, now.stage, house.ears.freed, len(house.ears.rung)) == (Mode.LISTEN, ListeningStage.ON, [], 1)


async def test_phone_that_is_not_lifted_again(house: House) -> None:
    """The listening ends, and says why."""
    leader = await house.sign_in(Role.LEADER)
    begun = await house.begin(leader, way=Way.PHONE)
    await house.until(lambda: house.of(begun, leader).stage is ListeningStage.ON)
    house.ears.refuses = NotHeardError("the phone was not answered")
    await house.register.change(leader, begun.id, Mode.WHISPER)
    await house.until(lambda: house.acts(begun) == ["asked", "began", "changed", "ended"])
    over = house.of(begun, leader)
    assert (over.ended, over.said) == ("failed", "the phone was not answered")


async def test_call_ends_while_the_phone_rings(house: House) -> None:
    """The ringing is broken off, and nothing is said to have begun."""
    leader = await house.sign_in(Role.LEADER)
    house.ears.gate = asyncio.Event()
    begun = await house.begin(leader, way=Way.PHONE)
    await house.ears.asked.wait()
    house.hang_up("Ann")
    await house.until(lambda: house.acts(begun) == ["asked", "answered"])
    assert house.of(begun, leader).ended == "call_ended"


async def test_whose_it_is(house: House) -> None:
    """Another's is as if there were none, by its id too; whoever may see the audit may end it, and it is said who."""
    leader, coach, chief = [await house.sign_in(role) for role in (Role.LEADER, Role.COACH, Role.CHIEF)]
    begun = await house.begin(leader)
    for who in (coach, chief):
        assert house.register.line(who, begun.id) is None
        assert house.register.attend(who, begun.id) is None
        assert house.register.find(who, begun.id) is None
        with pytest.raises(NotAdmittedError) as error:
            await house.register.change(who, begun.id, Mode.WHISPER)
        assert status(error) == 404
    assert house.register.under_way(coach) == []
    assert [one.id for one in house.register.under_way(chief)] == [begun.id]
    with pytest.raises(NotAdmittedError) as error:
        await house.register.stop(coach, begun.id)
    assert status(error) == 404
    await house.register.stop(chief, begun.id)
    await house.settle()
    assert (house.audit.last.more["ended"], house.audit.last.said) == ("stopped", "by Chief")


async def test_a_new_sign_in_does_not_inherit(house: House) -> None:
    """Whoever signs in anew, as the same person, has no part in what the other sign-in began."""
    before = await house.sign_in(Role.LEADER)
    begun = await house.begin(before)
    after = await house.sign_in(Role.LEADER)
    assert house.register.line(after, begun.id) is None
    assert house.register.find(after, begun.id) is None


async def test_offers(house: House) -> None:
    """What he may ask for, by which ways, and the phone that would ring."""
    coach = await house.sign_in(Role.COACH)
    house.ears.ways = (Way.PHONE,)
    offers = house.register.offers(coach)
    assert [*offers.modes] == ["listen", "whisper"]
    assert [*offers.purposes] == ["coaching", "help"]
    assert offers.ways == {P: (Way.PHONE,)}
    assert offers.phones == {P: coach.person.contacts[0].address}
