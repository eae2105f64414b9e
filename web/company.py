"""``/sign-in/oidc``: to the company's identity provider and back."""

from __future__ import annotations

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from floor.people.ports import Denied
from web.cookies import transient
from web.errors import ProviderRefused
from web.gate import Gate
from web.oidc import JOURNEY_S, Provider
from web.operation import HTML, TEXT, Operation
from web.pages import Pages
from web.signin import SignIn, seen_other

WELCOME = {"en": "Signed in. Go on", "zh": "已登录,继续"}
BACK = "/sign-in/oidc/back"

log = structlog.get_logger()


class Company:
    """Way out and way back. The cookie in between is ``Lax``, for the provider's page is another site; that of the
    sign-in stays ``Strict``, which is why the last step is taken by a page of ours and not by a redirect."""

    def __init__(self, gate: Gate, pages: Pages, sign_in: SignIn, provider: Provider) -> None:
        self._gate, self._pages, self._sign_in, self._provider = gate, pages, sign_in, provider
        self._cookie = "__Host-floor-way" if gate.cookies.https else "floor-way"

    def routes(self) -> list[BaseRoute]:
        return [Route("/sign-in/oidc", self.out), Route(BACK, self.back)]

    async def out(self, request: Request) -> Response:
        """``GET /sign-in/oidc``; who is locked has to prove to the provider again who he is."""
        who = await self._gate.who(request)
        scheme = "https" if self._gate.cookies.https else "http"
        back = f"{scheme}://{request.headers.get('host', '')}{BACK}"
        wish = request.query_params.get("next", "")
        try:
            url, ticket = await self._provider.begin(back, wish, anew=who is not None and who.locked)
        except ProviderRefused as error:
            return self._failed(error)
        response = RedirectResponse(url, 303, headers={"cache-control": "no-store"})
        transient(response, self._cookie, ticket, https=self._gate.cookies.https, seconds=int(JOURNEY_S))
        return response

    async def back(self, request: Request) -> Response:
        """``GET /sign-in/oidc/back``."""
        ticket = request.cookies.get(self._cookie, "")
        try:
            login, aim = await self._provider.end(ticket, dict(request.query_params))
        except ProviderRefused as error:
            return self._failed(error)
        entered = await self._gate.accounts.sign_in_as(login, self._sign_in.address(request))
        if isinstance(entered, Denied):
            return self._over(seen_other("/sign-in?why=unknown"))
        welcome = await self._sign_in.welcome(request, *entered, aim)
        page = self._pages.plain(request, "onward.html", aim=welcome.headers["location"], words=WELCOME)
        self._gate.cookies.give(page, entered[0])
        return self._over(page)

    def _failed(self, error: ProviderRefused) -> Response:
        log.warning("not signed in through the provider", reason=str(error))
        return self._over(seen_other("/sign-in?why=failed"))

    def _over(self, response: Response) -> Response:
        https = self._gate.cookies.https
        response.delete_cookie(self._cookie, path="/", secure=https, httponly=True, samesite="lax")
        return response


OPERATIONS = (
    Operation(
        "/sign-in/oidc", "To the company's identity provider, where there is one.", "nothing", HTML, TEXT,
        (("next", "page of ours to go to afterwards"),),
    ),
    Operation(
        BACK, "Where the identity provider sends people back to.", "nothing", HTML, TEXT,
        (("code", "the provider's"), ("state", "ours")),
    ),
)  # fmt: skip
