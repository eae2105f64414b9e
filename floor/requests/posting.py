"""Notices: posted by leaders, shown on boards and agents' pages until they expire or are withdrawn (R-SUP-10, -11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import get_args
from uuid import uuid4

import structlog

from floor.audit.model import Entry
from floor.audit.model import Stage as Step
from floor.audit.ports import Audit
from floor.people.model import Person, SignedIn
from floor.people.ports import People
from floor.people.rights import Right, may
from floor.ports import Clock
from floor.requests.acts import Acts, doer
from floor.requests.answering import someone
from floor.requests.model import Level, Notice, Text
from floor.requests.ports import NotAdmittedError, NoticeListener
from floor.requests.words import tamed

TEXT_LIMIT = 200
"""Characters; a board shows one line."""
MOST_MINUTES = 7 * 24 * 60
MOST = 50
"""Notices at one time; more would be read by nobody."""
LEVELS = get_args(Level)

log = structlog.get_logger(__name__)


class Posting:
    """Implements :class:`floor.requests.ports.Notices`. ``boards``: ids of those there are."""

    def __init__(self, acts: Acts, audit: Audit, people: People, boards: Mapping[str, bool], clock: Clock) -> None:
        """``boards``: whether visitors see it, by id."""
        self._acts, self._audit, self._people, self._boards, self._clock = acts, audit, people, boards, clock
        self._standing: dict[str, Notice] = {}
        self._reads: dict[str, set[int]] = {}
        self._listeners: list[NoticeListener] = []

    @property
    def standing(self) -> Mapping[str, Notice]:
        return MappingProxyType(self._standing)

    def subscribe(self, listener: NoticeListener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def reads(self, notice: str) -> int:
        return len(self._reads.get(notice, ()))

    def has_read(self, notice: str, person: int) -> bool:
        return person in self._reads.get(notice, ())

    def for_person(self, person: int) -> Sequence[Notice]:
        known = self._people.persons.get(person)
        return [] if known is None else [one for one in self._standing.values() if self._is_for(known, one)]

    async def post(
        self,
        who: SignedIn,
        text: Text,
        level: str,
        minutes: int,
        *,
        boards: tuple[str, ...] | None = (),
        pages: bool = True,
        groups: tuple[str, ...] = (),
        public: bool = False,
        address: str = "",
    ) -> Notice:
        self._acts.must_act()
        now = self._clock.now()
        words = {tongue: tamed(said, TEXT_LIMIT) for tongue, said in text.items() if tongue in ("en", "zh")}
        notice = Notice(
            uuid4().hex,
            {tongue: said for tongue, said in words.items() if said},
            level,  # type: ignore[arg-type]  # judged below
            now,
            now + 60.0 * minutes,
            someone(who),
            boards,
            pages,
            self._groups(who.person, groups),
            public,
        )
        self._judge(notice, minutes)
        async with self._acts.turn:
            if len(self._standing) >= MOST:
                raise NotAdmittedError(
                    409, f"{MOST} notices stand already; withdraw one", f"已有 {MOST} 条公告，请先撤回"
                )
            await self._audit.write(self._entry("post_notice", Step.BEGAN, notice, who, address))
            self._take(notice, "posted", who.person.name)
        await self._acts.write()
        return notice

    async def withdraw(self, who: SignedIn, id: str, *, address: str = "") -> Notice:
        self._acts.must_act()
        async with self._acts.turn:
            before = self._standing.get(id)
            if before is None:
                raise NotAdmittedError(404, "there is no such notice any more", "没有此公告")
            if not may(who.person, Right.SEE_SITE) and before.by.id != who.person.id:
                raise NotAdmittedError(403, "it is another leader's notice", "这是其他班长发布的公告")
            await self._audit.write(self._entry("withdraw_notice", Step.ENDED, before, who, address))
            notice = replace(before, withdrawn_at=self._clock.now(), withdrawn_by=someone(who))
            self._take(notice, "withdrawn", who.person.name)
        await self._acts.write()
        return notice

    async def mark_read(self, who: SignedIn, id: str) -> None:
        self._acts.must_act()
        notice = self._standing.get(id)
        if notice is None or not self._is_for(who.person, notice):
            raise NotAdmittedError(404, "there is no such notice any more", "没有此公告")
        if self.has_read(id, who.person.id):
            return
        self._reads.setdefault(id, set()).add(who.person.id)
        self._acts.record.put_read(id, who.person.id, self._clock.now())
        self._tell(notice, who.person.id)
        await self._acts.write()

    # Time, and the record

    def next_at(self) -> float | None:
        return min((one.until for one in self._standing.values()), default=None)

    def due(self, now: float) -> None:
        """What is over is shown no more."""
        for notice in [one for one in self._standing.values() if not one.stands(now)]:
            del self._standing[notice.id]
            self._reads.pop(notice.id, None)
            self._tell(notice)

    def replace_all(self, notices: Sequence[Notice], reads: Mapping[str, set[int]], now: float) -> None:
        """As the record has it."""
        before = self._standing
        self._standing = {one.id: one for one in notices if one.stands(now)}
        self._reads = {id_: set(reads.get(id_, ())) for id_ in self._standing}
        changed = {**before, **self._standing}
        for id_, notice in changed.items():
            if before.get(id_) != self._standing.get(id_):
                self._tell(notice)

    def _take(self, notice: Notice, stage: str, by: str) -> None:
        if notice.stands(self._clock.now()):
            self._standing[notice.id] = notice
        else:
            self._standing.pop(notice.id, None)
            self._reads.pop(notice.id, None)
        self._acts.record.put(notice, self._clock.now(), stage, by)
        self._acts.wake.set()
        self._tell(notice)

    def _tell(self, notice: Notice, read_by: int | None = None) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(notice, read_by)
            except Exception:
                log.exception("listener failed", listener=repr(listener))

    # Judging

    def _groups(self, person: Person, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Who does not see the whole site speaks to his own groups."""
        if may(person, Right.SEE_SITE):
            return groups
        if not set(groups) <= set(person.groups):
            raise NotAdmittedError(403, "groups: post to your own groups", "只能向本人负责的班组发布")
        return groups or person.groups

    def _judge(self, notice: Notice, minutes: int) -> None:
        if not notice.text:
            raise NotAdmittedError(422, "text: say something, in one language at least", "请填写公告内容")
        if notice.level not in LEVELS:
            raise NotAdmittedError(422, "level: notice, warn or critical", "级别应为 notice、warn 或 critical")
        if not 1 <= minutes <= MOST_MINUTES:
            raise NotAdmittedError(422, f"minutes: 1 to {MOST_MINUTES}; every notice expires", "请填写有效时间（分钟）")
        unknown = [one for one in notice.boards or () if one not in self._boards]
        if unknown:
            raise NotAdmittedError(422, f"boards: there is no {', '.join(unknown)}", "没有此看板")
        strange = [one for one in notice.groups if one not in self._people.groups]
        if strange:
            raise NotAdmittedError(422, f"groups: there is no {', '.join(strange)}", "没有此班组")
        if notice.boards is None and not notice.pages:
            raise NotAdmittedError(422, "boards or pages: somebody must see it", "请选择至少一处显示位置")
        named = [one for one in notice.boards or () if self._boards[one]]
        if named and not notice.public:
            en = f"public: {', '.join(named)} is seen by visitors; say that the notice is meant for them"
            raise NotAdmittedError(422, en, "该看板面向访客，请确认公告可公开")

    def _is_for(self, person: Person, notice: Notice) -> bool:
        return any(notice.for_group(group) for group in person.groups or (None,))

    def _entry(self, act: str, step: Step, notice: Notice, who: SignedIn, address: str) -> Entry:
        more = {"level": notice.level, "until": notice.until, "boards": notice.boards, "groups": notice.groups}
        said = " / ".join(notice.text.values())
        by = doer(who, address)
        return Entry(notice.id, act, step, self._clock.now(), by, said=said, more=more | {"public": notice.public})
