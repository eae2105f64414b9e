"""Signing in and out and the lock, without script, in both languages, and what attackers try there."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from floor.clock import SystemClock
from floor.errors import FloorError
from floor.people.model import Role, SignedIn
from floor.people.ports import Denied
from floor.sections.pages import PagesSettings
from tests.support.people import PASSWORD, AccountsDouble, person
from tests.web.conftest import House, Open
from tests.web.visitor import TOKEN, visiting
from web.signin import LOCKED_OUT, WRONG

STAFF = (
    person(Role.AGENT),
    person(Role.LEADER, language="zh"),
    person(Role.CHIEF),
    person(Role.OUTSIDE),
    person(Role.TRAINER, active=False),
)


@pytest.fixture
async def staffed(open_house: Open) -> House:
    """A server at which people can sign in."""
    return await open_house(staff=STAFF)


@pytest.mark.parametrize(
    ("query", "accepted", "heading"),
    [("", "en", "Sign in"), ("", "zh-CN,zh;q=0.9", "登录"), ("?lang=zh", "en", "登录"), ("?lang=en", "zh", "Sign in")],
)
async def test_the_page_speaks_the_readers_language(staffed: House, query: str, accepted: str, heading: str) -> None:
    """The browser's, or the one chosen; each field has its label, and nothing needs a script."""
    async with visiting(staffed) as visitor:
        page = await visitor.get(f"/sign-in{query}", headers={"accept-language": accepted})
    assert page.status_code == 200
    assert heading in page.text
    assert "<script" not in page.text
    assert page.text.count("<label for=") == 2
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'self'" in page.headers["content-security-policy"]


async def test_in_and_out(staffed: House) -> None:
    """In to one's own page; out, the cookie is gone and the secret is worth nothing."""
    async with visiting(staffed) as visitor:
        entered = await visitor.sign_in("agent")
        assert (entered.status_code, entered.headers["location"]) == (303, "/me")
        secret = visitor.secret
        assert (await visitor.get("/me")).status_code == 200
        left = await visitor.post("/sign-out")
        assert left.headers["location"] == "/sign-in?why=left"
        assert visitor.secret is None
        assert "signed out" in (await visitor.get("/sign-in?why=left")).text
        answer = await visitor.get("/api/v1/me", headers={"cookie": f"floor={secret}"})
        assert answer.status_code == 401
    assert staffed.accounts.ended == [("s1", "asked")]


async def test_the_cookie_is_out_of_reach(staffed: House) -> None:
    """Of scripts and of other sites; it ends with the browser."""
    async with visiting(staffed) as visitor:
        cookie = (await visitor.sign_in("agent")).headers["set-cookie"]
    assert cookie.startswith("floor=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert "expires" not in cookie.lower()
    assert "max-age" not in cookie.lower()
    assert "domain" not in cookie.lower()


async def test_over_https_the_cookie_is_this_hosts_only(open_house: Open) -> None:
    """``__Host-``, secure; and a page that came without https may not sign anybody in."""
    house = await open_house(staff=STAFF, pages=PagesSettings(https=True))
    fields = {"login": "agent", "password": PASSWORD}
    async with visiting(house) as visitor:
        secure = {"origin": house.base.replace("http:", "https:")}
        cookie = (await visitor.post("/sign-in", fields, headers=secure)).headers["set-cookie"]
        assert cookie.startswith("__Host-floor=")
        assert "Secure" in cookie
        assert (await visitor.post("/sign-in", fields)).status_code == 403


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("agent", "wrong"), ("nobody", PASSWORD), ("outside", PASSWORD), ("trainer", PASSWORD), ("", PASSWORD),
        ("agent", ""),
        ("a" * 201, PASSWORD), ("agent", "x" * 1001), ("agent' or '1'='1", "x"), ("agent\x00", PASSWORD),
    ],
)  # fmt: skip
async def test_one_sentence_for_whatever_is_wrong(staffed: House, login: str, password: str) -> None:
    """Nobody learns which logins there are: same status, same sentence, no cookie, nothing of the password."""
    async with visiting(staffed) as visitor:
        answer = await visitor.sign_in(login, password)
    assert answer.status_code == 401
    assert WRONG["en"] in answer.text
    assert 'role="alert"' in answer.text
    assert "set-cookie" not in answer.headers
    assert f'value="{password}"' not in answer.text or not password


async def test_guessing_is_stopped(staffed: House) -> None:
    """After some wrong passwords nobody gets in under this login, not even with the right one."""
    async with visiting(staffed) as visitor:
        for _ in range(5):
            assert (await visitor.sign_in("agent", "guess")).status_code == 401
        for password in ("guess", PASSWORD):
            answer = await visitor.sign_in("agent", password)
            assert answer.status_code == 429
            assert LOCKED_OUT["en"] in answer.text
        assert (await visitor.sign_in("chief")).status_code == 303
        for _ in range(6):
            answer = await visitor.sign_in("nobody", "guess")
        assert answer.status_code == 429


async def test_a_secret_from_before_is_never_kept(staffed: House) -> None:
    """No session fixation: whatever cookie was planted, signing in makes a new secret."""
    async with visiting(staffed) as visitor:
        answer = await visitor.post(
            "/sign-in", {"login": "agent", "password": PASSWORD}, headers={"cookie": "floor=planted"}
        )
        assert "floor=planted" not in answer.headers["set-cookie"]
        first = visitor.secret
        await visitor.sign_in("agent")
        assert visitor.secret not in (first, "planted", None)
        assert (await visitor.get("/api/v1/me", headers={"cookie": "floor=planted"})).status_code == 401
        assert (await visitor.get("/api/v1/me", headers={"cookie": f"floor={first}"})).status_code == 401


async def test_one_person_per_browser(staffed: House) -> None:
    """Who signs in where another is signed in ends the other's sign-in (R-SEC-5)."""
    async with visiting(staffed) as visitor:
        await visitor.sign_in("agent")
        await visitor.sign_in("chief")
    assert staffed.accounts.ended == [("s1", "replaced")]


async def test_one_sign_in_per_person(staffed: House) -> None:
    """Signing in elsewhere ends the first (R-SEC-4)."""
    async with visiting(staffed) as first, visiting(staffed) as second:
        await first.sign_in("agent")
        await second.sign_in("agent")
        assert (await first.get("/api/v1/me")).status_code == 401
        assert (await second.get("/api/v1/me")).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1", "https://127.0.0.1:1"])
async def test_a_foreign_page_signs_nobody_in(staffed: House, origin: str) -> None:
    """Not even with the right password: who is signed in as somebody else unknowingly tells him his secrets."""
    async with visiting(staffed) as visitor:
        answer = await visitor.post(
            "/sign-in", {"login": "agent", "password": PASSWORD}, headers={"origin": origin, "accept-language": "zh"}
        )
        assert answer.status_code == 403
        assert "并非来自本系统" in answer.text
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("wish", "aim"),
    [
        ("/me?lang=zh", "/me?lang=zh"), ("//evil.example", "/me"), ("https://evil.example", "/me"),
        ("/\\evil.example", "/me"),
        ("/sign-in", "/me"), ("/api/v1/me", "/me"), ("/me\r\nset-cookie: a=b", "/me"), ("/\t/evil.example", "/me"),
        ("", "/me"), ("javascript:alert(1)", "/me"), ("/sign-in/oidc?next=x", "/me"),
    ],
)  # fmt: skip
async def test_afterwards_only_to_pages_of_ours(staffed: House, wish: str, aim: str) -> None:
    """No open redirect and no header of somebody else's making, from the form or from the address."""
    async with visiting(staffed) as visitor:
        answer = await visitor.sign_in("agent", next=wish)
        assert answer.headers["location"] == aim
        assert "a" not in answer.cookies
        answer = await visitor.get("/sign-in", params={"next": wish})
        assert answer.headers["location"] == aim


async def test_what_was_wanted_is_there_after_signing_in(staffed: House) -> None:
    """Who is sent to the sign-in page comes back to where he wanted to go, through a wrong password too."""
    async with visiting(staffed) as visitor:
        sent = await visitor.get("/me?lang=zh")
        assert sent.headers["location"] == "/sign-in?next=%2Fme%3Flang%3Dzh"
        assert 'name="next" value="/me?lang=zh"' in (await visitor.get(sent.headers["location"])).text
        assert 'name="next" value="/me?lang=zh"' in (await visitor.sign_in("agent", "no", next="/me?lang=zh")).text


async def test_what_is_typed_is_only_text(staffed: House) -> None:
    """Login and address are shown again without becoming markup."""
    async with visiting(staffed) as visitor:
        answer = await visitor.sign_in('"><script>alert(1)</script>', "x", next='/"><script>')
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize("path", ["/sign-in", "/lock", "/sign-out", "/api/v1/breaches/b1/dispute"])
async def test_bodies_are_bounded(staffed: House, path: str) -> None:
    """More than 64 KiB is refused, whether it says so or not."""
    async with visiting(staffed) as visitor:
        await visitor.sign_in("agent")
        form = {"origin": staffed.base, "content-type": "application/x-www-form-urlencoded"}

        async def endless():  # type: ignore[no-untyped-def]
            for _ in range(20):
                yield b"password=" + b"x" * 8192

        assert (await visitor.client.post(path, content=b"a=" + b"x" * 70_000, headers=form)).status_code == 413
        assert (await visitor.client.post(path, content=endless(), headers=form)).status_code == 413


@pytest.mark.parametrize("body", [b"\xff\xfe", b"&".join(b"a%d=1" % n for n in range(200)), b"login=%ff&password=x"])
async def test_odd_bodies_are_refused(staffed: House, body: bytes) -> None:
    """What is no form is 400, not a guess."""
    async with visiting(staffed) as visitor:
        headers = {"origin": staffed.base, "content-type": "application/x-www-form-urlencoded"}
        assert (await visitor.client.post("/sign-in", content=body, headers=headers)).status_code == 400


async def test_whose_address_is_counted(open_house: Open) -> None:
    """The peer's; behind our own proxy what it saw, but nobody else's word."""
    told = {"x-forwarded-for": "203.0.113.9"}
    for proxies, address in (((), "127.0.0.1"), (("127.0.0.1",), "203.0.113.9")):
        house = await open_house(staff=STAFF, pages=PagesSettings(proxies=proxies))
        async with visiting(house) as visitor:
            await visitor.post("/sign-in", {"login": "agent", "password": "x"}, headers=told)
        assert house.accounts.addresses == [address]


async def test_locked(staffed: House) -> None:
    """Nobody touched the page: the same sign-in goes on with the password, where it was."""
    async with visiting(staffed) as visitor:
        await visitor.sign_in("leader")
        secret = visitor.secret
        staffed.accounts.lock("s1")
        sent = await visitor.get("/me")
        assert sent.headers["location"] == "/lock?next=%2Fme"
        assert (await visitor.get("/api/v1/session")).json() == {"locked": True}
        page = await visitor.get("/lock?next=%2Fme", headers={"accept-language": "zh"})
        assert "已锁定" in page.text
        assert "Leader" in page.text
        assert ">leader<" not in page.text
        visitor.token = TOKEN.findall(page.text)[0]
        wrong = await visitor.post("/lock", {"password": "no", "next": "/me"})
        assert (wrong.status_code, "set-cookie" in wrong.headers) == (401, False)
        right = await visitor.post("/lock", {"password": PASSWORD, "next": "/me"})
        assert right.headers["location"] == "/me"
        assert visitor.secret == secret
        assert (await visitor.get("/me")).status_code == 200
        assert (await visitor.get("/lock")).status_code == 303


async def test_guessing_at_the_lock_is_stopped_too(staffed: House) -> None:
    """As at the door; signing out goes on working."""
    async with visiting(staffed) as visitor:
        await visitor.sign_in("agent")
        staffed.accounts.lock("s1")
        for _ in range(5):
            await visitor.post("/lock", {"password": "guess"})
        assert (await visitor.post("/lock", {"password": PASSWORD})).status_code == 429
        for password in ("", "x" * 1001):
            assert (await visitor.post("/lock", {"password": password})).status_code == 401
        assert (await visitor.post("/sign-out")).headers["location"] == "/sign-in?why=left"


async def test_a_locked_page_leads_from_the_sign_in_to_the_lock(staffed: House) -> None:
    """And nowhere else."""
    async with visiting(staffed) as visitor:
        await visitor.sign_in("agent")
        staffed.accounts.lock("s1")
        assert (await visitor.get("/sign-in?next=/me")).headers["location"] == "/lock?next=%2Fme"


async def test_the_own_language_is_the_persons(staffed: House) -> None:
    """Who wants Chinese gets it, whatever the browser says."""
    async with visiting(staffed) as visitor:
        await visitor.sign_in("leader")
        assert "我的记录" in (await visitor.get("/me", headers={"accept-language": "en"})).text
        assert "My record" in (await visitor.get("/me?lang=en")).text


async def test_session_tells_who_and_what_he_may(staffed: House) -> None:
    """Name, number, role and rights; never the login (R-SEC-10) and never the secret."""
    async with visiting(staffed) as visitor:
        await visitor.sign_in("chief")
        answer = await visitor.get("/api/v1/session")
        told = answer.json()
        assert told["person"] == {"id": STAFF[2].id, "name": "Chief", "number": STAFF[2].number, "role": "chief"}
        assert "evacuate" in told["rights"]
        assert "approve_plan" not in told["rights"]
        assert "login" not in told["person"]
        assert str(visitor.secret) not in answer.text


async def test_many_at_once(staffed: House) -> None:
    """A rush at the door: one person's sign-ins in parallel leave exactly one that stands."""
    async with httpx2.AsyncClient(base_url=staffed.base, trust_env=False) as client:
        fields = {"login": "agent", "password": PASSWORD}
        posts = [client.post("/sign-in", data=fields, headers={"origin": staffed.base}) for _ in range(10)]
        answers = await asyncio.gather(*posts)
    assert {answer.status_code for answer in answers} == {303}
    assert len(staffed.accounts.signs) == 1


class Away(AccountsDouble):
    """Accounts whose database is away."""

    async def sign_in(self, login: str, password: str, address: str) -> tuple[str, SignedIn] | Denied:
        raise FloorError("database: postgresql://floor:hunter2@db does not answer")

    async def sign_out(self, sign_in: str, why: str) -> None:
        raise FloorError("database: does not answer")


async def test_without_a_database(open_house: Open) -> None:
    """Nobody gets in, and is told to try again, without a detail; who wants to be out is out at this browser."""
    accounts = Away(SystemClock(), *STAFF)
    house = await open_house(staff=STAFF, parts={"accounts": accounts})
    async with visiting(house) as visitor:
        answer = await visitor.sign_in("agent")
        assert answer.status_code == 503
        assert "try again" in answer.text
        assert "hunter2" not in answer.text
        secret, who = accounts._begin(STAFF[0])
        visitor.client.cookies.set("floor", secret, domain="127.0.0.1")
        visitor.token = who.csrf
        assert (await visitor.post("/sign-out")).headers["location"] == "/sign-in?why=left"
        assert visitor.secret is None


@pytest.mark.parametrize(
    ("headers", "blind"),
    [
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"accept": "text/html"}, True),
        ({"sec-fetch-site": "none", "accept": "text/html"}, False),
        ({"sec-fetch-site": "same-origin"}, False),
        ({}, False),
    ],
)
async def test_a_link_from_elsewhere(staffed: House, headers: dict[str, str], blind: bool) -> None:
    """The browser holds the cookie back until a page of ours takes the step, which is taken once."""
    async with visiting(staffed) as visitor:
        page = await visitor.get("/sign-in?next=/me%3Fa=1%26b=2&lang=zh", headers=headers)
        onward = (
            '<meta http-equiv="refresh" content="0;url=/sign-in?next=%2Fme%3Fa%3D1%26b%3D2&amp;lang=zh&amp;again=1">'
        )
        assert (onward in page.text) is blind
        again = await visitor.get("/sign-in?next=/me&again=1", headers=headers)
        assert 'http-equiv="refresh"' not in again.text
        await visitor.sign_in("agent")
        assert (await visitor.get("/sign-in?next=/me", headers=headers)).headers["location"] == "/me"
