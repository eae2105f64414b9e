"""How requests and notices appear on the wire: at a desk, on an agent's own page, on a board."""

from __future__ import annotations

from alerts.model import Breach
from alerts.model import Text as Words
from floor.requests.model import Help, Leave, Notice, Request
from floor.requests.ports import Notices, Requests
from web import wire


def view_request(request: Request, requests: Requests, *, mine: bool = False) -> wire.Request:
    """A request; ``mine``: whoever looks asked it himself."""
    common = {
        "kind": request.kind.value,
        "stage": request.stage.value,
        "pbx": request.by.pbx,
        "agent": "/".join(request.by.key),
        "label": request.by.name or request.by.agent,
        "number": request.by.number or None,
        "group": request.by.group,
        "asked_at": request.asked_at,
        "way": request.way.value if request.way is not None else None,
        "until": requests.until(request),
        "ended_at": request.ended_at,
        "mine": mine,
    }
    return wire.Request(**common, **_own_part(request, requests))  # type: ignore[arg-type]


def _own_part(request: Request, requests: Requests) -> dict[str, object]:
    if isinstance(request, Help):
        return {
            "text": request.text or None,
            "about": request.about.value,
            "queue": request.queue or None,
            "call": request.call or None,
            "escalated_at": request.escalated_at,
            "answered_at": request.answered_at,
            "answered_by": request.answered_by.name if request.answered_by else None,
            "answer": request.answer.value if request.answer else None,
            "advice": request.advice or None,
            "ended_by": request.ended_by.name if request.ended_by else None,
        }
    if isinstance(request, Leave):
        return {
            "text": request.text or None,
            "reason": request.reason,
            "minutes": request.minutes,
            "away": tuple(requests.away(request)),
            "decided_at": request.decided_at,
            "decided_by": request.decided_by.name if request.decided_by else None,
            "word": request.word or None,
            "left_at": request.left_at,
            "back_at": request.back_at,
            "due_at": request.due_at,
        }
    return {
        "queue": request.queue or None,
        "call": request.call or None,
        "hung_up_at": request.asked_at,
        "talk_s": request.talk_s,
        "reason": request.reason,
        "given_at": request.ended_at if request.reason else None,
    }


def view_posted(notice: Notice, *, drill: bool = False) -> wire.Notice:
    """As a board has it: what it says, and nothing of who said it."""
    return wire.Notice(dict(notice.text), notice.level, notice.until, drill=drill)


def view_notice_of(notice: Notice, notices: Notices, *, mine: bool) -> wire.Notice:
    """As leaders have it; ``mine``: he may withdraw it."""
    return wire.Notice(
        dict(notice.text),
        notice.level,
        notice.until,
        by=notice.by.name,
        posted_at=notice.posted_at,
        boards=notice.boards,
        pages=notice.pages,
        groups=notice.groups,
        public=notice.public,
        reads=notices.reads(notice.id),
        mine=mine,
    )


def view_own_notice(notice: Notice, *, read: bool) -> wire.Notice:
    """As an agent's own page has it."""
    return wire.Notice(
        dict(notice.text), notice.level, notice.until, by=notice.by.name, posted_at=notice.posted_at, read=read
    )


def view_own_breach(breach: Breach, name: Words) -> wire.Breach:
    """A breach as an agent's own page has it."""
    return wire.Breach(
        rule=breach.rule,
        name=dict(name),
        severity=breach.severity,
        began_at=breach.began_at,
        ended_at=breach.ended_at,
        value=breach.value,
        limit=breach.limit,
        queue=breach.queue,
        excused_by=breach.excused_by,
        excuse=breach.excuse,
        disputed=breach.dispute is not None,
    )
