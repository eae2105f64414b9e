"""Scenarios: a simulated floor and what happens to it, in a small TOML file, enacted at once and told like a tape.

::

    agents = 20
    queues = 3
    seed = 7
    minutes = 15

    [[event]]
    at = "2 min"
    do = "trunk_lost"            # trunk_back, phones_lost, phones_back, surge, calm, link_lost
    with = { seconds = 120 }
"""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from alerts.amounts import amount
from asterisk.collect import PICTURE
from asterisk.retelling import Moment, retold
from asterisk.simulator.failures import CommandError, Failures
from asterisk.simulator.people import People
from asterisk.simulator.scenario import FloorSettings, build
from asterisk.simulator.session import Account, Session
from asterisk.simulator.world import World
from asterisk.tape import Piece
from floor.errors import ConfigInvalidError

BEGINS_AT = 1_767_600_000.0
"""Every scenario plays on the morning of 5 January 2026, 08:00 UTC, so that what it tells can be compared."""
WARM_UP_S = 600.0
"""How long the simulated floor has been at work before anybody listens."""
LINK_LOST = "link_lost"
VERBS = ("trunk_lost", "trunk_back", "phones_lost", "phones_back", "surge", "calm", LINK_LOST)
ACCOUNT = Account("floor", "floor")

Seconds = Annotated[float, BeforeValidator(amount)]


class Entry(BaseModel):
    """Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Happens(Entry):
    """[[event]]: when, what, and how."""

    at: Seconds
    do: str
    how: Annotated[dict[str, Any], Field(alias="with")] = Field(default_factory=dict)


class Scenario(Entry):
    """The whole file."""

    agents: Annotated[int, Field(ge=1, le=2000)] = 20
    queues: Annotated[int, Field(ge=1, le=50)] = 3
    seed: int = 1
    minutes: Annotated[float, Field(gt=0, le=600)] = 10
    event: tuple[Happens, ...] = ()


def read_scenario(path: Path) -> Scenario:
    """The scenario in a file.

    :raises ConfigInvalidError: with every mistake.
    """
    try:
        scenario = Scenario.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise ConfigInvalidError([f"{path}: the file cannot be read: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigInvalidError([f"{path}: the file is not valid TOML: {error}"]) from error
    except ValidationError as invalid:
        places = [(".".join(str(part) for part in error["loc"]), error["msg"]) for error in invalid.errors()]
        raise ConfigInvalidError([f"{path}: {place}: {said}" for place, said in places]) from invalid
    wrong = [f"{path}: event: {said}" for one in scenario.event for said in _wrong(one)]
    if wrong:
        raise ConfigInvalidError(wrong)
    return scenario


def _wrong(one: Happens) -> Iterator[str]:
    if one.do not in VERBS:
        yield f"'{one.do}' cannot be done; there are {', '.join(VERBS)}"
        return
    known = ("seconds",) if one.do == LINK_LOST else tuple(inspect.signature(getattr(Failures, one.do)).parameters)[1:]
    for key in one.how:
        if key not in known:
            yield f"{one.do} has no '{key}'; it has {', '.join(known) or 'none'}"


def enacted(scenario: Scenario) -> Iterator[Moment]:
    """What a link would have told."""
    return retold(BEGINS_AT, _Stage(scenario).pieces())


class _Stage:
    """The simulated exchange, and one session that listens to it."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        settings = FloorSettings(agents=scenario.agents, queue_count=scenario.queues)
        self.world = World(scenario.seed, BEGINS_AT - WARM_UP_S)
        self._exchange = build(self.world, settings)
        self._people = People(self._exchange, settings)
        self._failures = Failures(self._exchange, self._people)
        self._people.opens_at += WARM_UP_S
        self._people.arrive()
        self.world.schedule.run_until(BEGINS_AT)
        self._session: Session | None = None
        self._heard: list[str] = []
        self._deaf_until: float | None = None

    def pieces(self) -> Iterator[Piece]:
        """Everything said, in its time."""
        for one in self._scenario.event:
            self.world.schedule.at(BEGINS_AT + one.at, self._deed(one))
        end = BEGINS_AT + self._scenario.minutes * 60
        yield from self._listen()
        while (due := self.world.schedule.next_due()) is not None and due <= end:
            self.world.schedule.run_until(due)
            yield from self._link()
            if self._session is not None:
                yield from self._said(self._session)

    def _deed(self, one: Happens) -> Callable[[], None]:
        def do() -> None:
            if one.do == LINK_LOST:
                self._deaf_until = self.world.now + float(one.how.get("seconds", 60.0))
                self.world.schedule.at(self._deaf_until, lambda: None)
                return
            try:
                getattr(self._failures, one.do)(**one.how)
            except CommandError as refusal:
                raise ConfigInvalidError([f"event: {one.do}: {refusal}"]) from refusal

        return do

    def _link(self) -> Iterator[Piece]:
        """The link goes and comes back."""
        if self._deaf_until is None:
            return
        if self._session is not None:
            self.world.taps.remove(self._session.offer)
            self._session = None
            yield Piece(self._now(), "closed", b"")
        if self.world.now >= self._deaf_until:
            self._deaf_until = None
            yield from self._listen()

    def _listen(self) -> Iterator[Piece]:
        self._session = session = Session(self._exchange, {ACCOUNT.user: ACCOUNT})
        self.world.taps.append(session.offer)
        session.receive(_asked("Login", "0", f"Username: {ACCOUNT.user}", f"Secret: {ACCOUNT.secret}"))
        session.outbox.clear()
        yield Piece(self._now(), "opened", b"")
        for number, listing in enumerate(PICTURE, 1):
            session.receive(_asked(listing.action, str(number)))
        yield from self._said(session)

    def _said(self, session: Session) -> Iterator[Piece]:
        if session.outbox:
            text = "".join(session.outbox)
            session.outbox.clear()
            session.pending = 0
            yield Piece(self._now(), "heard", text.encode())

    def _now(self) -> float:
        return self.world.now - BEGINS_AT


def _asked(action: str, action_id: str, *lines: str) -> bytes:
    return "\r\n".join((f"Action: {action}", f"ActionID: {action_id}", *lines, "", "")).encode()
