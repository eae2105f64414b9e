"""The test button: on oneself only, with the right, with a verdict for each way."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.model import Recipient, Verdict
from floor.people.model import Person, Role
from tests.support.people import person
from tests.web.conftest import Open
from tests.web.visitor import visiting

MANAGER, LEADER = person(Role.MANAGER), person(Role.LEADER)


class Trials:
    def __init__(self) -> None:
        self.tried: list[int] = []

    async def trial(self, person: Person) -> Sequence[Verdict]:
        self.tried.append(person.id)
        mail = Recipient(person.id, person.name, "mail", "li@example.com")
        return [Verdict(mail, 0.5), Verdict(Recipient(person.id, person.name, "phone", "1001"), 5.0, "busy")]


async def test_who_may_tries_it_on_himself(open_house: Open) -> None:
    """Every way with its verdict; addresses are not repeated."""
    trials = Trials()
    house = await open_house(staff=(MANAGER, LEADER), parts={"trials": trials})
    async with visiting(house) as visitor:
        await visitor.sign_in(MANAGER.login)
        answer = await visitor.send("/api/v1/messages/test")
        assert answer.json() == {
            "ways": [
                {"kind": "mail", "told": True, "error": None, "s": 0.5},
                {"kind": "phone", "told": False, "error": "busy", "s": 5.0},
            ]
        }
        await visitor.sign_in(LEADER.login)
        assert (await visitor.send("/api/v1/messages/test")).status_code == 403
    assert trials.tried == [MANAGER.id]
