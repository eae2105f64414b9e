"""A floor with calls, people with roles, an exchange that can be listened to, and an audit, all in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from floor.audit.model import Entry, Stage
from floor.audit.ports import AuditUnwritableError
from floor.listening.model import AudioFormat, Listening, Mode, Purpose, Way
from floor.listening.ports import NotHeardError
from floor.listening.room import ListeningRoom
from floor.people.model import Contact, Group, Role, SignedIn
from floor.people.phones import Phones
from floor.sections.listening import ListeningSettings
from floor.settings import PbxSettings, Settings
from floor.state import facts as f
from floor.state.model import SPY, Device, LinkState, Member
from floor.store import FloorStore
from tests.support.people import AccountsDouble, PeopleDouble, person
from tests.support.replay import TapeClock

P = "north"
NOON = 1_700_000_000.0


class LineDouble:
    """Audio of one channel; the test says what is heard and when it ends."""

    def __init__(self, channel: str, mode: Mode, spy: str) -> None:
        self.channel, self.modes, self._spy = channel, [mode], spy
        self.said: list[bytes] = []
        self.closed = False
        self.refuses: NotHeardError | None = None
        self.heard: asyncio.Queue[bytes | None] = asyncio.Queue()

    @property
    def format(self) -> AudioFormat:
        return AudioFormat()

    @property
    def spy(self) -> str:
        return self._spy

    async def frames(self) -> AsyncIterator[bytes]:
        while (frame := await self.heard.get()) is not None:
            yield frame

    def speak(self, frame: bytes) -> None:
        self.said.append(frame)

    async def change(self, mode: Mode) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.modes.append(mode)

    async def close(self) -> None:
        self.closed = True
        self.heard.put_nowait(None)


class EarsDouble:
    """The exchange's side: what was asked of it, and what it refuses."""

    def __init__(self) -> None:
        self.ways: Collection[Way] = tuple(Way)
        self.lines: list[LineDouble] = []
        self.rung: list[tuple[str, str, Mode]] = []
        self.joining = False
        """Whether phones are joined to lines."""
        self.freed: list[str] = []
        """Spying channels hung up to ring anew."""
        self.hung_up: list[str] = []
        self.refuses: NotHeardError | None = None
        self.gate: asyncio.Event | None = None
        """Set it, and nothing is answered before it is."""
        self.asked = asyncio.Event()

    def offers(self, pbx: str) -> Collection[Way]:
        return self.ways

    async def _answer(self) -> None:
        self.asked.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.refuses is not None:
            raise self.refuses

    async def open(self, pbx: str, channel: str, mode: Mode) -> LineDouble:
        await self._answer()
        line = LineDouble(channel, mode, f"{SPY}{len(self.lines) + 1}")
        self.lines.append(line)
        return line

    def joins(self, pbx: str) -> bool:
        return self.joining

    async def join(self, pbx: str, phone: str, channel: str, mode: Mode, *, caller_id: str = "") -> LineDouble:
        self.rung.append((phone, channel, mode))
        return await self.open(pbx, channel, mode)

    async def ring(
        self, pbx: str, phone: str, channel: str, mode: Mode, *, caller_id: str = "", instead_of: str = ""
    ) -> str:
        if instead_of:
            self.freed.append(instead_of)
        self.rung.append((phone, channel, mode))
        await self._answer()
        return f"{SPY}p{len(self.rung)}"

    async def hang_up(self, pbx: str, channel: str) -> None:
        self.hung_up.append(channel)


class AuditDouble:
    """Append-only, in memory; ``broken``: neither database nor disk."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.broken = False

    async def write(self, *entries: Entry) -> None:
        await asyncio.sleep(0)
        if self.broken:
            raise AuditUnwritableError("nowhere to write")
        self.entries.extend(entries)

    async def read(self, *, since: float, until: float, after: int = 0, limit: int = 500, **_: Any) -> Any:
        found = [(n, one) for n, one in enumerate(self.entries, 1) if n > after and since <= one.at < until]
        return found[:limit]

    def stages(self, thread: str | None = None) -> list[Stage]:
        return [one.stage for one in self.entries if thread in (None, one.thread)]

    @property
    def last(self) -> Entry:
        return self.entries[-1]


class House:
    """Ann (day group) and Bob (night group) are agents at phones of their names; the staff is of the day group."""

    def __init__(self, **settings: Any) -> None:
        self.clock = TapeClock(NOON)
        self.store = FloorStore(self.clock)
        self.ears, self.audit = EarsDouble(), AuditDouble()
        self.people = PeopleDouble(
            [
                *(
                    person(role, groups=("day",), contacts=(Contact("phone", f"PJSIP/9{place:02}"),))
                    for place, role in enumerate(Role)
                ),
                person(Role.AGENT, 50, "ann", agents=((P, "Ann"),), groups=("day",)),
                person(Role.AGENT, 51, "bob", agents=((P, "Bob"),), groups=("night",)),
            ],
            {"day": Group("day", ((P, "Ann"), (P, "Lea"))), "night": Group("night", ((P, "Bob"),))},
        )
        self.accounts = AccountsDouble(self.clock, *self.people.listed, idle_s=1e9)
        self.told: list[Listening] = []
        self.tokens = iter(f"{n:032x}" for n in range(1, 10_000))
        asked = Settings(pbx=(PbxSettings(name=P),), listening=ListeningSettings(**settings))
        self.room = ListeningRoom(
            asked, self.ears, self.audit, self.people, self.accounts, Phones(self.store.snapshot, self.people),
            self.store.snapshot, self.clock, token=lambda: next(self.tokens),
        )  # fmt: skip
        self.register = self.room.register
        self.store.subscribe(self.room.hear, happenings=True)
        self.register.subscribe(self.told.append)
        self.tell(f.LinkChanged(P, NOON, LinkState.UP))
        for name in ("Ann", "Bob", "Lea"):
            member = Member("sales", name, f"PJSIP/{name}", f"PJSIP/{name}", device=Device.IDLE, logged_in_at=NOON)
            self.tell(f.MemberSeen(P, NOON, member))

    # People

    async def sign_in(self, role: Role | str) -> SignedIn:
        found = await self.accounts.sign_in(str(role), "correct horse", "10.0.0.1")
        assert isinstance(found, tuple)
        return found[1]

    def change(self, id_: int, **more: Any) -> None:
        """Somebody is somebody else from now on."""
        self.people.listed = [replace(one, **more) if one.id == id_ else one for one in self.people.listed]
        self.accounts.people = {one.login: one for one in self.people.listed}

    # The floor

    def tell(self, *facts: f.Fact) -> None:
        for fact in facts:
            self.store.apply(fact)
        assert self.store.refused == 0

    def pass_(self, seconds: float) -> None:
        self.clock.at += seconds

    def call(self, agent: str, n: int = 1) -> str:
        """A caller of the queue talks to the agent; the linkedid. His leg is ``n.2``."""
        at, caller, leg = self.clock.at, f"{n}.1", f"{n}.2"
        self.tell(
            f.ChannelOpened(P, at, caller, f"PJSIP/carrier-{n:08x}", caller, "dialling"),
            f.CallerJoined(P, at, "sales", caller, caller, "13812345678"),
            f.ChannelOpened(P, at, leg, f"PJSIP/{agent}-{n:08x}", caller, "down"),
            f.OfferBegan(P, at, "sales", agent, f"PJSIP/{agent}", caller, leg),
            f.ChannelChanged(P, at, leg, "ringing"),
            f.ChannelChanged(P, at, leg, "up"),
            f.OfferAnswered(P, at, "sales", agent, f"PJSIP/{agent}", caller, leg, 1, 1),
        )
        return caller

    def hang_up(self, agent: str, n: int = 1) -> None:
        at = self.clock.at
        self.tell(
            f.CallCompleted(P, at, "sales", agent, f"PJSIP/{agent}", f"{n}.1", f"{n}.2", 1, 5, None),
            f.ChannelClosed(P, at, f"{n}.2", 16),
            f.ChannelClosed(P, at, f"{n}.1", 16),
        )

    def spies(self, spy: str, device: str, heard: str, n: int = 9) -> None:
        """A channel of this phone listens to another, as the exchange tells."""
        at = self.clock.at
        channel = f"{device}-{n:08x}"
        self.tell(
            f.ChannelOpened(P, at, spy, channel, spy, "up"),
            f.ListeningBegan(P, at, heard, spy, channel, heard),
        )

    # Listening

    async def begin(self, who: SignedIn, agent: str = "Ann", **more: Any) -> Listening:
        asked = {"mode": Mode.LISTEN, "purpose": Purpose.HELP, "way": Way.BROWSER} | more
        return await self.register.begin(who, P, agent, **asked)

    async def settle(self, times: int = 20) -> None:
        """Let what was started run."""
        for _ in range(times):
            await asyncio.sleep(0)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not holds():  # noqa: ASYNC110 - nothing to await but what runs
                await asyncio.sleep(0)

    async def tick(self, seconds: float = 1.0) -> None:
        self.pass_(seconds)
        await self.room._watch.tick()
        await self.settle()

    def of(self, listening: Listening, who: SignedIn) -> Listening:
        found = self.register.find(who, listening.id)
        assert found is not None
        return found

    def acts(self, listening: Listening) -> Sequence[str]:
        return [str(stage) for stage in self.audit.stages(listening.id)]
