"""Settings section ``console``: what supervisors may do to calls from their pages."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from floor.sections.strict import Strict


class ConsoleSettings(Strict):
    """The supervisors' console."""

    transfer_context: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{0,80}$")] = Field(
        "", description="Dialplan context in which numbers are dialled that calls are sent to; empty: to agents only."
    )
    ring_s: Annotated[float, Field(ge=5, le=120)] = Field(
        30.0, description="How long a phone rings that is to take a call."
    )
