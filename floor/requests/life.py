"""The life of requests, pure: who may step from which stage to which, and what time alone brings about.

========  ======================================================================
help      open -> answered -> closed; open, answered -> withdrawn, lapsed
leave     open -> approved -> left -> back; open -> refused; open, approved -> withdrawn, lapsed
reason    open -> given, lapsed
========  ======================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from floor.requests.model import LIVES, About, Answer, EndReason, Help, Leave, Request, Someone, Stage, Way
from floor.requests.ports import NotAdmittedError
from floor.sections.requests import RequestsSettings

R = TypeVar("R", bound=Request)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds; from the settings."""

    help_answer_s: float = 60.0
    help_keep_s: float = 3600.0
    leave_wait_s: float = 600.0
    leave_use_s: float = 900.0
    reason_s: float = 180.0

    @classmethod
    def of(cls, settings: RequestsSettings) -> Limits:
        return cls(
            settings.help_answer_s,
            60.0 * settings.help_keep_min,
            60.0 * settings.leave_wait_min,
            60.0 * settings.leave_use_min,
            settings.reason_s,
        )


# What time brings about


def escalates_at(help_: Help, limits: Limits) -> float | None:
    """When somebody above is told; ``None``: it was already, or it is answered."""
    if help_.stage is not Stage.OPEN or help_.escalated_at is not None:
        return None
    return help_.asked_at if help_.about is About.ABUSIVE else help_.asked_at + limits.help_answer_s


def lapses_at(request: Request, limits: Limits) -> float | None:
    """When it ends by itself; ``None``: never in this stage."""
    if request.stage not in LIVES:
        return None
    if isinstance(request, Help):
        return max(request.asked_at, request.answered_at or 0.0) + limits.help_keep_s
    if isinstance(request, EndReason):
        return request.asked_at + limits.reason_s
    if request.stage is Stage.OPEN:
        return request.asked_at + limits.leave_wait_s
    if request.stage is Stage.APPROVED and request.decided_at is not None:
        return request.decided_at + limits.leave_use_s
    return None


def next_at(request: Request, limits: Limits) -> float | None:
    """When :func:`at` has something to say."""
    moments = [lapses_at(request, limits)]
    if isinstance(request, Help):
        moments.append(escalates_at(request, limits))
    return min((moment for moment in moments if moment is not None), default=None)


def at(request: R, now: float, limits: Limits) -> R:
    """As it stands by ``now``; steps are dated when they were due, not when they were noticed."""
    if isinstance(request, Help):
        due = escalates_at(request, limits)
        if due is not None and due <= now:
            request = replace(request, escalated_at=due)
    over = lapses_at(request, limits)
    return replace(request, stage=Stage.LAPSED, ended_at=over) if over is not None and over <= now else request


# What people do


def asked_again(help_: Help, about: About, text: str, now: float) -> Help:
    """He asks once more while one is open: the same request, graver if this one is, with both texts."""
    graver = about is About.ABUSIVE and help_.about is not About.ABUSIVE
    joined = help_.text if not text or text in help_.text else f"{help_.text} {text}".strip()
    anew = {"stage": Stage.OPEN, "escalated_at": now} if graver else {}
    return replace(help_, about=about if graver else help_.about, text=joined, **anew)  # type: ignore[arg-type]


def answered(help_: Help, answer: Answer, advice: str, by: Someone, now: float) -> Help:
    """Somebody helps; whoever was first stays on record as the one who answered."""
    _in(help_, Stage.OPEN, Stage.ANSWERED)
    first = help_.stage is Stage.OPEN
    return replace(
        help_,
        stage=Stage.ANSWERED,
        answer=answer,
        advice=advice,
        answered_at=now if first else help_.answered_at,
        answered_by=by if first else help_.answered_by,
    )


def closed(help_: Help, by: Someone, now: float) -> Help:
    """Somebody says that it is settled."""
    _in(help_, Stage.OPEN, Stage.ANSWERED)
    return replace(help_, stage=Stage.CLOSED, ended_at=now, ended_by=by)


def decided(leave: Leave, approved: bool, word: str, by: Someone, now: float) -> Leave:
    """The leader's decision; there is one."""
    _in(leave, Stage.OPEN)
    if approved:
        return replace(leave, stage=Stage.APPROVED, decided_at=now, decided_by=by, word=word)
    return replace(leave, stage=Stage.REFUSED, decided_at=now, decided_by=by, word=word, ended_at=now)


def left(leave: Leave, now: float) -> Leave:
    """He was seen to leave."""
    return replace(leave, stage=Stage.LEFT, left_at=now) if leave.stage is Stage.APPROVED else leave


def back(leave: Leave, now: float) -> Leave:
    """He was seen to be back."""
    return replace(leave, stage=Stage.BACK, back_at=now, ended_at=now) if leave.stage is Stage.LEFT else leave


def withdrawn(request: Help | Leave, now: float) -> Help | Leave:
    """He needs it no more."""
    _in(request, Stage.OPEN, Stage.ANSWERED, Stage.APPROVED)
    return replace(request, stage=Stage.WITHDRAWN, ended_at=now)


def given(owed: EndReason, reason: str, way: Way, now: float) -> EndReason:
    """He says why he hung up first."""
    _in(owed, Stage.OPEN)
    return replace(owed, stage=Stage.GIVEN, reason=reason, way=way, ended_at=now)


_OVER = {
    Stage.ANSWERED: ("somebody has answered already", "已有人应答"),
    Stage.APPROVED: ("it is decided already: approved", "已批准"),
    Stage.LEFT: ("he has left already", "已离席"),
    Stage.REFUSED: ("it is decided already: refused", "已拒绝"),
    Stage.WITHDRAWN: ("it was withdrawn", "申请已撤回"),
    Stage.CLOSED: ("it is closed", "已结束"),
    Stage.BACK: ("he is back already", "已返回"),
    Stage.GIVEN: ("the reason was given already", "原因已填写"),
    Stage.LAPSED: ("the time for it is over", "已超过时限"),
}


def _in(request: Request, *stages: Stage) -> None:
    if request.stage not in stages:
        raise NotAdmittedError(409, *_OVER.get(request.stage, ("not at this moment", "当前不可执行")))
