"""Settings section ``presence``: what counts as away, how many must stay, how many there may be, when each group works
(domain.md §4, §14), and which numbers are emergency numbers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from floor.sections.strict import Strict

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HourMinute = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Reason = Annotated[str, Field(min_length=1, max_length=80)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]

AWAY_REASONS = ("meal", "break", "smoke", "toilet", "private")
WORK_REASONS = ("acw", "ticket", "meeting", "training", "coaching", "handover", "fault", "emergency")
EMERGENCY_NUMBERS = ("119", "120", "110", "122", "911", "112", "999")


class ShiftSettings(Strict):
    """Working hours of a group: within them who is logged off is away (R-PRS-7)."""

    group: Annotated[str, Field(max_length=80)] = Field("", description="Group; empty: every group without its own.")
    begin: HourMinute = Field("08:00", description="First minute, in the floor's time zone.")
    end: HourMinute = Field("17:00", description="First minute after it; before begin: the next day.")
    days: tuple[Weekday, ...] = Field(WEEK, description="Days on which it begins.")


class PresenceSettings(Strict):
    """Being at one's place."""

    away_reasons: tuple[Reason, ...] = Field(
        AWAY_REASONS, description="Pause reasons of who is away; reasons that stand nowhere count as away, too."
    )
    work_reasons: tuple[Reason, ...] = Field(WORK_REASONS, description="Pause reasons of who works.")
    minimum_ready: Count = Field(1, description="Agents who must stay ready in a queue when one leaves (R-PRS-13).")
    minimum_by_queue: dict[str, Count] = Field(
        default_factory=dict, description="The same by queue, or exchange/queue."
    )
    seats: Count = Field(0, description="Seat licences of the site; 0: not counted (R-CAP-4).")
    channels: Count = Field(0, description="Channels there may be at once, all exchanges together; 0: not counted.")
    shift: tuple[ShiftSettings, ...] = Field((), description="Working hours; none: who logs off is not called away.")
    emergency_numbers: tuple[Annotated[str, Field(pattern=r"^[0-9*#+]{2,15}$")], ...] = Field(
        EMERGENCY_NUMBERS, description="Dialled on a phone, they raise an emergency alert; take out own extensions."
    )

    @model_validator(mode="after")
    def _one_or_the_other(self) -> PresenceSettings:
        both = sorted({*map(str.casefold, self.away_reasons)} & {*map(str.casefold, self.work_reasons)})
        if both:
            raise ValueError(f"away_reasons and work_reasons both name {', '.join(both)}")
        return self

    def is_away(self, reason: str | None) -> bool:
        """Whether who is paused for this reason is away; no reason and unknown reasons count as away."""
        return (reason or "").casefold() not in {one.casefold() for one in self.work_reasons}

    def minimum_of(self, pbx: str, queue: str) -> int:
        """Agents who must stay ready in this queue."""
        by_queue = self.minimum_by_queue
        return by_queue.get(f"{pbx}/{queue}", by_queue.get(queue, self.minimum_ready))

    def shifts_of(self, group: str | None) -> tuple[ShiftSettings, ...]:
        """The hours of a group: its own, else those for all."""
        own = tuple(one for one in self.shift if one.group and one.group == group)
        return own or tuple(one for one in self.shift if not one.group)
