"""What the page templates are given; everything that changes comes over the stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, TypedDict

from floor.people.model import SignedIn
from floor.settings import BoardSettings

Tongue = Literal["en", "zh"]
STATUS_WORDS: dict[int, dict[Tongue, str]] = {
    401: {"en": "A key is needed. Open the link of a board.", "zh": "需要密钥,请打开看板链接。"},
    403: {"en": "This key does not open this page.", "zh": "此密钥不能打开该页面。"},
    404: {"en": "There is no such page.", "zh": "没有这个页面。"},
    400: {"en": "This cannot be understood.", "zh": "无法理解该请求。"},
    405: {"en": "That cannot be done here.", "zh": "此处不支持该操作。"},
    413: {"en": "This is too much at once.", "zh": "提交的内容过大。"},
    421: {"en": "This address is not served without a key.", "zh": "未设密钥时不能通过此地址访问。"},
    503: {"en": "This cannot be done at the moment; try again shortly.", "zh": "暂时无法完成,请稍后重试。"},
    500: {"en": "Something went wrong; the log says what.", "zh": "出现错误,详情见日志。"},
}
NOT_YOURS: dict[Tongue, str] = {"en": "Your role does not open this.", "zh": "您的角色无权进行此操作。"}
NOT_FROM_HERE: dict[Tongue, str] = {
    "en": "This did not come from a page of ours. Load the page again.",
    "zh": "该请求并非来自本系统的页面,请重新载入页面。",
}
BOARD_MISSING: dict[Tongue, str] = {"en": "There is no such board.", "zh": "没有这个看板。"}


class Link(TypedDict):
    """One board on the start page."""

    id: str
    title: dict[str, str]
    """By language."""
    public: bool
    url: str
    """Its page, with the key that opens it."""


class Frame(TypedDict):
    """What every page needs."""

    build: str
    lang: Tongue
    theme: str
    static: Callable[[str], str]
    staffed: bool
    """People can sign in here."""


class BoardPage(Frame):
    board_id: str
    replay: str
    """Id of the past minute it shows; empty: the floor as it is."""


class StartPage(Frame):
    boards: list[Link]


class Door(TypedDict):
    """A page somebody may open, in the line above every page of his."""

    url: str
    words: str


class SignedPage(Frame):
    """What every page of somebody who is signed in needs."""

    who: SignedIn
    token: str
    """Goes into the field ``token`` of every form, and into the header ``X-Floor-Token``."""
    doors: list[Door]
    idle_s: int


class ErrorPage(Frame):
    status: int
    message: str


def tongue(wanted: str, accepted: str) -> Tongue:
    """The page's language: the board's, or the first of ``Accept-Language`` that we speak; else English."""
    if wanted == "zh":
        return "zh"
    if wanted == "en":
        return "en"
    return next((t for t in _accepted(accepted) if t is not None), "en")


def _accepted(header: str) -> Iterable[Tongue | None]:
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")[:20]):
        name, _, quality = part.strip().partition(";q=")
        ranked.append((-_quality(quality), place, name.casefold()))
    for _, _, name in sorted(ranked):
        yield "zh" if name.startswith("zh") else "en" if name.startswith("en") else None


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def link(board: BoardSettings, query: str) -> Link:
    """A board's link, with the key it was reached by."""
    titles = {str(language): text for language, text in board.title.items()}
    return Link(id=board.id, title=titles, public=board.public, url=f"/board/{board.id}{query}")


def words_for(status: int, lang: Tongue) -> str:
    """A sentence for an HTTP status."""
    return STATUS_WORDS.get(status, STATUS_WORDS[500 if status >= 500 else 404])[lang]
