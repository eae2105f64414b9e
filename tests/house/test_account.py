"""The shipped AMI account on a real exchange: it sees every event and list that is used, and little else."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from asterisk.collect import PICTURE
from asterisk.eventfilters import EXTRA_OF
from asterisk.translate import TRANSLATORS
from tests.asterisk.ami import Ami, Message, RefusedError
from tests.asterisk.cast import VERSIONS
from tests.asterisk.exchange import Exchange, missing
from tests.asterisk.scenarios import SCENARIOS, plan_of, play
from tests.house.checkout import text

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]

PLAYED = (
    "member-comes-and-goes",
    "hold-once",
    "ring-no-answer-then-other",
    "blind-transfer-to-phone",
    "attended-transfer-to-phone",
    "queue-timeout",
    "exit-by-key",
    "withdrawn",
    "trunk-lost",
)
"""Together they bring about every event that is used, but those of a shut-down, a masquerade and older versions."""
RARE = {"QueueMemberPaused", "QueueMemberRinginuse", "Rename", "Shutdown", "UserEvent"} | {
    *("SpanAlarm", "SpanAlarmClear", "Alarm", "AlarmClear", "LoadAverageLimit", "MemoryLimit", "SessionLimit"),
    *("ChanSpyStart", "ChanSpyStop", "OriginateResponse"),
    *("ChannelTalkingStart", "ChannelTalkingStop", "RTCPReceived", "RTCPSent"),
}

FORBIDDEN = {
    "Originate": {"Channel": "Local/1@nowhere", "Application": "Wait"},
    "Command": {"Command": "core show version"},
    "QueuePause": {"Interface": "PJSIP/1", "Paused": "true"},
    "QueueAdd": {"Queue": "none", "Interface": "PJSIP/1"},
    "Setvar": {"Variable": "a", "Value": "b"},
    "UpdateConfig": {"SrcFilename": "manager.conf", "DstFilename": "manager.conf"},
    "UserEvent": {"UserEvent": "x"},
}

COMMANDED = {
    **{name: headers for name, headers in FORBIDDEN.items() if name in ("Originate", "QueuePause", "QueueAdd")},
    "QueueRemove": {"Queue": "none", "Interface": "PJSIP/1"},
    "QueuePenalty": {"Interface": "PJSIP/1", "Penalty": "1"},
    "Hangup": {"Channel": "PJSIP/none"},
    "Redirect": {"Channel": "PJSIP/none", "Context": "internal", "Exten": "1", "Priority": "1"},
    "Bridge": {"Channel1": "PJSIP/none", "Channel2": "PJSIP/none"},
}
"""What supervisors do from the console."""
NEVER = {name: FORBIDDEN[name] for name in ("Command", "UpdateConfig", "UserEvent")}


class Sight:
    """What a full-rights user and our account saw of the same scenes."""

    def __init__(self, full: Ami, floor: Ami, refused: dict[str, str], allowed: list[str]) -> None:
        self.full = _used(full.messages)
        self.floor = _used(floor.messages)
        self.rest = Counter(m["Event"] for m in floor.messages if m["Event"] and m["ActionID"] == "" and not _use(m))
        self.refused = refused
        self.allowed = allowed


def _use(message: Message) -> bool:
    name = message["Event"]
    if name in EXTRA_OF and EXTRA_OF[name] == "reporting":
        return False  # switched on by those who want it
    return name in TRANSLATORS and (name != "VarSet" or message["Variable"] == "QUEUESTATUS")


def _used(messages: Iterable[Message]) -> Counter[tuple[tuple[str, str], ...]]:
    return Counter(tuple(sorted(m.headers.items())) for m in messages if _use(m))


def _configure(exchange: Exchange, *names: str) -> None:
    """The test harness's own account is replaced by the shipped files, included as their comments say."""
    exchange.configure()
    manager = exchange.folder / "etc" / "manager.conf"
    conf = re.sub(r"timestampevents = .*\n", "", manager.read_text())
    conf = re.sub(r"\[floor\][^\[]*", "", conf)
    names = ("floorwatch-manager.conf", *names)
    manager.write_text(conf + "".join(f'\n#include "{name}"' for name in names) + "\n")
    for name in names:
        shipped = text(Path("config") / name).replace("CHANGE-ME", "floor-secret")
        (exchange.folder / "etc" / name).write_text(shipped)


async def _play_all(exchange: Exchange) -> None:
    turns = asyncio.Semaphore(4)

    async def turn(name: str) -> None:
        async with turns:
            await play(SCENARIOS[name], exchange)

    await asyncio.gather(*map(turn, PLAYED))


async def _ask_all(floor: Ami) -> dict[str, str]:
    refused = {}
    for listing in PICTURE:
        try:
            await floor.action(listing.action)
        except RefusedError as said:
            refused[listing.action] = str(said)
    return refused


async def _allowed(floor: Ami, actions: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Those that are not denied; an error of another kind is none of the account's."""
    allowed = []
    for action, headers in actions.items():
        try:
            await floor.action(action, **headers)
            allowed.append(action)
        except RefusedError as said:
            allowed += [] if "ermission denied" in str(said) else [action]
    return allowed


async def _watched(version: str) -> Sight:
    exchange = Exchange(version, plan_of([SCENARIOS[name] for name in PLAYED]))
    _configure(exchange)
    try:
        await exchange.boot()
        full, floor = await Ami.connect(exchange), await Ami.connect(exchange, "floor")
        await _play_all(exchange)
        refused, allowed = await _ask_all(floor), await _allowed(floor, FORBIDDEN)
        # Events are written between actions, so an answered Ping has everything before it delivered.
        await full.action("Ping")
        await floor.action("Ping")
        sight = Sight(full, floor, refused, allowed)
        await full.close()
        await floor.close()
        return sight
    finally:
        await exchange.stop()


@pytest.fixture(scope="module", params=VERSIONS)
def sight(request: pytest.FixtureRequest) -> Sight:
    if why := missing(request.param):
        pytest.skip(why)
    return asyncio.run(_watched(request.param))


def test_hides_no_event(sight: Sight) -> None:
    """Every event that is translated arrives exactly as a full-rights user sees it."""
    hidden = [dict(event)["Event"] for event in (sight.full - sight.floor)]
    assert not hidden
    assert not sight.floor - sight.full


def test_scenes_bring_every_event(sight: Sight) -> None:
    """The proof covers all events but the rare ones."""
    seen = {dict(event)["Event"] for event in sight.full}
    assert seen >= TRANSLATORS.keys() - RARE


def test_events_are_stamped(sight: Sight) -> None:
    """The file switches the exchange's own timestamps on."""
    assert all("Timestamp" in dict(event) for event in sight.floor)


def test_sees_little_else(sight: Sight) -> None:
    """Nothing is sent that is not read."""
    assert sight.rest.keys() <= {"FullyBooted"}


def test_may_ask_for_every_list(sight: Sight) -> None:
    """No list of the full picture is denied; one of a module that is not loaded is merely unknown."""
    assert not [said for said in sight.refused.values() if "nvalid/unknown command" not in said and "No " not in said]


def test_may_do_nothing_to_calls_or_members(sight: Sight) -> None:
    """What needs more than asking is denied."""
    assert sight.allowed == []


async def _console(version: str) -> tuple[list[str], list[str]]:
    """What the account of both files may do, of what is commanded and of what never is."""
    exchange = Exchange(version, plan_of([SCENARIOS["hold-once"]]))
    _configure(exchange, "floorwatch-manager-console.conf")
    try:
        await exchange.boot()
        floor = await Ami.connect(exchange, "floor")
        found = await _allowed(floor, COMMANDED), await _allowed(floor, NEVER)
        await floor.close()
        return found
    finally:
        await exchange.stop()


@pytest.mark.parametrize("version", VERSIONS)
def test_the_console_may_do_what_it_does(version: str) -> None:
    """With the addition every command is taken, and what no supervisor does is still denied."""
    if why := missing(version):
        pytest.skip(why)
    done, never = asyncio.run(_console(version))
    assert done == list(COMMANDED)
    assert never == []
