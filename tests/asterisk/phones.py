"""Real SIP phones: one baresip process each, driven over its control port.

What a test promises about a phone: `register` returns when Asterisk has accepted
it, every command returns when the phone has taken it, and `event` waits for what
the phone itself noticed.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import math
import shutil
import struct
import tempfile
import wave
from functools import cache
from pathlib import Path
from typing import Any

from tests.asterisk.ports import free_port

_CONFIG = """\
poll_method epoll
sip_listen 127.0.0.1:{sip}
call_local_timeout 120
call_max_calls 4
audio_player aufile,{folder}/heard.wav
audio_source aufile,{folder}/voice.wav
audio_alert aufile,{folder}/alert.wav
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
audio_buffer 20-160
rtp_ports 10000-19999
snd_path {folder}
ctrl_tcp_listen 127.0.0.1:{control}
module_path {modules}
module g711.so
module aufile.so
{sndfile}
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
"""
_ACCOUNT = (
    "<sip:{number}@127.0.0.1:{server};transport=udp>;auth_user={number};auth_pass=phone-secret;"
    "regint={regint};answermode=manual;audio_codecs=pcmu"
)


@cache
def voice(hertz: int) -> bytes:
    """Two minutes of a tone as an 8 kHz mono wav file: a phone's voice, recognisable by its pitch.

    A call longer than the file would end with it.
    """
    second = b"".join(struct.pack("<h", int(9000 * math.sin(2 * math.pi * hertz * n / 8000))) for n in range(8000))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(second * 120)
    return file.getvalue()


class Phone:
    """A SIP phone with the number and password of an endpoint of the plan."""

    def __init__(
        self, number: str, server_port: int, *, hertz: int = 400, record: bool = False, regint: int = 60
    ) -> None:
        self.number = number
        self.server_port = server_port
        self.folder = Path(tempfile.mkdtemp(prefix=f"phone-{number}-"))
        self.events: list[dict[str, Any]] = []
        self._arrived = asyncio.Condition()
        self._answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._hertz, self._record, self._regint = hertz, record, regint
        self._control = free_port()
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None

    async def register(self) -> None:
        """Switch the phone on, perhaps anew; returns when it is registered."""
        await self._let_go()
        self._write_files()
        self._process = await asyncio.create_subprocess_exec(
            "baresip",
            "-f",
            str(self.folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        reader, self._writer = await self._connect()
        self._task = asyncio.create_task(self._read(reader), name=f"phone-{self.number}")
        # The account comes by command, so that no registration happens unheard.
        account = _ACCOUNT.format(number=self.number, server=self.server_port, regint=self._regint)
        await self.command("uanew", account)
        await self.event("REGISTER_OK")

    def _write_files(self) -> None:
        places = {"folder": self.folder, "sip": free_port(), "control": self._control, "modules": _modules()}
        sndfile = "module sndfile.so" if self._record else ""
        (self.folder / "config").write_text(_CONFIG.format(sndfile=sndfile, **places))
        (self.folder / "accounts").write_text("")
        (self.folder / "contacts").write_text("")
        (self.folder / "voice.wav").write_bytes(voice(self._hertz))

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(10):
            while True:
                try:
                    return await asyncio.open_connection("127.0.0.1", self._control)
                except ConnectionRefusedError:
                    # Nothing announces that a starting phone listens.
                    await asyncio.sleep(0.02)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                size = int((await reader.readuntil(b":"))[:-1])
                message = json.loads((await reader.readexactly(size + 1))[:-1])
                await self._take(message)
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    async def _take(self, message: dict[str, Any]) -> None:
        if not message.get("event"):
            await self._answers.put(message)
            return
        async with self._arrived:
            self.events.append(message)
            self._arrived.notify_all()

    async def event(self, kind: str, nth: int = 1, within: float = 20) -> dict[str, Any]:
        """The n-th event of a kind (CALL_INCOMING, CALL_ESTABLISHED, CALL_CLOSED …) since switched on."""
        found: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(within), self._arrived:
                while len(found := [e for e in self.events if e["type"] == kind]) < nth:
                    await self._arrived.wait()
        except TimeoutError:
            raise TimeoutError(f"phone {self.number}: {len(found)} of {nth} {kind} within {within} s") from None
        return found[nth - 1]

    def seen(self, kind: str) -> int:
        """How many events of a kind there have been."""
        return sum(event["type"] == kind for event in self.events)

    async def command(self, name: str, params: str = "") -> dict[str, Any]:
        """Press a button; returns the phone's answer."""
        assert self._writer is not None, "the phone is not switched on"
        body = json.dumps({"command": name, "params": params, "token": "t"}).encode()
        self._writer.write(b"%d:%s," % (len(body), body))
        async with asyncio.timeout(5):
            return await self._answers.get()

    def _uri(self, number: str) -> str:
        return f"sip:{number}@127.0.0.1:{self.server_port}"

    async def dial(self, number: str) -> None:
        """Call a number; returns when the call is answered."""
        nth = self.seen("CALL_ESTABLISHED") + 1
        await self.start_dialling(number)
        await self.event("CALL_ESTABLISHED", nth)

    async def start_dialling(self, number: str) -> None:
        """Call a number without waiting for an answer."""
        await self.command("dial", self._uri(number))

    async def ringing(self, nth: int = 1) -> None:
        """Wait until the phone rings for the n-th time."""
        await self.event("CALL_INCOMING", nth)

    async def accept(self, nth: int = 1) -> None:
        """Wait for the n-th ring and answer it."""
        await self.ringing(nth)
        before = self.seen("CALL_ESTABLISHED")
        await self.command("accept")
        await self.event("CALL_ESTABLISHED", before + 1)

    async def hangup(self) -> None:
        """End the current call, or refuse (busy) one that rings."""
        before = self.seen("CALL_CLOSED")
        await self.command("hangup")
        await self.event("CALL_CLOSED", before + 1)

    async def hold(self) -> None:
        """Put the other side on hold."""
        await self.command("hold")

    async def resume(self) -> None:
        """Take the other side back."""
        await self.command("resume")

    async def transfer(self, number: str) -> None:
        """Blind transfer of the current call."""
        await self.command("transfer", self._uri(number))

    async def switch_off(self) -> None:
        """Unregister and end, as a phone that is switched off properly."""
        if self._process is not None and self._process.returncode is None:
            await self.command("quit")
            await asyncio.wait_for(self._process.wait(), 10)

    async def pull_cable(self) -> None:
        """End without a word, as a phone that lost its network."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def discard(self) -> None:
        """Make sure that nothing of the phone is left."""
        await self._let_go()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def _let_go(self) -> None:
        await self.pull_cable()
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(ConnectionError):
                await self._writer.wait_closed()
        if self._task is not None:
            await self._task


def _modules() -> Path:
    return next(path for path in map(Path, ("/usr/lib/baresip/modules", "/usr/lib64/baresip/modules")) if path.exists())
