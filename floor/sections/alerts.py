"""Settings section ``alerts``: how long an alert may wait for somebody, who is told next, and when to keep quiet."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from floor.sections.strict import Strict

Level = Literal["info", "warn", "crit", "emergency"]
ChainRole = Literal["leader", "coach", "chief", "manager", "qa", "qa_lead", "outside", "admin"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HourMinute = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Span = Annotated[float, Field(ge=0, le=7 * 86400)]


class UrgencySettings(Strict):
    """The clocks of one severity, in seconds; 0: never."""

    escalate_s: Span = Field(0, description="Nobody took it over for so long: the next level is told (R-SUP-3).")
    remind_s: Span = Field(0, description="The same people are told again while nobody took it over.")
    ack_lapse_s: Span = Field(0, description="Taken over so long ago and still standing: it fires anew.")


class WarnUrgency(UrgencySettings):
    """Of warnings; each key alone may be set otherwise."""

    escalate_s: Span = 600
    remind_s: Span = 900
    ack_lapse_s: Span = 7200


class CritUrgency(UrgencySettings):
    """Of what is critical."""

    escalate_s: Span = 180
    remind_s: Span = 300
    ack_lapse_s: Span = 1800


class EmergencyUrgency(UrgencySettings):
    """Of emergencies of people."""

    escalate_s: Span = 60
    remind_s: Span = 60
    ack_lapse_s: Span = 900


class QuietSettings(Strict):
    """Hours in which messages are held back; alerts are judged and shown as ever."""

    begin: HourMinute = Field("22:00", description="First minute, in the floor's time zone.")
    end: HourMinute = Field("07:00", description="First minute that is loud again; before begin: the next day.")
    days: tuple[Weekday, ...] = Field(WEEK, description="Days on which it begins.")
    through: tuple[Level, ...] = Field(("emergency",), description="Severities that are told all the same.")

    @model_validator(mode="after")
    def _people_in_danger_break_through(self) -> QuietSettings:
        if "emergency" not in self.through:
            raise ValueError("through must name emergency: quiet hours never hold back an emergency of people")
        if self.begin == self.end:
            raise ValueError("begin and end are the same; leave the quiet hours out, or name the hours")
        return self


class FlapSettings(Strict):
    """What changes too often is shown, but not told."""

    window_s: Annotated[float, Field(ge=20, le=86400)] = Field(
        600, description="Changes are counted in 20 slices of this window, newer ones for more."
    )
    high: Annotated[float, Field(gt=0, le=1)] = Field(0.2, description="Share of changes above which it flaps.")
    low: Annotated[float, Field(ge=0, lt=1)] = Field(0.05, description="Share below which it has come to rest.")

    @model_validator(mode="after")
    def _apart(self) -> FlapSettings:
        if self.low >= self.high:
            raise ValueError("low must be less than high")
        return self


class ContactSettings(Strict):
    """An address that is told, whoever is on duty."""

    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")]
    address: Annotated[str, Field(min_length=1, max_length=500)]
    name: Annotated[str, Field(max_length=80)] = ""
    language: Literal["en", "zh"] = "zh"


class RouteSettings(Strict):
    """Who is told of what; the first route that fits counts, else the chain of R-SUP-3."""

    name: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        "route", description="Rules may name it (route = …)."
    )
    severity: tuple[Level, ...] = Field((), description="Severities; empty: all.")
    rules: tuple[str, ...] = Field((), description="Rule ids; a final * stands for any ending; empty: all.")
    groups: tuple[str, ...] = Field((), description="Groups; empty: all, and what belongs to no group.")
    to: tuple[ChainRole, ...] = Field((), description="Roles told at once; leaders only of the group or queue.")
    contacts: tuple[ContactSettings, ...] = Field((), description="Addresses told at once.")
    chain: bool = Field(True, description="Escalates afterwards along leader, chief, manager.")
    wait_s: Annotated[float, Field(ge=0, le=3600)] = Field(
        0, description="Alerts of one recipient within so many seconds become one message; emergencies never wait."
    )


class AlertsSettings(Strict):
    """Life of alerts."""

    info: UrgencySettings = Field(UrgencySettings(), description="Clocks of what is only recorded.")
    warn: WarnUrgency = Field(WarnUrgency(), description="Clocks of warnings.")
    crit: CritUrgency = Field(CritUrgency(), description="Clocks of what is critical.")
    emergency: EmergencyUrgency = Field(EmergencyUrgency(), description="Clocks of emergencies of people.")
    reopen_s: Span = Field(300, description="Broken again within so many seconds after the end: the same alert.")
    restart_grace_s: Span = Field(
        15, description="After a restart, what is not seen broken again within so many seconds of the picture is over."
    )
    flap: FlapSettings = Field(FlapSettings(), description="What changes too often.")
    quiet: tuple[QuietSettings, ...] = Field((), description="Quiet hours; none: always told.")
    route: tuple[RouteSettings, ...] = Field((), description="Who is told of what.")
    silence_max_s: Annotated[float, Field(gt=0, le=31 * 86400)] = Field(
        86400, description="No silence lasts longer than this."
    )
    keep_days: Annotated[int, Field(ge=1)] = Field(1100, description="Days that alerts and their steps are kept.")
    breach_days: Annotated[int, Field(ge=1)] = Field(1100, description="Days that breaches are kept.")
    delivery_days: Annotated[int, Field(ge=1)] = Field(180, description="Days that messages sent are kept.")

    @model_validator(mode="after")
    def _routes_once(self) -> AlertsSettings:
        names = [one.name for one in self.route]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"route.name must be unique: {', '.join(twice)} is given twice")
        return self
