"""Settings section ``audit``: the record of what people did on the floor and looked at."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from floor.sections.strict import Strict


class AuditSettings(Strict):
    """The audit."""

    keep_days: Annotated[int, Field(ge=180, le=36500)] = Field(
        1100, description="Days that entries of the audit are kept; six months at least (R-QA-15)."
    )
