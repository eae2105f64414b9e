"""Listening to calls: the exchange spies on exactly one channel, and brings it to us or to a supervisor's phone.

No dialplan and no phone is needed for the browser: ``Originate`` of a channel of the type AudioSocket, which connects
to us, running ``ChanSpy`` with the uniqueid of the one channel (``u``; without it ChanSpy matches the beginning of
names, and ``PJSIP/10`` would be heard as ``PJSIP/100``). ``E`` and ``S`` end it with that channel, so it never goes on
to another; ``q`` is silent towards the listener; ``D`` keeps the two sides apart, left what comes from the channel and
right what goes to it, exactly, as tried on 22 with tones; where it is not known (16) both come mixed.

A supervisor's phone is joined to such a line where the exchange has ``AudioSocket`` for it (:mod:`asterisk.joined`);
else it runs ``ChanSpy`` itself, and another mode is another ring.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol
from uuid import UUID

import structlog

from asterisk.audio import Audio, Connection
from asterisk.borrowed import succeeded
from asterisk.heard import FRAME_S, Ear, HeardLine
from asterisk.joined import JoinedPhone
from asterisk.spies import OVER, Spies, Spy
from asterisk.tone import pips
from asterisk.unheard import (
    FULL,
    NO_BROWSER,
    NO_CALL,
    NO_LINK,
    NO_PHONE,
    NO_TONE,
    UNASKED,
    UNHEARD,
    UNRUNG,
    refused,
    unconnected,
    unjoined,
)
from asterisk.wire import Headers, Message, first
from floor.errors import LinkError
from floor.listening.model import Mode, Way
from floor.listening.ports import Line, NotHeardError
from floor.ports import Answer, Clock
from floor.sections.listening import ListeningSettings
from floor.state.model import SPY
from floor.tasks import Tasks

log = structlog.get_logger(__name__)

OPTIONS = "uqES"
SPEAKS = {Mode.LISTEN: "", Mode.WHISPER: "w", Mode.BARGE: "B"}
"""ChanSpy's options: ``w`` to the agent alone, ``B`` to both."""
HEARD_WITHIN_S = 5.0
"""A spying channel hears within this, or it is given up; tried: 0.1 s."""
RING_S = 30.0
"""A supervisor's phone may ring."""
_UNIQUEID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,149}")
_PHONE = re.compile(r"[A-Za-z][A-Za-z0-9_]*/[^\s,&|^]{1,200}")
MODULES = {Way.BROWSER: "chan_audiosocket", Way.PHONE: "app_chanspy"}
JOINS = "app_audiosocket"
"""Brings a phone's sound to us."""
GONE_WITHIN_S = 2.0
"""A phone that was hung up to be rung anew is free within this; tried: 0.05 s."""


class Exchange(Protocol):
    """What is needed of a link (:class:`asterisk.link.Link`)."""

    def ends(self) -> tuple[str, str] | None: ...

    async def act(self, action: str, headers: Headers | None = None, within_s: float = ...) -> Answer: ...

    async def ask(self, action: str, headers: Headers | None = None, within_s: float = ...) -> Message: ...


class ExchangeEars:
    """Implements :class:`floor.listening.ports.Ears`; ``spies`` must hear what the links hear (:meth:`Spies.ear`)."""

    def __init__(
        self,
        settings: ListeningSettings,
        links: Mapping[str, Exchange],
        spies: Spies,
        clock: Clock,
        *,
        token: Callable[[], UUID] = lambda: UUID(bytes=secrets.token_bytes(16)),
    ) -> None:
        self._settings = settings
        self._links = links
        self._spies = spies
        self._clock = clock
        self._token = token
        self._audio = Audio(settings)
        self._tasks = Tasks()
        self._lines: set[HeardLine] = set()
        self._lacks: dict[str, set[str]] = {}
        """Modules known not to be loaded, by exchange."""
        self._unjoined: set[str] = set()
        """Exchanges that could not bring a phone's sound when it was tried, until their link opens anew."""

    def offers(self, pbx: str) -> Collection[Way]:
        """What is not known to be missing; whether it is there is asked when the link opens."""
        lacks = self._lacks.get(pbx, set())
        if pbx not in self._links or MODULES[Way.PHONE] in lacks:
            return ()
        browser = self._settings.browser and MODULES[Way.BROWSER] not in lacks
        return (Way.BROWSER, Way.PHONE) if browser else (Way.PHONE,)

    def joins(self, pbx: str) -> bool:
        """Whether a phone can be joined to a line, as far as is known."""
        lacks = self._lacks.get(pbx, set())
        return Way.BROWSER in self.offers(pbx) and JOINS not in lacks and pbx not in self._unjoined

    async def learn(self) -> None:
        """Ask each exchange, whenever its link opens, what it can; runs until it is cancelled."""
        while True:
            await self._spies.news.wait()
            self._spies.news.clear()
            while self._spies.opened:
                pbx = self._spies.opened.pop()
                modules = (*MODULES.values(), JOINS)
                self._lacks[pbx] = {module for module in modules if await self._missing(pbx, module)}
                self._unjoined.discard(pbx)

    async def _missing(self, pbx: str, module: str) -> bool:
        try:
            answer = await self._links[pbx].ask("ModuleCheck", {"Module": module})
        except LinkError:
            return False
        # An account that may not ask is told "Permission denied", which says nothing about the module.
        return first(answer, "Response") == "Error" and "not loaded" in first(answer, "Message")

    async def open(self, pbx: str, channel: str, mode: Mode) -> Line:
        """In the browser; raises :class:`NotHeardError`."""
        link = self._link(pbx, channel)
        if Way.BROWSER not in self.offers(pbx):
            raise NotHeardError(*NO_BROWSER)
        return await self._line(pbx, link, channel, mode, f"{OPTIONS}D")

    async def _line(self, pbx: str, link: Exchange, channel: str, mode: Mode, options: str) -> HeardLine:
        if len(self._lines) >= self._settings.lines:
            raise NotHeardError(*FULL)
        await self._tell(pbx, link, channel)

        async def open_ear(mode: Mode, hears: Callable[[bytes], None], over: Callable[[], None]) -> Ear:
            return await self._bring(pbx, link, f"{channel},{options}{SPEAKS[mode]}", hears, over)

        line = HeardLine(open_ear, self._clock, self._lines.discard)
        self._lines.add(line)
        try:
            await line.change(mode)
        except BaseException:
            self._lines.discard(line)
            raise
        return line

    async def _bring(
        self,
        pbx: str,
        link: Exchange,
        data: str,
        hears: Callable[[bytes], None],
        over: Callable[[], None],
    ) -> Ear:
        """One spying channel with its audio, ``data`` are ChanSpy's words; whatever goes wrong, none is left behind."""
        ends = link.ends()
        if ends is None:
            raise NotHeardError(*NO_LINK)
        id = self._token()
        ticket = await self._audio.expect(id, ends[0], (ends[1],), hears, over)
        spy = self._spies.expect(pbx, f"{SPY}{id.hex}", unconnected(ticket.dial))
        try:
            await self._order(link, spy, f"AudioSocket/{ticket.dial}/{id}", data)
            await self._within(HEARD_WITHIN_S, spy)
            return Ear(spy.id, await asyncio.wait_for(asyncio.shield(ticket.come), HEARD_WITHIN_S))
        except BaseException as error:
            if ticket.come.done() and not ticket.come.cancelled():
                ticket.come.result().cut()
            if isinstance(error, TimeoutError):
                raise NotHeardError(*UNHEARD) from None
            raise
        finally:
            self._spies.forget(spy)
            self._audio.forget(ticket)

    async def _order(
        self,
        link: Exchange,
        spy: Spy,
        channel: str,
        data: str,
        *,
        application: str = "ChanSpy",
        caller_id: str = "",
        ring_s: float = HEARD_WITHIN_S,
    ) -> None:
        headers = {"ActionID": spy.id, "ChannelId": spy.id, "Channel": channel}
        headers |= {"Application": application, "Data": data}
        headers |= {"Async": "true", "Timeout": str(round(ring_s * 1000))} | (
            {"CallerID": caller_id} if caller_id else {}
        )
        if channel.startswith("Local/"):
            headers |= {"OtherChannelId": f"{spy.id}-2"}
        try:
            answer = await link.ask("Originate", headers)
        except LinkError as error:
            raise NotHeardError(str(error), UNASKED.get(type(error), NO_LINK[1])) from error
        if not succeeded(answer):
            raise NotHeardError(*refused(first(answer, "Message")))

    async def _within(self, seconds: float, spy: Spy) -> None:
        try:
            async with asyncio.timeout(seconds):
                await asyncio.shield(spy.began)
        except TimeoutError:
            raise NotHeardError(*UNHEARD) from None

    async def _tell(self, pbx: str, link: Exchange, channel: str) -> None:
        """By setting, the agent hears a tone, and he alone; who cannot be told is not listened to."""
        if not self._settings.tone:
            return
        data = f"{channel},{OPTIONS}D{SPEAKS[Mode.WHISPER]}"
        ear = await self._bring(pbx, link, data, lambda _: None, lambda: None)
        try:
            for frame in pips():
                ear.connection.speak(frame)
                await asyncio.sleep(FRAME_S)
        finally:
            ear.connection.hang_up()

    async def ring(
        self, pbx: str, phone: str, channel: str, mode: Mode, *, caller_id: str = "", instead_of: str = ""
    ) -> str:
        """On the supervisor's phone; raises :class:`NotHeardError`."""
        link = self._rung(pbx, phone, channel)
        if instead_of:
            await self._free(pbx, instead_of)
        spy = self._spies.expect(pbx, f"{SPY}{self._token().hex}", UNRUNG)
        try:
            data = f"{channel},{OPTIONS}{SPEAKS[mode]}"
            await self._order(link, spy, phone, data, caller_id=caller_id, ring_s=RING_S)
            await self._within(RING_S + HEARD_WITHIN_S, spy)
            await self._tell(pbx, link, channel)
        except BaseException:
            # He gave up while it rang: the phone must not go on, and nobody awaits us any more.
            self._tasks.start(f"hang up {spy.id}", self.hang_up(pbx, spy.id))
            raise
        finally:
            self._spies.forget(spy)
        return spy.id

    async def join(self, pbx: str, phone: str, channel: str, mode: Mode, *, caller_id: str = "") -> Line:
        """On the supervisor's phone, its sound through us; raises :class:`NotHeardError`."""
        link = self._rung(pbx, phone, channel)
        joined = JoinedPhone(lambda line: self._tasks.start(f"put down {line.spy}", line.close()))
        id = self._token()
        spy = self._spies.expect(pbx, f"{SPY}{id.hex}", UNRUNG)
        try:
            connection = await self._called(pbx, link, id, spy, phone, joined, caller_id)
            joined.take(connection, await self._line(pbx, link, channel, mode, OPTIONS))
        except BaseException:
            self._tasks.start(f"hang up {spy.id}", self.hang_up(pbx, spy.id))
            raise
        finally:
            self._spies.forget(spy)
        return joined

    async def _called(
        self, pbx: str, link: Exchange, id: UUID, spy: Spy, phone: str, joined: JoinedPhone, caller_id: str
    ) -> Connection:
        """The phone was lifted, and its sound is here."""
        ends = link.ends()
        if ends is None:
            raise NotHeardError(*NO_LINK)
        ticket = await self._audio.expect(id, ends[0], (ends[1],), joined.hear, joined.over)
        try:
            data = f"{id},{ticket.dial}"
            await self._order(link, spy, phone, data, application="AudioSocket", caller_id=caller_id, ring_s=RING_S)
            either: set[asyncio.Future[Any]] = {ticket.come, spy.began}
            await asyncio.wait(either, timeout=RING_S + HEARD_WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
            if ticket.come.done():
                return ticket.come.result()
            if spy.answered:
                self._unjoined.add(pbx)
                raise NotHeardError(*unjoined(ticket.dial))
            await self._within(0, spy)  # why not
            raise NotHeardError(*UNRUNG)
        finally:
            self._audio.forget(ticket)

    async def _free(self, pbx: str, spy: str) -> None:
        """A phone that listens is hung up, and is free to ring; one that is gone already is."""
        going = self._spies.expect(pbx, spy, OVER)
        try:
            await self.hang_up(pbx, spy)
            await asyncio.wait({going.began}, timeout=GONE_WITHIN_S)
        finally:
            self._spies.forget(going)

    async def hang_up(self, pbx: str, channel: str) -> None:
        """By its uniqueid, which the exchange takes for a name; one that is gone already is no error."""
        link = self._links.get(pbx)
        if link is not None and _UNIQUEID.fullmatch(channel):
            answer = await link.act("Hangup", {"Channel": channel, "Cause": "16"})
            log.info("listening on a phone ended", pbx=pbx, said=answer.message)

    def _rung(self, pbx: str, phone: str, channel: str) -> Exchange:
        """What is known before any phone rings."""
        link = self._link(pbx, channel)
        if not _PHONE.fullmatch(phone):
            raise NotHeardError(*NO_PHONE)
        if self._settings.tone and Way.BROWSER not in self.offers(pbx):
            raise NotHeardError(*NO_TONE)
        return link

    def _link(self, pbx: str, channel: str) -> Exchange:
        link = self._links.get(pbx)
        if link is None or link.ends() is None:
            raise NotHeardError(*NO_LINK)
        if not _UNIQUEID.fullmatch(channel):
            raise NotHeardError(*NO_CALL)
        if not self.offers(pbx):
            raise NotHeardError("app_chanspy is not loaded on this exchange", "该交换机未加载 app_chanspy")
        return link

    async def stop(self) -> None:
        """End all listening in browsers; what listens on phones goes on."""
        for line in list(self._lines):
            await line.close()
        await self._audio.stop()
        await self._tasks.stop()
