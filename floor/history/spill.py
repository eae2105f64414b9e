"""The spill file: what the database would not take, one JSON per line, in order, on disk before we rely on it.

Replaying may repeat lines after a crash, which writing tolerates.
"""

from __future__ import annotations

from collections.abc import Sequence

from floor.history.rows import Entry, entry_of, line_of
from floor.lines import LineFile


class SpillFile(LineFile):
    """Entries as lines. Raises ``OSError``."""

    def append(self, entries: Sequence[Entry]) -> None:
        """Add lines and wait until they are on disk; after an error none of them is there."""
        self.append_lines([line_of(entry) for entry in entries])

    def first(self, limit: int) -> tuple[list[Entry], list[bytes], int]:
        """Up to ``limit`` lines not yet replayed: entries, lines that are none, and the token for ``done``.

        Both empty although ``len(self)`` is not: somebody removed the file.
        """
        entries: list[Entry] = []
        broken: list[bytes] = []
        lines, token = self.first_lines(limit)
        for line in lines:
            _sort_in(line, entries, broken)
        return entries, broken, token


def _sort_in(line: bytes, entries: list[Entry], broken: list[bytes]) -> None:
    try:
        entries.append(entry_of(line))
    except ValueError:
        broken.append(line)
