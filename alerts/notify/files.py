"""Secrets are read from files, anew each time, so that mending the file is enough."""

from __future__ import annotations

from pathlib import Path

from alerts.notify.errors import PassingError


def first_line(file: Path) -> str:
    """:raises PassingError: it cannot be read, or says nothing; the sentence names the file, never its content."""
    try:
        line = (file.read_text(encoding="utf-8").splitlines() or [""])[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise PassingError(f"the file {file} cannot be read: {why}") from None
    if not line:
        raise PassingError(f"the file {file} is empty")
    return line
