"""What pages ask of commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from floor.command.model import Command, Done
from floor.errors import FloorError
from floor.people.model import SignedIn


class NotAllowedError(FloorError):
    """Refused before anything was sent: no right, out of scope, nothing to do it to; ``words`` by language."""

    def __init__(self, status: int, en: str, zh: str) -> None:
        super().__init__(en)
        self.status, self.words = status, {"en": en, "zh": zh}


class Commander(Protocol):
    """Judges, records, sends."""

    def foresee(self, who: SignedIn, command: Command) -> Mapping[str, str]:
        """What it would do, in a sentence by language, to be confirmed; raises :class:`NotAllowedError`."""

    async def do(self, who: SignedIn, command: Command, *, confirmed: bool = False, address: str = "") -> Done:
        """Dangerous ones (hang up, transfer, take over, pick, log off) only when ``confirmed``; raises
        :class:`NotAllowedError`."""
