"""Listenings begun on somebody's phone, without us: on record, and known to those who may."""

from __future__ import annotations

import pytest

from floor.listening.model import ListeningStage, Mode, Way
from floor.listening.ports import NotAdmittedError
from floor.people.model import Role
from floor.state import facts as f
from floor.state.model import LinkState
from tests.listening.stage import House, P


@pytest.fixture
def house() -> House:
    house = House()
    house.call("Ann")
    return house


async def test_begun_on_a_persons_phone(house: House) -> None:
    """Who (by his phone), whom, which call, since when and until when; of the purpose nobody was asked."""
    house.spies("9.1", "PJSIP/901", "1.2")
    await house.settle()
    (one,) = house.register.of_agent(P, "Ann")
    assert (one.by_name, one.by, one.purpose, one.way, one.elsewhere) == ("Leader", 2, None, Way.PHONE, True)
    assert (one.call, one.channel, one.spy) == ("1.2", "1.2", "9.1")
    house.pass_(12)
    house.tell(f.ListeningEnded(P, house.clock.at, "9.1", "1.2"))
    await house.settle()
    began, ended = house.audit.entries
    assert (began.stage, began.agent, began.by.person, began.more["elsewhere"]) == ("began", "Ann", 2, True)
    assert began.more["spy_channel"] == "PJSIP/901-00000009"
    assert (ended.stage, ended.thread, ended.more["lasted_s"]) == ("ended", began.thread, 12.0)
    assert house.register.of_agent(P, "Ann") == []


async def test_by_an_agents_seat(house: House) -> None:
    """A phone somebody is logged in at is his."""
    house.spies("9.1", "PJSIP/Bob", "1.2")
    (one,) = house.register.of_agent(P, "Ann")
    assert (one.by, one.by_name) == (51, "Agent")


async def test_nobodys_phone(house: House) -> None:
    """Is named by itself."""
    house.spies("9.1", "PJSIP/444", "1.2")
    (one,) = house.register.of_agent(P, "Ann")
    assert (one.by, one.by_name) == (None, "PJSIP/444")


async def test_hostile_name_of_a_channel(house: House) -> None:
    """What cannot be seen does not stand on record."""
    house.tell(f.ListeningBegan(P, house.clock.at, "1.2", "9.1", "PJSIP/\u202e4\n4-0001", "1.1"))
    await house.settle()
    assert house.audit.last.by.name == "PJSIP/44"


async def test_ours_is_not_recorded_twice(house: House) -> None:
    """The exchange tells of our own listening too, before it is on, while it is, and for a tone."""
    who = await house.sign_in(Role.LEADER)
    house.spies("floor-spy-0", "AudioSocket/x", "1.2")
    await house.begin(who)
    house.spies("floor-spy-1", "AudioSocket/y", "1.2")
    house.tell(f.ListeningEnded(P, house.clock.at, "floor-spy-0", "1.2"))
    await house.tick()
    assert [str(one.stage) for one in house.audit.entries if one.more.get("elsewhere")] == []
    assert len(house.register.of_agent(P, "Ann")) == 1


async def test_left_from_an_earlier_run(house: House) -> None:
    """A phone that we had listen before we were started anew still listens: begun elsewhere, a second later."""
    house.spies("floor-spy-old", "PJSIP/901", "1.2")
    assert house.register.of_agent(P, "Ann") == []
    await house.tick()
    (one,) = house.register.of_agent(P, "Ann")
    assert one.by_name == "Leader"


async def test_very_short_one(house: House) -> None:
    """Over before it is known whose it is: on record with both ends."""
    house.spies("floor-spy-old", "PJSIP/901", "1.2")
    house.tell(f.ListeningEnded(P, house.clock.at, "floor-spy-old", "1.2"))
    await house.settle()
    assert house.audit.stages() == ["began", "ended"]


async def test_from_call_to_call(house: House) -> None:
    """A phone that goes through the calls hears one at a time; each is on record."""
    house.call("Bob", 2)
    house.spies("9.1", "PJSIP/901", "1.2")
    house.tell(f.ListeningBegan(P, house.clock.at, "2.2", "9.1", "PJSIP/901-00000009", "2.1"))
    house.tell(f.ListeningBegan(P, house.clock.at, "2.2", "9.1", "PJSIP/901-00000009", "2.1"))
    await house.settle()
    assert [(one.agent, str(one.stage)) for one in house.audit.entries] == [
        ("Ann", "began"), ("Ann", "ended"), ("Bob", "began"),
    ]  # fmt: skip


async def test_gone_without_a_word(house: House) -> None:
    """The channel is hung up and nobody said that it stopped; or the link is lost, and nobody can know."""
    house.spies("9.1", "PJSIP/901", "1.2")
    house.tell(f.ChannelClosed(P, house.clock.at, "9.1", 16))
    await house.tick()
    assert house.register.of_agent(P, "Ann") == []
    house.spies("9.2", "PJSIP/901", "1.2", 10)
    house.tell(f.LinkChanged(P, house.clock.at, LinkState.DOWN, "timeout"))
    await house.settle()
    assert house.told[-1].stage is ListeningStage.ENDED
    assert house.audit.last.more["ended"] == "link_lost"


async def test_who_may_know_and_end_it(house: House) -> None:
    """Those who may see the audit of the agent's group; the exchange is told to hang up, and its word ends it."""
    leader, chief = await house.sign_in(Role.LEADER), await house.sign_in(Role.CHIEF)
    house.spies("9.1", "PJSIP/903", "1.2")
    (one,) = house.register.under_way(chief)
    assert house.register.under_way(leader) == []
    with pytest.raises(NotAdmittedError):
        await house.register.stop(leader, one.id)
    with pytest.raises(NotAdmittedError):
        await house.register.change(chief, one.id, Mode.BARGE)
    assert house.register.line(chief, one.id) is None
    await house.register.stop(chief, one.id)
    assert house.ears.hung_up == ["9.1"]
    assert house.register.of_agent(P, "Ann") != []


async def test_who_is_no_agent_of_ours(house: House) -> None:
    """Is known to those who see the whole site."""
    house.tell(f.ChannelOpened(P, house.clock.at, "5.1", "PJSIP/desk-00000005", "5.1", "up"))
    house.spies("9.1", "PJSIP/444", "5.1")
    await house.settle()
    assert [one.agent for one in house.register.under_way(await house.sign_in(Role.CHIEF))] == [""]
    assert house.audit.last.agent == ""


async def test_audit_that_is_away_meanwhile(house: House) -> None:
    """Nobody can be kept from listening on his phone: it is on record as soon as the audit is back, in order."""
    house.audit.broken = True
    house.spies("9.1", "PJSIP/901", "1.2")
    house.tell(f.ListeningEnded(P, house.clock.at, "9.1", "1.2"))
    await house.settle()
    assert house.audit.entries == []
    house.audit.broken = False
    await house.room._ink.settle()
    assert house.audit.stages() == ["began", "ended"]
