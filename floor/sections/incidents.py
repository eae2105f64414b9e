"""Settings section ``incidents``: what boards say when the floor is left."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from floor.sections.strict import Strict

Line = Annotated[str, Field(min_length=1, max_length=300)]


class ExitOrderSettings(Strict):
    """The order to leave (R-EMG-16), which fills every board, those that visitors see included."""

    en: Line = Field(
        "Leave now by the nearest safety exit. Stairs, no lift. Meet at the assembly point.",
        description="In English.",
    )
    zh: Line = Field("请立即从最近的安全出口撤离,走楼梯,不乘电梯,到集合地点集合。", description="In Chinese.")


class IncidentsSettings(Strict):
    """Incidents, plans and drills."""

    exit_order: ExitOrderSettings = Field(ExitOrderSettings(), description="What boards show in an evacuation.")
