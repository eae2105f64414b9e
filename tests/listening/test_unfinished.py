"""Listenings an earlier run left open are closed: over, since nobody knows when."""

from __future__ import annotations

from typing import Any

import pytest

from floor.audit.model import Doer, Entry, Stage
from floor.listening.unfinished import close_unfinished
from tests.listening.stage import NOON, AuditDouble

LEADER = Doer("Li Wei", 2, "leader", "10.0.0.1")


def entry(thread: str, stage: Stage, at: float = NOON - 60, **more: Any) -> Entry:
    return Entry(thread, "listen", stage, at, LEADER, "north", "Ann", call="1.1", reason="qa", **more)


LIVES: dict[str, tuple[tuple[Stage, ...], bool]] = {
    # what is on record -> whether it is to be closed
    "asked for, and no word since": ((Stage.ASKED,), True),
    "begun": ((Stage.ASKED, Stage.BEGAN), True),
    "begun, and the mode changed": ((Stage.ASKED, Stage.BEGAN, Stage.CHANGED), True),
    "following, in its second call": ((Stage.ASKED, Stage.BEGAN, Stage.ENDED, Stage.ASKED, Stage.BEGAN), True),
    "begun on a phone": ((Stage.BEGAN,), True),
    "over": ((Stage.ASKED, Stage.BEGAN, Stage.ENDED), False),
    "refused": ((Stage.REFUSED,), False),
    "the exchange would not": ((Stage.ASKED, Stage.ANSWERED), False),
}


async def closed(audit: AuditDouble, **more: Any) -> int:
    asked: dict[str, Any] = {"but": (), "pbxs": ("north",), "at": NOON} | more
    return await close_unfinished(audit, NOON - 1, **asked)


@pytest.mark.parametrize("what", LIVES)
async def test_what_is_closed(what: str) -> None:
    """Each thread once, and never again."""
    stages, wanted = LIVES[what]
    audit = AuditDouble()
    await audit.write(*(entry("a", stage) for stage in stages))
    assert await closed(audit) == int(wanted)
    assert await closed(audit) == 0


async def test_what_is_said() -> None:
    """By the product, of the same call and agent; nobody is said to have ended it at a moment."""
    audit = AuditDouble()
    await audit.write(entry("a", Stage.BEGAN, more={"mode": "barge", "channel": "1.2", "note": "x"}))
    await closed(audit)
    last = audit.last
    assert (last.thread, last.stage, last.by, last.at) == ("a", "ended", Doer("Floorwatch"), NOON)
    assert (last.pbx, last.agent, last.call, last.reason) == ("north", "Ann", "1.1", "qa")
    assert last.more == {"mode": "barge", "channel": "1.2", "ended": "unknown"}
    assert "not known" in last.said


async def test_whose_business_it_is() -> None:
    """What goes on, what began since we started, and other exchanges' are left alone."""
    audit = AuditDouble()
    await audit.write(entry("goes-on", Stage.BEGAN), entry("new", Stage.BEGAN, NOON))
    await audit.write(Entry("far", "listen", Stage.BEGAN, NOON - 60, LEADER, "south"))
    assert await closed(audit, but=("goes-on",)) == 0


async def test_many() -> None:
    """However many portions it takes to read them."""
    audit = AuditDouble()
    await audit.write(*(entry(str(n), Stage.BEGAN) for n in range(1200)))
    assert await closed(audit) == 1200
