"""The boards there are: those of the settings, or one of everything; and the audience programs have."""

from __future__ import annotations

from collections.abc import Mapping

from floor.settings import BoardSettings, Settings
from web.alarms import Sources
from web.audience import Audience
from web.naming import Names
from web.ports import Measures
from web.scores import Scores

DEFAULT = BoardSettings()
"""Shown when the settings define no board: all queues, nobody's name."""

EVERYTHING = BoardSettings(id="api", title={"en": "Everything", "zh": "全部"}, agents="name")


class Boards:
    """Boards by id, in the order of the settings, each with its audience."""

    def __init__(self, settings: Settings, measures: Measures, salt: bytes, sources: Sources | None = None) -> None:
        names, scores = Names.of(settings, salt), Scores(measures)
        self.scores = scores
        self._sources = sources or Sources()
        boards = settings.board or (DEFAULT,)
        self.by_id: Mapping[str, BoardSettings] = {board.id: board for board in boards}
        self.audiences = {board.id: Audience(board, settings, names, scores, sources=self._sources) for board in boards}
        self._everything = (EVERYTHING, settings, names, scores)

    def audience(self, board: str | None) -> Audience | None:
        """A new audience, for one look at the floor: a board's, or (no board) one that sees every queue by name."""
        if board is None:
            return Audience(*self._everything, everything=True, sources=self._sources)
        found = self.by_id.get(board)
        return None if found is None else Audience(found, *self._everything[1:], sources=self._sources)
