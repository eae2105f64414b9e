"""The cast: what a scenario needs on the exchange, and the table of all scenarios.

A scenario is an async function decorated with `scenario`, which says what it
needs. Numbers and names are derived from its place in the table, so any number
of scenarios can be played on the same exchange at once without meeting.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.asterisk.plan import Plan, QueueSpec, Seat

if TYPE_CHECKING:
    from tests.asterisk.stage import Stage

NAMES = ("Ann", "Bob", "Cho", "Dee", "Eva", "Flo")
VERSIONS = ("22", "16")


@dataclass(frozen=True)
class Needs:
    """What a scenario wants to find on the exchange.

    `agents` seats are members of the main queue, `others` have a phone and sit in
    the second queue if there is one, `callers` are phones of the outside world.
    In `entry` and `exits`, {queue}, {second}, {number} and {second_number} are filled in.
    """

    agents: int = 1
    others: int = 0
    callers: int = 1
    queue: Mapping[str, str] = field(default_factory=dict)
    second: Mapping[str, str] | None = None
    entry: tuple[str, ...] = ()
    exits: tuple[str, ...] = ()
    penalties: tuple[int, ...] = ()
    seat: str = "PJSIP/{number}"
    state: str = ""
    hint: str = ""
    second_has_agents: bool = False
    no_members: bool = False
    single_line: bool = False
    trunk: str = ""
    alone: bool = False
    versions: tuple[str, ...] = VERSIONS


Play = Callable[["Stage"], Awaitable[None]]


@dataclass(frozen=True)
class Scenario:
    """One named way things can go on a floor."""

    name: str
    index: int
    needs: Needs
    play: Play

    @property
    def story(self) -> str:
        """What a supervisor would say happened."""
        return (self.play.__doc__ or "").strip()

    @property
    def second(self) -> str:
        """The name of the second queue."""
        return f"{self.name}-2"

    @property
    def trunk(self) -> str:
        """The name of the trunk."""
        return f"trunk-{self.index:02}"

    def technology(self, number: str) -> str:
        """The channel driver behind a phone."""
        return "SIP" if self.needs.seat.startswith("SIP/") and number in self.agents else "PJSIP"

    def number(self, kind: int, place: int) -> str:
        """A number of this scenario: kind 1 seats, 7 queues, 9 callers."""
        return f"{kind}{self.index:02}{place}"

    @property
    def agents(self) -> tuple[str, ...]:
        """Seat numbers of the main queue's members."""
        return tuple(self.number(1, place) for place in range(1, self.needs.agents + 1))

    @property
    def others(self) -> tuple[str, ...]:
        """Seat numbers outside the main queue."""
        return tuple(self.number(1, place) for place in range(7, self.needs.others + 7))

    @property
    def callers(self) -> tuple[str, ...]:
        """Numbers of the callers' phones."""
        return tuple(self.number(9, place) for place in range(1, self.needs.callers + 1))

    def agent_name(self, place: int) -> str:
        """Member name of the n-th agent, counted from 0; the others follow the agents."""
        numbers = self.agents + self.others
        return f"{NAMES[place]} {numbers[place]}"

    def seat(self, place: int) -> Seat:
        """The n-th agent as a queue member."""
        number = (self.agents + self.others)[place]
        penalty = self.needs.penalties[place] if place < len(self.needs.penalties) else 0
        return Seat(
            self.needs.seat.format(number=number),
            self.agent_name(place),
            penalty,
            self.needs.state.format(number=number),
        )

    def plan(self) -> Plan:
        """Everything the scenario needs, as configuration."""
        needs = self.needs
        options = {name: self._fill((value,))[0] for name, value in needs.queue.items()}
        main = QueueSpec(
            self.name, self.number(7, 1), self._members(), options, self._fill(needs.entry), self._fill(needs.exits)
        )
        queues = (main, self._second_queue()) if needs.second is not None else (main,)
        return Plan(
            queues,
            tuple(number for number in self.phones() if self.technology(number) == "PJSIP"),
            hints={n: needs.hint.format(number=n) for n in self.agents} if needs.hint else {},
            trunks={self.trunk: needs.trunk} if needs.trunk else {},
            sip_peers=self.agents if needs.seat.startswith("SIP/") else (),
            single_lines=self.agents if needs.single_line else (),
        )

    def _members(self) -> tuple[Seat, ...]:
        return () if self.needs.no_members else tuple(self.seat(place) for place in range(self.needs.agents))

    def _second_queue(self) -> QueueSpec:
        first = 0 if self.needs.second_has_agents else self.needs.agents
        seats = tuple(self.seat(place) for place in range(first, self.needs.agents + self.needs.others))
        return QueueSpec(self.second, self.number(7, 2), seats, self.needs.second or {})

    def phones(self) -> tuple[str, ...]:
        """Every number that gets a SIP phone; a seat that ends in a Local channel needs none."""
        has_phone = self.needs.seat.startswith(("PJSIP", "SIP")) or self.needs.state.startswith("PJSIP")
        return (self.agents if has_phone else ()) + self.others + self.callers

    def _fill(self, lines: tuple[str, ...]) -> tuple[str, ...]:
        words = {"{queue}": self.name, "{second}": self.second}
        words |= {"{number}": self.number(7, 1), "{second_number}": self.number(7, 2)}
        return tuple(_replace(line, words) for line in lines)


def _replace(line: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        line = line.replace(word, value)
    return line


TABLE: dict[str, Scenario] = {}


def scenario(needs: Needs = Needs()) -> Callable[[Play], Play]:
    """Put an async function into the table under its own name."""

    def enter(play: Play) -> Play:
        name = play.__name__.replace("_", "-")
        TABLE[name] = Scenario(name, len(TABLE) + 1, needs, play)
        return play

    return enter
