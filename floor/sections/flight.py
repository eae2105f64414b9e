"""Settings of the flight recorder: what the exchanges said lately, kept to be shown again."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from floor.sections.strict import Strict


class FlightSettings(Strict):
    """Tapes of raw AMI without secrets; they hold callers' numbers, so they lie where only the service may read."""

    record: bool = Field(True, description="Keep what the exchanges say, so that a past minute can be shown again.")
    keep_days: Annotated[float, Field(gt=0, le=400)] = Field(3.0, description="Tapes older than this are deleted.")
    keep_mb: Annotated[int, Field(ge=1)] = Field(
        2000, description="Per exchange at most this much, the oldest deleted first."
    )
    tape_minutes: Annotated[float, Field(ge=1, le=120)] = Field(
        10.0, description="Length of one tape: showing a minute plays its tape from the beginning."
    )
