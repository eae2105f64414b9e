"""The table of conditions that rules may name."""

from __future__ import annotations

from collections.abc import Mapping

from alerts.conditions import answering, holding
from alerts.conditions.contract import Condition

CONDITIONS: Mapping[str, Condition] = {
    condition.name: condition for module in (answering, holding) for condition in module.CONDITIONS
}
