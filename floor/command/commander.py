"""Commands carried out: judged, put on record, sent, and put on record again with what the exchange answered.

The effect is never assumed: it comes back as an event of the exchange, and only then is it on the screens.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import structlog

from floor.audit.model import Doer, Entry, Stage
from floor.audit.ports import Audit, AuditUnwritableError
from floor.command.judge import judge
from floor.command.model import KINDS, Command, Done
from floor.command.placed import PlacedCall, PlacedCalls
from floor.command.plan import House, Plan
from floor.command.ports import NotAllowedError
from floor.command.refusals import refused
from floor.people.model import SignedIn
from floor.ports import Answer, Clock, Outcome, Switchboard, hears
from floor.state.facts import CallPlaced
from floor.tasks import Tasks

MOST_NOTE = 500
TRIES, TRIES_S = 60, 60.0
"""So often one person may command within this time: who tries out agents by name does not fill the audit."""

log = structlog.get_logger(__name__)


class Commands:
    """Implements :class:`floor.command.ports.Commander`."""

    def __init__(
        self,
        house: Callable[[], House],
        audit: Audit,
        switchboard: Switchboard,
        clock: Clock,
        reasons: Mapping[str, Sequence[str]],
        *,
        token: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        """``house``: all that is looked at, as of now; ``reasons``: the floor's pause reasons, away and work."""
        self._house, self._audit, self._switchboard, self._clock = house, audit, switchboard, clock
        self._reasons, self._token = {name: tuple(words) for name, words in reasons.items()}, token
        self._tries: dict[int, deque[float]] = {}
        self._placed, self._tasks = PlacedCalls(), Tasks()

    def foresee(self, who: SignedIn, command: Command) -> Mapping[str, str]:
        return judge(who.person, command, self._house()).words

    def phone_of(self, who: SignedIn, pbx: str) -> str | None:
        return self._house().own_phone(who.person, pbx)

    def reasons(self) -> Mapping[str, Sequence[str]]:
        return self._reasons

    async def do(
        self, who: SignedIn, command: Command, *, confirmed: bool = False, note: str = "", address: str = ""
    ) -> Done:
        self._count(who.person.id)
        asked = self._entry(who, command, note, address)
        try:
            plan = self._admit(who, command, note, confirmed=confirmed)
        except NotAllowedError as error:
            await self._refused(asked, error)
            raise
        asked = replace(asked, agent=plan.agent, queue=plan.queue, call=plan.call, more=dict(plan.more))
        try:
            await self._audit.write(asked)
        except AuditUnwritableError:
            raise refused("unrecorded") from None
        answer = await self._send(plan)
        await self._answered(asked, answer)
        if answer.ok and answer.order:
            self._later(self._placed.expect(answer.order, asked))
        return Done(answer.ok, answer.message, asked.thread, answer.lost, bool(answer.order))

    @hears(CallPlaced)
    def hear(self, outcome: Outcome) -> None:
        """Told by the store, also of happenings: what became of a call that was placed."""
        if isinstance(outcome.fact, CallPlaced):
            self._later(self._placed.tell(outcome.fact))

    def placed(self, who: SignedIn, thread: str) -> PlacedCall:
        found = self._placed.of(who.person.id, thread)
        if found is None:
            raise refused("no_command")
        return found

    async def close(self) -> None:
        """What is being written is left as it is."""
        await self._tasks.stop()

    def _later(self, entry: Entry | None) -> None:
        if entry is not None:
            self._tasks.start(f"placed {entry.thread}", self._write_later(replace(entry, at=self._clock.now())))

    async def _write_later(self, entry: Entry) -> None:
        try:
            await self._audit.write(entry)
        except AuditUnwritableError:
            log.error("what became of a call is not on record", act=entry.act, said=entry.said)

    def _admit(self, who: SignedIn, command: Command, note: str, *, confirmed: bool) -> Plan:
        if len(note) > MOST_NOTE or not note.isprintable():
            raise refused("note", most=MOST_NOTE)
        plan = judge(who.person, command, self._house())
        if KINDS[type(command)].dangerous and not confirmed:
            raise refused("unconfirmed", plan.words)
        return plan

    def _entry(self, who: SignedIn, command: Command, note: str, address: str) -> Entry:
        person = who.person
        return Entry(
            self._token(),
            KINDS[type(command)].act,
            Stage.ASKED,
            self._clock.now(),
            Doer(person.name, person.id, person.role, address),
            command.pbx,
            getattr(command, "agent", ""),
            getattr(command, "queue", ""),
            getattr(command, "call", ""),
            note,
        )

    async def _refused(self, asked: Entry, error: NotAllowedError) -> None:
        """On record, but for what only wants to be confirmed; a record that takes nothing changes no refusal."""
        if error.foresee is not None:
            return
        try:
            await self._audit.write(replace(asked, stage=Stage.REFUSED, said=str(error)))
        except AuditUnwritableError:
            log.error("a refused command is not on record", act=asked.act)

    async def _send(self, plan: Plan) -> Answer:
        """One after the other; the first that fails is the last."""
        said: list[str] = []
        placed = ""
        for order in plan.orders:
            answer = await order(self._switchboard)
            said.append(answer.message)
            placed = answer.order or placed
            if not answer.ok:
                return Answer(False, answer.message, answer.lost)
        return Answer(True, "; ".join(dict.fromkeys(filter(None, said))), order=placed)

    async def _answered(self, asked: Entry, answer: Answer) -> None:
        more = {**asked.more, "ok": answer.ok, "lost": answer.lost}
        entry = replace(asked, stage=Stage.ANSWERED, at=self._clock.now(), said=answer.message, more=more)
        try:
            await self._audit.write(entry)
        except AuditUnwritableError:  # it is done; that it was asked for is on record
            log.error("the exchange's answer to a command is not on record", act=asked.act, ok=answer.ok)

    def _count(self, person: int) -> None:
        now, tries = self._clock.monotonic(), self._tries.setdefault(person, deque(maxlen=TRIES))
        if len(tries) == TRIES and now - tries[0] < TRIES_S:
            raise refused("too_often")
        tries.append(now)
