"""Listenings an earlier run left open in the audit: closed, as over since nobody knows when."""

from __future__ import annotations

from collections.abc import Container

from floor.audit.model import Entry, Stage
from floor.audit.ports import Audit
from floor.listening.written import ACT, left_open

LOOK_BACK_S = 7 * 86400.0
"""Longer ago nobody began what is open still."""
PORTION = 500
OPEN = (Stage.ASKED, Stage.BEGAN, Stage.CHANGED)


async def close_unfinished(audit: Audit, before: float, *, but: Container[str], pbxs: Container[str], at: float) -> int:
    """Write an end for each thread whose last entry, earlier than ``before``, is none; how many. ``but``: threads that
    go on; ``pbxs``: the exchanges that are ours. Raises :class:`floor.history.errors.HistoryError` and
    :class:`floor.audit.ports.AuditUnwritableError`."""
    last: dict[str, Entry] = {}
    after = 0
    while True:
        found = await audit.read(since=before - LOOK_BACK_S, until=at + 1.0, act=ACT, after=after, limit=PORTION)
        for number, entry in found:
            after = number
            if entry.stage in OPEN:
                last[entry.thread] = entry
            else:
                last.pop(entry.thread, None)
        if len(found) < PORTION:
            break
    left = [one for one in last.values() if one.thread not in but and one.pbx in pbxs and one.at < before]
    for entry in left:
        await audit.write(left_open(entry, at))
    return len(left)
