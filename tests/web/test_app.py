"""What is true of every answer."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from starlette.routing import Route

from tests.web.conftest import House


async def get(house: House, path: str, **headers: str) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=house.base, trust_env=False) as client:
        return await client.get(path, headers=headers)


@pytest.mark.parametrize(
    "path", ["/", "/board/floor", "/api/v1/today", "/nothing", "/metrics", "/healthz", "/static/x/y"]
)
async def test_security_headers(house: House, path: str) -> None:
    """On good and bad answers alike: own scripts only, no sniffing, no referrer, no foreign frames."""
    headers = (await get(house, path)).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


async def test_big_answers_are_zipped(house: House) -> None:
    """The floor compresses well; small answers stay as they are."""
    assert (await get(house, "/api/v1/floor", **{"accept-encoding": "gzip"})).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in (await get(house, "/healthz", **{"accept-encoding": "gzip"})).headers


async def test_foreign_names_are_refused_while_the_door_is_open(house: House) -> None:
    """A page of elsewhere cannot read the floor by a name that points here; probes may use any name."""
    assert (await get(house, "/api/v1/floor", host="evil.example")).status_code == 421
    assert (await get(house, "/board/floor", host="evil.example")).status_code == 421
    assert (await get(house, "/healthz", host="evil.example")).status_code == 200
    house.web.access.create("api")
    assert (await get(house, "/api/v1/floor", host="floor.example")).status_code == 401


async def test_the_stream_is_no_page(house: House) -> None:
    """Asking for /ws without a websocket says what it is."""
    assert (await get(house, "/ws?board=floor")).status_code == 426


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_defect_tells_no_detail(house: House) -> None:
    """What goes wrong inside stands in the log, not on the page."""

    async def broken(_: object) -> None:
        raise RuntimeError("secret detail")

    house.web.app.router.routes.append(Route("/broken", broken))
    house.web.app.router.routes.append(Route("/api/broken", broken))
    page = await get(house, "/broken")
    assert page.status_code == 500
    assert "secret" not in page.text
    assert (await get(house, "/api/broken")).json() == {"error": "Something went wrong; the log says what."}


def test_no_inline_script_or_style() -> None:
    """The policy would stop it, so no template may have any."""
    for template in (Path(__file__).parents[2] / "web" / "templates").glob("*.html"):
        text = template.read_text()
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text
        for script in text.split("<script")[1:]:
            assert "src=" in script.split(">")[0]
