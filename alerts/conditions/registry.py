"""The table of conditions that rules may name."""

from __future__ import annotations

from collections.abc import Mapping

from alerts.conditions import (
    answering,
    capacity,
    exchange,
    faults,
    hanging_up,
    holding,
    phones,
    presence,
    traffic,
    trunks,
    working,
)
from alerts.conditions.contract import Condition

MODULES = (answering, holding, hanging_up, working, traffic, phones, trunks, exchange, presence, capacity, faults)
CONDITIONS: Mapping[str, Condition] = {
    condition.name: condition for module in MODULES for condition in module.CONDITIONS
}
