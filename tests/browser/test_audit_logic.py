"""The audit's pure parts: entries put together to acts, and how an act ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]


def entry(number: int, thread: str, stage: str, **more: Any) -> dict[str, Any]:
    known = {
        "number": number, "thread": thread, "act": "hang_up", "stage": stage, "at": 100 + number, "pbx": "p",
        "agent": "", "queue": "", "call": "", "reason": "", "said": "", "more": {}, "by": {"name": "Lin", "person": 1},
    }  # fmt: skip
    return known | more


def test_one_line_per_act(run: Run) -> None:
    """The latest first; what one stage did not know another tells; every stage with its moment."""
    entries = [
        entry(1, "a", "asked", reason="abusive", agent="Ann"),
        entry(2, "b", "asked"),
        entry(3, "a", "answered", said="Channel Hungup", more={"ok": True}),
    ]
    later, first = run("work/acts", "m.acts(a)", entries)
    assert (later["thread"], first["thread"]) == ("b", "a")
    known = (first["agent"], first["reason"], first["said"], first["stage"])
    assert known == ("Ann", "abusive", "Channel Hungup", "answered")
    assert first["stages"] == [{"stage": "asked", "at": 101}, {"stage": "answered", "at": 103}]
    assert (first["acts"], first["more"]) == (["hang_up"], {"ok": True})


def test_what_did_not_go_as_asked(run: Run) -> None:
    """Refused by us or by the exchange is critical, a lost answer a warning, the rest nothing."""
    ends = [
        {"stage": "answered", "more": {"ok": True}},
        {"stage": "refused", "more": {}},
        {"stage": "answered", "more": {"ok": False}},
        {"stage": "answered", "more": {"ok": False, "lost": True}},
        {"stage": "began", "more": {}},
    ]
    assert run("work/acts", "a.map(m.verdict)", ends) == [None, "critical", "critical", "warn", None]


def test_query(run: Run) -> None:
    """Empty fields are left out, the rest is escaped."""
    assert (
        run("work/acts", "m.queryOf(a)", {"act": "", "since": None, "agent": "a&b", "limit": 5})
        == "agent=a%26b&limit=5"
    )
