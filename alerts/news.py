"""Word that something on record is another than before, by kind; whoever shows it asks for it anew."""

from __future__ import annotations

from collections.abc import Callable

import structlog

BREACHES, SILENCES, INCIDENTS, PLANS, DRILLS = "breaches", "silences", "incidents", "plans", "drills"
KINDS = (BREACHES, SILENCES, INCIDENTS, PLANS, DRILLS)

NewsListener = Callable[[str], None]
"""Told the kind, synchronously and often; must not block."""

log = structlog.get_logger(__name__)


class News:
    """Says that, never what: whoever asks is shown what he may see."""

    def __init__(self) -> None:
        self._listeners: list[NewsListener] = []

    def subscribe(self, listener: NewsListener) -> Callable[[], None]:
        """Call the result to hear no more."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, kind: str) -> None:
        """One of :data:`KINDS` changed; a listener that fails stops nobody."""
        for listener in tuple(self._listeners):
            try:
                listener(kind)
            except Exception:
                log.exception("listener failed", listener=repr(listener))


def kind_of(table: str) -> str:
    """The kind that the rows of a table of the record of incidents, plans and drills belong to."""
    word = table.partition("_")[0]
    return {"incident": INCIDENTS, "incidents": INCIDENTS, "plan": PLANS}.get(word, DRILLS)
