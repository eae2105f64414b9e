"""Shells of the pages people work with: for whom, and with nothing of the floor in them."""

from __future__ import annotations

import pytest

from floor.people.model import Role
from floor.people.rights import may
from tests.support.people import person
from tests.web.conftest import Open
from tests.web.visitor import visiting
from tests.web.whole import open_whole
from web.workplace import PLACES, Place

STAFF = tuple(person(role) for role in Role if role is not Role.OUTSIDE)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
async def test_page_opens_to_its_right_only(open_house: Open, place: Place) -> None:
    """Whoever has the right gets the page with his rights in it, everybody else a page that says no."""
    house = await open_whole(open_house, STAFF)
    path = place.path.replace("{id}", "x<1>")
    for one in STAFF:
        async with visiting(house) as visitor:
            await visitor.sign_in(one.login)
            answer = await visitor.get(path)
        assert answer.status_code == (200 if may(one, place.right) else 403), one.role
        if answer.status_code == 200:
            assert f'data-page="{place.module}"' in answer.text
            assert "x<1>" not in answer.text
            assert "Ann" not in answer.text


async def test_nobody_gets_in_without_signing_in(open_house: Open) -> None:
    """Sent to the sign-in page, and back afterwards."""
    house = await open_whole(open_house, STAFF)
    async with visiting(house) as visitor:
        answer = await visitor.get("/desk")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fdesk")
