"""What agents do from their page: ask for help, ask for leave, withdraw it, say why they hung up first."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from floor.audit.model import Doer
from floor.audit.model import Stage as Step
from floor.people.model import SignedIn
from floor.requests import life
from floor.requests.acts import Acts, doer
from floor.requests.askers import Askers
from floor.requests.model import END_REASONS, About, Asker, EndReason, Help, Leave, Request, Way
from floor.requests.ports import NotAdmittedError
from floor.requests.words import tamed
from floor.sections.presence import PresenceSettings
from floor.state.model import Key

MOST_MINUTES = 240


class Asking:
    """The agent's part of :class:`floor.requests.ports.Requests`; whose request it is nobody can choose."""

    def __init__(self, acts: Acts, askers: Askers, presence: PresenceSettings) -> None:
        self._acts, self._askers, self._presence = acts, askers, presence

    async def help(self, who: SignedIn, about: About, text: str, address: str) -> Request:
        self._acts.must_act()
        asked = self.take_help(self._asker(who), about, tamed(text), Way.PAGE, doer(who, address))
        await self._acts.write()
        return asked

    def take_help(self, by: Asker, about: About, text: str, way: Way, whose: Doer) -> Help:
        """At once: everybody sees it when this returns, and what could not wait is escalated."""
        now = self._acts.clock.now()
        before = self._acts.book.living(Help, by.key)
        if before is not None:
            asked = life.asked_again(before, about, text, now)
            if asked == before:
                return before
        else:
            queue, call = self._call(by.key)
            asked = Help(uuid4().hex, by, about, way, now, text=text, queue=queue, call=call)
        asked = life.at(asked, now, self._acts.book.limits)
        self._acts.put(asked, "ask_help", Step.ASKED, whose, about)
        return asked

    async def leave(self, who: SignedIn, reason: str, minutes: int, text: str, address: str) -> Request:
        self._acts.must_act()
        by = self._asker(who)
        if reason not in self._presence.away_reasons:
            raise NotAdmittedError(422, "reason: one of the away reasons is needed", "请选择一种离席原因")
        if not 1 <= minutes <= MOST_MINUTES:
            raise NotAdmittedError(422, f"minutes: 1 to {MOST_MINUTES}", f"分钟数应为 1 至 {MOST_MINUTES}")
        leave = Leave(uuid4().hex, by, reason, minutes, Way.PAGE, self._acts.clock.now(), text=tamed(text))
        async with self._acts.turn:
            if self._acts.book.living(Leave, by.key) is not None:
                raise NotAdmittedError(409, "you have asked for leave already", "您已提交离席申请")
            await self._acts.begin(who, leave, "ask_leave", address, reason)
        await self._acts.write()
        return leave

    async def withdraw(self, who: SignedIn, id_: str, address: str) -> Request:
        def change(one: Request) -> Request:
            if isinstance(one, EndReason):
                raise NotAdmittedError(409, "there is nothing to withdraw", "无可撤回的内容")
            return life.withdrawn(one, self._acts.clock.now())

        return await self._acts.carry_out(who, id_, _own(who), change, "withdraw_request", Step.ENDED, address)

    async def reason(self, who: SignedIn, id_: str, reason: str, address: str) -> Request:
        if reason not in END_REASONS:
            raise NotAdmittedError(422, "reason: one of the fixed codes is needed", "请选择一种挂机原因")

        def change(one: Request) -> Request:
            if not isinstance(one, EndReason):
                raise NotAdmittedError(409, "no reason is asked for here", "此处无需填写挂机原因")
            return life.given(one, reason, Way.PAGE, self._acts.clock.now())

        mine = _own(who)
        return await self._acts.carry_out(who, id_, mine, change, "give_reason", Step.ANSWERED, address, reason)

    def _asker(self, who: SignedIn) -> Asker:
        by = self._askers.of_person(who.person)
        if by is None:
            raise NotAdmittedError(409, "no exchange knows you as an agent", "您的账号未关联座席")
        return by

    def _call(self, key: Key) -> tuple[str, str]:
        """(queue, Linkedid) of the call he has."""
        agent = self._askers.agent(key)
        if agent is None or agent.call is None:
            return "", ""
        return agent.queue or "", self._askers.linkedid(key[0], agent.call)


def _own(who: SignedIn) -> Callable[[Request], bool]:
    return lambda request: request.by.person == who.person.id
