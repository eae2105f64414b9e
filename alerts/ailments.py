"""What ails the alerts themselves: not judged, not on record, not told, or told to nobody. Said in the log when it
begins and ends, on every desk as long as it lasts, and as figures for ``/metrics``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from alerts.model import Text
from alerts.plan_model import Notice
from floor.history.trouble import Trouble

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 5.0
NOTICE = "alerts-ailing"
LANGUAGES = ("en", "zh")

Untold = Mapping[str, str]
"""Ways that fail at present, by kind, with what was said last."""


class Engine(Protocol):
    """What is asked of :class:`alerts.engine.Engine`."""

    failures: int

    @property
    def acting(self) -> bool: ...

    @property
    def vacant(self) -> bool: ...

    def health(self, language: str = "en") -> str | None: ...

    def trouble(self) -> Trouble: ...


class Board(Protocol):
    """Where notices are posted (:class:`alerts.announcements.Announcements`)."""

    def post(self, id_: str, notice: Notice) -> None: ...

    def take_down(self, id_: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Wellbeing:
    """The same as figures."""

    acting: bool
    """Whether this one tells, of several on one database."""
    unjudged: int
    """Outcomes that the rules failed at."""
    record: Trouble
    untold: Untold
    reachable: bool
    """Whether a critical alert would reach anybody who looks at no page."""
    vacant: bool = False
    """Whether perhaps nobody tells: this one stands by, and can neither see who acts nor begin."""


class Ailments:
    """``unreachable`` says why nobody would be told, in both languages; ``untold``: which ways fail."""

    def __init__(
        self, engine: Engine, board: Board, untold: Callable[[], Untold], unreachable: Callable[[], Text | None]
    ) -> None:
        self._engine, self._board = engine, board
        self._untold, self._reach = untold, unreachable
        self.only_pages = False
        """A demo, or a tape played back: that nobody hears of anything beyond its pages is meant so."""
        self._said: Text | None = None

    def _unreachable(self) -> Text | None:
        return None if self.only_pages else self._reach()

    def now(self) -> Wellbeing:
        engine = self._engine
        reachable = self._unreachable() is None
        return Wellbeing(
            engine.acting, engine.failures, engine.trouble(), dict(self._untold()), reachable, engine.vacant
        )

    def text(self) -> Text | None:
        """All that is wrong at this moment; ``None``: nothing."""
        lines = [line for line in (self._engines(), self._ways(), self._unreachable()) if line is not None]
        return (
            {one: ("" if one == "zh" else " ").join(line[one] for line in lines) for one in LANGUAGES}
            if lines
            else None
        )

    def _engines(self) -> Text | None:
        said = {one: self._engine.health(one) for one in LANGUAGES}
        return {one: text for one, text in said.items() if text} or None

    def _ways(self) -> Text | None:
        failing = ", ".join(f"{kind} ({said})" for kind, said in sorted(self._untold().items()))
        if not failing:
            return None
        return {"en": f"Messages do not get through by {failing}.", "zh": f"以下通知方式发送失败：{failing}。"}

    def look(self) -> None:
        """Say what has changed."""
        text = self.text()
        if text == self._said:
            return
        if text is None:
            self._board.take_down(NOTICE)
            log.info("alerts are well again")
        else:
            self._board.post(NOTICE, Notice(text, "warn", desks=True))
            if self._said is None:
                log.warning("alerts ail", what=text["en"])
        self._said = text

    async def keep(self) -> None:
        """For as long as it lasts."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY_S)
