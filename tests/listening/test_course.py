"""One listening by itself: what cannot be got wrong however its steps fall together."""

from __future__ import annotations

import asyncio

import pytest

from floor.listening import course as module
from floor.listening.model import ListeningStage, Mode
from floor.listening.ports import NotAdmittedError, NotHeardError
from floor.people.model import Role
from tests.listening.stage import House


@pytest.fixture
def house() -> House:
    house = House()
    house.call("Ann")
    return house


async def test_an_exchange_that_never_answers(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is given up, and it says so in both languages."""
    monkeypatch.setattr(module, "OPEN_S", 0.05)
    who = await house.sign_in(Role.LEADER)
    house.ears.gate = asyncio.Event()
    with pytest.raises(NotAdmittedError) as error:
        await house.begin(who)
    assert error.value.status == 502
    assert error.value.words["zh"].endswith("交换机未及时应答")


async def test_call_ends_while_it_is_opened(house: House) -> None:
    """What is asked for is broken off, and the answer says that there is no call."""
    who = await house.sign_in(Role.LEADER)
    house.ears.gate = asyncio.Event()
    begin = asyncio.ensure_future(house.begin(who))
    await house.ears.asked.wait()
    house.hang_up("Ann")
    with pytest.raises(NotAdmittedError) as error:
        await begin
    assert error.value.status == 409
    await house.settle()
    assert [str(one.stage) for one in house.audit.entries] == ["asked", "answered"]
    assert house.ears.lines == []


async def test_call_ends_while_it_is_being_recorded(house: House) -> None:
    """Between the audit's yes and the exchange's nothing is opened."""
    who = await house.sign_in(Role.LEADER)
    begin = asyncio.ensure_future(house.begin(who))
    await asyncio.sleep(0)
    house.hang_up("Ann")
    with pytest.raises(NotAdmittedError):
        await begin
    await house.settle()
    assert house.ears.lines == []


async def test_stopping_twice_is_stopping_once(house: House) -> None:
    """One end on record, with the first reason."""
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who)
    await house.register.stop(who, begun.id)
    house.hang_up("Ann")
    await house.register.stop(who, begun.id)
    await house.settle()
    assert house.acts(begun) == ["asked", "began", "ended"]
    assert house.of(begun, who).ended == "stopped"


async def test_mode_asked_for_at_the_end(house: House) -> None:
    """Is refused: it is over."""
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who)
    await house.register.stop(who, begun.id)
    with pytest.raises(NotAdmittedError) as error:
        await house.register.change(who, begun.id, Mode.WHISPER)
    assert error.value.words["en"] == "this listening is over"


async def test_mode_it_is_in_already(house: House) -> None:
    """Costs nothing, and leaves nothing on record."""
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who)
    await house.register.change(who, begun.id, Mode.LISTEN)
    assert house.acts(begun) == ["asked", "began"]


async def test_line_that_will_not_close(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its end is on record all the same."""
    monkeypatch.setattr(module, "OPEN_S", 0.05)
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who)

    async def never() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(house.ears.lines[0], "close", never)
    await house.register.stop(who, begun.id)
    async with asyncio.timeout(5):
        while house.acts(begun)[-1] != "ended":  # noqa: ASYNC110 - nothing to await but what runs
            await asyncio.sleep(0.01)


async def test_the_exchange_refuses_the_next_call(house: House) -> None:
    """Following ends with its words."""
    who = await house.sign_in(Role.LEADER)
    begun = await house.begin(who, follow=True)
    house.hang_up("Ann")
    await house.settle()
    house.ears.refuses = NotHeardError("not this one")
    house.call("Ann", 2)
    await house.until(lambda: house.of(begun, who).stage is ListeningStage.ENDED)
    assert (house.of(begun, who).ended, house.of(begun, who).said) == ("failed", "not this one")
