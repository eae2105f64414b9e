"""What the audit is told of a listening: one entry per stage, joined by the listening's id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from floor.audit.model import Doer, Entry, Stage
from floor.listening.conversation import Conversation
from floor.listening.judge import MOST_NOTE, Asked
from floor.listening.model import Listening, Mode
from floor.people.model import Person

ACT = "listen"
PRODUCT = Doer("Floorwatch")
SINCE_UNKNOWN = "Floorwatch was stopped while it went on; since when it is over is not known"
MOST_ASKED = 200
"""Characters kept of a name that nobody here bears."""


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes the entries of one listening: who does it, what was asked, under which thread."""

    thread: str
    by: Doer
    asked: Asked

    def asks(self, at: float, talk: Conversation) -> Entry:
        """Before anything is done."""
        return self._entry(Stage.ASKED, at, talk.call, channel=talk.channel, **self._note())

    def refused(self, at: float, why: str) -> Entry:
        """Whoever tries what he may not is on record."""
        return self._entry(Stage.REFUSED, at, self.asked.call, said=why, **self._note())

    def began(self, at: float, now: Listening) -> Entry:
        return self._entry(Stage.BEGAN, at, now.call, mode=now.mode, channel=now.channel, spy=now.spy)

    def failed(self, at: float, was: Listening, why: str, said: str) -> Entry:
        """It was asked for and never began."""
        return self._entry(Stage.ANSWERED, at, was.call, said=said or why, ended=why)

    def changed(self, at: float, now: Listening, mode: Mode) -> Entry:
        """Before it is done."""
        return self._entry(Stage.CHANGED, at, now.call, mode=mode, before=now.mode)

    def follows(self, at: float, now: Listening, follow: bool) -> Entry:
        """Whether it goes on with the agent's next call; before it is so."""
        return self._entry(Stage.CHANGED, at, now.call, mode=now.mode, follow=follow)

    def unchanged(self, at: float, now: Listening, mode: Mode, said: str) -> Entry:
        """The exchange would not: it goes on as it was."""
        return self._entry(Stage.CHANGED, at, now.call, said=said, mode=now.mode, before=mode)

    def ended(self, at: float, was: Listening, why: str, said: str, began_at: float) -> Entry:
        """One call of it is over; with ``follow`` another may come."""
        heard = {"channel": was.channel, "spy": was.spy} if was.channel else {}
        lasted = round(max(0.0, at - began_at), 1)
        return self._entry(Stage.ENDED, at, was.call, said=said, mode=was.mode, ended=why, lasted_s=lasted, **heard)

    def _note(self) -> dict[str, Any]:
        return {"note": plain(self.asked.note, MOST_NOTE)} if self.asked.note else {}

    def _entry(self, stage: Stage, at: float, call: str | None, *, said: str = "", **more: Any) -> Entry:
        asked = self.asked
        said_of_it = {"mode": asked.mode, "way": asked.way, "follow": asked.follow} | more
        return Entry(
            self.thread,
            ACT,
            stage,
            at,
            self.by,
            pbx=plain(asked.pbx),
            agent=plain(asked.agent),
            call=plain(call or ""),
            reason=asked.purpose,
            said=said,
            more={name: value for name, value in said_of_it.items() if value is not None},
        )


def doer(person: Person, address: str = "") -> Doer:
    """Somebody of ours."""
    return Doer(person.name, person.id, person.role, address)


def plain(text: str, most: int = MOST_ASKED) -> str:
    """What was asked for, as it may stand on record: short, and without characters that cannot be seen."""
    return "".join(one for one in text[:most] if one.isprintable())


def elsewhere(now: Listening, by: Doer, spy_channel: str, stage: Stage, at: float) -> Entry:
    """Begun or ended on somebody's phone: as the exchange tells it."""
    more: dict[str, Any] = {"elsewhere": True, "way": now.way, "channel": now.channel, "spy": now.spy}
    more["spy_channel"] = plain(spy_channel)
    if stage is Stage.ENDED:
        more |= {"ended": now.ended, "lasted_s": round(max(0.0, at - now.began_at), 1)}
    return Entry(
        now.id, ACT, stage, at, by, pbx=now.pbx, agent=now.agent, call=now.call or "", said=now.said, more=more
    )


def left_open(last: Entry, at: float) -> Entry:
    """Closes what an earlier run left: it is over, and nobody saw when."""
    more = {name: last.more[name] for name in ("mode", "way", "elsewhere", "channel", "spy") if name in last.more}
    return Entry(
        last.thread,
        last.act,
        Stage.ENDED,
        at,
        PRODUCT,
        pbx=last.pbx,
        agent=last.agent,
        call=last.call,
        reason=last.reason,
        said=SINCE_UNKNOWN,
        more=more | {"ended": "unknown"},
    )
