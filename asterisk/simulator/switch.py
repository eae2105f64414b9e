"""The telephone switch: what happens to channels, bridges and devices, and what Asterisk says about it.

Every verb changes the parts first and speaks afterwards, so an event shows the state it brought about.
"""

from __future__ import annotations

from collections.abc import Iterable

from asterisk.simulator import wire
from asterisk.simulator.parts import Bridge, Channel, ChannelState, Device, Phone, Trunk
from asterisk.simulator.world import World

ANSWERED_AFTER = "ANSWEREDTIME ANSWEREDTIME_MS DIALEDTIME DIALEDTIME_MS".split()
DIAL_VARIABLES = (
    "DIALSTATUS DIALEDPEERNUMBER DIALEDPEERNAME ANSWEREDTIME ANSWEREDTIME_MS DIALEDTIME DIALEDTIME_MS "
    "RINGTIME RINGTIME_MS PROGRESSTIME PROGRESSTIME_MS"
).split()


class Switch:
    """Verbs on the channels of one world."""

    def __init__(self, world: World, *, busy_at: int = 0) -> None:
        self.world = world
        self.busy_at = busy_at
        """PJSIP ``device_state_busy_at``: with 1, a phone with any channel is BUSY, even while it rings."""

    # Channels

    def open(
        self,
        device: Phone | Trunk,
        *,
        exten: str = "s",
        state: ChannelState = ChannelState.DOWN,
        number: str = "",
        name: str = "",
        linked: Channel | None = None,
        uniqueid: str = "",
    ) -> Channel:
        """Newchannel on a phone or trunk; ``uniqueid``: one that somebody chose."""
        world = self.world
        uniqueid = uniqueid or world.next_uniqueid()
        leg = Channel(
            world.next_name(device.name, "PJSIP"), uniqueid, linked.linkedid if linked else uniqueid, world.now, state
        )
        leg.number, leg.caller_name, leg.exten, leg.device = number, name, exten, device
        device.channels.append(leg)
        return self._begin(leg)

    def open_socket(self, place: str, uniqueid: str) -> Channel:
        """Newchannel that is a TCP connection, ``AudioSocket/HOST:PORT/UUID``."""
        uniqueid = uniqueid or self.world.next_uniqueid()
        return self._begin(Channel("-".join(place.rsplit("/", 1)), uniqueid, uniqueid, self.world.now))

    def open_local(self, exten: str, context: str, linked: Channel | None) -> tuple[Channel, Channel]:
        """Both ends of a Local channel: ``;1`` towards who dials it, ``;2`` running the dialplan."""
        world = self.world
        stem = world.next_name(f"Local/{exten}@{context}", "Local")
        one, two = world.next_uniqueid(), world.next_uniqueid()
        linkedid = linked.linkedid if linked else one
        first = Channel(f"{stem};1", one, linkedid, world.now, exten=exten, context=context)
        second = Channel(f"{stem};2", two, linkedid, world.now, ChannelState.RING, exten=exten, context=context)
        return self._begin(first), self._begin(second)

    def join_local(self, first: Channel, second: Channel, *, optimises: bool) -> None:
        """LocalBridge: the two ends of a Local channel know each other."""
        place = f"Context: {second.context}\r\nExten: {second.exten}\r\n"
        last = f"LocalOptimization: {'Yes' if optimises else 'No'}\r\n"
        self.world.emit("LocalBridge", wire.channel(first, "LocalOne"), wire.channel(second, "LocalTwo"), place, last)

    def _begin(self, leg: Channel) -> Channel:
        self.world.channels[leg.name] = leg
        self.world.emit("Newchannel", wire.channel(leg))
        return leg

    def change(self, leg: Channel, **fields: object) -> None:
        """Set fields of a channel silently."""
        for name, value in fields.items():
            setattr(leg, name, value)
        leg.text = None

    def enter_state(self, leg: Channel, state: ChannelState) -> None:
        """Newstate."""
        self.change(leg, state=state)
        self.world.emit("Newstate", wire.channel(leg))

    def connect_line(self, leg: Channel, number: str, name: str) -> None:
        """NewConnectedLine: what the display of this leg shows."""
        self.change(leg, other_number=number, other_name=name)
        self.world.emit("NewConnectedLine", wire.channel(leg))

    def identify(self, leg: Channel, number: str, name: str) -> None:
        """NewCallerid."""
        self.change(leg, number=number, caller_name=name)
        self.world.emit("NewCallerid", wire.channel(leg), "CID-CallingPres: 0 (Presentation Allowed, Not Screened)\r\n")

    def step(self, leg: Channel, application: str, data: str = "", **place: object) -> None:
        """Newexten: the channel runs the next step of its dialplan."""
        self.change(leg, application=application, data=data, **place)
        self.world.emit(
            "Newexten",
            wire.channel(leg),
            f"Extension: {leg.exten}\r\nApplication: {application}\r\nAppData: {data}\r\n",
        )

    def set(self, leg: Channel, variable: str, value: object = "") -> None:
        """VarSet."""
        self.world.emit("VarSet", wire.channel(leg), f"Variable: {variable}\r\nValue: {value}\r\n")

    def clear(self, leg: Channel, variables: Iterable[str]) -> None:
        """VarSet to nothing, one by one."""
        for variable in variables:
            self.set(leg, variable)

    def close(self, leg: Channel, cause: int = 16) -> None:
        """Hangup, and what becomes of the device."""
        if self.world.channels.pop(leg.name, None) is None:
            return
        self.world.processed += 1
        self.change(leg, cause=cause)
        leg.life = None
        self.world.emit(
            "Hangup", wire.channel(leg), f"Cause: {cause}\r\nCause-txt: {wire.CAUSES.get(cause, 'Unknown')}\r\n"
        )
        if leg.device is not None:
            leg.device.channels.remove(leg)
            self.refresh(leg.device)

    def ask_hangup(self, leg: Channel, cause: int | None = None) -> None:
        """HangupRequest: this side ended the call."""
        self.world.emit("HangupRequest", wire.channel(leg), "" if cause is None else f"Cause: {cause}\r\n")

    def soft_hangup(self, leg: Channel, cause: int = 16) -> None:
        """SoftHangupRequest: the exchange itself ends this leg."""
        self.world.emit("SoftHangupRequest", wire.channel(leg), f"Cause: {cause}\r\n")

    # Dialling

    def dial_begin(self, source: Channel | None, dest: Channel, string: str) -> None:
        self._dial("DialBegin", source, dest, f"DialString: {string}\r\n")

    def dial_state(self, source: Channel | None, dest: Channel, status: str) -> None:
        self._dial("DialState", source, dest, f"DialStatus: {status}\r\n")

    def dial_end(self, source: Channel | None, dest: Channel, status: str) -> None:
        self._dial("DialEnd", source, dest, f"DialStatus: {status}\r\n")

    def _dial(self, name: str, source: Channel | None, dest: Channel, last: str) -> None:
        self.world.emit(name, wire.channel(source) if source else "", wire.channel(dest, "Dest"), last)

    def dialled(self, source: Channel, dest: Channel) -> None:
        """Dial() got through: its variables, then DialEnd."""
        self.set(source, "DIALSTATUS", "ANSWER")
        self.set(source, "DIALEDPEERNAME", dest.name)
        self.set(source, "DIALEDPEERNUMBER", dest.number)
        self.dial_end(source, dest, "ANSWER")

    def ring_time(self, leg: Channel) -> None:
        """VarSet when what Dial() dialled begins to ring."""
        self.set(leg, "RINGTIME", 0)
        self.set(leg, "RINGTIME_MS", 3)

    def measure_call(self, leg: Channel, answered_s: float, dialled_s: float) -> None:
        """VarSet of the four times that Queue() and Dial() leave behind; unanswered calls tell the dialling first."""
        values = int(answered_s), int(answered_s * 1000), int(dialled_s), int(dialled_s * 1000)
        pairs = list(zip(ANSWERED_AFTER, values, strict=True))
        for variable, value in pairs if answered_s else pairs[2:] + pairs[:2]:
            self.set(leg, variable, value)

    # Music and hold

    def start_music(self, leg: Channel) -> None:
        self.world.emit("MusicOnHoldStart", wire.channel(leg), "Class: default\r\n")

    def stop_music(self, leg: Channel) -> None:
        self.world.emit("MusicOnHoldStop", wire.channel(leg))

    def hold(self, leg: Channel, other: Channel) -> None:
        """This phone puts the other side on hold."""
        leg.held = True
        self.world.emit("Hold", wire.channel(leg))
        self.start_music(other)
        if leg.device is not None:
            self.refresh(leg.device)

    def unhold(self, leg: Channel, other: Channel) -> None:
        """Unhold; may come stray, without a hold before it (domain.md F5): then no music stops."""
        self.world.emit("Unhold", wire.channel(leg))
        if leg.held:
            leg.held = False
            self.stop_music(other)
        if leg.device is not None:
            self.refresh(leg.device)

    # Bridges

    def build_bridge(self) -> Bridge:
        room = Bridge(self.world.next_uuid())
        self.world.bridges[room.uniqueid] = room
        self.world.emit("BridgeCreate", wire.bridge(room))
        return room

    def enter(self, room: Bridge, leg: Channel, swap: Channel | None = None) -> None:
        """BridgeEnter; the second to come in makes the peers known to both."""
        room.channels.append(leg)
        leg.bridge = room
        last = f"SwapUniqueid: {swap.uniqueid}\r\n" if swap else ""
        self.world.emit("BridgeEnter", wire.bridge(room), wire.channel(leg), last)
        if leg.sent_blind:
            leg.sent_blind = False
            self.set(leg, "BLINDTRANSFER")

    def introduce(self, room: Bridge) -> None:
        """VarSet BRIDGEPEER on both legs of a bridge of two."""
        for leg, peer in zip(room.channels, reversed(room.channels), strict=True):
            self.set(leg, "BRIDGEPEER", peer.name)
            self.set(leg, "BRIDGEPVTCALLID", f"{self.world.random.getrandbits(64):016x}")

    def forget_peers(self, *legs: Channel) -> None:
        for leg in legs:
            self.clear(leg, ("BRIDGEPEER", "BRIDGEPVTCALLID"))

    def leave(self, leg: Channel) -> None:
        """BridgeLeave."""
        room = leg.bridge
        if room is None:
            return
        room.channels.remove(leg)
        leg.bridge = None
        self.world.emit("BridgeLeave", wire.bridge(room), wire.channel(leg))

    def tear_down(self, room: Bridge) -> None:
        """BridgeDestroy, once."""
        if self.world.bridges.pop(room.uniqueid, None):
            self.world.emit("BridgeDestroy", wire.bridge(room))

    # Devices

    def state_of(self, device: Phone | Trunk) -> Device:
        """The device state that follows from reach and channels."""
        if not (device.reachable if isinstance(device, Phone) else device.registered):
            return Device.UNAVAILABLE
        legs = device.channels
        if isinstance(device, Phone) and self.busy_at and len(legs) >= self.busy_at:
            return Device.BUSY
        ringing = any(leg.state is ChannelState.RINGING for leg in legs)
        talking = any(leg.state in (ChannelState.UP, ChannelState.RING) for leg in legs)
        if ringing:
            return Device.RINGINUSE if talking else Device.RINGING
        if talking:
            return Device.ONHOLD if all(leg.held for leg in legs) else Device.INUSE
        return Device.NOT_INUSE

    def refresh(self, device: Phone | Trunk) -> None:
        """Announce the device state if it is another than last announced, and what the queues say to it."""
        state = self.state_of(device)
        if state is device.said:
            return
        device.said = state
        self.device_changed(device.name, state.name)
        if isinstance(device, Phone) and device.agent is not None:
            for seat in device.agent.members.values():
                self.world.emit("QueueMemberStatus", wire.member(seat, state.value))

    def device_changed(self, name: str, state: str) -> None:
        self.world.emit("DeviceStateChange", f"Device: {name}\r\nState: {state}\r\n")
