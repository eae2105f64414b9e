"""Who may do what: the one table. Scope (which groups and queues) comes on top of it."""

from __future__ import annotations

from enum import StrEnum

from floor.people.model import Person, Role


class Right(StrEnum):
    """One thing somebody may do; asked for at every command and every message sent."""

    SEE_OWN = "see_own"
    """All that is recorded about oneself (R-SEC-15)."""
    DISPUTE = "dispute"
    ASK = "ask"
    """For help or leave at one's own seat, and to say why one hung up first (R-HLD-13, R-PRS-10, R-HUP-1)."""
    SEE_FLOOR = "see_floor"
    """The supervisors' page: agents of the own groups by name, queues, alerts."""
    SEE_SITE = "see_site"
    """The same without the limit of groups and queues."""
    SEE_NUMBERS = "see_numbers"
    """Customers' numbers unmasked; every look is logged (R-SEC-2)."""
    ACKNOWLEDGE = "acknowledge"
    SILENCE = "silence"
    EXCUSE = "excuse"
    """Excuse a breach with a reason."""
    REPORT_EMERGENCY = "report_emergency"
    RECORD_INCIDENT = "record_incident"
    DECIDE_SCOPE = "decide_scope"
    """Scope of an incident (R-EMG-10)."""
    EVACUATE = "evacuate"
    """R-EMG-16."""
    RUN_DRILL = "run_drill"
    WRITE_PLAN = "write_plan"
    APPROVE_PLAN = "approve_plan"
    EXPORT = "export"
    REPLAY = "replay"
    """Past minutes on the board."""
    LISTEN = "listen"
    """To calls of agents in his scope, with a stated purpose (R-SEC-1, R-SUP-5)."""
    WHISPER = "whisper"
    BARGE = "barge"
    COMMAND_AGENTS = "command_agents"
    """Pause, queues, penalty, call them."""
    COMMAND_CALLS = "command_calls"
    """Hang up, transfer, take over, pick."""
    POST_NOTICE = "post_notice"
    """To boards and agents (R-SUP-10, -11)."""
    ANSWER_HELP = "answer_help"
    """R-HLD-13, R-HUP-10."""
    DECIDE_LEAVE = "decide_leave"
    """R-PRS-10, -15."""
    SEE_AUDIT = "see_audit"
    """Who listened to whom, commanded and looked at what."""
    MANAGE_PEOPLE = "manage_people"
    TEST_MESSAGES = "test_messages"


_OWN = frozenset({Right.SEE_OWN, Right.DISPUTE, Right.ASK, Right.REPORT_EMERGENCY})
_HELPS = _OWN | {Right.SEE_FLOOR}
_LEADS = _HELPS | {
    Right.ACKNOWLEDGE, Right.RECORD_INCIDENT, Right.EXCUSE, Right.REPLAY, Right.LISTEN, Right.WHISPER, Right.BARGE,
    Right.COMMAND_AGENTS, Right.COMMAND_CALLS, Right.POST_NOTICE, Right.ANSWER_HELP, Right.DECIDE_LEAVE,
}  # fmt: skip
_COMMANDS = _LEADS | {
    Right.SEE_SITE, Right.SILENCE, Right.DECIDE_SCOPE, Right.EVACUATE, Right.RUN_DRILL, Right.WRITE_PLAN,
    Right.SEE_NUMBERS, Right.EXPORT, Right.SEE_AUDIT,
}  # fmt: skip
_MANAGES = _COMMANDS | {Right.APPROVE_PLAN, Right.TEST_MESSAGES}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.AGENT: _OWN,
    Role.COACH: _HELPS | {Right.LISTEN, Right.WHISPER, Right.ANSWER_HELP},
    Role.TRAINER: _HELPS | {Right.LISTEN},
    Role.LEADER: _LEADS,
    Role.CHIEF: _COMMANDS,
    Role.MANAGER: _MANAGES,
    Role.QA: _HELPS | {Right.SEE_SITE, Right.REPLAY, Right.LISTEN},
    Role.QA_LEAD: _HELPS | {Right.SEE_SITE, Right.REPLAY, Right.EXCUSE, Right.EXPORT, Right.LISTEN},
    Role.ASSISTANT: _HELPS | {Right.SEE_SITE, Right.RECORD_INCIDENT, Right.WRITE_PLAN, Right.EXPORT},
    Role.ANALYST: _HELPS | {Right.SEE_SITE, Right.EXPORT},
    Role.OUTSIDE: frozenset(),
    Role.ADMIN: _OWN | {Right.SEE_FLOOR, Right.SEE_SITE, Right.MANAGE_PEOPLE, Right.TEST_MESSAGES},
}
"""An administrator looks after the product; he neither commands the floor nor sees customers' numbers."""

RANK: dict[Role, int] = {Role.AGENT: 0, Role.COACH: 1, Role.LEADER: 2, Role.CHIEF: 3, Role.MANAGER: 4}
"""The chain of escalation (R-SUP-3); other roles have no place in it."""


def may(person: Person, right: Right) -> bool:
    """Whether the person has the right at all; within which groups is asked apart."""
    return person.active and right in RIGHTS[person.role]
