"""Listenings begun elsewhere, on somebody's phone or by a program: recorded as the exchange tells them (R-SEC-1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from floor.audit.model import Doer, Entry, Stage
from floor.listening import written
from floor.listening.conversation import Floor
from floor.listening.model import Listening, ListeningStage, Mode, Way
from floor.listening.table import Table
from floor.people.model import Person
from floor.ports import Clock
from floor.state.happenings import ListeningBegan, ListeningEnded
from floor.state.model import SPY

Whose = Callable[[str, str], Person | None]
"""(exchange, phone as Tech/name) -> whose it is."""
MOST = 500
"""Under way at once; what comes beyond is on record, and not shown."""


class Overheard:
    """One of them; ``now`` is how it stands."""

    def __init__(self, now: Listening, by: Doer, spy_channel: str, put: Callable[[Entry], None], clock: Clock) -> None:
        self.now, self._by, self._spy_channel, self._put, self._clock = now, by, spy_channel, put, clock
        self._record(Stage.BEGAN, now.began_at)

    def end(self, why: str, said: str = "") -> None:
        """Over, as the exchange told or because nobody can know any more."""
        if not self.now.over:
            at = self._clock.now()
            self.now = replace(self.now, stage=ListeningStage.ENDED, ended=why, said=said, ended_at=at)
            self._record(Stage.ENDED, at)

    def _record(self, stage: Stage, at: float) -> None:
        self._put(written.elsewhere(self.now, self._by, self._spy_channel, stage, at))


class Elsewhere:
    """Hears what the exchanges tell of listening, and sets apart what is not ours."""

    def __init__(
        self,
        table: Table,
        whose: Whose,
        clock: Clock,
        put: Callable[[Entry], None],
        token: Callable[[], str],
    ) -> None:
        """``put`` has an entry written as soon as that can be done, in order."""
        self._table, self._whose, self._clock, self._put, self._token = table, whose, clock, put, token
        self._unclear: dict[tuple[str, str], ListeningBegan] = {}
        """Channels of ours that listen for nobody we know of, at first sight."""

    def began(self, told: ListeningBegan) -> None:
        """A channel listens. One with a name of ours belongs to a listening under way, or to one of an earlier run:
        which it is shows within a second."""
        if not told.spy.startswith(SPY):
            self._note(told)
        elif not self._ours(told) and len(self._unclear) < MOST:
            self._unclear[told.pbx, told.spy] = told

    def ended(self, told: ListeningEnded) -> None:
        """It listens no more."""
        unclear = self._unclear.pop((told.pbx, told.spy), None)
        if unclear is not None and not self._ours(unclear):
            self._note(unclear)
        self.over(told.pbx, told.spy)

    def over(self, pbx: str, spy: str, why: str = "stopped") -> None:
        """The channel listens no more, or is gone."""
        for kept in self._table:
            if isinstance(kept, Overheard) and (kept.now.pbx, kept.now.spy) == (pbx, spy):
                kept.end(why)
                self._table.tell(kept.now)

    def settle(self, floor: Floor) -> None:
        """Once a second: what is still nobody's is somebody's from before, and a channel that is gone hears nothing."""
        unclear, self._unclear = self._unclear, {}
        for told in unclear.values():
            if not self._ours(told):
                self._note(told)
        for kept in self._table:
            if isinstance(kept, Overheard) and (kept.now.pbx, kept.now.spy or "") not in floor.channels:
                self.over(kept.now.pbx, kept.now.spy or "")

    def _ours(self, told: ListeningBegan) -> bool:
        return any(
            not isinstance(kept, Overheard) and (kept.now.pbx, kept.now.channel) == (told.pbx, told.uniqueid)
            for kept in self._table
        )

    def _note(self, told: ListeningBegan) -> None:
        known = [kept for kept in self._table if isinstance(kept, Overheard)]
        if any((kept.now.pbx, kept.now.spy, kept.now.channel) == (told.pbx, told.spy, told.uniqueid) for kept in known):
            return  # said again
        self.over(told.pbx, told.spy)  # a channel that goes from call to call hears one at a time
        device = told.spy_channel.rpartition("-")[0] or told.spy_channel
        person = self._whose(told.pbx, device)
        by = written.doer(person) if person is not None else Doer(written.plain(device))
        now = Listening(
            self._token(),
            told.pbx,
            told.agent or "",
            Mode.LISTEN,
            Way.PHONE,
            None,
            ListeningStage.ON,
            self._clock.now(),
            None if person is None else person.id,
            by.name,
            call=told.call,
            channel=told.uniqueid,
            spy=told.spy,
        )
        overheard = Overheard(now, by, told.spy_channel, self._put, self._clock)
        if len(known) < MOST:
            self._table.put(overheard)
            self._table.tell(now)
