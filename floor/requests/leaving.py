"""Who is away, as far as leave is concerned: sees approved leave begin and end, counts those of a group who are away
(R-PRS-8), and tells the rules who may be (R-PRS-10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from floor.people.ports import People
from floor.ports import Outcome
from floor.requests import life
from floor.requests.book import Book
from floor.requests.model import Leave, Request, Stage
from floor.requests.ports import FloorView
from floor.sections.presence import PresenceSettings
from floor.state.model import Agent, AgentState, Key

TAKEN = (Stage.APPROVED, Stage.LEFT)


class Leaving:
    """Implements :class:`floor.requests.ports.Leaves`."""

    def __init__(
        self,
        book: Book,
        people: People,
        floor: Callable[[], FloorView],
        presence: PresenceSettings,
        *,
        needed: bool = False,
    ) -> None:
        self._book, self._people, self._floor, self._presence = book, people, floor, presence
        self._needed = needed

    @property
    def needed(self) -> bool:
        return self._needed

    def granted(self, agent: Key) -> bool:
        return self._granted(agent) is not None

    def due(self, agent: Key) -> float | None:
        leave = self._granted(agent)
        if leave is None:
            return None
        since = leave.left_at or leave.decided_at or leave.asked_at
        return since + 60.0 * leave.minutes

    def _granted(self, agent: Key) -> Leave | None:
        leave = self._book.living(Leave, agent)
        if leave is not None and leave.stage in TAKEN:
            return leave
        person = self._people.of_agent(*agent)
        if person is None:
            return None
        mine = (one for one in self._book.shown.values() if isinstance(one, Leave) and one.by.person == person.id)
        return next((one for one in mine if one.stage in TAKEN), None)  # asked for under another of his logins

    def moved(self, outcome: Outcome, now: float) -> list[Leave]:
        """Leave that began or ended by this outcome, not yet put; others of the group are told who is away now."""
        steps: list[Leave] = []
        for change in outcome.changes:
            agent = change.after if change.after is not None else change.before
            if not isinstance(agent, Agent):
                continue
            was = change.before if isinstance(change.before, Agent) else None
            if self.is_away(_after(change.after)) != self.is_away(was):
                self._tell_group(agent.key)
            leave = self._book.living(Leave, agent.key)
            if leave is not None:
                steps += self._step(leave, _after(change.after), now)
        return steps

    def _step(self, leave: Leave, agent: Agent | None, now: float) -> Iterable[Leave]:
        at_seat = agent is not None and bool(agent.members) and not self.is_away(agent)
        after = life.back(leave, now) if at_seat else life.left(leave, now)
        return [] if after is leave else [after]

    def is_away(self, agent: Agent | None) -> bool:
        """Paused for a reason that counts as away."""
        return agent is not None and agent.state is AgentState.PAUSED and self._presence.is_away(agent.reason)

    def away(self, request: Request) -> Sequence[str]:
        """Member names of the others of his group who are away now, by person once."""
        group = self._people.groups.get(request.by.group or "")
        if group is None:
            return ()
        floor, found = self._floor(), dict[object, str]()
        for pbx, name in group.agents:
            for place in floor.pbxs if pbx == "*" else (pbx,):
                if (place, name) != request.by.key and self._gone((place, name)):
                    person = self._people.of_agent(place, name)
                    if person is None or person.id != request.by.person:
                        found.setdefault(name if person is None else person.id, name)
        return tuple(found.values())

    def _gone(self, key: Key) -> bool:
        leave = self._book.living(Leave, key)
        return self.is_away(self._floor().agents.get(key)) or (leave is not None and leave.stage is Stage.LEFT)

    def _tell_group(self, agent: Key) -> None:
        group = self._people.group_of(*agent)
        if group is None:
            return
        for one in list(self._book.shown.values()):
            if isinstance(one, Leave) and one.stage is Stage.OPEN and one.by.group == group and one.by.key != agent:
                self._book.tell(one)


def _after(entity: object) -> Agent | None:
    return entity if isinstance(entity, Agent) else None
