"""What boards say beyond the floor."""

from __future__ import annotations

from alerts.announcements import Announcements
from alerts.plan_model import Notice

NOTICE = Notice({"en": "x", "zh": "甲"}, "warn")


def test_listeners_hear_changes_once() -> None:
    """Posting, taking down and marking are told; what changes nothing is not; a listener that fails stops nobody."""
    board = Announcements()
    heard: list[str | None] = []

    def broken() -> None:
        raise RuntimeError("no")

    board.subscribe(broken)
    stop = board.subscribe(lambda: heard.append(board.drill))
    board.post("a", NOTICE)
    board.mark_drill("D-1")
    board.mark_drill("D-1")
    board.take_down("b")
    board.take_down("a")
    board.mark_drill(None)
    stop()
    board.post("a", NOTICE)
    assert heard == [None, "D-1", "D-1", None]
    assert dict(board.notices) == {"a": NOTICE}
