"""Alerts and breaches over HTTP: in scope, with the right, in a sentence when not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from alerts.model import AlertStage
from floor.errors import FloorError
from floor.people.model import Group, Person, Role
from tests.support.people import PeopleDouble, person
from tests.web.alarm_doubles import AlarmsDouble, alert, breach
from tests.web.conftest import Open
from tests.web.doubles import NOON
from tests.web.visitor import Visitor, visiting

NIGHT = Group("night", agents=(("pbx1", "Ann"),))
LEADER = person(Role.LEADER, groups=("night",), queues=("support",))
CHIEF = person(Role.CHIEF)
COACH = person(Role.COACH, groups=("night",))
AGENT = person(Role.AGENT)
STAFF = (LEADER, CHIEF, COACH, AGENT)


@dataclass
class Scene:
    alarms: AlarmsDouble
    visitor: Visitor

    async def be(self, who: Person) -> None:
        await self.visitor.sign_in(who.login)


@pytest.fixture
async def scene(open_house: Open) -> AsyncIterator[Scene]:
    alarms = AlarmsDouble(alert("a1"), alert("q1", "queue", "sales"), alert("a2", parent="q1"))
    alarms.recorded = {"b1": breach(), "b2": breach("b2", "Bob")}
    parts = {"alarms": alarms, "people": PeopleDouble(STAFF, {"night": NIGHT})}
    house = await open_house(staff=STAFF, parts=parts)
    async with visiting(house) as visitor:
        yield Scene(alarms, visitor)


async def test_list_is_what_one_may_see(scene: Scene) -> None:
    """A leader his group's, the chief the site's; an agent may not ask."""
    await scene.be(LEADER)
    assert set((await scene.visitor.get("/api/v1/alerts")).json()["alerts"]) == {"a1", "a2"}
    await scene.be(CHIEF)
    assert set((await scene.visitor.get("/api/v1/alerts")).json()["alerts"]) == {"a1", "a2", "q1"}
    await scene.be(AGENT)
    assert (await scene.visitor.get("/api/v1/alerts")).status_code == 403


async def test_one_alert_with_its_life(scene: Scene) -> None:
    """Facts, transitions and deliveries without an address, and what it explains."""
    await scene.be(CHIEF)
    told = (await scene.visitor.get("/api/v1/alerts/q1")).json()
    assert told["transitions"][0]["event"] == "fired"
    assert told["deliveries"][0]["state"] == "sent"
    assert "floor.example" not in str(told)
    assert set(told["explains"]) == {"a2"}


async def test_acknowledge_is_taking_it_in_hand(scene: Scene) -> None:
    """The person who is signed in, whatever the body says; once done it shows."""
    await scene.be(LEADER)
    answer = await scene.visitor.send("/api/v1/alerts/a1/acknowledge")
    assert answer.json()["alert"]["stage"] == "acknowledged"
    assert answer.json()["alert"]["owner"] == LEADER.name
    assert scene.alarms.said == [("acknowledge", "a1", LEADER.id, "")]


@pytest.mark.parametrize(
    ("who", "path", "body", "status"),
    [
        (COACH, "alerts/a1/acknowledge", {}, 403),
        (LEADER, "alerts/q1/acknowledge", {}, 404),
        (LEADER, "alerts/nowhere/acknowledge", {}, 404),
        (LEADER, "alerts/a1/resolve", {"reason": ""}, 400),
        (LEADER, "alerts/a1/silence", {"reason": "noise"}, 403),
        (CHIEF, "alerts/a1/silence", {"reason": "noise", "minutes": 9999}, 400),
        (CHIEF, "alerts/a1/silence", {"reason": "noise", "forever": True}, 400),
        (LEADER, "breaches/b2/excuse", {"reason": "screens were slow"}, 404),
        (COACH, "breaches/b1/excuse", {"reason": "screens were slow"}, 403),
        (CHIEF, "silences/nowhere/lift", {}, 404),
    ],
)
async def test_what_is_refused(scene: Scene, who: Person, path: str, body: dict[str, object], status: int) -> None:
    """Not with this right, not in this scope, not like this; nothing is done."""
    await scene.be(who)
    answer = await scene.visitor.send(f"/api/v1/{path}", body)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert scene.alarms.said == []


async def test_commands_need_the_token(scene: Scene) -> None:
    """A foreign page has the cookie, and still cannot."""
    await scene.be(LEADER)
    answer = await scene.visitor.send("/api/v1/alerts/a1/acknowledge", headers={"x-floor-token": "guessed"})
    assert answer.status_code == 403
    assert scene.alarms.said == []


async def test_silence_and_lift(scene: Scene) -> None:
    """Of this subject unless told; listed with author and reason; lifted."""
    await scene.be(CHIEF)
    made = await scene.visitor.send("/api/v1/alerts/a1/silence", {"reason": "testing the phone", "minutes": 30})
    assert made.json()["silence"]["subject"] == "agent:pbx1/Ann"
    listed = (await scene.visitor.get("/api/v1/silences")).json()["silences"]
    assert [(one["author"], one["reason"]) for one in listed] == [(CHIEF.name, "testing the phone")]
    assert (await scene.visitor.send("/api/v1/silences/s1/lift")).status_code == 200
    assert (await scene.visitor.get("/api/v1/silences")).json()["silences"] == []


async def test_silences_of_others_are_not_listed(scene: Scene) -> None:
    """A leader sees those of his groups and of whole rules, and nothing of who else is silenced."""
    await scene.be(CHIEF)
    for alert_, more in (("a1", {}), ("q1", {}), ("q1", {"rule": True})):
        await scene.visitor.send(f"/api/v1/alerts/{alert_}/silence", {"reason": "works", "minutes": 5, **more})
    await scene.be(LEADER)
    listed = (await scene.visitor.get("/api/v1/silences")).json()["silences"]
    assert [one["subject"] for one in listed] == ["agent:pbx1/Ann", None]


async def test_resolve_with_cause_and_then_history(scene: Scene) -> None:
    """It leaves the live list, and is found again by time and by id."""
    await scene.be(CHIEF)
    answer = await scene.visitor.send("/api/v1/alerts/q1/resolve", {"reason": "more agents"})
    assert answer.json()["alert"]["stage"] == AlertStage.RESOLVED
    assert "q1" not in (await scene.visitor.get("/api/v1/alerts")).json()["alerts"]
    assert "q1" in (await scene.visitor.get(f"/api/v1/alerts?since={NOON - 3600}")).json()["alerts"]
    assert (await scene.visitor.get("/api/v1/alerts?since=yesterday")).status_code == 400


async def test_a_refusal_of_the_book_is_a_conflict(scene: Scene) -> None:
    """Somebody was quicker: 409 with the sentence of whoever refused."""

    async def refuse(*_: object) -> None:
        raise FloorError("it is resolved already")

    scene.alarms.acknowledge = refuse  # type: ignore[method-assign, assignment]
    await scene.be(LEADER)
    answer = await scene.visitor.send("/api/v1/alerts/a1/acknowledge")
    assert (answer.status_code, answer.json()["error"]) == (409, "it is resolved already")


async def test_breaches_in_scope_and_excused(scene: Scene) -> None:
    """An excused breach stays, with who and why."""
    await scene.be(LEADER)
    listed = (await scene.visitor.get(f"/api/v1/breaches?since={NOON - 3600}")).json()["breaches"]
    assert [one["id"] for one in listed] == ["b1"]
    told = (await scene.visitor.get(f"/api/v1/breaches?since={NOON - 3600}&rule=R-X")).json()["breaches"]
    assert told == []


async def test_breach_is_excused_by_name(scene: Scene) -> None:
    """The record of the last month can be excused by who has the right."""
    fresh = breach("b3")
    scene.alarms.recorded = {"b3": type(fresh)(**{f: getattr(fresh, f) for f in fresh.__slots__} | {"began_at": 9e9})}
    await scene.be(LEADER)
    answer = await scene.visitor.send("/api/v1/breaches/b3/excuse", {"reason": "screens were slow"})
    assert (answer.json()["excused_by"], answer.json()["excuse"]) == (LEADER.name, "screens were slow")


async def test_breaches_are_todays_unless_told(scene: Scene) -> None:
    """From where the floor's day began, which is told too."""
    scene.alarms.recorded["b0"] = replace(breach("b0"), began_at=NOON - 50_000)
    await scene.be(CHIEF)
    told = (await scene.visitor.get("/api/v1/breaches")).json()
    assert [one["id"] for one in told["breaches"]] == ["b1", "b2"]
    assert told["day_began_at"] == NOON - 43_200
    earlier = (await scene.visitor.get(f"/api/v1/breaches?since={NOON - 86_400}&agent=pbx1/Ann")).json()
    assert {one["id"] for one in earlier["breaches"]} == {"b0", "b1"}
