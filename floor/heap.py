"""The collector of garbage, for a process that lives long: what stands after the start is looked through no more."""

from __future__ import annotations

import gc

YOUNG = 20_000
"""So many more new than freed containers before the youngest are looked through. Python's own 700 is for programs that
begin small: one event makes some tens, nearly all of which are freed without the collector."""
MIDDLE, OLD = 20, 20
"""Looks at the younger generation before the next one is looked through, too."""


def settle() -> None:
    """Call once, when everything is built: modules, settings, pages and what is remembered are put aside for good.

    A look through everything stops all work; without this it takes a fifth of a second and more on a big floor.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
