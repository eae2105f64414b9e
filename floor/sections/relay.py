"""Settings section ``relay``: how collectors and nodes meet, where the floor is watched by more than one process."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from floor.sections.strict import Strict


class RelaySettings(Strict):
    """The Redis between ``floor collect`` and ``floor serve``; ``floor run`` needs none."""

    url: Annotated[str, Field(pattern=r"^(rediss?://([^\s/@:]+@)?[^\s/@]+(/\d+)?|unix://\S+)$")] | None = Field(
        None, description="redis://HOST:6379, with TLS rediss://HOST:6379; no password belongs here."
    )
    password_file: Path | None = Field(None, description="File whose first line is its password.")
    tls_ca: Path | None = Field(None, description="CA file behind its certificate; default: system.")
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,40}$")] = Field(
        "floor", description="Its keys begin with this, so that several floors can share one Redis."
    )
    entries: Annotated[int, Field(ge=100, le=1_000_000)] = Field(
        20_000, description="Entries kept per exchange; the oldest are forgotten."
    )
    checkpoint_every: Annotated[int, Field(ge=10, le=100_000)] = Field(
        2000, description="Entries after which a collector writes a new checkpoint at the latest."
    )
    heartbeat_s: Annotated[float, Field(ge=0.1, le=10)] = Field(
        1.0, description="A collector that has nothing to tell says every so many seconds that it is there."
    )
    silent_s: Annotated[float, Field(ge=0.3, le=60)] = Field(
        2.0, description="Nothing heard of an exchange for longer: its picture is shown as old."
    )

    health_port: Annotated[int, Field(ge=0, le=65535)] | None = Field(
        None, description="Port on which a collector answers /healthz, /readyz and /metrics; none: nowhere."
    )
    health_host: str = Field("127.0.0.1", description="Address of it.")

    @model_validator(mode="after")
    def _sound(self) -> RelaySettings:
        if self.checkpoint_every * 2 > self.entries:
            raise ValueError("entries must be at least twice checkpoint_every, so that nodes find what they need")
        if self.silent_s < 1.5 * self.heartbeat_s:
            raise ValueError("silent_s must be at least one and a half times heartbeat_s")
        return self
