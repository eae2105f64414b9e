"""The pages: the start page, a board, and what to say when there is none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from floor.people.model import SignedIn
from floor.settings import BoardSettings
from web.access import Access, Verdict
from web.assets import Assets
from web.boards import Boards
from web.contexts import BOARD_MISSING, BoardPage, ErrorPage, Frame, StartPage, Tongue, link, tongue, words_for
from web.doors import doors_of

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"


PASSED_ON = ("key", "lang", "theme")
"""What the address of the start page hands on to a board's."""


class Pages:
    """Renders templates; a page of the floor holds no data, only where to get it. ``staffed``: people can sign in."""

    def __init__(
        self,
        boards: Boards,
        access: Access,
        assets: Assets,
        build: str,
        templates: Path,
        idle_s: int = 300,
        *,
        staffed: bool = False,
    ) -> None:
        self._boards, self._access, self._assets, self._build = boards, access, assets, build
        self._idle_s, self._staffed = idle_s, staffed
        self._templates = Environment(
            loader=FileSystemLoader(templates), autoescape=True, undefined=StrictUndefined, auto_reload=False
        )

    async def start(self, request: Request) -> Response:
        """``/``: the boards this key opens, or straight to the only one."""
        key = request.query_params.get("key")
        mine = [board for board in self._boards.by_id.values() if self._access.board(key, board.id)]
        if not mine and key is None and self._staffed:
            return RedirectResponse("/sign-in", 302, headers={"cache-control": "no-store"})
        if not mine:
            return self.refusal(request, 403 if key else 401)
        passed = {name: request.query_params[name] for name in PASSED_ON if name in request.query_params}
        query = f"?{urlencode(passed)}" if passed else ""
        if len(mine) == 1:
            return RedirectResponse(f"/board/{mine[0].id}{query}", 302, headers={"cache-control": "no-store"})
        links = [link(board, query) for board in mine]
        return self._page("boards.html", StartPage(**self._frame(self._lang(request)), boards=links))

    async def board(self, request: Request) -> Response:
        """``/board/{board}``."""
        key, board_id = request.query_params.get("key"), request.path_params["board"]
        grant = self._access.board(key, board_id)
        if not grant:
            return self.refusal(request, 401 if grant.verdict is Verdict.MISSING else 403)
        board = self._boards.by_id.get(board_id)
        if board is None:
            return self.refusal(request, 404, BOARD_MISSING)
        frame = self._frame(self._lang(request, board.language), board.theme)
        return self._page("board.html", BoardPage(**frame, board_id=board.id, replay=""))

    def replay(self, request: Request, who: SignedIn, board: BoardSettings, replay: str) -> Response:
        """A board of a past minute, in the page that opened it."""
        frame = self._frame(self._lang(request, who.person.language), board.theme)
        return self._page("board.html", BoardPage(**frame, board_id=board.id, replay=replay))

    def plain(self, request: Request, template: str, status: int = 200, **context: object) -> Response:
        """A page with a form for somebody who is not signed in, or is locked."""
        return _with_forms(self._page(template, {**self._frame(self._lang(request)), **context}, status))

    def signed(self, request: Request, who: SignedIn, template: str, status: int = 200, **context: object) -> Response:
        """A page of somebody who is signed in, in his language; its template extends ``signed.html``."""
        lang = self._lang(request, who.person.language)
        mine = {"who": who, "token": who.csrf, "doors": doors_of(who.person, lang, request), "idle_s": self._idle_s}
        return _with_forms(self._page(template, {**self._frame(lang), **mine, **context}, status))

    def lang_of(self, request: Request, who: SignedIn) -> Tongue:
        """The language of his pages."""
        return self._lang(request, who.person.language)

    def refusal(self, request: Request, status: int, words: Mapping[Tongue, str] | None = None) -> Response:
        """A page that says why there is none."""
        lang = self._lang(request)
        message = words[lang] if words else words_for(status, lang)
        return self._page("error.html", ErrorPage(**self._frame(lang), status=status, message=message), status)

    def _lang(self, request: Request, wanted: str = "auto") -> Tongue:
        asked = request.query_params.get("lang", wanted)
        return tongue(asked, request.headers.get("accept-language", ""))

    def _frame(self, lang: Tongue, theme: str = "auto") -> Frame:
        return Frame(build=self._build, lang=lang, theme=theme, static=self._assets.url, staffed=self._staffed)

    def _page(self, template: str, context: Mapping[str, object], status: int = 200) -> Response:
        body = self._templates.get_template(template).render(context)
        return HTMLResponse(body, status, headers={"cache-control": "no-store"})


def _with_forms(response: Response) -> Response:
    """Forms of a page without referrer are sent with ``Origin: null``, which could be anybody's."""
    response.headers["referrer-policy"] = "same-origin"
    return response
