"""Figures as they go on the wire, rendered once and kept until they differ; and what several screens show alike.

When a minute passes, every subject has to be looked at; hardly any has changed, and several boards ask for each. An
agent looks the same on every board that names agents in one way, and on every desk: he is rendered once for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from msgspec import Raw, Struct
from msgspec.json import Encoder

from floor.state.figures import Figures, Subject
from web.ports import Measures, Window
from web.views import view_figures
from web.wire import FiguresWire

_encoder = Encoder()
S = TypeVar("S", bound=Struct)


class Scores:
    """Shared by all boards. What it gives out is not to be changed."""

    def __init__(self, measures: Measures) -> None:
        self.measures = measures
        self._kept: dict[tuple[Subject, Window], tuple[Figures, FiguresWire]] = {}
        self._asked: dict[tuple[Subject, Window], Figures] | None = None
        self._made: dict[tuple[str, ...], Raw] | None = None
        self._known: dict[tuple[Subject, Window], FiguresWire] = {}
        self._points: dict[Subject, list[dict[str, float]]] = {}
        """Charts, which are told at leisure, and kept until they are to be told anew."""

    @contextmanager
    def still(self) -> Iterator[None]:
        """While nothing can change, what several screens show is asked for and rendered once."""
        self._asked, self._made = {}, {}
        try:
            yield
        finally:
            self._asked = self._made = None
            self._known.clear()

    def once(self, what: tuple[str, ...], make: Callable[[], S]) -> Raw | S:
        """An entity as several screens show it; ``what`` says which, and in which way it is shown. While nothing can
        change it comes encoded."""
        if self._made is None:
            return make()
        known = self._made.get(what)
        if known is None:
            known = self._made[what] = Raw(_encoder.encode(make()))
        return known

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
        known = self._known.get((subject, window))
        if known is None:
            figures = self.figures(subject, window)
            shown = view_figures(figures) if figures else {}
            known = {name: value for name, value in shown.items() if value is not None}
            if self._made is not None:  # nothing can change for now; kept any longer, thousands would be much
                self._known[subject, window] = known
        return known

    def points(self, subject: Subject) -> list[dict[str, float]]:
        """The last hour of a subject, as it was when it was last said to have moved or later."""
        known = self._points.get(subject)
        if known is None:
            known = self._points[subject] = self.measures.history(subject)
        return known

    def moved(self, subjects: Iterable[Subject]) -> None:
        """The last hour of these differs from what was told."""
        for subject in subjects:
            self._points.pop(subject, None)
