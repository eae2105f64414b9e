"""Requests and notices as the wire has them."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from floor.requests.life import answered, decided, given, left
from floor.requests.model import About, Answer, Asker, EndReason, Help, Leave, Notice, Request, Someone, Way
from floor.requests.ports import Notices, Requests
from tests.house.checkout import Path, text
from tests.web.alarm_doubles import breach
from web import wire
from web.asked import view_notice_of, view_own_breach, view_own_notice, view_posted, view_request

BY = Asker("pbx1", "Ann", 1, "Ann Li", "1001", "early")
LEADER = Someone(4, "Wang Li")
HELP = Help("h", BY, About.ABUSIVE, Way.PHONE, 1000.0, text="x", queue="support", call="L1")
LEAVE = Leave("l", BY, "toilet", 5, Way.PAGE, 1000.0)
OWED = EndReason("r", BY, "support", "1.1", 1000.0, talk_s=9.0)
NOTICE = Notice("n", {"zh": "公告"}, "warn", 1000.0, 1060.0, LEADER, boards=("floor",))


class Known(Requests, Notices):
    """Bob is away too, a stage ends at 1600, two have read it."""

    def away(self, request: Request) -> list[str]:
        return ["Bob"]

    def until(self, request: Request) -> float | None:
        return 1600.0

    def reads(self, notice: str) -> int:
        return 2


def built(shown: object) -> dict[str, object]:
    """As a browser reads it."""
    found: dict[str, object] = msgspec.json.decode(msgspec.json.encode(shown))
    return found


def seen(request: Request) -> dict[str, object]:
    return built(view_request(request, Known()))  # type: ignore[abstract]


def test_help() -> None:
    """Who, what about, on which call; answered by whom and how."""
    common = {"kind": "help", "pbx": "pbx1", "agent": "pbx1/Ann", "label": "Ann Li", "number": "1001", "group": "early"}
    shown = seen(HELP)
    assert common.items() <= shown.items()
    assert (shown["about"], shown["way"], shown["text"], shown["call"], shown["until"]) == (
        "abusive",
        "phone",
        "x",
        "L1",
        1600,
    )
    assert "answered_by" not in shown
    done = seen(answered(HELP, Answer.ADVICE, "say yes", LEADER, 1010.0))
    assert (done["stage"], done["answered_by"], done["answer"], done["advice"]) == (
        "answered",
        "Wang Li",
        "advice",
        "say yes",
    )


def test_leave() -> None:
    """Why, how long, who else is away; decided by whom, back when."""
    shown = seen(left(decided(LEAVE, True, "go", LEADER, 1010.0), 1020.0))
    assert (shown["reason"], shown["minutes"], shown["away"], shown["word"]) == ("toilet", 5, ["Bob"], "go")
    assert (shown["decided_by"], shown["left_at"], shown["due_at"]) == ("Wang Li", 1020, 1320)


def test_reason() -> None:
    """Owed since he hung up; the caller's channel is nobody's business."""
    shown = seen(OWED)
    assert (shown["hung_up_at"], shown["talk_s"], "reason" in shown, "given_at" in shown) == (1000, 9, False, False)
    assert "1.1" not in str(shown)
    said = seen(given(OWED, "noise", Way.PAGE, 1030.0))
    assert (said["reason"], said["given_at"]) == ("noise", 1030)


def test_notices() -> None:
    """A board tells what, leaders also who, where and how many read it; one's own page whether one has."""
    assert set(built(view_posted(NOTICE))) == {"text", "level", "until"}
    leaders = built(view_notice_of(NOTICE, Known(), mine=True))  # type: ignore[abstract]
    assert (leaders["by"], leaders["boards"], leaders["reads"], leaders["mine"]) == ("Wang Li", ["floor"], 2, True)
    nowhere = built(view_notice_of(replace(NOTICE, boards=None), Known(), mine=False))  # type: ignore[abstract]
    assert "boards" not in nowhere
    assert built(view_own_notice(NOTICE, read=False))["read"] is False


def test_own_breach() -> None:
    """By the rule's name, with what was said to it."""
    shown = view_own_breach(breach("b", excused_by="floor", excuse="noise"), {"en": "x", "zh": "y"})
    assert (shown.rule, shown.name["zh"], shown.excuse, shown.disputed) == ("R-HLD-2", "y", "noise", False)


def test_fields_are_those_of_the_docs() -> None:
    """docs/api.md names every field of a REQUEST."""
    told = text(Path("docs/api.md"))
    section = told[told.index("**REQUEST**") : told.index("**NOTICE**")]
    assert [name for name in wire.Request.__struct_fields__ if name not in section] == []
