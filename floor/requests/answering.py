"""What leaders do: answer help, close it, decide about leave. Each within his scope, nobody for himself."""

from __future__ import annotations

from collections.abc import Callable

from floor.audit.model import Stage as Step
from floor.people.model import SignedIn
from floor.requests import life
from floor.requests.acts import Acts
from floor.requests.model import Answer, Help, Leave, Request, Someone
from floor.requests.ports import NotAdmittedError
from floor.requests.words import tamed


class Answering:
    """The leader's part of :class:`floor.requests.ports.Requests`."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts

    async def answer(self, who: SignedIn, id_: str, answer: Answer, advice: str, address: str) -> Request:
        advice = tamed(advice)
        if answer is Answer.ADVICE and not advice:
            raise NotAdmittedError(422, "text: the advice is missing", "请填写建议内容")

        def change(one: Request) -> Request:
            return life.answered(_help(one, who), answer, advice, someone(who), self._acts.clock.now())

        return await self._do(who, id_, change, "answer_help", Step.ANSWERED, address, answer)

    async def close(self, who: SignedIn, id_: str, address: str) -> Request:
        def change(one: Request) -> Request:
            return life.closed(_help(one, who), someone(who), self._acts.clock.now())

        return await self._do(who, id_, change, "close_help", Step.ENDED, address)

    async def decide(self, who: SignedIn, id_: str, approved: bool, word: str, address: str) -> Request:
        word = tamed(word)

        def change(one: Request) -> Request:
            if not isinstance(one, Leave):
                raise NotAdmittedError(409, "there is nothing to decide here", "此处无需审批")
            _not_himself(one, who)
            return life.decided(one, approved, word, someone(who), self._acts.clock.now())

        said = "approved" if approved else "refused"
        return await self._do(who, id_, change, "decide_leave", Step.ANSWERED, address, said)

    async def _do(
        self,
        who: SignedIn,
        id_: str,
        change: Callable[[Request], Request],
        act: str,
        step: Step,
        address: str,
        reason: str = "",
    ) -> Request:
        def sees(one: Request) -> bool:
            return self._acts.sees(who.person.id, one)

        return await self._acts.carry_out(who, id_, sees, change, act, step, address, reason)


def someone(who: SignedIn) -> Someone:
    return Someone(who.person.id, who.person.name)


def _help(one: Request, who: SignedIn) -> Help:
    if not isinstance(one, Help):
        raise NotAdmittedError(409, "nobody asks for help here", "此处无求助")
    _not_himself(one, who)
    return one


def _not_himself(one: Request, who: SignedIn) -> None:
    if one.by.person == who.person.id:
        raise NotAdmittedError(409, "nobody answers his own request", "不能处理本人的申请")
