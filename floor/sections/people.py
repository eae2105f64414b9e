"""Settings of signing in: how long, how often, and through whom."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from floor.sections.strict import Strict


class OidcSettings(Strict):
    """Signing in through the company's own identity provider (OpenID Connect)."""

    issuer: str | None = Field(None, description="Address of the identity provider; none: passwords only.")
    client_id: str | None = Field(None, description="What the provider calls this Floorwatch.")
    client_secret_file: Path | None = Field(None, description="File whose first line is the client's secret.")
    login_claim: str = Field(
        "preferred_username", min_length=1, description="Claim that holds the login, as the register knows it."
    )

    @model_validator(mode="after")
    def _whole(self) -> OidcSettings:
        if self.issuer is not None:
            if not self.issuer.startswith(("https://", "http://127.0.0.1", "http://localhost")):
                raise ValueError("issuer: begin with https://")
            if self.client_id is None:
                raise ValueError("client_id is missing: the provider must know who asks")
        return self


class PeopleSettings(Strict):
    """Sign-ins of people; displays have keys instead."""

    idle_lock_s: Annotated[int, Field(ge=30, le=86400)] = Field(
        300, description="A page nobody touches for so many seconds asks for the password again (R-SEC-6)."
    )
    sign_in_max_h: Annotated[float, Field(gt=0, le=24)] = Field(
        12.0, description="Nobody stays signed in longer, where no end of shift is given (R-SEC-6)."
    )
    attempts: Annotated[int, Field(ge=2, le=100)] = Field(
        5, description="Wrong passwords in a row until a login is locked out; an address: ten times as many."
    )
    lockout_s: Annotated[int, Field(ge=10, le=86400)] = Field(300, description="How long a lock-out lasts.")
    keep_days: Annotated[int, Field(ge=180)] = Field(
        1100, description="Days that sign-ins, and what was done about people, are kept."
    )
    oidc: OidcSettings = Field(OidcSettings(), description="Signing in through an identity provider.")
