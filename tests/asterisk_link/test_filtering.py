"""An exchange is asked for what is read, and for nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from asterisk.check import NEEDED
from asterisk.eventfilters import read_rule, sample
from asterisk.filtering import OF_THE_LINK, conf_lines, session_filter
from asterisk.translate import WANTED
from asterisk.wire import event_name
from floor.state.model import LinkState
from tests.asterisk_link.conftest import Ear, Start
from tests.asterisk_link.peer import Action, Peer, error, event, success

TAPES = sorted((Path(__file__).parent.parent / "tapes").glob("*/*.ami"))
LINE_LIMIT = 1000
"""Asterisk reads an action line into 1025 bytes."""


def wanted(text: str) -> bool:
    """Whether somebody reads this event, by the table itself."""
    texts = {**NEEDED, **OF_THE_LINK}.get(event_name(text.encode()).decode())
    return texts is not None and (not texts or any(one in text for one in texts))


def passes(lines: list[str], text: str) -> bool:
    """Whether Asterisk would send this event to an account with these lines."""
    rules = [read_rule(*(part.strip() for part in line.split("=", 1))) for line in lines]
    name = event_name(text.encode()).decode()
    assert all(rule is not None and not rule.excludes for rule in rules)
    return any(rule is not None and rule.match(name, text) for rule in rules)


def test_it_goes_into_one_line() -> None:
    """One action, so that no event is lost between two, and short enough to be read whole."""
    assert len(f"Filter: {session_filter(NEEDED)}") < LINE_LIMIT


@pytest.mark.parametrize("version", ["16.28.0", "22.10.1", None])
def test_every_event_on_tape(version: str | None) -> None:
    """What real exchanges said: what is read passes, in each form, and what nobody reads does not."""
    lines = conf_lines(NEEDED, version)
    told = {True: 0, False: 0}
    for tape in TAPES:
        for frame in tape.read_bytes().split(b"\r\n\r\n"):
            if frame.startswith(b"Event: ") and b"EventList: " not in frame:
                text = frame.decode("utf-8", "replace") + "\r\n"
                assert passes(lines, text) is wanted(text), text
                told[wanted(text)] += 1
    assert min(told.values()) > 1000


def test_names_that_begin_alike() -> None:
    """Hangup is wanted, HangupHandlerRun is not; a word in a caller's name opens no door."""
    lines = conf_lines(NEEDED, None)
    assert passes(lines, "Event: Hangup\r\nUniqueid: 1.1\r\n")
    assert not passes(lines, "Event: HangupHandlerRun\r\nUniqueid: 1.1\r\n")
    assert not passes(lines, "Event: Cdr\r\nCallerIDName: Event: Hangup\r\n")
    assert not passes(lines, "Event: VarSet\r\nVariable: RTPAUDIOQOS\r\nValue: x\r\n")


@pytest.mark.parametrize(
    ("version", "advanced"),
    [
        *(("16.28.0~dfsg-0+deb11u4", False), ("18.26.0", True), ("18.25.9", False), ("20.11.0", True)),
        *(("20.10.0", False), ("22.0.0", False), ("22.1.0", True), ("22.10.1", True), ("23.0.0", True), (None, False)),
    ],
)
def test_the_form_goes_by_the_version(version: str | None, advanced: bool) -> None:
    """Where names can be compared they are; everywhere else one expression says the same."""
    lines = conf_lines(NEEDED, version)
    assert all(("name(" in line) is advanced for line in lines)
    assert len(lines) == (1 if not advanced else sum(max(1, len(t)) for t in {**NEEDED, **OF_THE_LINK}.values()))


def test_what_is_special_in_a_text_is_not_so_in_the_filter() -> None:
    """A text is compared as it is."""
    told = session_filter({"VarSet": ("Variable: A(b).c",)})
    assert re.search(told, sample("VarSet").replace("QUEUESTATUS", "A(b).c"), re.DOTALL)
    assert not re.search(told, sample("VarSet").replace("QUEUESTATUS", "A(b)xc"), re.DOTALL)


def takes(_: Peer, action: Action) -> bytes:
    return success(action, "Message: Success")


def old(_: Peer, action: Action) -> bytes:
    return success(action, "AsteriskVersion: 16.28.0~dfsg-0+deb11u4")


async def test_names_are_compared_where_the_exchange_can(start: Start, ear: Ear) -> None:
    """A newer exchange gets what the lines for its manager.conf say, all before the picture is asked for."""
    async with Peer(Filter=takes, CoreSettings=lambda _, action: success(action, "AsteriskVersion: 22.10.1")) as peer:
        start(peer.port, wanted=WANTED, filters=True)
        await ear.pictures()
        asked = [action for action in peer.actions if action["Action"] == "Filter"]
        names = peer.names()
    said = [f"eventfilter({one['MatchCriteria']}) = {one.get('Filter', '')}".rstrip() for one in asked]
    assert said == conf_lines(WANTED, "22.10.1")
    assert max(place for place, name in enumerate(names) if name == "Filter") < names.index("QueueStatus")


async def test_asked_anew_in_every_session(start: Start, ear: Ear) -> None:
    """A filter goes with its session: after a reconnect it is asked for again, once."""
    async with Peer(Filter=takes, CoreSettings=old) as peer:
        start(peer.port, wanted=WANTED, filters=True)
        await ear.pictures()
        asked = await peer.told("Filter")
        assert (asked["Operation"], asked["Filter"]) == ("Add", session_filter(WANTED))
        peer.actions.clear()
        peer.hang_up()
        await peer.told("Filter")
        await ear.pictures(2)
        assert peer.names().count("Filter") == 1


async def test_an_exchange_that_will_not(start: Start, ear: Ear) -> None:
    """Refused, everything is sent as before, and the floor is shown as before."""

    def refuses(_: Peer, action: Action) -> bytes:
        return error(action, "Permission denied")

    async with Peer(Filter=refuses) as peer:
        link = start(peer.port, wanted=WANTED, filters=True)
        await peer.told("Filter")
        await ear.pictures()
        peer.say(event("Hold", Uniqueid="1.1") + event("Cdr", Uniqueid="1.1"))
        await ear.until(lambda: "Hold" in ear.events())
        assert link.state is LinkState.UP
        assert ear.events() == ["Hold"]


async def test_not_unless_it_is_set(start: Start, ear: Ear) -> None:
    """By default nothing about an exchange's session is changed."""
    async with Peer() as peer:
        start(peer.port, wanted=WANTED)
        await ear.pictures()
        assert "Filter" not in peer.names()
