"""Settings of listening: where exchanges bring the audio of a call that a supervisor hears in his browser."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, Field

from floor.sections.strict import Strict


def _network(text: str) -> str:
    try:
        ip_network(text)
    except ValueError:
        raise ValueError(f"'{text}' is no network; use one such as 10.1.2.0/24 or 10.1.2.3/32") from None
    return text


class ListeningSettings(Strict):
    """The exchange connects to us for each listening, by AudioSocket; nothing needs to be set on one machine."""

    browser: bool = Field(True, description="Listening in the browser; off: only on the supervisor's phone.")
    host: str = Field(
        "", description="Address on which the audio is taken; empty: ours on the connection to the exchange."
    )
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        0, description="Port for it; 0: any free one. Give one where a firewall stands between us and the exchange."
    )
    address: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:\[\]_-]*$", max_length=200)] = Field(
        "", description="What the exchange is to dial, HOST or HOST:PORT; empty: where the audio is taken."
    )
    networks: tuple[Annotated[str, AfterValidator(_network)], ...] = Field(
        (), description="Whence exchanges may bring audio, besides the address that their AMI has."
    )
    lines: Annotated[int, Field(ge=1, le=500)] = Field(50, description="How many may listen in browsers at once.")
    tone: bool = Field(False, description="The agent, and he alone, hears a short tone when somebody begins to listen.")
    notify_agent: bool = Field(
        False, description="The agent sees on his page who listens; at desks whoever sees him sees that somebody does."
    )
    per_call: Annotated[int, Field(ge=1, le=20)] = Field(3, description="How many may listen to one call at once.")
    per_person: Annotated[int, Field(ge=1, le=10)] = Field(2, description="To how many agents one may listen at once.")
    stream_grace_s: Annotated[float, Field(ge=1, le=60)] = Field(
        5.0, description="A listening in the browser ends when its page is gone for so long."
    )
    longest_min: Annotated[int, Field(ge=0, le=1440)] = Field(
        120, description="Minutes after which a listening ends by itself, following included; 0: never."
    )
