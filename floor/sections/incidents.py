"""Settings section ``incidents``: what boards say when the floor is left, and when the fire brigade is called."""

from __future__ import annotations

from typing import Annotated, Literal

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

    fire_call: Literal["ask", "always"] = Field(
        "ask",
        description='When a fire is reported, its number is shown from the first second. "ask": and people are asked '
        'whether it is out, at once and after a minute; "always": whatever its size, the number is to be called.',
    )
    exit_order: ExitOrderSettings = Field(ExitOrderSettings(), description="What boards show in an evacuation.")
