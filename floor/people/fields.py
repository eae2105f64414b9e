"""What each field of a person may hold: the same for the command line, the import and the pages."""

from __future__ import annotations

import re
import unicodedata

LOGIN = re.compile(r"[^\W_][\w.@-]{0,79}")
NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,31}")
MAIL = re.compile(r"[A-Za-z0-9][\w.+%-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,180}\.[A-Za-z]{2,24}", re.ASCII)
PHONE = re.compile(r"\+?[0-9*#][0-9*# ()/.-]{1,30}")
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
LANGUAGES = ("auto", "en", "zh")

FORMULA = "=+-@"
"""With one of these in front a spreadsheet computes, or does worse, where there should be text."""
MOST = 200
"""Characters of any text."""


def plain_login(login: str) -> str:
    """However it was typed: composed, in small letters, without blanks around. Long ones are cut: nobody has them."""
    return unicodedata.normalize("NFKC", login[:400]).strip().casefold()[:120]


def plain_text(text: str) -> str:
    """Composed, and without blanks around it or twice within."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def readable(text: str) -> bool:
    """Whether a person can see everything in it: no control characters, no changes of direction, no half ones."""
    return all(unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for one in text)


def harmless(text: str) -> bool:
    """Whether it is text to a spreadsheet too."""
    return not text.startswith(tuple(FORMULA))
