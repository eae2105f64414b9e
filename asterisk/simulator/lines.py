"""The queues: who waits in which line, which member is free, and what Asterisk says and writes about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asterisk.simulator import wire
from asterisk.simulator.parts import Agent, Device, Member, Queue, Waiter
from asterisk.simulator.switch import Switch
from asterisk.simulator.world import World

if TYPE_CHECKING:
    from asterisk.simulator.exchange import Call

TURN = "your turn may have come"
"""News to a waiting caller's life: look again whether somebody is free."""


class Lines:
    """Verbs on queues and members of one world."""

    def __init__(self, world: World, switch: Switch) -> None:
        self.world = world
        self.switch = switch

    # Callers

    def refusal(self, queue: Queue) -> str | None:
        """Why a caller may not join (QUEUESTATUS), or None."""
        if queue.options.max_callers and len(queue.line) >= queue.options.max_callers:
            return "FULL"
        if not queue.options.join_empty and self.is_empty(queue):
            return "JOINEMPTY"
        return None

    def is_empty(self, queue: Queue) -> bool:
        """Nobody could take a call even if he were not busy: all paused or unreachable."""
        return not any(not seat.paused and seat.agent.phone.reachable for seat in queue.members.values())

    def join(self, queue: Queue, call: Call, priority: int = 0) -> Waiter:
        """QueueCallerJoin and ENTERQUEUE; higher priorities stand before lower ones."""
        leg = call.caller
        waiter = call.waiter = Waiter(leg, queue, call.life, self.world.now, priority=priority)
        place = next((i for i, other in enumerate(queue.line) if other.priority < priority), len(queue.line))
        queue.line.insert(place, waiter)
        self._renumber(queue)
        waiter.first_position = waiter.position
        if len(queue.line) == 1:
            self.switch.device_changed(f"Queue:{queue.name}", "RINGING")
        self._say("QueueCallerJoin", waiter, Position=waiter.position, Count=len(queue.line))
        self.world.note(leg.uniqueid, queue.name, "NONE", "ENTERQUEUE", "", leg.number, waiter.position)
        return waiter

    def leave(self, waiter: Waiter) -> None:
        """QueueCallerLeave, and the place he had."""
        queue = waiter.queue
        queue.line.remove(waiter)
        if not queue.line:
            self.switch.device_changed(f"Queue:{queue.name}", "NOT_INUSE")
        self._say("QueueCallerLeave", waiter, Position=waiter.position, Count=len(queue.line))
        self.switch.set(waiter.channel, "QUEUEPOSITION", waiter.position)
        self._renumber(queue)
        self.stir(queue)

    def vanish(self, waiter: Waiter) -> None:
        """His place is taken by a channel of which no event tells, and which gives up at once."""
        queue = waiter.queue
        queue.line.remove(waiter)
        queue.abandoned += 1
        if not queue.line:
            self.switch.device_changed(f"Queue:{queue.name}", "NOT_INUSE")
        self._renumber(queue)
        self.stir(queue)

    def abandon(self, waiter: Waiter) -> None:
        """QueueCallerAbandon: said of everyone whom no agent gets, also of those the queue sent on."""
        self.switch.set(waiter.channel, "ABANDONED", "TRUE")
        waiter.queue.abandoned += 1
        if self.waited(waiter) <= waiter.queue.options.service_level_s:
            waiter.queue.abandoned_in_time += 1
        self._say(
            "QueueCallerAbandon",
            waiter,
            Position=waiter.position,
            OriginalPosition=waiter.first_position,
            HoldTime=self.waited(waiter),
        )

    def measure_wait(self, waiter: Waiter) -> None:
        """VarSet of the wait."""
        waited = self.waited(waiter)
        self.switch.set(waiter.channel, "QUEUEWAIT", waited)
        self.switch.set(waiter.channel, "QUEUEWAIT_MS", waited * 1000)

    def waited(self, waiter: Waiter) -> int:
        """Whole seconds as Asterisk counts them: difference of two clock readings without fractions."""
        return int(self.world.now) - int(waiter.joined_at)

    def _renumber(self, queue: Queue) -> None:
        for place, waiter in enumerate(queue.line, 1):
            waiter.position = place

    def _say(self, name: str, waiter: Waiter, **figures: int) -> None:
        pairs: wire.Pairs = {"Queue": waiter.queue.name, **figures}
        self.world.emit(name, wire.channel(waiter.channel), wire.lines(pairs))

    # Choosing

    def is_free(self, seat: Member) -> bool:
        """Whether this member may be rung now."""
        agent = seat.agent
        return (
            not seat.paused
            and agent.phone.reachable
            and agent.free_at <= self.world.now
            and not agent.busy
            and agent.phone.said is Device.NOT_INUSE
        )

    def choose(self, queue: Queue) -> list[Member]:  # noqa: PLR0911 - a table of strategies
        """Whom to ring for the next caller, by the queue's strategy; everybody free with ringall."""
        free = [seat for seat in queue.members.values() if self.is_free(seat)]
        if not free:
            return []
        best = min(seat.penalty for seat in free)
        free = [seat for seat in free if seat.penalty == best]
        strategy = queue.options.strategy
        if strategy == "ringall":
            return free
        if strategy == "rrmemory":
            return [self._next_round(queue, free)]
        if strategy == "fewestcalls":
            return [min(free, key=lambda seat: seat.calls_taken)]
        if strategy == "random":
            return [self.world.random.choice(free)]
        if strategy == "linear":
            return [free[0]]
        return [min(free, key=lambda seat: seat.last_call)]

    def _next_round(self, queue: Queue, free: list[Member]) -> Member:
        order = {name: place for place, name in enumerate(queue.members)}
        after = [seat for seat in free if order[seat.agent.name] >= queue.turn]
        chosen = (after or free)[0]
        queue.turn = order[chosen.agent.name] + 1
        return chosen

    def stir(self, queue: Queue) -> None:
        """Somebody may have become free: let as many callers look, from the front, as could be served."""
        if not queue.line:
            return
        free = sum(self.is_free(seat) for seat in queue.members.values())
        empty = queue.options.leave_empty and self.is_empty(queue)
        for waiter in list(queue.line):
            if not waiter.ringing and (free > 0 or empty):
                waiter.life.wake(TURN)
                free -= 1

    def stir_for(self, agent: Agent) -> None:
        """The same in every queue of an agent, the weightier first."""
        for seat in sorted(agent.members.values(), key=lambda seat: -seat.queue.options.weight):
            self.announce_available(seat.queue)
            self.stir(seat.queue)

    def announce_available(self, queue: Queue) -> None:
        """DeviceStateChange of ``Queue:NAME_avail``: in use when no member can be rung."""
        idle = Device.NOT_INUSE
        available = any(not seat.paused and seat.agent.phone.said is idle for seat in queue.members.values())
        if available is not queue.said_available:
            queue.said_available = available
            self.switch.device_changed(f"Queue:{queue.name}_avail", "NOT_INUSE" if available else "INUSE")

    # Members

    def status(self, seat: Member) -> int:
        return seat.agent.phone.said.value

    def say_member(self, name: str, seat: Member) -> None:
        """A QueueMember… event."""
        self.world.emit(name, wire.member(seat, self.status(seat)))

    def pause(self, agent: Agent, reason: str = "", *, queue: str | None = None, paused: bool = True) -> bool:
        """QueueMemberPause in every queue of the agent, or in one. False when he is in none of them."""
        seats = [seat for seat in agent.members.values() if queue in (None, seat.queue.name)]
        if not seats:
            return False
        word = "PAUSE" if paused else "UNPAUSE"
        if queue is None:
            self.world.note("NONE", "NONE", agent.name, f"{word}ALL", reason)
        for seat in seats:
            self._pause_one(seat, reason, paused=paused)
        self.stir_for(agent)
        return True

    def _pause_one(self, seat: Member, reason: str, *, paused: bool) -> None:
        changed = seat.paused is not paused
        seat.paused, seat.reason = paused, reason if paused else ""
        if paused:
            seat.last_pause = self.world.now
        self.world.note("NONE", seat.queue.name, seat.agent.name, "PAUSE" if paused else "UNPAUSE", reason)
        if changed:
            self._say_pause_device(seat)
            self.announce_available(seat.queue)
        self.say_member("QueueMemberPause", seat)

    def _say_pause_device(self, seat: Member) -> None:
        name = f"Queue:{seat.queue.name}_pause_{seat.agent.interface}"
        self.switch.device_changed(name, "INUSE" if seat.paused else "NOT_INUSE")

    def add_member(
        self,
        queue: Queue,
        agent: Agent,
        *,
        penalty: int = 0,
        paused: bool = False,
        reason: str = "",
        by: str = "MANAGER",
    ) -> Member:
        """QueueMemberAdded of a dynamic member."""
        seat = Member(queue, agent, dynamic=True, penalty=penalty, paused=paused, reason=reason)
        seat.logged_in_at = self.world.now
        seat.wrapup_s = queue.options.wrapup_s
        if paused:
            seat.last_pause = self.world.now
        queue.members[agent.name] = agent.members[queue.name] = seat
        self.world.note(by, queue.name, agent.name, "ADDMEMBER", "PAUSED" if paused else "")
        self._say_pause_device(seat)
        self.announce_available(queue)
        self.say_member("QueueMemberAdded", seat)
        self.stir(queue)
        return seat

    def remove_member(self, seat: Member, *, by: str = "MANAGER") -> None:
        """QueueMemberRemoved."""
        del seat.queue.members[seat.agent.name], seat.agent.members[seat.queue.name]
        self.world.note(by, seat.queue.name, seat.agent.name, "REMOVEMEMBER", "")
        self.say_member("QueueMemberRemoved", seat)
        if seat.paused:
            self.switch.device_changed(f"Queue:{seat.queue.name}_pause_{seat.agent.interface}", "NOT_INUSE")
        self.announce_available(seat.queue)

    def set_penalty(self, seat: Member, penalty: int) -> None:
        """QueueMemberPenalty; queue_log names the interface here, not the member."""
        seat.penalty = penalty
        self.world.note("NONE", seat.queue.name, seat.agent.interface, "PENALTY", penalty)
        self.say_member("QueueMemberPenalty", seat)
