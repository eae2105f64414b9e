"""What pages ask of commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from floor.command.model import Command, Done
from floor.command.placed import PlacedCall
from floor.errors import FloorError
from floor.people.model import SignedIn


class NotAllowedError(FloorError):
    """Refused before anything was sent: no right, out of scope, nothing to do it to; ``words`` by language."""

    def __init__(self, status: int, en: str, zh: str, foresee: Mapping[str, str] | None = None) -> None:
        super().__init__(en)
        self.status, self.words = status, {"en": en, "zh": zh}
        self.foresee = foresee
        """What it would do, where it only wants to be confirmed."""


class Commander(Protocol):
    """Judges, records, sends."""

    def foresee(self, who: SignedIn, command: Command) -> Mapping[str, str]:
        """What it would do, in a sentence by language, to be confirmed; raises :class:`NotAllowedError`."""

    def phone_of(self, who: SignedIn, pbx: str) -> str | None:
        """His own phone at an exchange, as Tech/number, which taking over, picking and calling an agent ring."""

    def reasons(self) -> Mapping[str, Sequence[str]]:
        """The floor's pause reasons: ``away`` and ``work``."""

    def placed(self, who: SignedIn, thread: str) -> PlacedCall:
        """What became of a call that a command of his placed; raises :class:`NotAllowedError`."""

    async def do(
        self, who: SignedIn, command: Command, *, confirmed: bool = False, note: str = "", address: str = ""
    ) -> Done:
        """Dangerous ones (hang up, transfer, take over, pick, log off) only when ``confirmed``; raises
        :class:`NotAllowedError`."""
