"""Figures as they go on the wire, rendered once and kept until they differ.

When a minute passes, every subject has to be looked at; hardly any has changed, and several boards ask for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from floor.state.figures import Figures, Subject
from web.ports import Measures, Window
from web.views import view_figures
from web.wire import FiguresWire


class Scores:
    """Shared by all boards. What it gives out is not to be changed."""

    def __init__(self, measures: Measures) -> None:
        self.measures = measures
        self._kept: dict[tuple[Subject, Window], tuple[Figures, FiguresWire]] = {}
        self._asked: dict[tuple[Subject, Window], Figures] | None = None

    @contextmanager
    def still(self) -> Iterator[None]:
        """While nothing can change, each subject's figures are asked for once, however many boards show them."""
        self._asked = {}
        try:
            yield
        finally:
            self._asked = None

    def figures(self, subject: Subject, window: Window) -> Figures:
        """The sums of a subject now."""
        if self._asked is None:
            return self.measures.figures(subject, window)
        known = self._asked.get((subject, window))
        if known is None:
            known = self._asked[subject, window] = self.measures.figures(subject, window)
        return known

    def of(self, subject: Subject, window: Window) -> FiguresWire:
        """One F, everything in it."""
        figures = self.figures(subject, window)
        kept = self._kept.get((subject, window))
        if kept is None or kept[0] != figures:
            kept = self._kept[subject, window] = figures, view_figures(figures)
        return kept[1]

    def known(self, subject: Subject, window: Window) -> FiguresWire:
        """One F without what cannot be divided; empty when there is nothing at all. For the many agents."""
        figures = self.figures(subject, window)
        if not figures:
            return {}
        return {name: value for name, value in self.of(subject, window).items() if value is not None}
