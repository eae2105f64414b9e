"""What pages, boards and rules ask about requests, and what requests need of others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from floor.errors import FloorError
from floor.people.model import Person, SignedIn
from floor.requests.model import About, Answer, Asker, Notice, Request, Text
from floor.state.model import Agent, Channel, Key, Pbx

RequestListener = Callable[[Request], None]
"""Told synchronously of every request that changed, the last time when it is shown no more; must not block."""
NoticeListener = Callable[[Notice, int | None], None]
"""(notice, who has read it just now; ``None``: it was posted, withdrawn, or is over)."""


class NotAdmittedError(FloorError):
    """It cannot be done (any more); ``status`` as of HTTP, ``words`` by language say why."""

    def __init__(self, status: int, en: str, zh: str) -> None:
        super().__init__(en)
        self.status, self.words = status, {"en": en, "zh": zh}


class FloorView(Protocol):
    """The floor as it is; read-only."""

    @property
    def agents(self) -> Mapping[Key, Agent]: ...
    @property
    def pbxs(self) -> Mapping[str, Pbx]: ...
    @property
    def channels(self) -> Mapping[Key, Channel]: ...
    @property
    def seats(self) -> Mapping[Key, tuple[str, ...]]:
        """(pbx, phone) -> names of the agents who are logged in at it."""


class Requests(Protocol):
    """Requests as the pages use them. Rights are asked by the gate; scope and moment here, at every call.

    Commands raise :class:`NotAdmittedError`; 404 also for what is out of his scope.
    """

    @property
    def shown(self) -> Mapping[str, Request]:
        """By id: those that live, and those that ended within the last minutes."""

    def subscribe(self, listener: RequestListener) -> Callable[[], None]: ...

    def sees(self, who: int, request: Request) -> bool:
        """Whether this person, as a supervisor, may know of it now."""

    def until(self, request: Request) -> float | None:
        """When its stage ends by itself."""

    @property
    def away_reasons(self) -> Sequence[str]: ...

    def away(self, request: Request) -> Sequence[str]:
        """Member names of the others of his group who are away now (R-PRS-8)."""

    def of_person(self, person: Person) -> Asker | None:
        """The agent he is; ``None``: no exchange knows him."""

    def keys_of(self, person: Person) -> Collection[Key]:
        """All agents he is."""

    async def ask_help(self, who: SignedIn, about: About, text: str = "", *, address: str = "") -> Request: ...

    async def ask_leave(
        self, who: SignedIn, reason: str, minutes: int, text: str = "", *, address: str = ""
    ) -> Request: ...

    async def withdraw(self, who: SignedIn, id: str, *, address: str = "") -> Request:
        """His own."""

    async def give_reason(self, who: SignedIn, id: str, reason: str, *, address: str = "") -> Request:
        """For a conversation of his own that he ended."""

    async def answer(
        self, who: SignedIn, id: str, answer: Answer, advice: str = "", *, address: str = ""
    ) -> Request: ...

    async def close_help(self, who: SignedIn, id: str, *, address: str = "") -> Request: ...

    async def decide(self, who: SignedIn, id: str, approved: bool, word: str = "", *, address: str = "") -> Request: ...

    async def history(self, who: SignedIn, since: float) -> Sequence[Request]:
        """Of his scope, newest first; raises :class:`floor.history.errors.HistoryError`."""


class Notices(Protocol):
    """Notices as the pages use them; commands raise :class:`NotAdmittedError`."""

    @property
    def standing(self) -> Mapping[str, Notice]:
        """Neither withdrawn nor over, by id."""

    def subscribe(self, listener: NoticeListener) -> Callable[[], None]:
        """Told of every notice posted, withdrawn, over, or read by somebody."""

    def reads(self, notice: str) -> int: ...

    def has_read(self, notice: str, person: int) -> bool: ...

    def for_person(self, person: int) -> Sequence[Notice]:
        """What his own page shows."""

    async def post(
        self,
        who: SignedIn,
        text: Text,
        level: str,
        minutes: int,
        *,
        boards: tuple[str, ...] | None = (),
        pages: bool = True,
        groups: tuple[str, ...] = (),
        public: bool = False,
        address: str = "",
    ) -> Notice: ...

    async def withdraw(self, who: SignedIn, id: str, *, address: str = "") -> Notice: ...

    async def mark_read(self, who: SignedIn, id: str) -> None: ...


class Leaves(Protocol):
    """What rules ask about leaving (R-PRS-10)."""

    @property
    def needed(self) -> bool:
        """Approval mode: nobody leaves his seat without a word of his leader's."""

    def granted(self, agent: Key) -> bool:
        """Whether he may be away now: a leader has approved it, and it is not over."""

    def due(self, agent: Key) -> float | None:
        """When he is to be back who left with a leader's word (our clock); ``None``: nobody has given it."""
