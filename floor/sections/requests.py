"""Settings section ``requests``: what agents ask for from their seats, and how soon it must be answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from floor.sections.strict import Strict

Minutes = Annotated[int, Field(ge=1, le=1440)]


class RequestsSettings(Strict):
    """Help, leave, and reasons for hanging up first."""

    help_answer_s: Annotated[int, Field(ge=5, le=3600)] = Field(
        60, description="A request for help that nobody has answered for so many seconds is escalated (R-HLD-13)."
    )
    help_keep_min: Minutes = Field(60, description="Minutes after which help that nobody closes lapses.")
    leave_approval: bool = Field(
        False, description="Approval mode: who leaves his seat without his leader's consent breaks R-PRS-10."
    )
    leave_wait_min: Minutes = Field(10, description="Minutes after which leave that nobody decides lapses.")
    leave_use_min: Minutes = Field(15, description="Minutes after which approved leave that is not taken lapses.")
    reason_s: Annotated[int, Field(ge=10, le=3600)] = Field(
        180, description="Seconds within which an agent may say why he hung up first (R-HUP-1)."
    )
    keep_days: Annotated[int, Field(ge=180, le=36500)] = Field(
        1100, description="Days that requests and notices are kept."
    )
