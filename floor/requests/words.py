"""Text of people and telephones, made harmless before it is kept: one line, of bounded length, without signs that steer
a screen (control characters, direction marks)."""

from __future__ import annotations

import unicodedata

TEXT_LIMIT = 500


def tamed(text: str, limit: int = TEXT_LIMIT) -> str:
    """The same words without what is invisible; longer ones are cut."""
    seen = "".join(one if one.isprintable() else " " for one in text[: 4 * limit])
    kept = "".join(one for one in unicodedata.normalize("NFC", seen) if unicodedata.category(one) not in ("Cf", "Cc"))
    return " ".join(kept.split())[:limit]
