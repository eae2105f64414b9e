"""Dialling: credentials, TLS, and a sentence for each failure."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest

from asterisk import dial
from floor.errors import LoginRefusedError, UnreachableError
from tests.asterisk_link.conftest import settings


def test_the_secret_comes_from_the_setting_or_the_first_line_of_its_file(tmp_path: Path) -> None:
    """A trailing newline and a second line are no part of it."""
    assert dial.credentials(settings(1))["secret"] == "well-kept-secret"
    (tmp_path / "secret").write_text("from-file\nnot this\n")
    assert dial.credentials(settings(1, secret=None, secret_file=tmp_path / "secret"))["secret"] == "from-file"


@pytest.mark.parametrize("secret", ["line\r\nAction: Originate", "nul\x00"])
def test_a_secret_that_would_break_the_line_is_refused_unseen(secret: str) -> None:
    """Not even in a secret may a line break reach the wire, and the secret not an error."""
    with pytest.raises(LoginRefusedError) as caught:
        dial.credentials(settings(1, secret=secret))
    assert "Originate" not in str(caught.value)


def test_a_secret_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    """The file is named, its content is not."""
    (tmp_path / "secret").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LoginRefusedError, match="is no text"):
        dial.credentials(settings(1, secret=None, secret_file=tmp_path / "secret"))


def test_tls_is_off_unless_asked_for_and_checks_names_when_on() -> None:
    """An encrypted line to nobody in particular is no safety."""
    assert dial.tls(settings(1)) is None
    context = dial.tls(settings(1, tls=True))
    assert context is not None
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_a_ca_file_that_is_none_is_told(tmp_path: Path) -> None:
    """A missing or wrong CA file is a sentence."""
    (tmp_path / "ca.pem").write_text("no certificate")
    for file in (tmp_path / "ca.pem", tmp_path / "absent.pem"):
        with pytest.raises(UnreachableError, match="CA file"):
            dial.tls(settings(1, tls=True, tls_ca=file))


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "nothing listens on 127.0.0.1:5038"),
        (socket.gaierror(-2, "Name or service not known"), "the host name 127.0.0.1 is not known"),
        (ssl.SSLError(1, "[SSL] record"), "no TLS with 127.0.0.1:5038"),
        (OSError(113, "No route to host"), "no connection to 127.0.0.1:5038: No route to host"),
    ],
)
def test_every_failure_has_its_sentence(error: OSError, sentence: str) -> None:
    """What the system says, as a person would."""
    assert dial.why_unreachable(error, settings(5038)).startswith(sentence)


def test_the_kernel_watches_too() -> None:
    """Keepalive is on, and quicker than the system's two hours."""
    with socket.socket() as sock:
        dial.keep_alive(sock, 10)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 5
    dial.keep_alive(None, 10)
