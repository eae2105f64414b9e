"""A call to an emergency number, seen while it is being set up: everybody who must know is told at once, the call goes
its way (domain.md §6; the numbers are the setting ``presence.emergency_numbers``).

The alert names who is logged in at the phone, the seat and where it stands, because that is where the fire brigade or
the ambulance must be led. It ends when a person says so, never by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from alerts.model import Severity, Subject, SubjectKind, Text
from alerts.ports import Raises
from floor.ports import Outcome, hears
from floor.state.happenings import EmergencyCalled

RULE = "R-EMG-CALL"
TITLE: Text = {"en": "emergency number dialled", "zh": "有人拨打紧急号码"}

Address = Callable[[str, str], str | None]
"""(pbx, phone) -> its network address, if known."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where phones stand, by phone (``PJSIP/1001``), number (``1001``) or the beginning of one (``10*``)."""

    places: Mapping[str, str]

    def of(self, device: str) -> str | None:
        """The most exact word on it."""
        seat = seat_of(device)
        for name in (device, seat):
            if name in self.places:
                return self.places[name]
        begins = [name for name in self.places if name.endswith("*") and seat.startswith(name[:-1])]
        return self.places[max(begins, key=len)] if begins else None


class EmergencyCalls:
    """A listener of the floor's store, happenings included."""

    def __init__(
        self, raises: Raises, places: Mapping[str, str], address: Address = lambda _pbx, _device: None
    ) -> None:
        self._raises = raises
        self._places = Places(places)
        self._address = address

    @hears(EmergencyCalled)
    def listen(self, outcome: Outcome) -> None:
        """Raise the alert of every call to an emergency number."""
        for happening in outcome.happenings:
            if isinstance(happening, EmergencyCalled):
                self._raise(happening)

    def _raise(self, called: EmergencyCalled) -> None:
        subject = (
            Subject(SubjectKind.AGENT, called.pbx, called.agent)
            if called.agent is not None
            else Subject(SubjectKind.ENDPOINT, called.pbx, called.device)
        )
        self._raises.raise_alert(RULE, subject, Severity.EMERGENCY, self._evidence(called))

    def _evidence(self, called: EmergencyCalled) -> Mapping[str, Any]:
        known: dict[str, Any] = {
            "at": called.at,
            "fact": "EmergencyCalled",
            "number": called.number,
            "seat": seat_of(called.device),
            "phone": called.device,
            "agent": called.agent,
            "place": self._places.of(called.device),
            "address": self._address(called.pbx, called.device),
        }
        return {name: value for name, value in known.items() if value is not None}


def seat_of(device: str) -> str:
    """``PJSIP/1001`` -> ``1001``."""
    return device.partition("/")[2] or device
