"""Settings section ``notify``: the ways in which people are told. No secret stands here; secrets are in files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from floor.sections.strict import Strict

Way = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")]
Number = Annotated[str, Field(pattern=r"^[0-9A-Za-z*#+_.-]{1,40}$")]
Seconds = Annotated[float, Field(ge=1, le=86400)]


class MailSettings(Strict):
    """The company's mail server."""

    server: str | None = Field(None, description="Mail server; none: no mail.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(587, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field("starttls", description="How the connection is protected.")
    user: str = Field("", description="Login at the mail server; empty: none is needed.")
    password_file: Path | None = Field(None, description="File whose first line is the password.")
    sender: Annotated[str, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")] = Field(
        "floorwatch@localhost", description="Address that mails come from."
    )
    verify: bool = Field(True, description="The server's certificate must be trusted by this machine.")


class WebhookSettings(Strict):
    """A program that is told."""

    url: Annotated[str, Field(pattern=r"^https?://[^\s/@]+(/\S*)?$")] = Field(
        description="Where it is told; no secret belongs here, messages are signed."
    )
    secret_file: Path | None = Field(None, description="File whose first line signs each message (HMAC-SHA256).")
    private: bool = Field(False, description="It may be at a private address (10.…, 192.168.…, this machine).")


class PhoneSettings(Strict):
    """Calls through an exchange."""

    pbx: str | None = Field(None, description="Name of the exchange that calls; none: no phone calls.")
    channel: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*/[^\s,&|^]*\{number\}[^\s,&|^]*$")] = Field(
        "PJSIP/{number}", description="How a number is called there: PJSIP/{number}@trunk, Local/{number}@context …"
    )
    caller_id: Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f]*$")] = Field(
        "Floorwatch", description="What the called phone shows."
    )
    ring_s: Annotated[float, Field(ge=5, le=120)] = Field(30, description="How long it rings.")
    times: Annotated[int, Field(ge=1, le=5)] = Field(2, description="How often the message is said.")
    key_s: Annotated[int, Field(ge=2, le=30)] = Field(8, description="How long a key is waited for after each time.")
    attempts: Annotated[int, Field(ge=1, le=20)] = Field(3, description="Calls until it is given up.")
    retry_s: Seconds = Field(30, description="Wait after busy or no answer.")
    sounds_dir: Path | None = Field(
        None, description="Folder for spoken messages that the exchange can read; none: its own sounds are played."
    )
    sounds_path: str | None = Field(None, description="The same folder as the exchange sees it; default: the same.")


class PagingSettings(Strict):
    """Loudspeakers and desk phones that say a message by themselves; called as phones are."""

    groups: dict[Way, tuple[Number, ...]] = Field(default_factory=dict, description="Numbers by group.")
    answer_header: Annotated[str, Field(pattern=r"^([A-Za-z-]+: [^\x00-\x1f,\\\"]+)?$")] = Field(
        "Call-Info: <sip:floor>;answer-after=0",
        description="SIP header by which a phone answers by itself; empty: it rings.",
    )


class NotifySettings(Strict):
    """Telling people."""

    link: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = Field(
        "", description="Address of this Floorwatch as people open it; messages link to it."
    )
    burst: Annotated[int, Field(ge=1, le=1000)] = Field(
        5, description="Messages one recipient gets within digest_s; what comes beyond becomes one."
    )
    digest_s: Annotated[float, Field(ge=1, le=90)] = Field(60, description="How long messages beyond are collected.")
    give_up_s: Seconds = Field(3600, description="A message that cannot be delivered is given up at this age.")
    heartbeat_file: Path | None = Field(
        None, description="File whose first line is an outside address, called while all is well (dead man's switch)."
    )
    heartbeat_s: Annotated[float, Field(ge=5, le=3600)] = Field(60, description="How often it is called.")
    places: dict[Annotated[str, Field(min_length=1, max_length=80)], Annotated[str, Field(max_length=80)]] = Field(
        default_factory=dict,
        description="Where phones stand, by number, phone or beginning (10*); said when one calls an emergency number.",
    )
    apprise: dict[Way, Path] = Field(
        default_factory=dict, description="Chat, SMS …: name to a file whose first line is the service's apprise URL."
    )
    webhook: dict[Way, WebhookSettings] = Field(default_factory=dict, description="Programs that are told.")
    mail: MailSettings = Field(MailSettings(), description="The mail server.")
    phone: PhoneSettings = Field(PhoneSettings(), description="Phone calls.")
    paging: PagingSettings = Field(PagingSettings(), description="Paging.")
