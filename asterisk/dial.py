"""How one exchange is dialled: credentials, TLS, keepalive; and the sentence for each way in which it can fail."""

from __future__ import annotations

import contextlib
import socket
import ssl
from pathlib import Path

from asterisk.wire import check_action
from floor.errors import ActionInvalidError, LoginRefusedError, UnreachableError
from floor.settings import PbxSettings


def where(settings: PbxSettings) -> str:
    """Address and port, for sentences."""
    return f"{settings.host}:{settings.port}"


def credentials(settings: PbxSettings) -> dict[str, str]:
    """User and secret; the secret file is read anew each time, so that mending it is enough.

    :raises LoginRefusedError: there is no usable secret; the sentence does not hold it.
    """
    secret = settings.secret.get_secret_value() if settings.secret is not None else ""
    if settings.secret_file is not None:
        secret = _first_line(settings.secret_file)
    try:
        check_action({"Username": settings.user, "Secret": secret})
    except ActionInvalidError as error:
        raise LoginRefusedError(f"the AMI user or secret cannot be sent: {error}") from None
    return {"username": settings.user, "secret": secret}


def _first_line(file: Path) -> str:
    try:
        return (file.read_text(encoding="utf-8").splitlines() or [""])[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise LoginRefusedError(f"the secret file {file} cannot be read: {why}") from None


def tls(settings: PbxSettings) -> ssl.SSLContext | None:
    """The TLS context, or none.

    :raises UnreachableError: the CA file cannot be used.
    """
    if not settings.tls:
        return None
    try:
        return ssl.create_default_context(cafile=settings.tls_ca)
    except (OSError, ssl.SSLError) as error:
        raise UnreachableError(f"the CA file {settings.tls_ca} cannot be used: {error.strerror or error}") from error


def keep_alive(sock: socket.socket | None, watchdog_s: float) -> None:
    """Let the kernel notice a dead peer too; not every platform has every option."""
    if sock is None:
        return
    seconds = max(1, int(watchdog_s / 2))
    options = {"TCP_KEEPIDLE": seconds, "TCP_KEEPINTVL": max(1, seconds // 2), "TCP_KEEPCNT": 3}
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in options.items():
            if (option := getattr(socket, name, None)) is not None:
                sock.setsockopt(socket.IPPROTO_TCP, option, value)


def why_unreachable(error: OSError, settings: PbxSettings) -> str:
    """A failed connect as a sentence."""
    place = where(settings)
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of {place} is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"no TLS with {place}: {getattr(error, 'reason', None) or 'the handshake failed'}"
    if isinstance(error, socket.gaierror):
        return f"the host name {settings.host} is not known"
    if isinstance(error, ConnectionRefusedError):
        return f"nothing listens on {place}"
    return f"no connection to {place}: {error.strerror or error}"
