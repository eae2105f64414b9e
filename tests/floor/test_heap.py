"""After the start the collector looks through what is new, seldom, and still finds what refers to itself."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc, weakref
from floor.heap import YOUNG, settle

class Knot:
    def __init__(self):
        self.self = self

kept = [Knot() for _ in range(100)]
settle()
assert gc.get_freeze_count() > 1000, "what stood is put aside"
assert gc.get_threshold()[0] == YOUNG
knot = weakref.ref(Knot())
gc.collect()
assert knot() is None, "what came later is collected"
"""


def test_what_stands_is_put_aside() -> None:
    """In a process of its own, for it holds for the rest of a process's life."""
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
