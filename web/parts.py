"""What this process has beside the floor, handed to the server in one piece."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from alerts.ports import Alarms, Trials
from alerts.response_ports import Readiness
from floor.audit.ports import Audit
from floor.command.ports import Commander
from floor.listening.ports import Listenings
from floor.people.ports import Accounts, People
from floor.requests.ports import Notices, Requests
from web.alarms import Sources
from web.calls_api import CallsOnRecord
from web.ports import Announcements, Clocks, Messages, News, Past, Trouble, Wellbeing, Wording
from web.replay import Archive
from web.reports_api import Days


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What is None is not here: its pages are not served, and no other page speaks of it.

    Without ``accounts`` nobody can sign in: there are boards only. ``trouble`` tells how the record on disk is doing.
    """

    trouble: Callable[[], Trouble] | None = None
    wellbeing: Callable[[], Wellbeing] | None = None
    alarms: Alarms | None = None
    clocks: Clocks | None = None
    wording: Wording | None = None
    announcements: Announcements | None = None
    messages: Messages | None = None
    news: News | None = None
    people: People | None = None
    accounts: Accounts | None = None
    past: Past | None = None
    calls: CallsOnRecord | None = None
    days: Days | None = None
    archive: Archive | None = None
    readiness: Readiness | None = None
    trials: Trials | None = None
    audit: Audit | None = None
    commander: Commander | None = None
    requests: Requests | None = None
    notices: Notices | None = None
    listenings: Listenings | None = None

    def sources(self) -> Sources:
        """Those that the streams draw from."""
        return Sources(**{field.name: getattr(self, field.name) for field in fields(Sources)})
