"""Amounts as people write them in a rules file: ``15``, ``"15 s"``, ``"3 rings"``, ``"5 min"``, ``"30 %"``."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "day": 86400.0, "days": 86400.0}
RINGS = ("ring", "rings")
SECONDS_PER_RING = 5.0
"""China: 1 s on, 4 s off; US 6, UK 3 (domain F15)."""
MEANT = 'write a number, or "15 s", "5 min", "1 h", "3 rings", "30 %"'

_AMOUNT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]+|%)\s*")


def amount(value: Any, context: Mapping[str, Any] | None = None) -> float:
    """The number: seconds for times, 0…1 for percent; ``context["ring"]``: seconds of one ring.

    :raises ValueError: with a sentence.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"an amount is wanted; {MEANT}")
    if isinstance(value, int | float):
        if not math.isfinite(value) or value < 0:
            raise ValueError(f"{value} is no amount; {MEANT}")
        return float(value)
    found = _AMOUNT.fullmatch(value)
    factor = _factor(found[2], context or {}) if found else None
    if found is None or factor is None:
        raise ValueError(f"'{value}' is no amount; {MEANT}")
    return round(float(found[1]) * factor, 9)  # 95 % is 0.95


def _factor(unit: str, context: Mapping[str, Any]) -> float | None:
    if unit == "%":
        return 0.01
    if unit in RINGS:
        return float(context.get("ring", SECONDS_PER_RING))
    return SECONDS.get(unit)
