"""An exchange that can be listened to, in this process: it takes orders as a link does, and brings audio over TCP."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from uuid import UUID

from asterisk.audiosocket import Kind, Packet, Reader, written
from asterisk.deliveries import CloseReason, EventArrived, LinkClosed, LinkOpened
from asterisk.ears import ExchangeEars
from asterisk.spies import Spies
from asterisk.wire import Headers, Message, first
from floor.clock import SystemClock
from floor.errors import LinkDownError, LinkError
from floor.ports import Answer
from floor.sections.listening import ListeningSettings
from floor.tasks import Tasks


class Spying:
    """One AudioSocket channel, seen from the exchange."""

    def __init__(self, options: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.options = options
        self.writer = writer
        self.heard = b""
        """What the supervisor said."""
        self.ended = asyncio.Event()
        self._reader = reader

    def say(self, frame: bytes) -> None:
        self.writer.write(written(Kind.AUDIO, frame))

    async def listen(self) -> None:
        packets = Reader()
        try:
            while data := await self._reader.read(4096):
                for packet in packets.feed(data):
                    self._take(packet)
        except ConnectionError:
            pass
        self.ended.set()

    def _take(self, packet: Packet) -> None:
        if packet.kind is Kind.AUDIO:
            self.heard += packet.payload
        elif packet.kind is Kind.HANG_UP:
            self.ended.set()


class Listened:
    """The double of a link; ``how`` says what becomes of an order."""

    def __init__(self, **settings: object) -> None:
        self.spies, self.tasks = Spies(), Tasks()
        self.links = {"pbx": self}
        self.settings = ListeningSettings.model_validate(settings)
        self.ears = ExchangeEars(self.settings, self.links, self.spies, SystemClock())
        self.hear = self.spies.ear("pbx", lambda _: None)
        self.orders: list[dict[str, str]] = []
        self.ordered = asyncio.Event()
        self.hung_up: list[str] = []
        self.sockets: list[Spying] = []
        self.modules: dict[str, str] = {}
        """Answers to ModuleCheck that are not Success."""
        self.down = False
        self.how: Callable[[dict[str, str]], None] = self.listen
        self.refusal = ""
        self.fault: LinkError | None = None
        self.frame = bytes(640)

    # as a link

    def ends(self) -> tuple[str, str] | None:
        return None if self.down else ("127.0.0.1", "127.0.0.1")

    async def ask(self, action: str, headers: Headers | None = None, within_s: float = 5.0) -> Message:
        if action == "Originate":
            return self._order({name: str(value) for name, value in (headers or {}).items()})
        if self.down:
            raise LinkDownError("down")
        said = self.modules.get(str((headers or {}).get("Module")))
        return {"Response": "Success"} if said is None else {"Response": "Error", "Message": said}

    async def act(self, action: str, headers: Headers | None = None, within_s: float = 5.0) -> Answer:
        asked = {name: str(value) for name, value in (headers or {}).items()}
        self.hung_up.append(asked["Channel"])
        self.hear(EventArrived({"Event": "Hangup", "Uniqueid": asked["Channel"], "Cause": "16"}, 1.0))
        return Answer(True, "Channel Hungup")

    def _order(self, asked: dict[str, str]) -> Message:
        if self.fault is not None:
            raise self.fault
        if self.refusal:
            return {"Response": "Error", "Message": self.refusal}
        self.orders.append(asked)
        self.ordered.set()
        self.how(asked)
        return {"Response": "Success", "Message": "Originate successfully queued"}

    # what becomes of an order

    def listen(self, asked: dict[str, str]) -> None:
        """It connects, or rings, and listens."""
        self.tasks.start("listened", self._bring(asked))

    async def _bring(self, asked: dict[str, str]) -> None:
        joins = asked["Application"] == "AudioSocket"
        if joins:
            id, place = asked["Data"].split(",")
        elif not asked["Channel"].startswith("AudioSocket/"):
            self.tell("OriginateResponse", asked, Response="Success")
            self.tell("ChanSpyStart", asked)
            return
        else:
            _, place, id = asked["Channel"].split("/")
        host, port = place.rsplit(":", 1)
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(written(Kind.IDENTIFIER, UUID(id).bytes))
        socket = Spying(asked["Data"].split(",")[1], reader, writer)
        self.tell("OriginateResponse", asked, Response="Success")
        if not joins:
            self.tell("ChanSpyStart", asked)
            socket.say(self.frame)
        self.sockets.append(socket)
        await socket.listen()

    def fail(self, reason: str = "0") -> Callable[[dict[str, str]], None]:
        return lambda asked: self.tell("OriginateResponse", asked, Response="Failure", Reason=reason)

    def over(self, asked: dict[str, str]) -> None:
        """It is answered, and finds no call to listen to."""
        self.tell("OriginateResponse", asked, Response="Success")
        self.tell("Hangup", asked, Cause="0")

    def tell(self, event: str, asked: dict[str, str], **more: str) -> None:
        id = asked["ChannelId"]
        ids = {"ActionID": asked["ActionID"], "Uniqueid": id, "SpyerUniqueid": id}
        self.hear(EventArrived({"Event": event, **ids, **more}, 1.0))

    def lose(self) -> None:
        self.down = True
        self.hear(LinkClosed(1.0, CloseReason.CLOSED, "", None))

    def open(self) -> None:
        self.hear(LinkOpened(1.0, "Asterisk Call Manager/9.0.0"))

    async def stop(self) -> None:
        await self.ears.stop()
        await self.tasks.stop()
        for socket in self.sockets:
            socket.writer.close()
            with contextlib.suppress(OSError):
                await socket.writer.wait_closed()


def spied(message: dict[str, str]) -> tuple[str, str]:
    """Whom an order listens to, and how."""
    who, _, options = first(dict(message), "Data").partition(",")
    return who, options
