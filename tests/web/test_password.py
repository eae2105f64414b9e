"""Changing one's own password."""

from __future__ import annotations

import pytest

from floor.people.model import Role
from floor.people.passwords import Weakness
from tests.support.people import PASSWORD, person
from tests.web.conftest import Open
from tests.web.visitor import visiting
from web.password import WEAK

NEW = "a quiet place by the lake"


@pytest.mark.parametrize(
    ("old", "new", "again", "status", "said"),
    [
        (PASSWORD, NEW, NEW, 200, "is changed"),
        ("wrong", NEW, NEW, 401, "password is wrong"),
        ("", NEW, NEW, 401, "password is wrong"),
        ("x" * 1001, NEW, NEW, 401, "password is wrong"),
        (PASSWORD, NEW, "another place", 400, "differ"),
        (PASSWORD, "short", "short", 400, "at least 10"),
    ],
)
async def test_change(open_house: Open, old: str, new: str, again: str, status: int, said: str) -> None:
    """Who knows the old one gets a new one, unless it is weak or mistyped; none of them is on the page."""
    house = await open_house(staff=(person(Role.AGENT),))
    async with visiting(house) as visitor:
        await visitor.sign_in("agent")
        assert (await visitor.get("/password")).text.count("<label for=") == 3
        page = await visitor.post("/password", {"old": old, "new": new, "again": again})
        assert page.status_code == status
        assert said in page.text
        assert not [word for word in (old, new) if word and f'"{word}"' in page.text]


async def test_guessing_is_stopped_here_too(open_house: Open) -> None:
    """As at the door."""
    house = await open_house(staff=(person(Role.AGENT),))
    async with visiting(house) as visitor:
        await visitor.sign_in("agent")
        for _ in range(5):
            await visitor.post("/password", {"old": "guess", "new": NEW, "again": NEW})
        page = await visitor.post("/password?lang=zh", {"old": PASSWORD, "new": NEW, "again": NEW})
        assert (page.status_code, "密码错误次数过多" in page.text) == (429, True)


def test_every_weakness_has_its_words() -> None:
    """What the register refuses, the page explains."""
    assert set(WEAK) == {weakness.value for weakness in Weakness} - {"unreadable"}
