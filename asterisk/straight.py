"""Events that only the floor hears: nobody who listens at a link asks for them, so they go past all who do."""

from __future__ import annotations

from collections.abc import Mapping

from asterisk.deliveries import Straight
from asterisk.placed import HEARD
from asterisk.records import Row
from asterisk.reporter import Reporter
from asterisk.spying import KEYS
from asterisk.translate import FREQUENT

STRAIGHT: Mapping[str, Row] = {name: row for name, row in FREQUENT.items() if name not in HEARD and name not in KEYS}
"""By name. The others tell of calls that we place and of channels by which we listen, too."""


def straight_to(reporter: Reporter) -> Straight:
    """For a link whose sink is this reporter, with whoever else listens before it."""
    return Straight(reporter.tell, STRAIGHT)
