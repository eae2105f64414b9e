"""Declared settings: type, default and help of every key, in one place; TOML and environment fill them in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, SecretStr, model_validator

from floor.sections.alerts import AlertsSettings
from floor.sections.audit import AuditSettings
from floor.sections.console import ConsoleSettings
from floor.sections.flight import FlightSettings
from floor.sections.incidents import IncidentsSettings
from floor.sections.listening import ListeningSettings
from floor.sections.notify import NotifySettings
from floor.sections.pages import PagesSettings
from floor.sections.people import PeopleSettings
from floor.sections.presence import PresenceSettings
from floor.sections.relay import RelaySettings
from floor.sections.requests import RequestsSettings
from floor.sections.strict import Strict

Formula = Literal["A", "B", "C", "D", "E"]
Language = Literal["auto", "en", "zh"]
Theme = Literal["auto", "dark", "light"]
Window = Literal["today", "m15", "m30", "m60"]
Identity = Literal["number", "name", "none"]

TILES = (
    "waiting longest service_level answered offered answer_rate lost abandon_rate asa att aht staffed ready talking "
    "paused timed_out ring_no_answer transfer_rate"
).split()


def _known_zone(name: str) -> str:
    if name != "local" and name not in available_timezones():
        raise ValueError(f"'{name}' is no time zone; use a name such as Asia/Shanghai, or local")
    return name


def _known_tile(name: str) -> str:
    if name not in TILES:
        raise ValueError(f"'{name}' is no tile; choose from {', '.join(TILES)}")
    return name


Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f/]+$")]
Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[int, Field(ge=0, le=86400)]
Tile = Annotated[str, AfterValidator(_known_tile)]


class PbxSettings(Strict):
    """One exchange."""

    name: Name = Field("pbx", description="Name of this exchange on screens and in records.")
    host: str = Field("127.0.0.1", description="Where its AMI listens.")
    port: Port = Field(5038, description="AMI port.")
    user: str = Field("floor", description="AMI user.")
    secret: SecretStr | None = Field(None, description="AMI secret; better: secret_file.")
    secret_file: Path | None = Field(None, description="File whose first line is the AMI secret.")
    tls: bool = Field(False, description="Connect with TLS.")
    tls_ca: Path | None = Field(None, description="CA file behind the exchange's certificate; default: system.")
    watchdog_s: float = Field(10.0, ge=1, le=120, description="A silent link is found dead within this many seconds.")
    picture_every_s: float = Field(
        300.0,
        ge=1,
        le=86400,
        description="How often everything is asked for anew: what no event tells (queue reload) is seen by then.",
    )
    filters: bool = Field(
        False, description="Have the exchange send us only the events that are used; needs write = system."
    )
    queue_log: str | None = Field(
        None, description="Path or database URL of this exchange's queue_log, for backfill of gaps."
    )

    @model_validator(mode="after")
    def _one_secret(self) -> PbxSettings:
        if self.secret is not None and self.secret_file is not None:
            raise ValueError("give secret or secret_file, not both")
        return self


class Threshold(Strict):
    """Two levels and the direction in which a value gets worse."""

    warn: float | None = Field(None, description="Noticeable at or beyond this value.")
    critical: float | None = Field(None, description="Critical at or beyond this value.")
    direction: Literal["up", "down"] = Field("up", description="up: higher is worse; down: lower is worse.")
    target: float | None = Field(None, description="Shown beside the number.")


DEFAULT_THRESHOLDS = {
    "waiting": Threshold(warn=5, critical=10),
    "longest": Threshold(warn=60, critical=180),
    "service_level": Threshold(warn=0.8, critical=0.6, direction="down", target=0.8),
    "answer_rate": Threshold(warn=0.9, critical=0.8, direction="down", target=0.9),
    "abandon_rate": Threshold(warn=0.05, critical=0.1, target=0.05),
}


class BoardSettings(Strict):
    """One wallboard: which queues and tiles it shows, and how."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")] = "default"
    title: dict[Literal["en", "zh"], str] = Field({"en": "Floor", "zh": "现场"}, description="Title per language.")
    language: Language = Field("auto", description="auto: the browser's.")
    theme: Theme = Field("dark", description="auto: light where the display asks for light, as most desktops do.")
    public: bool = Field(False, description="Seen by visitors: no agents, no faults, no scores (R-SEC-8).")
    agents: Identity = Field("number", description="How agents are named (R-SEC-9).")
    queues: tuple[str, ...] = Field((), description="Queue names, or exchange/queue; empty: all in use.")
    groups: tuple[str, ...] = Field((), description="Show only agents of these groups; empty: all of the queues.")
    tiles: tuple[Tile, ...] = Field(
        ("waiting", "longest", "service_level", "answered", "lost", "staffed"),
        max_length=6,
        description="Headline numbers.",
    )
    window: Window = Field("today", description="Interval of the headline figures.")
    thresholds: dict[Tile, Threshold] = Field(default_factory=dict, description="Overrides of the default thresholds.")


class GroupSettings(Strict):
    """A team: member names as the exchange knows them."""

    name: Name
    agents: tuple[str, ...] = ()


class Settings(Strict):
    """Everything Floorwatch can be told."""

    host: str = Field("127.0.0.1", description="Address the pages are served on.")
    port: Port = Field(8000, description="Port the pages are served on.")
    data_dir: Path = Field(Path("data"), description="Where the database, the spill file and keys live.")
    database: str | None = Field(
        None,
        description="SQLAlchemy URL of the history; default: SQLite in data_dir. Example: postgresql+psycopg://floor@/floor",
    )
    time_zone: Annotated[str, AfterValidator(_known_zone)] = Field("local", description="Time zone of the floor.")
    day_starts: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = Field(
        "00:00", description="When a new day of figures begins, HH:MM in the floor's time zone."
    )
    answer_s: Seconds = Field(15, description="Answered within this queue wait counts as in time (K-6).")
    late_ring_s: Seconds = Field(15, description="Ringing longer than this is a late answer (K-32).")
    short_abandon_s: Seconds = Field(5, description="Given up sooner counts as a short abandon (service level E).")
    formula: Formula = Field("C", description="Service level on boards: A, B, C, D or E; all are computed.")
    wrapup_s: Seconds = Field(
        0, description="After-call time where the exchange does not tell (a queue's wrapuptime is not in AMI)."
    )
    keep_days: Annotated[int, Field(ge=1)] = Field(1100, description="Days that calls are kept.")
    rules: Path | None = Field(None, description="The site's own rule file, read again when it is written.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    pbx: tuple[PbxSettings, ...] = Field((), description="The exchanges.")
    board: tuple[BoardSettings, ...] = Field((), description="The wallboards; none: one default board of everything.")
    group: tuple[GroupSettings, ...] = Field((), description="Teams.")
    persons: dict[str, str] = Field(
        default_factory=dict, description="Person per 'exchange/agent'; default: same member name, same person."
    )
    alerts: AlertsSettings = Field(AlertsSettings(), description="How alerts live: clocks, silence, who is told.")
    incidents: IncidentsSettings = Field(IncidentsSettings(), description="Incidents, plans and drills.")
    flight: FlightSettings = Field(FlightSettings(), description="The flight recorder.")
    console: ConsoleSettings = Field(ConsoleSettings(), description="The supervisors' console.")
    audit: AuditSettings = Field(AuditSettings(), description="What people did and looked at.")
    people: PeopleSettings = Field(PeopleSettings(), description="Signing in.")
    presence: PresenceSettings = Field(PresenceSettings(), description="Being at one's place.")
    listening: ListeningSettings = Field(ListeningSettings(), description="Listening to calls in the browser.")
    requests: RequestsSettings = Field(RequestsSettings(), description="What agents ask for from their seats.")
    notify: NotifySettings = Field(NotifySettings(), description="Telling people.")
    relay: RelaySettings = Field(RelaySettings(), description="Collectors and nodes, past one machine.")
    pages: PagesSettings = Field(PagesSettings(), description="What stands between the pages and the browsers.")

    @model_validator(mode="after")
    def _names_once(self) -> Settings:
        for kind, names in (
            ("pbx.name", [p.name for p in self.pbx]),
            ("board.id", [b.id for b in self.board]),
            ("group.name", [g.name for g in self.group]),
        ):
            twice = sorted({n for n in names if names.count(n) > 1})
            if twice:
                raise ValueError(f"{kind} must be unique: {', '.join(twice)} is given twice")
        return self

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.data_dir / 'floor.sqlite3'}"
