"""Silences: messages held back by a person, with a reason and an end. The alerts stay on the board, greyed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from alerts.errors import MomentInvalidError, NoSuchAlertError, ReasonMissingError
from alerts.model import Alert, Severity, Silence


class Silences:
    """Those in force, by id; bounded by the people who make them."""

    def __init__(self, known: Iterable[Silence] = ()) -> None:
        self._known = {one.id: one for one in known}

    @property
    def known(self) -> Mapping[str, Silence]:
        return self._known

    def add(self, silence: Silence, longest_s: float) -> None:
        """Raises :class:`ReasonMissingError`, :class:`MomentInvalidError`."""
        if not silence.reason.strip():
            raise ReasonMissingError("a silence needs a reason")
        if not silence.began_at < silence.until <= silence.began_at + longest_s:
            raise MomentInvalidError(f"a silence ends in the future, and within {longest_s / 3600:.0f} hours")
        self._known[silence.id] = silence

    def known_again(self, silence: Silence) -> None:
        """Read back after a restart."""
        self._known[silence.id] = silence

    def remove(self, id_: str) -> Silence:
        """Raises :class:`NoSuchAlertError`."""
        if id_ not in self._known:
            raise NoSuchAlertError("this silence is not in force")
        return self._known.pop(id_)

    def over(self, now: float) -> list[Silence]:
        """Take out those that have ended."""
        gone = [one for one in self._known.values() if one.until <= now]
        for one in gone:
            del self._known[one.id]
        return gone

    def until(self, alert: Alert, now: float) -> float | None:
        """The end of the longest silence over this alert; emergencies of people are never silenced."""
        if alert.severity is Severity.EMERGENCY:
            return None
        ends = [one.until for one in self._known.values() if one.until > now and covers(one, alert)]
        return max(ends, default=None)

    def next_end(self) -> float | None:
        return min((one.until for one in self._known.values()), default=None)


def covers(silence: Silence, alert: Alert) -> bool:
    """Whether the silence speaks of this alert; what is ``None`` in it matches anything."""
    return (silence.rule is None or silence.rule == alert.rule) and (
        silence.subject is None or silence.subject == alert.subject.id
    )
