"""Plans: every type is covered by one that can be approved; versions, approvals, read marks and what is due
(R-PLN-1…4, R-PLN-6)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from alerts.model import INCIDENT_TYPES
from alerts.outages import OUTAGES
from alerts.plan_model import PLAN_PARTS, Plan
from alerts.plan_text import missing_parts
from alerts.plans import BUILTIN, BUILTIN_AUTHOR, HALF_YEAR_S, builtin_plans
from alerts.refusals import IncompleteError, InvalidError, UnknownError
from tests.alerts.response_doubles import AGENT, CHIEF, LEADER, MANAGER, NOW
from tests.alerts.response_house import ResponseHouse, open_house

PLANS = builtin_plans()
BODY: dict[str, Any] = {
    "type": "power", "title": "Power", "purpose": "p", "situations": "s", "conditions": "c", "starters": ["chief"],
    "steps": [{"text": "Tell the chief", "who": "agent", "within_s": 60}], "target": "t", "audience": ["leader"],
}  # fmt: skip


@pytest.fixture
async def house(tmp_path: Path) -> ResponseHouse:
    return await open_house(tmp_path)


def test_every_type_has_a_plan() -> None:
    """R-PLN-2: at least one plan per type of domain.md §6 comes with the product."""
    assert {plan.type for plan in PLANS} == set(INCIDENT_TYPES)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.id)
def test_builtin_plan_is_whole(plan: Plan) -> None:
    """Its six parts speak both languages, each step says who, the first has a target, its outage can be played."""
    assert missing_parts(plan) == ()
    texts = [plan.title, plan.purpose, plan.situations, plan.conditions, plan.target, *(s.text for s in plan.steps)]
    texts += [text for text in (plan.sentence, plan.customers) if text is not None]
    for text in texts:
        assert text.keys() == {"en", "zh"}, text
    assert plan.steps[0].within_s is not None
    assert plan.outage is None or plan.outage in OUTAGES
    assert plan.audience


@pytest.mark.parametrize(("type_", "number"), [("fire", "119"), ("illness", "120"), ("abnormal", "110")])
def test_numbers_to_call(type_: str, number: str) -> None:
    """R-EMG-1, R-EMG-2: the right number stands at a step of the plan, and there is a sentence to read out."""
    plan = next(plan for plan in PLANS if plan.type == type_)
    assert number in {step.number for step in plan.steps}
    assert plan.sentence is not None


def test_fire_order_of_telling() -> None:
    """R-EMG-1: chief, then superior with fire administrator and security, then 119; R-EMG-9: all fields are asked."""
    fire = next(plan for plan in PLANS if plan.type == "fire")
    told = [step.tells for step in fire.steps if step.tells]
    assert told[:2] == [("chief",), ("manager", "outside")]
    assert set(fire.fields) >= {"place", "material", "severity", "persons", "name", "number", "called_119_at"}


async def test_every_builtin_plan_can_be_approved(house: ResponseHouse) -> None:
    """Until somebody approves them they are proposals; then every type is covered."""
    assert not any((await house.all.plans.coverage()).values())
    for state in await house.all.plans.list():
        assert state.plan.author == BUILTIN_AUTHOR
        approved = await house.all.plans.approve(state.plan.id, MANAGER, state.plan.version)
        assert approved.approved_by == "Chen"
    assert all((await house.all.plans.coverage()).values())


@pytest.mark.parametrize("part", PLAN_PARTS)
async def test_missing_part_is_not_approvable(house: ResponseHouse, part: str) -> None:
    """R-PLN-1, for each of the six."""
    body = {name: value for name, value in BODY.items() if name != part}
    plan = await house.all.plans.write("power", CHIEF, body)
    with pytest.raises(IncompleteError) as refused:
        await house.all.plans.approve("power", MANAGER, plan.version)
    assert refused.value.details == (part,)


async def test_versions(house: ResponseHouse) -> None:
    """A new version leaves the approved one in force until it is approved itself; old ones can be read."""
    plans = house.all.plans
    await plans.approve("power", MANAGER, 1)
    second = await plans.write("power", CHIEF, BODY, "a simpler one")
    assert (second.version, second.author, second.note) == (2, "Zhao (3001)", "a simpler one")
    in_force = plans.in_force("power")
    assert in_force is not None
    assert in_force.version == 1
    await plans.approve("power", MANAGER, 2)
    assert plans.version_in_force("power") == 2
    assert [plan.version for plan in await plans.versions("power")] == [2, 1]
    assert (await plans.get("power", 1)).author == BUILTIN_AUTHOR
    with pytest.raises(UnknownError):
        await plans.get("power", 3)


async def test_read_marks(house: ResponseHouse) -> None:
    """R-PLN-4: who must know a version is listed until he has read it; a new version has to be read anew."""
    plans = house.all.plans
    await plans.write("power", CHIEF, BODY)
    await plans.approve("power", MANAGER, 2)
    assert [(mark.name, mark.at) for mark in await plans.readers("power")] == [("Li (2001)", None)]
    await plans.mark_read("power", LEADER, 2)
    await plans.mark_read("power", AGENT, 2)
    assert [(mark.name, mark.at) for mark in await plans.readers("power")] == [("Li (2001)", NOW)]
    await plans.write("power", CHIEF, BODY)
    await plans.approve("power", MANAGER, 3)
    assert [mark.at for mark in await plans.readers("power")] == [None]


async def test_what_is_due(house: ResponseHouse) -> None:
    """R-PLN-2, -3, -10: approval at once, drill and review after half a year, reading until all have."""
    plans = house.all.plans
    await plans.approve("press", MANAGER, 1)

    async def kinds() -> dict[str, bool]:
        return {due.kind: due.overdue for due in await plans.due() if due.plan == "press"}

    assert await kinds() == {"drill": False, "review": False, "read": False}
    house.clock.forward(HALF_YEAR_S + 1)
    assert await kinds() == {"drill": True, "review": True, "read": False}
    await plans.review("press", CHIEF, "all of it", "it still holds")
    assert (await kinds())["review"] is False
    assert {due.plan for due in await plans.due() if due.kind == "approval" and due.overdue} >= {"fire", "illness"}


async def test_kept_over_restart(tmp_path: Path) -> None:
    """Versions, approvals, marks and reviews are on record; the product's plans are not added twice."""
    house = await open_house(tmp_path)
    await house.all.plans.write("power", CHIEF, BODY)
    await house.all.plans.approve("power", MANAGER, 2)
    await house.all.plans.mark_read("power", LEADER, 2)
    await house.all.plans.review("power", CHIEF, "x", "y")
    before = await house.all.plans.list()
    house.database.close()
    again = await open_house(tmp_path)
    assert await again.all.plans.list() == before
    assert [plan.version for plan in await again.all.plans.versions("fire")] == [1]


async def test_untouched_plans_follow_the_product(tmp_path: Path) -> None:
    """A newer product brings a new version of a plan nobody has rewritten, and leaves the others alone."""
    house = await open_house(tmp_path)
    await house.all.plans.write("power", CHIEF, BODY)
    folder = tmp_path / "newer"
    folder.mkdir()
    for name in ("power", "fire"):
        text = (BUILTIN / f"{name}.toml").read_text(encoding="utf-8").replace('[title]\nen = "', '[title]\nen = "New ')
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    await house.all.plans.load(folder)
    assert (await house.all.plans.get("fire")).title["en"] == "New Fire"
    assert (await house.all.plans.get("fire")).version == 2
    assert (await house.all.plans.get("power")).author == "Zhao (3001)"


async def test_plan_of_ones_own(house: ResponseHouse) -> None:
    """A second plan for a type is in force for it once it is the approved one."""
    await house.all.plans.write("power_night", CHIEF, BODY)
    await house.all.plans.approve("power_night", MANAGER, 1)
    in_force = house.all.plans.in_force("power")
    assert in_force is not None
    assert in_force.id == "power_night"
    with pytest.raises(InvalidError):
        await house.all.plans.write("Power!", CHIEF, BODY)


def test_files_are_plain_toml() -> None:
    """Each file names its type, and is named after it."""
    for file in BUILTIN.glob("*.toml"):
        assert tomllib.loads(file.read_text(encoding="utf-8"))["type"] == file.stem
