"""A file of lines keeps what it took, whenever the process dies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from floor import lines as module
from floor.lines import LineFile


@pytest.fixture
def file(tmp_path: Path) -> LineFile:
    """A new one."""
    one = LineFile(tmp_path / "lines.jsonl")
    one.open()
    return one


def test_in_order_and_emptied(file: LineFile) -> None:
    """Lines come back in the order they went in; when all are done, nothing is left on disk."""
    file.append_lines([b"a\n", b"b\n"])
    file.append_lines([b"c\n"])
    lines, token = file.first_lines(2)
    assert lines == [b"a\n", b"b\n"]
    file.done(2, token)
    lines, token = file.first_lines(10)
    assert (lines, len(file)) == ([b"c\n"], 1)
    file.done(1, token)
    assert (len(file), file.path.stat().st_size) == (0, 0)


def test_half_line_is_cut_off(file: LineFile) -> None:
    """What a crash left without its newline was never relied on."""
    file.append_lines([b"whole\n"])
    with file.path.open("ab") as raw:
        raw.write(b"hal")
    again = LineFile(file.path)
    again.open()
    assert again.first_lines(10)[0] == [b"whole\n"]
    assert file.path.read_bytes() == b"whole\n"


def test_full_disk_leaves_nothing_half(file: LineFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an error none of the lines is there."""
    file.append_lines([b"first\n"])
    write = os.write

    def full(descriptor: int, data: memoryview) -> int:
        write(descriptor, bytes(data[:2]))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "write", full)
    with pytest.raises(OSError, match="No space"):
        file.append_lines([b"second\n"])
    assert file.path.read_bytes() == b"first\n"
    assert len(file) == 1


def test_removed_under_us(file: LineFile) -> None:
    """A file somebody removed yields nothing, though lines are missing."""
    file.append_lines([b"gone\n"])
    file.path.unlink()
    assert file.first_lines(10) == ([], 0)
    assert len(file) == 1
    file.done(1, 0)
    assert len(file) == 0
