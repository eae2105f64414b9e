"""Listenings in memory for tests of pages: what is asked of them is noted, and they say what they are told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import replace
from typing import Any

from floor.listening.model import AudioFormat, Listening, ListeningStage, Mode, Purpose, Way
from floor.listening.ports import NotAdmittedError, Offers
from floor.people.model import SignedIn

ID = "0123456789abcdef0123456789abcdef"
PCM = bytes(range(256)) * 2 + bytes(128)
"""20 ms of two channels at 8000 a second."""


class HeardDouble:
    """One line; the test says what is heard."""

    def __init__(self, rate: int = 8000, channels: int = 2) -> None:
        self.format = AudioFormat(rate, channels)
        self.spy = "floor-spy-1"
        self.lost = 0
        self.said: list[bytes] = []
        self.spoken = asyncio.Event()
        self.heard: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def frames(self) -> AsyncIterator[bytes]:
        while (frame := await self.heard.get()) is not None:
            yield frame

    def speak(self, frame: bytes) -> None:
        self.said.append(frame)
        self.spoken.set()

    async def change(self, mode: Mode) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        self.heard.put_nowait(None)


class ListeningsDouble:
    """One listening of one sign-in: whoever made it (``owner``, by person) has it."""

    def __init__(self, owner: int = 0) -> None:
        self.owner = owner
        self.now: Listening | None = None
        self.sound: HeardDouble | None = None
        self.refuses: NotAdmittedError | None = None
        self.asked: list[dict[str, Any]] = []
        self.attending = 0
        self.left = asyncio.Event()
        self._hear: list[Callable[[Listening], None]] = []

    def put(self, owner: int, **more: Any) -> Listening:
        """It stands so from now on."""
        self.owner = owner
        stage = more.pop("stage", ListeningStage.ON)
        made = self.now or Listening(
            ID, "pbx1", "Ann", Mode.LISTEN, Way.BROWSER, Purpose.HELP, stage, 100.0, owner, "Li Wei", "1.1"
        )
        self.now = replace(made, stage=stage, **more)
        for hear in tuple(self._hear):
            hear(self.now)
        return self.now

    # The port

    def under_way(self, who: SignedIn) -> Collection[Listening]:
        return [] if self.now is None else [self.now]

    def find(self, who: SignedIn, id: str) -> Listening | None:
        return self.now if who.person.id == self.owner and id == ID else None

    def offers(self, who: SignedIn) -> Offers:
        return Offers(tuple(Mode), tuple(Purpose), {"pbx1": tuple(Way)}, {"pbx1": "PJSIP/900"})

    def of_agent(self, pbx: str, agent: str) -> Collection[Listening]:
        now = self.now
        return [now] if now is not None and not now.over and (now.pbx, now.agent) == (pbx, agent) else []

    def subscribe(self, hear: Callable[[Listening], None]) -> Callable[[], None]:
        self._hear.append(hear)
        return lambda: self._hear.remove(hear)

    async def begin(self, who: SignedIn, pbx: str, agent: str, **asked: Any) -> Listening:
        self.asked.append({"pbx": pbx, "agent": agent, **asked})
        if self.refuses is not None:
            raise self.refuses
        return self.put(who.person.id, mode=asked["mode"])

    async def change(self, who: SignedIn, id: str, mode: Mode) -> Listening:
        self.asked.append({"id": id, "mode": mode})
        if self.refuses is not None:
            raise self.refuses
        if self.find(who, id) is None:
            raise NotAdmittedError(404, "there is no such listening of yours", "您没有这一监听")
        return self.put(self.owner, mode=mode)

    async def stay(self, who: SignedIn, id: str, follow: bool) -> Listening:
        if self.find(who, id) is None:
            raise NotAdmittedError(404, "there is no such listening of yours", "您没有这一监听")
        return self.put(self.owner, follow=follow)

    async def stop(self, who: SignedIn, id: str) -> Listening:
        if self.find(who, id) is None:
            raise NotAdmittedError(404, "there is no such listening of yours", "您没有这一监听")
        return self.put(self.owner, stage=ListeningStage.ENDED, ended="stopped", ended_at=200.0)

    def line(self, who: SignedIn, id: str) -> HeardDouble | None:
        return self.sound if self.find(who, id) is not None else None

    def attend(self, who: SignedIn, id: str) -> Callable[[], None] | None:
        if self.find(who, id) is None:
            return None
        self.attending += 1

        def leave() -> None:
            self.attending -= 1
            self.left.set()

        return leave
