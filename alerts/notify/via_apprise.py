"""Mail, and whatever else apprise can reach: Slack, Teams, DingTalk, WeCom, Feishu, Telegram, SMS providers …

apprise blocks, so it runs in threads of its own (never those the record is written with), each call bounded. It answers
yes or no and explains itself in its log, from which the reply code is read that tells permanent from passing errors.
Its log goes nowhere else, for it may hold what an address is made of.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlencode

import apprise

from alerts.model import Message, Severity
from alerts.notify.errors import NotToldError, PassingError, PermanentError
from alerts.notify.files import first_line
from alerts.notify.templates import Letter, letter
from floor.sections.notify import MailSettings

_APPRISE = logging.getLogger("apprise")
_APPRISE.setLevel(logging.DEBUG)  # else the reply codes are not written, and nothing is there to be read
for _talker in (_APPRISE, logging.getLogger("urllib3")):
    # URLs with tokens are not for our log.
    _talker.propagate = False
    _talker.addHandler(logging.NullHandler())

WITHIN_S = 20
THREADS = 8
"""As many services may hang at once before one waits for another."""

MODES = {"starttls": "starttls", "tls": "ssl", "none": "insecure"}
TYPES = {
    Severity.INFO: apprise.NotifyType.INFO,
    Severity.WARN: apprise.NotifyType.WARNING,
    Severity.CRIT: apprise.NotifyType.FAILURE,
    Severity.EMERGENCY: apprise.NotifyType.FAILURE,
}
_ADDRESS = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,190}")
_TARGET = re.compile(r"[\w.@+#-]{1,100}")
_SMTP = re.compile(r"(?:\(|refused: )([45]\d\d)[ ,]")
_HTTP = re.compile(r"error=(\d{3})\b")
_ERRNO = re.compile(r"\[Errno -?\d+\] ([A-Za-z ,]{1,80})")
_LATER = frozenset({408, 425, 429})
_LOGIN = frozenset({530, 534, 535, 538})


class ThroughApprise:
    """Sends one letter to one apprise URL; shared by all ways that use it."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="apprise")
        # What is kept between messages would be kept in files beside us.
        self._asset = apprise.AppriseAsset(
            app_id="Floorwatch", app_desc="Floorwatch", storage_mode=apprise.PersistentStoreMode.MEMORY
        )

    async def send(self, url: str, text: Letter, severity: Severity) -> None:
        """:raises NotToldError: with a sentence that holds nothing of the URL."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(WITHIN_S + 5):
                error = await loop.run_in_executor(self._threads, self._send, url, text, severity)
        except TimeoutError:
            raise PassingError(f"no answer within {WITHIN_S} s") from None
        if error is not None:
            raise error

    def _send(self, url: str, text: Letter, severity: Severity) -> NotToldError | None:
        service = apprise.Apprise(asset=self._asset)
        if not service.add(url):
            return PermanentError("the service's URL is none that apprise understands")
        result = service.notify(
            title=text.title,
            body=text.body,
            notify_type=TYPES[severity],
            body_format=apprise.NotifyFormat.TEXT,
            timeout=WITHIN_S,
            log_level=logging.DEBUG,
        )
        try:
            return None if result else judge([entry.message for entry in result.logs()])
        finally:
            result.close()

    def close(self) -> None:
        """Let go of the threads; what hangs is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def judge(said: list[str]) -> NotToldError:
    """What apprise's log says about a failure. Only codes and the system's own words are taken from it."""
    lines = "\n".join(said)
    codes = [int(code) for code in _SMTP.findall(lines) + _HTTP.findall(lines)]
    if codes:
        code = codes[-1]
        if code in _LOGIN:
            return PassingError(f"the server refused our login ({code})")
        if code >= 500 and _SMTP.search(lines):
            return PermanentError(f"the mail server refused it for good ({code})")
        if 400 <= code < 500 and code not in _LATER and _SMTP.search(lines) is None:
            return PermanentError(f"the service refused it ({code})")
        return PassingError(f"the service answered {code}")
    if "CERTIFICATE_VERIFY_FAILED" in lines:
        return PassingError("the server's certificate is not trusted")
    errno = _ERRNO.search(lines)
    return PassingError(f"no connection: {errno[1].strip().lower()}" if errno else "no connection, or no answer")


class Mail:
    """Mail through the company's server; a recipient's address is a mail address."""

    def __init__(self, through: ThroughApprise, settings: MailSettings) -> None:
        self._through = through
        self._settings = settings

    async def tell(self, message: Message) -> None:
        """:raises NotToldError: with the reason, permanent or passing."""
        address = message.recipient.address
        if not _ADDRESS.fullmatch(address):
            raise PermanentError("this is no mail address")
        await self._through.send(self._url(address, message.id), letter(message), message.severity)

    def _url(self, address: str, key: str) -> str:
        mail = self._settings
        login = quote(mail.user, safe="")
        if mail.password_file is not None:
            login += ":" + quote(first_line(mail.password_file), safe="")
        options = {
            "smtp": mail.server or "",
            "from": f"Floorwatch <{mail.sender}>",
            "to": address,
            "mode": MODES[mail.security],
            "verify": "yes" if mail.verify else "no",
            "+X-Floor-Message": key,
            "+Auto-Submitted": "auto-generated",
        }
        return f"mailto://{login}{'@' if login else ''}{mail.server}:{mail.port}?{urlencode(options)}"


class Service:
    """Chat, SMS and the rest; a recipient's address is a name of the settings, or ``NAME:TARGET`` where the URL in its
    file has a place for it, written ``{address}``."""

    def __init__(self, through: ThroughApprise, services: Mapping[str, Path]) -> None:
        self._through = through
        self._services = services

    async def tell(self, message: Message) -> None:
        """:raises NotToldError: with the reason, permanent or passing."""
        name, _, target = message.recipient.address.partition(":")
        file = self._services.get(name)
        if file is None:
            raise PermanentError("no apprise service of this name is set up")
        url = first_line(file)
        if ("{address}" in url) != bool(target) or (target and not _TARGET.fullmatch(target)):
            raise PermanentError(f"the service {name} wants an address exactly where its URL says {{address}}")
        url = url.replace("{address}", quote(target, safe=""))
        await self._through.send(url, letter(message), message.severity)
