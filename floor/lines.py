"""A file of lines that survives being killed: append at the end, read from the beginning, on disk before we rely on it.

A line counts from the moment its newline is on disk. A half line at the end is what a crash or a full disk left; it was
never relied on and is cut off.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path


class LineFile:
    """Safe to use from several threads. Raises ``OSError``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._read = 0
        self._lines = 0

    def __len__(self) -> int:
        """Lines not yet replayed."""
        return self._lines

    def open(self) -> None:
        """Find what an earlier run left; cut off a half line."""
        with self._lock:
            self._read = self._lines = 0
            if not self.path.exists():
                return
            whole = 0
            with self.path.open("rb") as file:
                for line in file:
                    if line.endswith(b"\n"):
                        whole += len(line)
                        self._lines += 1
            if whole < self.path.stat().st_size:
                os.truncate(self.path, whole)

    def append_lines(self, lines: Sequence[bytes]) -> None:
        """Add lines as they are, each with its newline, and wait until they are on disk; after an error none of them
        is there."""
        if not lines:
            return
        data = b"".join(lines)
        with self._lock:
            new = not self.path.exists()
            with self.path.open("ab") as file:
                end = file.tell()
                try:
                    _write_through(file.fileno(), data)
                except OSError:
                    os.ftruncate(file.fileno(), end)
                    raise
            if new:
                _sync_folder(self.path.parent)
            self._lines += len(lines)

    def first_lines(self, limit: int) -> tuple[list[bytes], int]:
        """Up to ``limit`` lines not yet replayed, and the token for ``done``.

        Empty although ``len(self)`` is not: somebody removed the file.
        """
        lines: list[bytes] = []
        with self._lock:
            if self._lines == 0 or not self.path.exists():
                return lines, 0
            with self.path.open("rb") as file:
                file.seek(self._read)
                while len(lines) < limit and (line := file.readline()):
                    lines.append(line)
                return lines, file.tell()

    def done(self, count: int, token: int) -> None:
        """``count`` lines up to ``token`` are safe elsewhere; when all are, the file is emptied."""
        with self._lock:
            self._read = token
            self._lines = max(0, self._lines - count)
            if self._lines == 0:
                self._read = 0
                if self.path.exists():
                    os.truncate(self.path, 0)


def _write_through(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
