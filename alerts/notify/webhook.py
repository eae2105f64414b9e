"""A program is told by HTTP POST, signed, so that it can trust what it reads.

Headers: ``Idempotency-Key`` the message's id (the same message may come twice, with the same key), ``Floor-Timestamp``
seconds since the epoch, and with a secret ``Floor-Signature: v1=`` and the HMAC-SHA256, in hex, of timestamp, a dot,
and the body's bytes. Whoever receives should refuse timestamps older than five minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
from collections.abc import Mapping

from alerts.model import Message
from alerts.notify.errors import PermanentError
from alerts.notify.files import first_line
from alerts.notify.http import judge, request
from alerts.notify.templates import masked, title
from floor.ports import Clock
from floor.sections.notify import WebhookSettings

LANGUAGES = ("en", "zh")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """As the receiver computes it too."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def payload(message: Message) -> bytes:
    """The body: JSON, UTF-8; no names of recipients, no customer data."""
    return json.dumps(
        {
            "id": message.id,
            "alert": message.alert,
            "occasion": message.occasion.value,
            "severity": message.severity.value,
            "at": message.at,
            "title": {language: title(message, language) for language in LANGUAGES},
            "body": {language: masked(message.body.get(language, "")) for language in LANGUAGES},
            "link": message.link,
            "drill": message.drill,
        },
        ensure_ascii=False,
    ).encode()


class Webhook:
    """Tells the programs of the settings; a recipient's address is a program's name there."""

    def __init__(
        self,
        programs: Mapping[str, WebhookSettings],
        clock: Clock,
        *,
        within_s: float = 10.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._programs = programs
        self._clock = clock
        self._within_s = within_s
        self._tls = tls

    async def tell(self, message: Message) -> None:
        """:raises NotToldError: with the reason, permanent or passing."""
        program = self._programs.get(message.recipient.address)
        if program is None:
            raise PermanentError("no webhook of this name is set up")
        body, timestamp = payload(message), str(int(self._clock.now()))
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.id, "Floor-Timestamp": timestamp}
        if program.secret_file is not None:
            headers["Floor-Signature"] = signature(first_line(program.secret_file), timestamp, body)
        judge(
            await request(
                "POST", program.url, headers, body, private=program.private, within_s=self._within_s, tls=self._tls
            )
        )
