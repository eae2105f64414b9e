"""The judge: figures of a day read from queue_log alone.

Written from the description of queue_log and nothing else, so that it can
convict the product: it imports none of it and shares no code with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import NamedTuple

IN_TIME_S = 15
# Left unanswered after joining, but neither by hanging up nor by timeout.
_EXITS = ("EXITWITHKEY", "EXITEMPTY", "WITHDRAW", "SYSCOMPAT")
# Ended after an answer, with the place of the talk time among the event's fields.
_TALKS = {"COMPLETEAGENT": 1, "COMPLETECALLER": 1, "BLINDTRANSFER": -2, "ATTENDEDTRANSFER": -2}
# Ended without an answer, with the place of the waiting time.
_WAITS = {"ABANDON": 2, "EXITWITHTIMEOUT": 2, "EXITEMPTY": 2, "WITHDRAW": 2, "EXITWITHKEY": 3}


class Entry(NamedTuple):
    """One line of queue_log."""

    time: int
    call: str
    queue: str
    agent: str
    event: str
    data: tuple[str, ...]


@dataclass(frozen=True)
class Visit:
    """One visit of one call to one queue, from ENTERQUEUE to the line that ended it."""

    queue: str
    call: str
    joined: int
    agent: str = ""
    wait: int | None = None
    talk: int | None = None
    ending: str = ""
    """The event that ended it; empty: the log has no such line."""
    ended: int | None = None


@dataclass
class Figures:
    """What happened to the calls of one queue, of one agent, or altogether."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    timed_out: int = 0
    exited: int = 0
    transferred: int = 0
    ring_no_answer: int = 0
    answered_in_time: int = 0
    wait_answered_s: int = 0
    wait_abandoned_s: int = 0
    talk_s: int = 0
    completed_by_agent: int = 0
    completed_by_caller: int = 0

    def take(self, entry: Entry, in_time_s: int) -> None:
        """Count one line."""
        event = entry.event
        self.offered += event == "ENTERQUEUE"
        self.timed_out += event == "EXITWITHTIMEOUT"
        self.exited += event in _EXITS
        self.ring_no_answer += event == "RINGNOANSWER"
        self.transferred += event in ("BLINDTRANSFER", "ATTENDEDTRANSFER")
        self.completed_by_agent += event == "COMPLETEAGENT"
        self.completed_by_caller += event == "COMPLETECALLER"
        self._take_times(entry, in_time_s)

    def _take_times(self, entry: Entry, in_time_s: int) -> None:
        if entry.event == "CONNECT":
            wait = int(entry.data[0])
            self.answered += 1
            self.answered_in_time += wait <= in_time_s
            self.wait_answered_s += wait
        elif entry.event == "ABANDON":
            self.abandoned += 1
            self.wait_abandoned_s += int(entry.data[2])
        elif entry.event in _TALKS:
            self.talk_s += int(entry.data[_TALKS[entry.event]])

    def as_dict(self) -> dict[str, int]:
        """Name to number, as /api/v1/today calls them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass
class Day:
    """All figures of one queue_log."""

    total: Figures
    queues: dict[str, Figures]
    agents: dict[str, Figures]
    said_twice: int = 0
    """Conversations that Asterisk ended twice, as COMPLETEAGENT and as a transfer: the first line counts."""


def entries(lines: Iterable[str]) -> Iterator[Entry]:
    """The lines of a queue_log; a half-written last line is left out."""
    for line in lines:
        time, call, queue, agent, event, *data = [*line.rstrip("\n").split("|"), *[""] * 5][
            : max(line.count("|") + 1, 5)
        ]
        if time.isdigit() and event:
            yield Entry(int(time), call, queue, agent, event, tuple(data))


def judge(lines: Iterable[str], in_time_s: int = IN_TIME_S) -> Day:
    """Read a whole queue_log."""
    queues: dict[str, Figures] = defaultdict(Figures)
    agents: dict[str, Figures] = defaultdict(Figures)
    total = Figures()
    talking: set[tuple[str, str, str]] = set()
    said_twice = 0
    for entry in entries(lines):
        conversation = (entry.queue, entry.call, entry.agent)
        if entry.event in _TALKS and conversation not in talking:
            said_twice += 1
            continue
        if entry.event in _TALKS:
            talking.discard(conversation)
        elif entry.event == "CONNECT":
            talking.add(conversation)
        for figures in _concerned(entry, total, queues, agents):
            figures.take(entry, in_time_s)
    return Day(total, dict(queues), dict(agents), said_twice)


def _concerned(
    entry: Entry, total: Figures, queues: dict[str, Figures], agents: dict[str, Figures]
) -> Iterator[Figures]:
    if entry.queue == "NONE":
        return
    yield total
    yield queues[entry.queue]
    if entry.agent != "NONE":
        yield agents[entry.agent]


def visits(lines: Iterable[str]) -> list[Visit]:
    """Every visit, in the order of joining."""
    found: list[Visit] = []
    lasting: dict[tuple[str, str], list[int]] = defaultdict(list)
    joined: set[tuple[str, str]] = set()
    for entry in entries(lines):
        places = lasting[entry.queue, entry.call]
        if entry.event in _WAITS and (entry.queue, entry.call) not in joined:
            places = _stood_in_for(entry, lasting, found)
        if entry.event == "ENTERQUEUE":
            joined.add((entry.queue, entry.call))
            places.append(len(found))
            found.append(Visit(entry.queue, entry.call, entry.time))
            continue
        place = _meant(entry, places, found)
        if place is not None:
            found[place] = _followed(found[place], entry)
            if found[place].ending:
                places.remove(place)
    return found


def _stood_in_for(entry: Entry, lasting: dict[tuple[str, str], list[int]], found: list[Visit]) -> list[int]:
    """Who is taken out of the line (application Bridge) leaves a channel of another name in his place, which the log
    then lets give up: it is whoever of the queue has waited just so long."""
    joined = entry.time - int(entry.data[_WAITS[entry.event]])
    waiting = [places for (queue, _), places in lasting.items() if queue == entry.queue and places]
    unanswered = [places for places in waiting if found[places[-1]].wait is None]
    return min(unanswered, key=lambda places: abs(found[places[-1]].joined - joined), default=[])


def _meant(entry: Entry, places: list[int], found: list[Visit]) -> int | None:
    """Of the call's visits to the queue that last, the one this line speaks of.

    Transferred by Ann to the queue where Ann took him, a caller may join again before the log says that Ann is done.
    """
    if entry.event in _TALKS:
        return next((place for place in places if found[place].agent == entry.agent), None)
    return places[-1] if places else None


def _followed(visit: Visit, entry: Entry) -> Visit:
    event, data = entry.event, entry.data
    if event not in ("CONNECT", *_TALKS, *_WAITS):
        return visit
    visit = replace(visit, agent=visit.agent if entry.agent == "NONE" else entry.agent)
    if event == "CONNECT":
        return replace(visit, wait=int(data[0]))
    if event in _TALKS:
        return replace(visit, talk=int(data[_TALKS[event]]), ending=event, ended=entry.time)
    return replace(visit, wait=int(data[_WAITS[event]]), ending=event, ended=entry.time)


def _lines(path: Path) -> list[str]:
    return path.read_text(errors="replace").splitlines()


def judge_file(path: Path, in_time_s: int = IN_TIME_S) -> Day:
    """Read a whole queue_log from its file."""
    return judge(_lines(path), in_time_s)


def visits_file(path: Path) -> list[Visit]:
    """Every visit of a queue_log file."""
    return visits(_lines(path))
