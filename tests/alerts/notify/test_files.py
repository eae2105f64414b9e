"""Secrets from files."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.notify.errors import PassingError
from alerts.notify.files import first_line


def test_the_first_line_counts(tmp_path: Path) -> None:
    """Editors add line ends; they are not part of a secret."""
    file = tmp_path / "secret"
    file.write_text(" hush \n# a comment\n")
    assert first_line(file) == "hush"


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_what_cannot_be_read_is_said(tmp_path: Path, content: bytes | None) -> None:
    """The file is named; mending it is enough."""
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(PassingError, match="secret"):
        first_line(file)
