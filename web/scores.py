"""Figures as they go on the wire, rendered once and kept until they differ.

When a minute passes, every subject has to be looked at; hardly any has changed, and several boards ask for each.
"""

from __future__ import annotations

from floor.state.figures import Figures, Subject
from web.ports import Measures, Window
from web.views import view_figures
from web.wire import FiguresWire


class Scores:
    """Shared by all boards. What it gives out is not to be changed."""

    def __init__(self, measures: Measures) -> None:
        self.measures = measures
        self._kept: dict[tuple[Subject, Window], tuple[Figures, FiguresWire]] = {}

    def of(self, subject: Subject, window: Window) -> FiguresWire:
        """One F, everything in it."""
        figures = self.measures.figures(subject, window)
        kept = self._kept.get((subject, window))
        if kept is None or kept[0] != figures:
            kept = self._kept[subject, window] = figures, view_figures(figures)
        return kept[1]

    def known(self, subject: Subject, window: Window) -> FiguresWire:
        """One F without what cannot be divided; empty when there is nothing at all. For the many agents."""
        figures = self.measures.figures(subject, window)
        if not figures:
            return {}
        return {name: value for name, value in self.of(subject, window).items() if value is not None}
