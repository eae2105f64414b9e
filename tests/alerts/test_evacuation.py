"""Leaving the floor: twice confirmed, by the chief or above, everybody paused, undone exactly (R-EMG-16)."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.evacuation import CONFIRM_WITHIN_S
from alerts.refusals import NotAllowedError, WrongMomentError
from floor.state.facts import LinkChanged, PictureQueue, QueuesSynced
from floor.state.model import LinkState, Member
from tests.alerts.response_doubles import AGENT, CHIEF, LEADER, MANAGER, NOW
from tests.alerts.response_house import ORDER, ResponseHouse, open_house


def member(agent: str, queue: str = "support", **more: object) -> Member:
    return Member(queue, agent, f"PJSIP/{agent}", f"PJSIP/{agent}", **more)  # type: ignore[arg-type]


def fill(house: ResponseHouse, *members: Member) -> None:
    queues = tuple(PictureQueue(name) for name in {one.queue for one in members})
    house.apply(LinkChanged("pbx1", NOW, LinkState.SYNCING), QueuesSynced("pbx1", NOW, queues, members))


async def test_the_whole_way(tmp_path: Path) -> None:
    """Ann works in two queues, Bob is on a break, Cy on one in one queue only: each is as before afterwards."""
    house = await open_house(tmp_path)
    fill(
        house,
        member("ann"), member("ann", "sales"),
        member("bob", paused=True, reason="meal"),
        member("cy"), member("cy", "sales", paused=True, reason="meal"),
    )  # fmt: skip
    fire = await house.all.incidents.report("fire", "Wang", place="row 3")
    evacuation = house.all.evacuation
    token, until, members = evacuation.prepare(CHIEF)
    assert (until, members) == (NOW + CONFIRM_WITHIN_S, 2)
    assert house.switchboard.commands == []
    state = await evacuation.confirm(CHIEF, token)
    assert (state.active, state.paused, state.incident, state.order) == (True, 2, fire.id, ORDER)
    paused = [("pbx1", "PJSIP/ann", True, "", "emergency"), ("pbx1", "PJSIP/cy", True, "support", "emergency")]
    assert sorted(house.switchboard.commands) == paused
    (notice,) = house.all.announcements.notices.values()
    assert (notice.evacuation, notice.public, notice.text) == (True, True, ORDER)
    with pytest.raises(WrongMomentError):
        evacuation.prepare(CHIEF)
    await evacuation.lift(MANAGER)
    assert sorted(house.switchboard.commands[2:]) == [(p, i, False, q, "") for p, i, _, q, _ in paused]
    assert house.all.announcements.notices == {}
    _, entries = await house.all.incidents.get(fire.id)
    assert [line.data["evacuation"] for line in entries if "evacuation" in line.data] == ["ordered", "lifted"]


@pytest.mark.parametrize("person", [AGENT, LEADER])
async def test_only_chief_or_above(tmp_path: Path, person: object) -> None:
    """An agent and a leader are refused at every step."""
    evacuation = (await open_house(tmp_path)).all.evacuation
    token, _, _ = evacuation.prepare(CHIEF)
    for act in (evacuation.confirm(person, token), evacuation.lift(person)):  # type: ignore[arg-type]
        with pytest.raises(NotAllowedError):
            await act
    with pytest.raises(NotAllowedError):
        evacuation.prepare(person)  # type: ignore[arg-type]


async def test_second_step_is_needed(tmp_path: Path) -> None:
    """A wrong token, another person and a minute too late do nothing, and each token is good once."""
    house = await open_house(tmp_path)
    evacuation = house.all.evacuation
    with pytest.raises(WrongMomentError):
        await evacuation.confirm(CHIEF, "")
    for person, wrong, late in ((CHIEF, "x", 0.0), (MANAGER, "", 0.0), (CHIEF, "", CONFIRM_WITHIN_S + 1)):
        token, _, _ = evacuation.prepare(CHIEF)
        house.clock.forward(late)
        with pytest.raises(WrongMomentError):
            await evacuation.confirm(person, wrong or token)
        with pytest.raises(WrongMomentError):
            await evacuation.confirm(CHIEF, token)
    assert not evacuation.state.active
    with pytest.raises(WrongMomentError):
        await evacuation.lift(CHIEF)


async def test_refusing_exchange_and_no_incident(tmp_path: Path) -> None:
    """Whom the exchange will not pause is named; an evacuation without an incident opens one."""
    house = await open_house(tmp_path, refuses=("PJSIP/ann",))
    fill(house, member("ann"), member("bob"))
    token, _, _ = house.all.evacuation.prepare(CHIEF)
    state = await house.all.evacuation.confirm(CHIEF, token)
    assert (state.paused, state.refused) == (1, ("ann: no such interface",))
    assert house.all.incidents.live[state.incident or ""].type == "abnormal"


async def test_stands_over_a_restart(tmp_path: Path) -> None:
    """An order that was not lifted is on the boards again, and can be lifted for whoever is paused for it."""
    house = await open_house(tmp_path)
    fill(house, member("ann"))
    token, _, _ = house.all.evacuation.prepare(CHIEF)
    before = await house.all.evacuation.confirm(CHIEF, token)
    await house.all.incidents._ledger.flush()
    house.database.close()
    again = await open_house(tmp_path)
    fill(again, member("ann", paused=True, reason="emergency"), member("bob", paused=True, reason="meal"))
    assert again.all.evacuation.state.by == before.by
    assert again.all.announcements.notices
    await again.all.evacuation.lift(CHIEF)
    assert again.switchboard.commands == [("pbx1", "PJSIP/ann", False, "", "")]
