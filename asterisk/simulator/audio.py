"""The simulator's side of AudioSocket: connects to whoever was named, brings the audio and takes the supervisor's."""

from __future__ import annotations

import asyncio
import contextlib

from asterisk.audiosocket import AudioSocketError, Kind, Reader, written
from asterisk.simulator.spying import Sound

CONNECT_S = 2.0
FRAME_S = 0.02
CLOGGED = 64_000
"""Bytes that wait for a listener who does not read, before he is left."""


async def bring(sound: Sound) -> None:
    """From the connection to its end."""
    socket = sound.socket
    try:
        async with asyncio.timeout(CONNECT_S):
            reader, writer = await asyncio.open_connection(socket.host, socket.port)
    except (OSError, TimeoutError):
        sound.connected(False)
        return
    writer.write(written(Kind.IDENTIFIER, socket.id))
    sound.connected(True)
    await asyncio.gather(_speak(sound, writer), _hear(sound, reader))


async def _speak(sound: Sound, writer: asyncio.StreamWriter) -> None:
    """A frame every 20 ms; a late one is not made up for. With its end the connection ends."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    try:
        while not (sound.over or sound.gone) and writer.transport.get_write_buffer_size() < CLOGGED:
            frame = sound.frame(due)
            if frame is not None:
                writer.write(written(Kind.AUDIO, frame))
            due = max(due + FRAME_S, loop.time() - FRAME_S)
            await asyncio.sleep(max(0.0, due - loop.time()))
        writer.write(written(Kind.HANG_UP))
    finally:
        sound.end()
        writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def _hear(sound: Sound, reader: asyncio.StreamReader) -> None:
    packets, now = Reader(), asyncio.get_running_loop().time
    try:
        while data := await reader.read(4096):
            for packet in packets.feed(data):
                if packet.kind is Kind.HANG_UP:
                    return
                if packet.kind is Kind.AUDIO:
                    sound.hear(packet.payload, now())
    except (OSError, AudioSocketError):
        pass
    finally:
        sound.end()
