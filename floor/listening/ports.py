"""What listening needs of the exchange, and what pages ask of listening."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from floor.errors import FloorError
from floor.listening.model import AudioFormat, Listening, Mode, Purpose, Way
from floor.people.model import SignedIn


class NotHeardError(FloorError):
    """The exchange would not, or cannot; the message is a sentence for the supervisor, ``words`` the same by
    language."""

    def __init__(self, en: str, zh: str = "") -> None:
        super().__init__(en)
        self.words = {"en": en, "zh": zh or en}


class Line(Protocol):
    """Audio to and from one channel of the exchange; ends with the call."""

    @property
    def format(self) -> AudioFormat: ...

    @property
    def spy(self) -> str:
        """Uniqueid of the channel that listens."""

    def frames(self) -> AsyncIterator[bytes]:
        """What is said, as it comes; ends when the call, the exchange or we end it. Late readers lose the oldest."""

    def speak(self, frame: bytes) -> None:
        """20 ms of the supervisor, mono at the line's rate; dropped in mode listen and when too much waits."""

    async def change(self, mode: Mode) -> None:
        """From now on in this mode, without a word of the call being lost; raises :class:`NotHeardError`."""

    async def close(self) -> None: ...


class Ears(Protocol):
    """The exchange's side of listening (:mod:`asterisk.ears`).

    Uniqueids of the channels it listens by begin with :data:`floor.state.model.SPY`; what else the exchange tells to
    listen was begun elsewhere. A line has more than one of them after another (or, for a moment, at once) when its
    mode changes or when the agent is told by a tone."""

    def offers(self, pbx: str) -> Collection[Way]:
        """What this exchange is known to be able to; AudioSocket is not everywhere (Asterisk 16 has it not)."""

    async def open(self, pbx: str, channel: str, mode: Mode) -> Line:
        """Listen to exactly this channel (its uniqueid) in the browser; raises :class:`NotHeardError`."""

    def joins(self, pbx: str) -> bool:
        """Whether a phone can be joined to a line here, so that its mode can change without its ringing again."""

    async def join(self, pbx: str, phone: str, channel: str, mode: Mode, *, caller_id: str = "") -> Line:
        """Ring the supervisor's phone (Tech/number) and join it to a line, once answered; the line ends with the call
        and with the phone. Raises :class:`NotHeardError`."""

    async def ring(
        self, pbx: str, phone: str, channel: str, mode: Mode, *, caller_id: str = "", instead_of: str = ""
    ) -> str:
        """Ring the supervisor's phone (Tech/number) and let it listen by itself; returns the uniqueid of the spying
        channel once answered; ends with the call. ``instead_of``: the spying channel of that phone to hang up first.
        Raises :class:`NotHeardError`."""

    async def hang_up(self, pbx: str, channel: str) -> None:
        """End a listening on a phone."""


class NotAdmittedError(FloorError):
    """Refused: no right, out of scope, no call, no purpose …; ``words`` by language say which."""

    def __init__(self, status: int, en: str, zh: str) -> None:
        super().__init__(en)
        self.status, self.words = status, {"en": en, "zh": zh}


class Heard(Line, Protocol):
    """A line as pages have it."""

    @property
    def lost(self) -> int:
        """Frames left out so far because nobody took them in time."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What somebody may ask for: how, why, by which ways at which exchange, and which phones of his would ring."""

    modes: Collection[Mode]
    purposes: Collection[Purpose]
    ways: Mapping[str, Collection[Way]]
    phones: Mapping[str, str]


class Listenings(Protocol):
    """All that are under way. Rights and scope are asked at every call of these, and every second while it lasts."""

    def under_way(self, who: SignedIn) -> Collection[Listening]:
        """Those he may know of: his own; all of his scope where he may see the audit."""

    def find(self, who: SignedIn, id: str) -> Listening | None:
        """One of his own, also for a minute after its end; ``None``: there is no such of his."""

    def offers(self, who: SignedIn) -> Offers:
        """What he may ask for."""

    def of_agent(self, pbx: str, agent: str) -> Collection[Listening]:
        """Who listens to this agent now, from wherever."""

    def subscribe(self, hear: Callable[[Listening], None]) -> Callable[[], None]:
        """Told of every change of any; returns how to stop."""

    async def begin(
        self,
        who: SignedIn,
        pbx: str,
        agent: str,
        *,
        mode: Mode,
        purpose: Purpose,
        way: Way,
        follow: bool = False,
        note: str = "",
        call: str = "",
        address: str = "",
    ) -> Listening:
        """Listen to his call of now (``call``: if it is still this one); raises :class:`NotAdmittedError`."""

    async def change(self, who: SignedIn, id: str, mode: Mode) -> Listening:
        """Of his own; raises :class:`NotAdmittedError`."""

    async def stay(self, who: SignedIn, id: str, follow: bool) -> Listening:
        """Of his own: with the agent's next calls too, or with this one only; raises :class:`NotAdmittedError`."""

    async def stop(self, who: SignedIn, id: str) -> Listening:
        """Of his own, or any of his scope where he may see the audit; raises :class:`NotAdmittedError`."""

    def line(self, who: SignedIn, id: str) -> Heard | None:
        """The audio of his own listening in the browser; ``None``: there is none now."""

    def attend(self, who: SignedIn, id: str) -> Callable[[], None] | None:
        """His page is there to hear it; returns how to say that it left, after which the listening ends soon.
        ``None``: there is no such of his."""
