"""How a message reads on each way: the letter, the short line, the sentence spoken on the phone, the digest.

What a message says was put into words when it was stored (``title`` and ``body`` in both languages); here it gets the
form of the way, the mark of a drill, the link, and a last look that no telephone number leaves the house (R-SEC-7).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from string import Template

from alerts.model import SEVERITIES, Message, Occasion, Text

LISTED = 10
"""Titles named in one digest; the rest is counted."""
DRILL_MARK = "DRILL 演练"
_DRILL_LINE: Text = {
    "en": "DRILL 演练: this is an exercise, nothing has happened.",
    "zh": "DRILL 演练：这是一次演练，并无实际事件。",
}
_LETTER: dict[str, Template] = {
    "en": Template("$drill$body\n\n$link$answer\nMessage $key"),
    "zh": Template("$drill$body\n\n$link$answer\n消息编号 $key"),
}
_LINK: Text = {"en": "Open: {link}\n", "zh": "打开：{link}\n"}
_ANSWER: dict[Occasion, Text] = {
    Occasion.RESOLVED: {"en": "It is over; nothing is to be done.", "zh": "已恢复，无需处理。"},
    Occasion.TEST: {"en": "This is only a test of this way of telling you.", "zh": "这只是一条测试消息。"},
}
_TAKE_OVER: Text = {
    "en": "Take it over on the desk page, or the next person is told.",
    "zh": "请在值班台页面确认接手，否则将通知下一位负责人。",
}
_SPOKEN: dict[str, Template] = {
    "en": Template("$drill$title. $press"),
    "zh": Template("$drill$title。$press"),
}
_DRILL_SPOKEN: Text = {"en": "This is a drill. ", "zh": "这是演练。"}
_PRESS: Text = {"en": "Press 1 to take it over.", "zh": "接手请按 1。"}
_MORE: Text = {"en": "{n} more alerts", "zh": "另有 {n} 条告警"}
_AND_MORE: Text = {"en": "… and {n} more", "zh": "……以及另外 {n} 条"}
_NOT_SPOKEN = re.compile(r"[^\w\s.,:;，。：；、%/-]|_")

_NUMBER = re.compile(r"(?<![\w.])(\+|00)?\d{7,}(?!\w)|(?<![\w.-])\+?\d{2,4}(?:[ -]\d{3,4}){2,}(?![\w-])")
"""What looks like somebody's telephone number: seven digits or more, in one or in groups; no date, no seat."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in one language."""

    title: str
    body: str


def language_of(message: Message) -> str:
    """``zh`` unless the recipient reads English."""
    return "en" if message.recipient.language == "en" else "zh"


def masked(text: str) -> str:
    """Telephone numbers cut down to their first three and last two digits (R-SEC-2)."""

    def cut(found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found[0])
        return f"{digits[:3]}…{digits[-2:]}"

    return _NUMBER.sub(cut, text)


def title(message: Message, language: str | None = None) -> str:
    """The line that must be enough: severity, what, where; marked in a drill."""
    text = masked(_in(message.title, language or language_of(message)))
    marked = message.drill is None or "DRILL" in text
    return " ".join((text if marked else f"{DRILL_MARK} {text}").split())


def letter(message: Message) -> Letter:
    """Title and body for mail, chat and the like."""
    language = language_of(message)
    values = {
        "drill": f"{_DRILL_LINE[language]}\n\n" if message.drill is not None else "",
        "body": masked(_in(message.body, language)) or title(message),
        "link": _LINK[language].format(link=message.link) if message.link else "",
        "answer": _ANSWER.get(message.occasion, _TAKE_OVER)[language],
        "key": message.id,
    }
    return Letter(title(message), _LETTER[language].substitute(values))


def spoken(message: Message) -> str:
    """What the phone says: short, no signs, and what key 1 does."""
    language = language_of(message)
    values = {
        "drill": _DRILL_SPOKEN[language] if message.drill is not None else "",
        "title": " ".join(_NOT_SPOKEN.sub(" ", _undrilled(title(message))).split()),
        "press": _PRESS[language] if answerable(message) else "",
    }
    return _SPOKEN[language].substitute(values).strip()


def answerable(message: Message) -> bool:
    """Whether key 1 can take something over: one alert, still standing, and a known person."""
    return message.alert is not None and message.recipient.person is not None and message.occasion != Occasion.RESOLVED


def tone(message: Message) -> str:
    """The exchange's own sound that opens every call; another one in a drill."""
    return "beeperr" if message.drill is not None else "beep"


def sounds(message: Message) -> list[str]:
    """The same in sounds that every Asterisk has, where nothing can speak: tones for the severity (two to five, of
    another sound in a drill), then the numbers of the title digit by digit, then "press 1"."""
    heard = ["silence/1", *[tone(message)] * (2 + SEVERITIES.index(message.severity))]
    for word in re.findall(r"\d+", title(message, "en"))[:4]:
        heard += ["silence/1", *(f"digits/{digit}" for digit in word[:8])]
    return heard + (["silence/1", "vm-press", "digits/1"] if answerable(message) else [])


def digest(messages: Sequence[Message]) -> Message:
    """One message for many to the same recipient. Its id follows from theirs, so a repetition is known as one."""
    first = max(messages, key=lambda message: SEVERITIES.index(message.severity))
    drills = {message.drill for message in messages}
    return replace(
        first,
        id="digest-" + hashlib.sha256("\n".join(sorted(m.id for m in messages)).encode()).hexdigest()[:24],
        alert=None,
        occasion=Occasion.FIRED,
        title={language: _MORE[language].format(n=len(messages)) for language in _MORE},
        body={language: _listed(messages, language) for language in _MORE},
        drill=first.drill if len(drills) == 1 else None,
    )


def _listed(messages: Sequence[Message], language: str) -> str:
    lines = [title(message, language) for message in messages[:LISTED]]
    rest = len(messages) - LISTED
    return "\n".join([*lines, _AND_MORE[language].format(n=rest)] if rest > 0 else lines)


def _in(text: Text, language: str) -> str:
    return text.get(language) or text.get("en") or text.get("zh") or ""


def _undrilled(text: str) -> str:
    return text.replace("【演练 DRILL】", "").replace(DRILL_MARK, "").replace("DRILL", "")


def trial() -> tuple[Text, Text]:
    """Title and body of a test."""
    return (
        {"en": "Floorwatch test", "zh": "Floorwatch 测试"},
        {"en": "If you can read or hear this, this way works.", "zh": "如果您看到或听到这条消息，说明此通道正常。"},
    )
