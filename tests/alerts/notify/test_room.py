"""The room of telling, from a stored message to a told one."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import cast

from alerts.model import Alert, DeliveryState, Message
from alerts.notify.room import NotifyRoom
from floor.clock import SystemClock
from floor.people.model import Contact, Person, Role
from floor.people.ports import People
from floor.sections.notify import NotifySettings
from tests.alerts.notify.cast import Board, MemoryLedger, message


async def acknowledge(alert: str, actor: Person, reason: str) -> Alert:
    raise AssertionError("nobody pressed a key")


def room(ledger: MemoryLedger, **settings: object) -> NotifyRoom:
    made = NotifySettings.model_validate(settings)
    return NotifyRoom(made, ledger, cast(People, None), acknowledge, Board(), SystemClock())


async def test_a_desk_is_told() -> None:
    """Without any setting, browsers and the log are told."""
    ledger = MemoryLedger(message("1", "browser", "desk"), message("2", "log", "log"))
    ours, told = room(ledger), list[Message]()
    ours.browser.subscribe(lambda one: told.append(one) or True)
    tasks = [asyncio.ensure_future(work()) for _, work in ours.works()]
    await ledger.until(lambda: len(ledger.in_state(DeliveryState.SENT)) == 2)
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    ours.close()
    assert [one.id for one in told] == ["1"]


async def test_a_person_is_tried_by_all_he_can_be_reached_by() -> None:
    """Each with its verdict, past ledger and ration."""
    person = Person(7, "li", "Li", Role.LEADER, contacts=(Contact("log", "log"), Contact("mail", "li@example.com")))
    ledger = MemoryLedger()
    verdicts = await room(ledger).trial(person)
    assert [(one.recipient.kind, one.error) for one in verdicts] == [
        ("browser", "no desk page is open there"),
        ("log", None),
        ("mail", "this way is not set up"),
    ]
    assert not ledger.kept


def test_the_heartbeat_runs_where_it_is_set(tmp_path: Path) -> None:
    """One work more."""
    ledger = MemoryLedger()
    assert [name for name, _ in room(ledger).works()] == ["courier"]
    names = [name for name, _ in room(ledger, heartbeat_file=tmp_path / "url").works()]
    assert names == ["courier", "heartbeat"]
