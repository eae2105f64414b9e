"""Failures on command: what breaks inside the exchange, and how it comes back.

Each is a verb of ``Failures`` with plain arguments, so that drills, tests and the control line of
``floor simulate`` name them alike. What breaks the connection itself stands in ``simulator``.
"""

from __future__ import annotations

from collections.abc import Callable

from asterisk.simulator import wire
from asterisk.simulator.exchange import Exchange, HungUp
from asterisk.simulator.parts import Phone, Trunk
from asterisk.simulator.people import People


class CommandError(ValueError):
    """A failure was asked for that this floor cannot have."""


class Failures:
    """Breaks things in one exchange. Seconds are simulated seconds; without them a failure lasts until taken back."""

    def __init__(self, exchange: Exchange, people: People) -> None:
        self.exchange = exchange
        self.people = people

    # Trunks

    def trunk_lost(self, trunk: str | None = None, seconds: float | None = None) -> str:
        """A trunk's provider is gone: no new calls over it, and those on it break off. Returns its name."""
        lost = self._trunk(trunk, registered=True)
        lost.registered, lost.status, lost.since = False, "Unregistered", self.exchange.world.now
        self._say_contact(lost, reachable=False)
        self._say_registry(lost)
        self._again_in_vain(lost)
        for leg in tuple(lost.channels):
            self._break_off(leg.name, self.exchange.world.random.uniform(0.5, 12.0), 38)
        self._later(seconds, lambda: self.trunk_back(lost.number))
        return lost.number

    def trunk_back(self, trunk: str | None = None) -> str:
        """The trunk registers again."""
        back = self._trunk(trunk, registered=False)
        back.registered, back.status, back.since = True, "Registered", self.exchange.world.now
        self._say_registry(back)
        self._say_contact(back, reachable=True)
        return back.number

    def _trunk(self, name: str | None, *, registered: bool) -> Trunk:
        for trunk in self.exchange.world.trunks.values():
            if trunk.registered is registered and name in (None, trunk.number):
                return trunk
        raise CommandError(f"no trunk '{name or ''}' is {'registered' if registered else 'lost'}")

    def _say_registry(self, trunk: Trunk) -> None:
        self.exchange.world.emit(
            "Registry",
            wire.lines(
                {
                    "ChannelType": "PJSIP",
                    "Username": f"sip:floor@{trunk.host}",
                    "Domain": f"sip:{trunk.host}",
                    "Status": trunk.status,
                }
            ),
        )

    def _again_in_vain(self, trunk: Trunk) -> None:
        """While lost, every registration attempt says so again: repeats without change are normal."""

        def attempt() -> None:
            if not trunk.registered:
                self._say_registry(trunk)
                self._again_in_vain(trunk)

        self.exchange.world.schedule.after(60.0, attempt)

    # Phones

    def phones_lost(
        self, count: int = 0, share: float = 0.2, seconds: float | None = None, number: str | None = None
    ) -> int:
        """Phones lose the network: unreachable, their calls break off. ``number``: only this one. Returns how many."""
        phones = [phone for phone in self.exchange.world.phones.values() if phone.reachable and phone.agent]
        if number is not None:
            phones, count = [phone for phone in phones if phone.number == number], 1
        chosen = self.exchange.world.random.sample(phones, min(len(phones), count or round(len(phones) * share)))
        for phone in chosen:
            self._phone(phone, reachable=False)
        self._later(seconds, self.phones_back)
        return len(chosen)

    def phones_back(self) -> int:
        """Every lost phone registers again."""
        lost = [phone for phone in self.exchange.world.phones.values() if not phone.reachable]
        for phone in lost:
            self._phone(phone, reachable=True)
        return len(lost)

    def _phone(self, phone: Phone, *, reachable: bool) -> None:
        phone.reachable = reachable
        for leg in tuple(phone.channels):
            self._break_off(leg.name, self.exchange.world.random.uniform(0.1, 3.0), 20)
        self._say_contact(phone, reachable=reachable)
        if phone.agent is not None:
            self.exchange.lines.stir_for(phone.agent)

    # Callers

    def surge(self, factor: float = 3.0, seconds: float | None = 300.0) -> float:
        """So many times the usual callers."""
        if factor <= 0:
            raise CommandError("a surge needs a factor above zero")
        self.people.surge = factor
        self._later(seconds, self.calm)
        return factor

    def calm(self) -> float:
        """The usual callers again."""
        self.people.surge = 1.0
        return 1.0

    def burst(self, events: int = 2000) -> int:
        """So many events at one moment, about nothing on this floor (message waiting lamps)."""
        for number in range(min(events, 100_000)):
            self.exchange.switch.device_changed(f"MWI:{9000 + number % 1000}@default", "NOT_INUSE")
        return events

    # Common

    def _say_contact(self, device: Phone | Trunk, *, reachable: bool) -> None:
        """PeerStatus, ContactStatus and the device state, as qualify finds out."""
        world = self.exchange.world
        word = "Reachable" if reachable else "Unreachable"
        if reachable and isinstance(device, Phone):
            self._say_contact_status(device, "NonQualified", 0)
        world.emit("PeerStatus", f"ChannelType: PJSIP\r\nPeer: {device.name}\r\nPeerStatus: {word}\r\n")
        self._say_contact_status(device, word, 1200 if reachable else 0)
        self.exchange.switch.refresh(device)

    def _say_contact_status(self, device: Phone | Trunk, word: str, roundtrip_us: int) -> None:
        body: wire.Pairs = {
            "URI": device.uri,
            "ContactStatus": word,
            "AOR": device.number,
            "EndpointName": device.number,
            "RoundtripUsec": roundtrip_us,
        }
        self.exchange.world.emit("ContactStatus", wire.lines(body))

    def _break_off(self, channel: str, after_s: float, cause: int) -> None:
        def now() -> None:
            leg = self.exchange.world.channels.get(channel)
            if leg is not None and leg.life is not None:
                leg.life.interrupt(HungUp(leg, cause, asked=False))

        self.exchange.world.schedule.after(after_s, now)

    def _later(self, seconds: float | None, undo: Callable[[], object]) -> None:
        if seconds is None:
            return

        def take_back() -> None:
            try:
                undo()
            except CommandError:
                return  # somebody took it back by hand before

        self.exchange.world.schedule.after(seconds, take_back)


def shut_down(exchange: Exchange, people: People, *, restart: bool) -> None:
    """``core restart now`` / ``core stop now``: every call is ended properly, then Shutdown is said."""
    world = exchange.world
    people.go_home()
    for call in tuple(exchange.calls):
        if call.legs:
            exchange.switch.soft_hangup(call.caller, 4)
            call.life.interrupt(HungUp(call.caller, 4, asked=False))
    world.schedule.run_until(world.now)
    for call in tuple(exchange.calls):
        call.life.stop()
    world.emit("Shutdown", f"Shutdown: Cleanly\r\nRestart: {restart}\r\n")


def die(exchange: Exchange, people: People) -> None:
    """``kill -9``: nothing is said and nothing written any more; whatever was, is not."""
    world = exchange.world
    taps, world.taps = world.taps, []
    people.go_home()
    world.dead = True
    for call in tuple(exchange.calls):
        call.life.stop()
    world.dead = False
    world.taps = taps
    world.schedule.clear()


def boot(exchange: Exchange, people: People) -> None:
    """A fresh start: no calls, no statistics; static members unpaused, dynamic ones as they were (persistent)."""
    world = exchange.world
    world.forget_calls()
    world.booted_at = world.now
    for queue in world.queues.values():
        queue.line.clear()
        queue.completed = queue.abandoned = queue.hold_s = queue.talk_s = 0
        queue.answered_in_time = queue.abandoned_in_time = queue.turn = 0
        for seat in queue.members.values():
            seat.calls_taken, seat.last_call, seat.in_call, seat.logged_in_at = 0, 0.0, False, world.now
            if not seat.dynamic:
                seat.paused, seat.reason, seat.last_pause = False, "", 0.0
    for agent in world.agents.values():
        agent.busy, agent.free_at, agent.awaits_end = False, world.now, False
    world.note("NONE", "NONE", "NONE", "QUEUESTART", "")
    exchange.calls.clear()
    people.surge = 1.0
    devices: list[Phone | Trunk] = [*world.phones.values(), *world.trunks.values()]
    for device in devices:
        device.channels.clear()
        device.said = exchange.switch.state_of(device)
    people.arrive()
