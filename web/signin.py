"""Signing in and out, and the lock: pages that work without script, in both languages."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from floor.errors import FloorError
from floor.people.model import SignedIn
from floor.people.ports import Denied
from floor.people.rights import RIGHTS
from web.answers import json
from web.bodies import form
from web.contexts import NOT_FROM_HERE
from web.doors import home_of
from web.gate import Gate, needs
from web.operation import HTML, JSON, TEXT, Operation, ref
from web.origins import OWN_SITES, address_of, own_path
from web.pages import Pages
from web.tickets import Tickets

MAX_LOGIN, MAX_PASSWORD = 200, 1000
"""Longer ones are wrong without being looked at."""
WRONG = {"en": "The login or the password is wrong.", "zh": "登录名或密码错误。"}
WRONG_PASSWORD = {"en": "The password is wrong.", "zh": "密码错误。"}
LOCKED_OUT = {
    "en": "Too many wrong passwords. Wait some minutes, or ask whoever looks after Floorwatch.",
    "zh": "密码错误次数过多,请稍候几分钟,或联系系统管理员。",
}
NO_LOGIN = {
    "en": "You are known there, but have no sign-in here. Ask whoever looks after Floorwatch.",
    "zh": "身份已确认,但您在本系统没有登录权限,请联系系统管理员。",
}
FAILED = {
    "en": "Signing in through the company did not work. Try again, or use your password.",
    "zh": "企业身份登录未成功,请重试或使用密码登录。",
}
ONE_MOMENT = {"en": "One moment …", "zh": "请稍候……"}
SIGNED_OUT = {"en": "You are signed out.", "zh": "您已退出登录。"}
NOT_AIMS = frozenset({"/sign-in", "/sign-out", "/lock", "/sign-in/oidc", "/sign-in/oidc/back"})
"""Pages nobody is sent to after signing in."""

log = structlog.get_logger()


class SignIn:
    """The pages before and between all others; ``others``: ways in besides the password (link, words by language)."""

    def __init__(self, gate: Gate, pages: Pages, tickets: Tickets, proxies: frozenset[str], *, company: bool) -> None:
        self._gate, self._pages, self._tickets = gate, pages, tickets
        self._proxies, self._company = proxies, company

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/sign-in", self.page),
            Route("/sign-in", self.enter, methods=["POST"]),
            Route("/sign-out", needs("even locked")(self.leave), methods=["POST"]),
            Route("/lock", needs("even locked")(self.locked)),
            Route("/lock", needs("even locked")(self.unlock), methods=["POST"]),
            Route("/api/v1/session", needs("even locked")(self.session)),
            Route("/api/v1/session", needs("signed in")(self.session), methods=["POST"]),
            Route("/api/v1/ticket", needs("signed in")(self.ticket)),
        ]

    # In

    async def page(self, request: Request) -> Response:
        """``GET /sign-in``."""
        who = await self._gate.who(request)
        if who is not None:
            return seen_other(f"/lock{_passed(request)}" if who.locked else self.aim(request, who))
        if self._arrived_blind(request):
            again = urlencode({**request.query_params, "again": "1"})
            return self._pages.plain(request, "onward.html", aim=f"/sign-in?{again}", words=ONE_MOMENT)
        words = {"left": SIGNED_OUT, "failed": FAILED, "unknown": NO_LOGIN}.get(request.query_params.get("why", ""))
        return self._form(request, words=words, alarm=words is not SIGNED_OUT)

    def _arrived_blind(self, request: Request) -> bool:
        """Whether a link elsewhere (a mail, a chat) led here: then the browser holds the strict cookie back, and sends
        it with the next step, which a page of ours takes. Where it does not say where it comes from, it may be so."""
        if "again" in request.query_params or self._gate.cookies.secret(request.headers.getlist("cookie")):
            return False
        sites = request.headers.getlist("sec-fetch-site")
        return not OWN_SITES.issuperset(sites) if sites else "text/html" in request.headers.get("accept", "")

    async def enter(self, request: Request) -> Response:
        """``POST /sign-in``: whatever is wrong with login or password is said in the same sentence."""
        if not self._gate.from_here(request):
            return self._pages.refusal(request, 403, NOT_FROM_HERE)
        fields = await form(request)
        login, password = fields.get("login", "").strip(), fields.get("password", "")
        if not login or not password or len(login) > MAX_LOGIN or len(password) > MAX_PASSWORD:
            return self._form(request, 401, words=WRONG, fields=fields)
        entered = await self._gate.accounts.sign_in(login, password, self.address(request))
        if isinstance(entered, Denied):
            return self._denied(request, entered, fields)
        return await self.welcome(request, *entered, fields.get("next"))

    def address(self, request: Request) -> str:
        """Whom too many wrong passwords lock out."""
        return address_of(request, self._proxies)

    def _denied(self, request: Request, denied: Denied, fields: dict[str, str]) -> Response:
        if denied is Denied.LOCKED_OUT:
            return self._form(request, 429, words=LOCKED_OUT, fields=fields)
        return self._form(request, 401, words=WRONG, fields=fields)

    async def welcome(self, request: Request, secret: str, who: SignedIn, wish: str | None) -> Response:
        """The new cookie; whoever was signed in at this browser before is no more (R-SEC-5)."""
        before = await self._gate.who(request)
        if before is not None and before.id != who.id:
            await self._gate.accounts.sign_out(before.id, "replaced")
        response = seen_other(_aim(wish) or home_of(who.person, request))
        self._gate.cookies.give(response, secret)
        return response

    def aim(self, request: Request, who: SignedIn) -> str:
        """Where somebody wanted to go, if that is a page of ours; else his first page."""
        return _aim(request.query_params.get("next")) or home_of(who.person, request)

    def _form(
        self,
        request: Request,
        status: int = 200,
        *,
        words: dict[str, str] | None = None,
        alarm: bool = True,
        fields: dict[str, str] | None = None,
    ) -> Response:
        given = fields or {}
        wish = _aim(given.get("next") or request.query_params.get("next"))
        passed = urlencode({"next": wish} if wish else {})
        context = {"words": words, "alarm": alarm, "login": given.get("login", "")[:MAX_LOGIN], "next": wish or ""}
        return self._pages.plain(request, "sign_in.html", status, company=self._company, passed=passed, **context)

    # Out

    async def leave(self, _: Request, who: SignedIn) -> Response:
        """``POST /sign-out``."""
        try:
            await self._gate.accounts.sign_out(who.id, "asked")
        except FloorError as error:
            log.warning("sign-out not written", reason=str(error))  # this browser is out all the same
        response = seen_other("/sign-in?why=left")
        self._gate.cookies.take_back(response)
        return response

    # Locked

    async def locked(self, request: Request, who: SignedIn) -> Response:
        """``GET /lock``; who is not locked (any more) goes on."""
        if not who.locked:
            return seen_other(self.aim(request, who))
        return self._lock(request, who, request.query_params.get("next"))

    async def unlock(self, request: Request, who: SignedIn) -> Response:
        """``POST /lock``."""
        fields = await form(request)
        wish, password = fields.get("next"), fields.get("password", "")
        if not who.locked:
            return seen_other(_aim(wish) or home_of(who.person, request))
        if not password or len(password) > MAX_PASSWORD:
            return self._lock(request, who, wish, 401, WRONG_PASSWORD)
        secret = self._gate.cookies.secret(request.headers.getlist("cookie")) or ""
        unlocked = await self._gate.accounts.unlock(secret, password)
        if isinstance(unlocked, SignedIn):
            return seen_other(_aim(wish) or home_of(unlocked.person, request))
        if await self._gate.who(request) is None:
            return seen_other("/sign-in")
        out = unlocked is Denied.LOCKED_OUT
        return self._lock(request, who, wish, 429 if out else 401, LOCKED_OUT if out else WRONG_PASSWORD)

    def _lock(
        self, request: Request, who: SignedIn, wish: str | None, status: int = 200, words: dict[str, str] | None = None
    ) -> Response:
        wanted = _aim(wish) or ""
        passed = urlencode({"next": wanted} if wanted else {})
        context = {"who": who, "token": who.csrf, "words": words, "next": wanted, "passed": passed}
        return self._pages.plain(request, "lock.html", status, company=self._company, **context)

    # For the pages' own scripts

    async def session(self, _: Request, who: SignedIn) -> Response:
        """``/api/v1/session``: who is signed in, and whether it is locked. ``POST`` puts off the lock."""
        if who.locked:
            return json({"locked": True})
        person = who.person
        rights = sorted(RIGHTS[person.role])
        about = {"id": person.id, "name": person.name, "number": person.number, "role": person.role}
        return json({"locked": False, "person": about, "rights": rights, "token": who.csrf})

    async def ticket(self, _: Request, who: SignedIn) -> Response:
        """``GET /api/v1/ticket``: opens the desk's stream once, within half a minute."""
        return json({"ticket": self._tickets.give(who.id)})


def _passed(request: Request) -> str:
    """``?next=`` with where somebody wants to go; empty when nowhere."""
    wish = _aim(request.query_params.get("next"))
    return f"?{urlencode({'next': wish})}" if wish else ""


def seen_other(path: str) -> Response:
    """Go there now, by GET."""
    return RedirectResponse(path, 303, headers={"cache-control": "no-store"})


def _aim(wish: str | None) -> str | None:
    path = own_path(wish)
    if path is None or urlsplit(path).path in NOT_AIMS or path.startswith(("/api/", "/static/")):
        return None
    return path


_FORM = (("login", "the login"), ("password", "the password"), ("next", "page of ours to go to"))
OPERATIONS = (
    Operation(
        "/sign-in", "The page to sign in.", "nothing", HTML, TEXT,
        (("next", "page of ours to go to afterwards"), ("lang", "en or zh")),
    ),
    Operation(
        "/sign-in", "Sign in; a redirect with a cookie.", "nothing", HTML, TEXT, (),
        ((401, "login or password is wrong"), (403, "sent by a foreign page"), (429, "too many wrong passwords")),
        "POST", _FORM,
    ),
    Operation("/sign-out", "Sign out; a redirect.", "even locked", HTML, TEXT, method="POST"),
    Operation("/lock", "The page to unlock.", "even locked", HTML, TEXT, (("next", "page of ours to go to"),)),
    Operation(
        "/lock", "Unlock by password; a redirect.", "even locked", HTML, TEXT, (),
        ((401, "the password is wrong"), (429, "too many wrong passwords")), "POST", _FORM[1:],
    ),
    Operation(
        "/api/v1/session", "Who is signed in, his rights, or that it is locked.", "even locked", JSON, ref("Session"),
    ),
    Operation(
        "/api/v1/session", "The same, and somebody is there: puts off the lock.", "signed in", JSON, ref("Session"),
        method="POST",
    ),
    Operation(
        "/api/v1/ticket", "A ticket that opens a stream of people once, within 30 s.", "signed in", JSON,
        ref("Ticket"),
    ),
)  # fmt: skip
