"""The provider's side of a journey: how long it lasts, how many there may be, and what cannot even begin."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import httpx2
import pytest

from floor.sections.people import OidcSettings
from tests.web.identity import Identity, query
from web import oidc
from web.errors import ProviderRefused, ProviderUnusable
from web.oidc import Provider

BACK = "http://127.0.0.1:1/sign-in/oidc/back"


class ShiftedClock:
    """The machine's time, and what a test adds to it."""

    def __init__(self) -> None:
        self.shift = 0.0

    def now(self) -> float:
        return time.time() + self.shift

    def monotonic(self) -> float:
        return time.monotonic() + self.shift


def settings(identity: Identity, folder: Path) -> OidcSettings:
    (folder / "secret").write_text("provider secret\nsecond line\n")
    return OidcSettings(issuer=identity.issuer, client_id="floorwatch", client_secret_file=folder / "secret")


async def told(url: str) -> dict[str, str]:
    """The provider says yes."""
    async with httpx2.AsyncClient(trust_env=False) as client:
        return query((await client.get(url)).headers["location"])


async def test_there_and_back(tmp_path: Path) -> None:
    """The login and the aim; the description is asked for once."""
    async with Identity() as identity:
        provider = Provider(settings(identity, tmp_path), ShiftedClock())
        journeys = [await provider.begin(BACK, f"/{n}", anew=False) for n in range(2)]
        ended = [await provider.end(ticket, await told(url)) for url, ticket in journeys]
        assert ended == [("agent", "/0"), ("agent", "/1")]
        assert identity.keys_asked == 1


async def test_a_journey_ends_after_ten_minutes(tmp_path: Path) -> None:
    """However good the provider's word."""
    async with Identity() as identity:
        clock = ShiftedClock()
        provider = Provider(settings(identity, tmp_path), clock)
        url, ticket = await provider.begin(BACK, "", anew=False)
        back = await told(url)
        clock.shift = oidc.JOURNEY_S + 1
        with pytest.raises(ProviderRefused, match="too long ago"):
            await provider.end(ticket, back)


async def test_journeys_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who begins many and comes back from none costs no memory."""
    monkeypatch.setattr(oidc, "MAX_JOURNEYS", 3)
    async with Identity() as identity:
        clock = ShiftedClock()
        provider = Provider(settings(identity, tmp_path), clock)
        for _ in range(10):
            await provider.begin(BACK, "", anew=False)
        assert len(provider._journeys) == 3
        clock.shift = oidc.JOURNEY_S + 1
        await provider.begin(BACK, "", anew=False)
        assert len(provider._journeys) == 1


async def test_a_code_is_good_for_its_own_journey_only(tmp_path: Path) -> None:
    """One stolen from another browser does not fit: its proof (PKCE) is there, and its nonce."""
    async with Identity() as identity:
        provider = Provider(settings(identity, tmp_path), ShiftedClock())
        url, _ = await provider.begin(BACK, "", anew=False)
        stolen = (await told(url))["code"]
        url, ticket = await provider.begin(BACK, "", anew=False)
        with pytest.raises(ProviderRefused, match="invalid_grant"):
            await provider.end(ticket, await told(url) | {"code": stolen})


async def test_nothing_secret_in_a_refusal(tmp_path: Path) -> None:
    """What goes into the log names neither code nor token nor our secret there."""
    async with Identity() as identity:
        provider = Provider(settings(identity, tmp_path), ShiftedClock())
        url, ticket = await provider.begin(BACK, "", anew=False)
        back = await told(url)
        identity.claims = {"nonce": "x"}
        with pytest.raises(ProviderRefused) as refused:
            await provider.end(ticket, back)
        said = str(refused.value)
        for secret in (back["code"], back["state"], ticket, "provider secret"):
            assert secret not in said


async def test_many_at_once(tmp_path: Path) -> None:
    """A shift begins: everybody comes at the same time, everybody gets his own."""
    async with Identity() as identity:
        provider = Provider(settings(identity, tmp_path), ShiftedClock())
        journeys = await asyncio.gather(*(provider.begin(BACK, f"/{n}", anew=False) for n in range(8)))
        backs = await asyncio.gather(*(told(url) for url, _ in journeys))
        ends = await asyncio.gather(*(provider.end(j[1], back) for j, back in zip(journeys, backs, strict=True)))
        assert [aim for _, aim in ends] == [f"/{n}" for n in range(8)]


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_secret_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    """Said at the start, with the key."""
    (tmp_path / "empty").write_text("")
    given = OidcSettings(issuer="https://id.example", client_id="x", client_secret_file=tmp_path / name)
    with pytest.raises(ProviderUnusable, match="client_secret_file"):
        Provider(given, ShiftedClock())


def test_libraries_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Said at the start, with what to install."""
    monkeypatch.setitem(sys.modules, "authlib", None)
    with pytest.raises(ProviderUnusable, match=r"floorwatch\[oidc\]"):
        Provider(OidcSettings(issuer="https://id.example", client_id="x"), ShiftedClock())
