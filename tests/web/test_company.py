"""Through the company's identity provider: a real one on loopback, real signatures, and every lie it could tell."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from joserfc.jwk import KeySet, RSAKey

from floor.people.model import Role
from floor.sections.people import OidcSettings, PeopleSettings
from tests.support.people import person
from tests.web.conftest import House, Open
from tests.web.identity import OTHER_KEY, Identity, query
from tests.web.visitor import Visitor, visiting
from web import oidc

STAFF = (person(Role.AGENT), person(Role.CHIEF), person(Role.OUTSIDE))


@pytest.fixture
async def identity() -> AsyncIterator[Identity]:
    """The provider."""
    async with Identity() as running:
        yield running


@pytest.fixture
async def house(open_house: Open, identity: Identity, tmp_path: Path) -> House:
    """A server that knows it."""
    return await open_house(staff=STAFF, people=people(identity, tmp_path))


def people(identity: Identity, folder: Path, **more: Any) -> PeopleSettings:
    secret = folder / "secret"
    secret.write_text("provider secret\n")
    oidc = OidcSettings(issuer=identity.issuer, client_id="floorwatch", client_secret_file=secret, **more)
    return PeopleSettings(oidc=oidc)


async def there(visitor: Visitor, aim: str = "") -> str:
    """To the provider, which says yes at once: where it sends us back to."""
    out = await visitor.get(f"/sign-in/oidc?{urlencode({'next': aim})}")
    assert out.status_code == 303, out.text
    async with httpx2.AsyncClient(trust_env=False) as provider:
        back = await provider.get(out.headers["location"])
    return back.headers["location"]


async def came(visitor: Visitor, aim: str = "") -> httpx2.Response:
    return await visitor.get(await there(visitor, aim))


async def test_in_through_the_company(house: House, identity: Identity) -> None:
    """The page offers it; who comes back is signed in, with a strict cookie, and goes on by a page of ours."""
    async with visiting(house) as visitor:
        assert 'href="/sign-in/oidc?next=%2Fme%3Flang%3Dzh"' in (await visitor.get("/sign-in?next=/me%3Flang=zh")).text
        answer = await came(visitor, "/me?lang=zh")
        assert answer.status_code == 200
        assert 'content="0;url=/me?lang=zh"' in answer.text
        strict = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("floor="))
        assert "SameSite=strict" in strict
        assert "HttpOnly" in strict
        assert visitor.client.cookies.get("floor-way") is None
        assert (await visitor.get("/api/v1/session")).json()["person"]["role"] == "agent"
    (asked,) = identity.asked
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == f"{house.base}/sign-in/oidc/back"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert "prompt" not in asked


@pytest.mark.parametrize(
    "aim", ["//evil.example", "https://evil.example", "/\\evil.example", '/"><script>', "/api/v1/me"]
)
async def test_afterwards_only_to_pages_of_ours(house: House, aim: str) -> None:
    """The same as with a password."""
    async with visiting(house) as visitor:
        page = (await came(visitor, aim)).text
    assert "evil" not in page
    assert "<script" not in page
    assert "/api/" not in page


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"}, {"iss": None}, {"aud": "another"}, {"aud": None},
        {"aud": ["floorwatch", "other"]},
        {"azp": "other"}, {"nonce": "guess"}, {"nonce": None}, {"exp": 1}, {"exp": None}, {"iat": 4102444800},
        {"nbf": 4102444800}, {"preferred_username": None}, {"preferred_username": ""}, {"preferred_username": 1},
        {"preferred_username": ["agent"]}, {"preferred_username": "a" * 201}, {"sub": None},
    ],
    ids=str,
)  # fmt: skip
async def test_a_token_that_does_not_hold(house: House, identity: Identity, claims: dict[str, Any]) -> None:
    """Another's, an old, a foreign or a wordless one: nobody is signed in, and the page says to try again."""
    identity.claims = claims
    await refused(house)


async def refused(house: House) -> None:
    async with visiting(house) as visitor:
        answer = await came(visitor)
        assert answer.headers["location"] == "/sign-in?why=failed"
        assert visitor.secret is None
        assert "did not work" in (await visitor.get("/sign-in?why=failed")).text
    assert not house.accounts.signs


async def test_another_key(house: House, identity: Identity) -> None:
    """A signature by somebody else's key with the same name."""
    identity.key = OTHER_KEY
    await refused(house)


async def test_no_signature(house: House, identity: Identity) -> None:
    """``alg: none``."""
    identity.header = {"alg": "none"}
    await refused(house)


async def test_a_key_that_all_know(house: House, identity: Identity) -> None:
    """The public key used as a shared secret."""
    identity.signs_with_what_all_know()
    await refused(house)


async def test_the_provider_may_change_its_keys(
    house: House, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token with a new key makes us ask once; after that a forged one does not make us ask again and again."""
    await came_in(house)
    fresh = RSAKey.generate_key(2048, {"kid": "k2", "use": "sig", "alg": "RS256"})
    identity.key, identity.shown, identity.header = fresh, KeySet([fresh]), {"alg": "RS256", "kid": "k2"}
    with monkeypatch.context() as later:
        later.setattr(oidc, "ASK_KEYS_EVERY_S", 0.0)
        await came_in(house)
    asked = identity.keys_asked
    identity.header = {"alg": "RS256", "kid": "k3"}
    house.accounts.signs.clear()
    await refused(house)
    assert (asked, identity.keys_asked) == (2, 2)


async def came_in(house: House) -> None:
    async with visiting(house) as visitor:
        assert (await came(visitor)).status_code == 200


async def test_a_way_back_is_walked_once_and_by_who_began_it(house: House) -> None:
    """No state of another's, no second time, no journey that began elsewhere: nobody is signed in as somebody else."""
    async with visiting(house) as mine, visiting(house) as other:
        back = await there(mine)
        await there(other)
        assert (await other.get(back)).headers["location"] == "/sign-in?why=failed"
        assert (await mine.get(back)).status_code == 200
        assert (await mine.get(back)).headers["location"] == "/sign-in?why=failed"
    async with visiting(house) as nobody:
        for path in ("", "?code=x&state=y", "?error=access_denied", "?state=%00&code=%ff"):
            assert (await nobody.get(f"/sign-in/oidc/back{path}")).headers["location"] == "/sign-in?why=failed"


@pytest.mark.parametrize(
    "change", [{"state": "guess"}, {"code": "guess"}, {"code": ""}, {"iss": "http://evil.example"}, {"error": "x"}]
)
async def test_what_comes_back_must_be_ours(house: House, change: dict[str, str]) -> None:
    """State, code and provider's name are looked at."""
    async with visiting(house) as visitor:
        back = await there(visitor)
        path, told = back.partition("?")[0], query(back) | change
        assert (await visitor.get(f"{path}?{urlencode(told)}")).headers["location"] == "/sign-in?why=failed"
        assert visitor.secret is None


@pytest.mark.parametrize("user", ["nobody", "outside"])
async def test_who_has_no_sign_in_here(house: House, identity: Identity, user: str) -> None:
    """Known there is not known here."""
    identity.user = user
    async with visiting(house) as visitor:
        assert (await came(visitor)).headers["location"] == "/sign-in?why=unknown"
        assert "no sign-in here" in (await visitor.get("/sign-in?why=unknown")).text
        assert visitor.secret is None


async def test_who_is_locked_proves_again_who_he_is(house: House, identity: Identity) -> None:
    """The provider is told to ask, and its word from before the lock does not count."""
    async with visiting(house) as visitor:
        await came(visitor)
        house.accounts.lock("s1")
        assert "/sign-in/oidc" in (await visitor.get("/lock")).text
        identity.claims = {"auth_time": 1}
        assert (await came(visitor)).headers["location"] == "/sign-in?why=failed"
        identity.claims = {"auth_time": None}
        assert (await came(visitor)).headers["location"] == "/sign-in?why=failed"
        identity.claims = {}
        assert (await came(visitor)).status_code == 200
        assert (await visitor.get("/api/v1/session")).json()["locked"] is False
    assert identity.asked[-1]["prompt"] == "login"


async def test_an_address_must_be_verified(open_house: Open, identity: Identity, tmp_path: Path) -> None:
    """Where the login is an e-mail address, the provider must have verified it."""
    house = await open_house(
        staff=(person(Role.AGENT, login="a@b.example"),), people=people(identity, tmp_path, login_claim="email")
    )
    identity.claims = {"email": "a@b.example"}
    await refused(house)
    identity.claims = {"email": "a@b.example", "email_verified": True}
    await came_in(house)


async def test_what_the_token_does_not_say_userinfo_may(house: House, identity: Identity) -> None:
    """If it speaks of the same person."""
    identity.claims = {"preferred_username": None}
    identity.userinfo = {"sub": "u2", "preferred_username": "chief"}
    await refused(house)
    identity.userinfo = {"sub": "u1", "preferred_username": "chief"}
    await came_in(house)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:x"},
    ],
)
async def test_a_provider_that_describes_itself_wrongly(
    house: House, identity: Identity, metadata: dict[str, Any]
) -> None:
    """Nobody is sent anywhere."""
    identity.metadata = metadata
    async with visiting(house) as visitor:
        assert (await visitor.get("/sign-in/oidc")).headers["location"] == "/sign-in?why=failed"


async def test_a_provider_that_is_away(open_house: Open, tmp_path: Path) -> None:
    """The password goes on working, and the page says so."""
    async with Identity() as gone:
        pass
    house = await open_house(staff=STAFF, people=people(gone, tmp_path))
    async with visiting(house) as visitor:
        assert (await visitor.get("/sign-in/oidc")).headers["location"] == "/sign-in?why=failed"
        assert (await visitor.sign_in("agent")).status_code == 303


async def test_without_a_provider_there_is_no_way(open_house: Open) -> None:
    """Neither a link nor a page."""
    house = await open_house(staff=STAFF)
    async with visiting(house) as visitor:
        assert "oidc" not in (await visitor.get("/sign-in")).text
        assert (await visitor.get("/sign-in/oidc")).status_code == 404
