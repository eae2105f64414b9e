"""Stories a supervisor could read: one line per event, and beside it what everybody is doing then.

::

    at  | what happens                    | Ann     | C1
    0   | Ann sits in sales               | ready   |
    1   | C1 joins sales                  |         | waiting
    1.2 | sales rings Ann for C1          | ringing |
    3   | Ann lifts                       | talking |

The first line names the columns; an agent's cell is his state (and ``since 3`` where it matters), a caller's cell his
stage or his ending; an empty cell is not looked at. ``C1@support`` is a visit to a certain queue.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from floor.state import facts as f
from floor.state.model import Agent, Caller, CompletedBy, Device, Ending, LinkState, Member
from tests.support.replay import PBX, Stage

BEGIN = 1_700_000_000.0
Told = Iterator[f.Fact]


class Story:
    """Tells lines to the floor and remembers who is where."""

    def __init__(self) -> None:
        self.stage = Stage(BEGIN)
        self.at = BEGIN
        self.members: dict[tuple[str, str], Member] = {}
        self.legs: dict[str, list[str]] = {}
        self.channels: dict[str, str] = {}
        self.rung: dict[str, tuple[str, str]] = {}
        self.count = 0

    def tell(self, table: str) -> Story:
        """Tell a whole table, comparing every cell."""
        lines = [line for line in table.strip().splitlines() if line.strip()]
        _, _, *columns = [cell.strip() for cell in lines[0].split("|")]
        for line in lines[1:]:
            at, event, *cells = [cell.strip() for cell in line.split("|")]
            self.happens(float(at), event)
            for column, cell in zip(columns, cells, strict=False):
                if cell:
                    shown = self.cell(column, with_since="since" in cell)
                    assert shown == cell, f"{line.strip()!r}: {column} is {shown}"
        assert self.stage.store.refused == 0
        return self

    def happens(self, at: float, event: str) -> None:
        """One event; ``;`` separates several of the same moment."""
        self.at = BEGIN + at
        self.stage.at(self.at)
        for one in filter(None, (part.strip() for part in event.split(";"))):
            for pattern, verb in VERBS:
                found = re.fullmatch(pattern, one)
                if found:
                    self.stage.tell(*verb(self, **found.groupdict()))
                    break
            else:
                raise LookupError(f"no such event: {one}")

    def cell(self, column: str, *, with_since: bool = False) -> str:
        """What the column's agent or caller is doing."""
        if re.fullmatch(r"C\d+(@.+)?", column):
            return self._caller(column)
        agent = self.agent(column)
        if agent is None:
            return "nowhere"
        return agent.state.value + (f" since {agent.since - BEGIN:g}" if with_since else "")

    def agent(self, name: str) -> Agent | None:
        return self.stage.store.snapshot().agents.get((PBX, name))

    def _caller(self, column: str) -> str:
        uniqueid, _, queue = column.partition("@")
        here = [c for c in self.stage.store.snapshot().callers.values() if _is(c, uniqueid, queue)]
        over = [c for c in self.stage.endings if _is(c, uniqueid, queue)]
        if here:
            return here[-1].stage.value
        return over[-1].ending.value if over and over[-1].ending else "nowhere"

    def ended(self, uniqueid: str) -> Caller:
        """The one visit of this caller that ended."""
        (visit,) = [visit for visit in self.stage.endings if visit.uniqueid == uniqueid]
        return visit

    # -- what the verbs need -------------------------------------------------------------------------------------

    def opened(self, name: str, channel: str, state: str) -> f.Fact:
        self.channels[name] = channel
        return f.ChannelOpened(PBX, self.at, name, channel, name, state)

    def new_leg(self, agent: str, device: str, state: str) -> f.Fact:
        self.count += 1
        leg = f"{agent}.{self.count}"
        self.legs.setdefault(agent, []).append(leg)
        return self.opened(leg, f"{device}-{self.count:08x}" + (";1" if device.startswith("Local/") else ""), state)

    def phone(self, agent: str) -> str:
        member = next(member for (name, _), member in self.members.items() if name == agent)
        return member.interface.removesuffix("/n")

    def changed(self, agent: str, queue: str | None, **fields: object) -> Told:
        for key, member in list(self.members.items()):
            if key[0] == agent and queue in (None, key[1]):
                self.members[key] = replace(member, **fields)  # type: ignore[arg-type]
                yield f.MemberSeen(PBX, self.at, self.members[key])


def _is(caller: Caller, uniqueid: str, queue: str) -> bool:
    return caller.uniqueid == uniqueid and queue in ("", caller.queue)


def sits(s: Story, agent: str, queue: str, phone: str | None, state: str | None, wrapup: str | None) -> Told:
    interface = phone or f"PJSIP/{agent}"
    member = Member(queue, agent, interface, state or interface, device=Device.IDLE, wrapup_s=int(wrapup or 0))
    s.members[agent, queue] = member
    yield f.MemberSeen(PBX, s.at, member)


def leaves(s: Story, who: str, queue: str) -> Told:
    if (who, queue) in s.members:
        yield f.MemberRemoved(PBX, s.at, queue, who, s.members.pop((who, queue)).interface)
    else:
        yield f.CallerLeft(PBX, s.at, queue, who)


def pauses(s: Story, agent: str, queue: str | None, reason: str | None) -> Told:
    return s.changed(agent, queue, paused=True, reason=reason)


def returns(s: Story, agent: str, queue: str | None) -> Told:
    return s.changed(agent, queue, paused=False, reason=None)


def device(s: Story, agent: str, device: str) -> Told:
    return s.changed(agent, None, device=Device(device))


def joins(s: Story, caller: str, queue: str) -> Told:
    if caller not in s.channels:
        yield s.opened(caller, f"PJSIP/trunk-{caller}", "dialling")
    yield f.CallerJoined(PBX, s.at, queue, caller)


def gives_up(s: Story, caller: str, queue: str, wait: str) -> Told:
    yield f.CallerGaveUp(PBX, s.at, queue, caller, int(wait))


def released(s: Story, caller: str, ending: str) -> Told:
    yield f.QueueReleased(PBX, s.at, caller, Ending(ending))


def enters(s: Story, caller: str, queue: str) -> Told:
    if caller not in s.channels:
        yield s.opened(caller, f"PJSIP/trunk-{caller}", "dialling")
    yield f.DialplanMoved(PBX, s.at, caller, "Queue", queue)


def moves_on(s: Story, caller: str) -> Told:
    yield f.DialplanMoved(PBX, s.at, caller, "Playback")


def rings(s: Story, queue: str, agent: str, caller: str) -> Told:
    yield s.new_leg(agent, s.phone(agent), "down")
    s.rung[agent] = (queue, caller)
    interface = s.members[agent, queue].interface
    yield f.OfferBegan(PBX, s.at, queue, agent, interface, caller, s.legs[agent][-1])
    yield f.DialBegan(PBX, s.at, caller, s.legs[agent][-1], s.channels[s.legs[agent][-1]])
    if not s.phone(agent).startswith("Local/"):
        yield f.ChannelChanged(PBX, s.at, s.legs[agent][-1], "ringing")


def rings_behind(s: Story, phone: str, agent: str) -> Told:
    """The ``;2`` end of his Local channel dials the phone."""
    local = s.legs[agent][-1]
    yield s.opened(f"{local};2", s.channels[local][:-1] + "2", "dialling")
    yield s.new_leg(agent, phone, "ringing")
    yield f.DialBegan(PBX, s.at, f"{local};2", s.legs[agent][-1], s.channels[s.legs[agent][-1]])


def lifts(s: Story, agent: str) -> Told:
    yield f.ChannelChanged(PBX, s.at, s.legs[agent][-1], "up")


def connects(s: Story, queue: str, agent: str, caller: str, wait: str | None) -> Told:
    interface = s.members[agent, queue].interface
    leg = s.legs[agent][0]
    yield f.OfferAnswered(PBX, s.at, queue, agent, interface, caller, leg, int(wait or 0), 1)


def lets_ring(s: Story, agent: str) -> Told:
    queue, caller = s.rung[agent]
    leg = s.legs[agent].pop()
    yield f.OfferUnanswered(PBX, s.at, queue, agent, s.members[agent, queue].interface, caller, leg, 5000)
    yield f.ChannelClosed(PBX, s.at, leg)


def holds(s: Story, agent: str) -> Told:
    yield f.HoldBegan(PBX, s.at, s.legs[agent][-1])


def resumes(s: Story, agent: str) -> Told:
    yield f.HoldEnded(PBX, s.at, s.legs[agent][-1])


def music_stops(s: Story, caller: str) -> Told:
    yield f.MusicStopped(PBX, s.at, caller)


def hangs_up(s: Story, who: str) -> Told:
    channel = s.legs[who].pop() if s.legs.get(who) else who
    s.channels.pop(channel, None)
    yield f.ChannelClosed(PBX, s.at, channel)


def dials(s: Story, agent: str, whom: str) -> Told:
    yield s.new_leg(agent, s.phone(agent), "dialling")
    mine = s.legs[agent][-1]
    there = next((one for (one, _) in s.members if one == whom), None)
    if there is not None:
        yield s.new_leg(whom, s.phone(whom), "ringing")
        yield f.DialBegan(PBX, s.at, mine, s.legs[whom][-1], s.channels[s.legs[whom][-1]])
    else:
        yield s.opened(f"out{s.count}", f"PJSIP/trunk-{s.count}", "down")
        yield f.DialBegan(PBX, s.at, mine, f"out{s.count}", s.channels[f"out{s.count}"])


def called_by(s: Story, agent: str, whom: str) -> Told:
    yield s.opened(whom, f"PJSIP/trunk-{whom}", "dialling")
    yield s.new_leg(agent, s.phone(agent), "ringing")
    yield f.DialBegan(PBX, s.at, whom, s.legs[agent][-1], s.channels[s.legs[agent][-1]])


def transfers(s: Story, agent: str, how: str) -> Told:
    second = s.legs[agent][-1] if how == "attended" else None
    yield f.CallTransferred(PBX, s.at, how, s.legs[agent][0], second, s.rung.get(agent, ("", None))[1])


def rings_at(s: Story, caller: str, phone: str) -> Told:
    """A transferred caller's channel dials somebody."""
    yield f.DialplanMoved(PBX, s.at, caller, "Dial")
    yield s.opened(phone, f"PJSIP/{phone}-00000001", "down")
    yield f.DialBegan(PBX, s.at, caller, phone, s.channels[phone])


def talks(s: Story, caller: str) -> Told:
    yield f.BridgeEntered(PBX, s.at, caller, "bridge")


def rejects(s: Story, agent: str) -> Told:
    yield f.HangupAsked(PBX, s.at, s.legs[agent][-1], 17)
    yield from lets_ring(s, agent)


def says(s: Story, agent: str, reason: str) -> Told:
    yield f.EndReasonGiven(PBX, s.at, reason, agent=agent)


def speaks(s: Story, caller: str) -> Told:
    yield f.TalkingBegan(PBX, s.at, caller)


def completes(s: Story, queue: str, agent: str, caller: str | None, wait: str | None, talk: str, by: str) -> Told:
    member = s.members.get((agent, queue))
    yield f.CallCompleted(
        PBX,
        s.at,
        queue,
        agent,
        member.interface if member else f"PJSIP/{agent}",
        caller,
        None,
        int(wait) if wait else None,
        int(talk),
        CompletedBy(by),
    )


def becomes_zombie(s: Story, caller: str) -> Told:
    yield f.ChannelRenamed(PBX, s.at, caller, s.channels[caller] + "<ZOMBIE>")


def link(s: Story, state: str) -> Told:
    yield f.LinkChanged(PBX, s.at, LinkState(state), "told")


def nothing(s: Story) -> Told:
    yield from ()


WHO = r"(?P<agent>[A-Z][a-z]+)"
CALLER = r"(?P<caller>[CLX]\d+)"
QUEUE = r"(?P<queue>[a-z]+\d?)"
VERBS: tuple[tuple[str, Callable[..., Told]], ...] = (
    (
        rf"{WHO} sits in {QUEUE}(?: at (?P<phone>\S+))?(?: shown by (?P<state>\S+))?(?: with wrap-up (?P<wrapup>\d+))?",
        sits,
    ),
    (rf"(?P<who>\w+) leaves {QUEUE}", leaves),
    (rf"{WHO} pauses(?: in {QUEUE})?(?: for (?P<reason>.+))?", pauses),
    (rf"{WHO} returns(?: in {QUEUE})?", returns),
    (rf"phone of {WHO} is (?P<device>\w+)", device),
    (rf"{CALLER} joins {QUEUE}", joins),
    (rf"{CALLER} enters {QUEUE}", enters),
    (rf"{CALLER} gives up {QUEUE} after (?P<wait>\d+)", gives_up),
    (rf"{CALLER} is released as (?P<ending>\w+)", released),
    (rf"{CALLER} moves on", moves_on),
    (rf"{CALLER} becomes a zombie", becomes_zombie),
    (rf"{QUEUE} rings {WHO} for {CALLER}", rings),
    (rf"(?P<phone>\S+) rings behind {WHO}", rings_behind),
    (rf"{WHO} lifts", lifts),
    (rf"{QUEUE} connects {WHO} to {CALLER}(?: after (?P<wait>\d+))?", connects),
    (rf"{WHO} lets it ring", lets_ring),
    (rf"{WHO} holds", holds),
    (rf"{WHO} resumes", resumes),
    (rf"music stops for {CALLER}", music_stops),
    (r"(?P<who>[A-Z]\w+) hangs up", hangs_up),
    (rf"{WHO} dials (?P<whom>\w+)", dials),
    (rf"{WHO} is called by (?P<whom>\w+)", called_by),
    (rf"{WHO} transfers (?P<how>blind|attended)", transfers),
    (rf"{CALLER} rings (?P<phone>X\d+)", rings_at),
    (rf"{CALLER} talks", talks),
    (rf"{CALLER} speaks", speaks),
    (rf"{WHO} rejects", rejects),
    (rf"{WHO} gives the reason (?P<reason>\w+)", says),
    (
        rf"{QUEUE} completes {WHO}(?: with {CALLER})?(?: wait (?P<wait>\d+))?: (?P<talk>\d+) s, by (?P<by>\w+)",
        completes,
    ),
    (r"link (?P<state>\w+)", link),
    ("time passes", nothing),
)


def told(table: str) -> Story:
    """A story from its table."""
    return Story().tell(table)
