"""The pages, with the real templates."""

from __future__ import annotations

import httpx2
import pytest

from floor.people.model import Role
from floor.settings import BoardSettings
from tests.support.people import person
from tests.web.conftest import House, Open
from tests.web.visitor import visiting


async def get(house: House, path: str, **headers: str) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=house.base, trust_env=False) as client:
        return await client.get(path, headers=headers)


async def test_a_board(house: House) -> None:
    """The page names its board and its build, and loads its own scripts only."""
    page = await get(house, "/board/floor", **{"accept-language": "zh-CN"})
    assert page.status_code == 200
    assert 'data-board="floor"' in page.text
    assert house.web.build in page.text
    assert 'lang="zh' in page.text
    assert f"/static/{house.web.build.partition('+')[2]}/board.js" in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_everything_a_page_names_is_there(house: House) -> None:
    """No style, script or picture of the page is missing."""
    page = (await get(house, "/board/floor")).text
    named = [part.split('"')[0] for part in page.split('"/static/')[1:]]
    assert named
    for path in named:
        assert (await get(house, f"/static/{path}")).headers["cache-control"].endswith("immutable")


async def test_start_page_lists_boards(house: House) -> None:
    """With several boards one chooses."""
    page = await get(house, "/")
    assert page.status_code == 200
    assert "/board/floor" in page.text
    assert "/board/lobby" in page.text


async def test_the_only_board_is_shown_at_once(open_house: Open) -> None:
    """There is nothing to choose from; the default board is called default."""
    house = await open_house(board=())
    page = await get(house, "/")
    assert (page.status_code, page.headers["location"]) == (302, "/board/default")


async def test_a_key_shows_its_boards_only(open_house: Open) -> None:
    """The start page with a board's key leads to that board, key included; without one it says that it needs one."""
    house = await open_house(host="0.0.0.0")
    _, key = house.web.access.create("board:lobby")
    page = await get(house, f"/?key={key}")
    assert page.headers["location"] == f"/board/lobby?key={key}"
    assert (await get(house, f"/board/lobby?key={key}")).status_code == 200
    assert (await get(house, f"/board/floor?key={key}")).status_code == 403
    assert (await get(house, "/board/floor")).status_code == 401
    assert (await get(house, "/")).status_code == 401


@pytest.mark.parametrize(
    "path", ["/board/nowhere", "/nothing", "/board/", "/board/%3Cscript%3E", "/static/x/nothing.js"]
)
async def test_what_is_not_there(house: House, path: str) -> None:
    """404, and what was asked for is never echoed."""
    page = await get(house, path)
    assert page.status_code == 404
    assert "script>" not in page.text.replace("</script>", "").replace('type="module"', "")


async def test_hostile_titles_are_text(open_house: Open) -> None:
    """A board's title is shown, not run."""
    evil = "<img src=x onerror=alert(1)>"
    house = await open_house(board=(BoardSettings(id="a", title={"en": evil, "zh": evil}), BoardSettings(id="b")))
    page = await get(house, "/")
    assert "<img" not in page.text
    assert "&lt;img" in page.text


async def test_people_find_the_way_in(open_house: Open) -> None:
    """Where people can sign in, the start page leads there: by a link, and at once for who has no key."""
    house = await open_house(staff=(person(Role.AGENT),))
    async with visiting(house) as visitor:
        assert 'href="/sign-in"' in (await visitor.get("/")).text
        assert 'href="/sign-in"' in (await visitor.get("/nothing")).text
        house.web.access.create("api")
        assert (await visitor.get("/")).headers["location"] == "/sign-in"
        assert (await visitor.get("/?key=wrong")).status_code == 403


async def test_without_people_there_is_no_way_in(house: House) -> None:
    """No link to what is not there."""
    async with visiting(house) as visitor:
        assert "/sign-in" not in (await visitor.get("/")).text
