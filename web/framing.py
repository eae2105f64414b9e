"""Messages as they stand on the line: framed once and deflated once, for however many readers (RFC 6455, RFC 7692).

Deflating for each reader would cost more than everything else of a floor with many screens. Its own history makes a
reader's deflate his alone; so it is agreed that no frame builds on an earlier one, and the same bytes suit everybody.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cached_property

from websockets.asyncio.server import ServerConnection
from websockets.extensions.base import Extension
from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory
from websockets.frames import Frame
from websockets.protocol import OPEN
from websockets.typing import ExtensionParameter

DEFLATE_FROM_BYTES = 1024
"""Less fits into one packet either way."""
ALONE_FROM_BYTES = 16 * 1024
"""For a single reader the work is worth it from here on: a snapshot's, hardly ever a patch's."""
WINDOW_BITS = 15
LEVEL = 1
"""Of zlib: level 6 makes a patch a twentieth smaller, at twice the time."""

_TEXT, _DEFLATED_TEXT = 0x81, 0xC1
"""First byte of a final text frame, and of one that is deflated."""


class Told(bytes):
    """A message of the stream (UTF-8 JSON), with its frames; each is made when the first reader needs it."""

    deflate_from = DEFLATE_FROM_BYTES

    @classmethod
    def of(cls, message: bytes, readers: int = 2) -> Told:
        """The message for so many readers."""
        if isinstance(message, Told):
            return message
        told = cls(message)
        if readers < 2:
            told.deflate_from = ALONE_FROM_BYTES
        return told

    @cached_property
    def plain(self) -> bytes:
        """For whoever agreed on nothing."""
        return _frame(_TEXT, self)

    @cached_property
    def deflated(self) -> bytes:
        """For whoever agreed on permessage-deflate; the plain one where that is as short."""
        if len(self) < self.deflate_from:
            return self.plain
        deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -WINDOW_BITS)
        body = deflate.compress(self) + deflate.flush(zlib.Z_SYNC_FLUSH)
        return _frame(_DEFLATED_TEXT, body[:-4])  # the end of an empty block, which readers put back (RFC 7692, 7.2.1)


def _frame(head: int, body: bytes) -> bytes:
    """One unmasked frame, as servers send it (RFC 6455, 5.2)."""
    length = len(body)
    if length < 126:
        return bytes((head, length)) + body
    if length < 1 << 16:
        return bytes((head, 126)) + length.to_bytes(2) + body
    return bytes((head, 127)) + length.to_bytes(8) + body


class Inflate(PerMessageDeflate):
    """Reads deflated frames, and leaves what is sent as it is: that was deflated before, or is not to be.

    A frame that inflates beyond the size a client may send ends the stream; nothing more than that size is inflated.
    """

    def encode(self, frame: Frame) -> Frame:
        return frame


class Shared(ServerPerMessageDeflateFactory):
    """Agrees on permessage-deflate without history on either side: readers cost no memory between frames."""

    def __init__(self) -> None:
        super().__init__(server_no_context_takeover=True, client_no_context_takeover=True)

    def process_request_params(
        self, params: Sequence[ExtensionParameter], accepted_extensions: Sequence[Extension]
    ) -> tuple[list[ExtensionParameter], PerMessageDeflate]:
        answer, agreed = super().process_request_params(params, accepted_extensions)
        return answer, Inflate(
            agreed.remote_no_context_takeover,
            agreed.local_no_context_takeover,
            agreed.remote_max_window_bits,
            agreed.local_max_window_bits,
        )


def deflates(connection: ServerConnection) -> bool:
    """Whether this reader takes deflated frames as everybody gets them; a smaller window than usual gets plain ones."""
    agreed = connection.protocol.extensions
    return any(isinstance(one, Inflate) and one.local_max_window_bits == WINDOW_BITS for one in agreed)


def send(connection: ServerConnection, told: bytes, *, deflated: bool) -> None:
    """Hand a message to the socket without waiting; to one that is closing, nothing.

    The frame is written past the library, which would build the same bytes anew for every reader. Text goes out in
    whole frames only, so that it never falls into the middle of a message.
    """
    if connection.protocol.state is not OPEN:
        return
    one = Told.of(told, 1)
    connection.transport.write(one.deflated if deflated else one.plain)
