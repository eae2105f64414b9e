"""One entry of the audit: an act, how far it has come, by whom, about whom. Entries are added, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Stage(StrEnum):
    """How far an act has come; entries of one act bear the same ``thread``."""

    ASKED = "asked"
    """Written before anything is done: what cannot be recorded is not done."""
    REFUSED = "refused"
    """By us: no right, out of scope, no such call."""
    ANSWERED = "answered"
    """The exchange's word on it, or that there was none."""
    BEGAN = "began"
    CHANGED = "changed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does something; ``person is None``: no person of ours (a phone, a program, the product itself)."""

    name: str
    person: int | None = None
    role: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of an act at one stage."""

    thread: str
    """Joins the entries of one act; random, 128 bits as hex."""
    act: str
    """A word: ``listen``, ``pause``, ``hang_up``, ``unmask``, ``export`` …"""
    stage: Stage
    at: float
    by: Doer
    pbx: str = ""
    agent: str = ""
    """Member name of the agent it is about."""
    queue: str = ""
    call: str = ""
    """Linkedid."""
    reason: str = ""
    """Purpose or reason as given by the doer."""
    said: str = ""
    """What was answered, in a sentence."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """Whatever else proves it (mode, channel, digits masked …); JSON values; no secret, no unmasked number."""
