"""The spill file keeps what is on it through crashes, full disks and clumsy hands."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floor.history.rows import Entry, line_of
from floor.history.spill import SpillFile
from tests.history.entities import NOW, offer, waiting


def _entries(count: int) -> list[Entry]:
    return [waiting(f"{n}.0", NOW + n) for n in range(count)]


def _replayed(spill: SpillFile, limit: int = 3) -> list[Entry]:
    found: list[Entry] = []
    while len(spill):
        entries, broken, token = spill.first(limit)
        found += entries
        spill.done(len(entries) + len(broken), token)
    return found


def test_first_in_first_out(tmp_path: Path) -> None:
    """Entries come back in order, in portions, and the file is empty afterwards."""
    spill = SpillFile(tmp_path / "spill")
    spill.open()
    spill.append(_entries(4))
    spill.append([offer()])
    assert len(spill) == 5
    assert _replayed(spill) == [*_entries(4), offer()]
    assert spill.path.stat().st_size == 0


def test_appending_while_replaying(tmp_path: Path) -> None:
    """What is added while the file is being read comes after it."""
    spill = SpillFile(tmp_path / "spill")
    spill.append(_entries(3))
    entries, _, token = spill.first(2)
    spill.append([offer()])
    spill.done(len(entries), token)
    assert _replayed(spill) == [*_entries(3)[2:], offer()]


@settings(deadline=None, max_examples=50)  # it waits for a real disk
@given(cut=st.integers(0, 2000), count=st.integers(0, 6))
def test_cut_off_anywhere(tmp_path_factory: pytest.TempPathFactory, cut: int, count: int) -> None:
    """Wherever a crash cut the file, the whole lines before it are there and appending goes on cleanly."""
    spill = SpillFile(tmp_path_factory.mktemp("spill") / "spill")
    spill.append(_entries(count))
    if spill.path.exists():
        os.truncate(spill.path, min(cut, spill.path.stat().st_size))
    again = SpillFile(spill.path)
    again.open()
    again.append([offer()])
    whole = sum(1 for end in _ends(_entries(count)) if end <= cut)
    assert _replayed(again) == [*_entries(count)[:whole], offer()]


def _ends(entries: list[Entry]) -> Iterator[int]:
    end = 0
    for entry in entries:
        end += len(line_of(entry))
        yield end


def test_broken_line(tmp_path: Path) -> None:
    """A line that is no entry is handed out as such, and the others are not lost over it."""
    spill = SpillFile(tmp_path / "spill")
    spill.append_lines([line_of(offer()), b"nonsense\n", line_of(waiting())])
    entries, broken, token = spill.first(10)
    assert (entries, broken) == ([offer(), waiting()], [b"nonsense\n"])
    spill.done(3, token)
    assert len(spill) == 0


def test_file_removed(tmp_path: Path) -> None:
    """Somebody deletes the file: nothing comes, and what is appended later does."""
    spill = SpillFile(tmp_path / "spill")
    spill.append(_entries(2))
    spill.path.unlink()
    entries, broken, token = spill.first(10)
    assert (entries, broken) == ([], [])
    spill.done(len(spill), token)
    spill.append([offer()])
    assert _replayed(spill) == [offer()]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "floor-test", folder], check=False)
    if mount.returncode:
        pytest.skip("this machine does not let us mount")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_full_disk(small_disk: Path) -> None:
    """On a full disk an append fails as a whole: no half line, and everything before it is intact."""
    spill = SpillFile(small_disk / "spill")
    spill.append(_entries(10))
    with pytest.raises(OSError, match="No space left"):
        spill.append(_entries(5000))
    assert len(spill) == 10
    spill.append([offer()])
    assert _replayed(spill) == [*_entries(10), offer()]
