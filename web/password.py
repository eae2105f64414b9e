"""``/password``: somebody changes his own password."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from floor.people.model import SignedIn
from floor.people.ports import Denied
from web.bodies import form
from web.gate import Gate, needs
from web.operation import HTML, TEXT, Operation
from web.pages import Pages
from web.signin import LOCKED_OUT, MAX_PASSWORD, WRONG_PASSWORD

DONE = {"en": "The password is changed.", "zh": "密码已修改。"}
UNEQUAL = {"en": "The two new passwords differ.", "zh": "两次输入的新密码不一致。"}
WEAK: dict[str, dict[str, str]] = {
    "short": {"en": "The new password is too short: at least 10 characters.", "zh": "新密码过短,至少 10 个字符。"},
    "long": {"en": "The new password is too long: at most 256 characters.", "zh": "新密码过长,最多 256 个字符。"},
    "login": {
        "en": "The new password is too close to your login, name or number.",
        "zh": "新密码与登录名、姓名或工号过于相似。",
    },
    "trivial": {"en": "The new password is one of those tried first.", "zh": "新密码过于简单,容易被猜中。"},
}
UNFIT = {"en": "The new password cannot be used.", "zh": "新密码不可用。"}


class Password:
    """The page and its form; whoever changes it must know the old one."""

    def __init__(self, gate: Gate, pages: Pages) -> None:
        self._gate, self._pages = gate, pages

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/password", needs("signed in")(self.page)),
            Route("/password", needs("signed in")(self.change), methods=["POST"]),
        ]

    async def page(self, request: Request, who: SignedIn) -> Response:
        return self._form(request, who)

    async def change(self, request: Request, who: SignedIn) -> Response:
        fields = await form(request)
        old, new = fields.get("old", ""), fields.get("new", "")
        if not old or len(old) > MAX_PASSWORD or len(new) > MAX_PASSWORD:
            return self._form(request, who, WRONG_PASSWORD, 401)
        if new != fields.get("again", ""):
            return self._form(request, who, UNEQUAL, 400)
        secret = self._gate.cookies.secret(request.headers.getlist("cookie")) or ""
        wrong = await self._gate.accounts.change_password(secret, old, new)
        if wrong is None:
            return self._form(request, who, DONE)
        if isinstance(wrong, Denied):
            out = wrong is Denied.LOCKED_OUT
            return self._form(request, who, LOCKED_OUT if out else WRONG_PASSWORD, 429 if out else 401)
        return self._form(request, who, WEAK.get(wrong.value, UNFIT), 400)

    def _form(
        self, request: Request, who: SignedIn, words: dict[str, str] | None = None, status: int = 200
    ) -> Response:
        return self._pages.signed(request, who, "password.html", status, words=words, alarm=status != 200)


OPERATIONS = (
    Operation("/password", "The page to change one's own password.", "signed in", HTML, TEXT),
    Operation(
        "/password", "Change one's own password; what else of one's own was signed in is over.", "signed in",
        HTML, TEXT, (),
        ((400, "the new one is too weak, or written differently twice"), (401, "the old one is wrong"),
         (429, "too many wrong passwords")), "POST",
        (("old", "the old one"), ("new", "the new one"), ("again", "the new one again")),
    ),
)  # fmt: skip
