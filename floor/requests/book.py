"""The book of requests, in memory: those that live and those that ended just now; tells who listens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from types import MappingProxyType
from typing import TypeVar

import structlog

from floor.requests.life import Limits, at, next_at
from floor.requests.model import LIVES, EndReason, Help, Leave, Request
from floor.requests.ports import RequestListener
from floor.state.model import Key

SHOWN_S = 300.0
"""How long a request that ended stays to be seen."""
MOST = 5_000
"""Requests kept in mind; of more, the oldest that ended are forgotten first, then the oldest."""

R = TypeVar("R", Help, Leave, EndReason)
log = structlog.get_logger(__name__)


class Book:
    """One thread; time is an argument."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._shown: dict[str, Request] = {}
        self._of_agent: dict[Key, dict[str, None]] = {}
        self._moments: list[tuple[float, str]] = []
        """When to look at which again, soonest first: on a big floor some hang up first every second, and each of them
        is shown for minutes."""
        self._planned: dict[str, float] = {}
        """Of these the ones that hold."""
        self._listeners: list[RequestListener] = []

    @property
    def shown(self) -> Mapping[str, Request]:
        return MappingProxyType(self._shown)

    def subscribe(self, listener: RequestListener) -> Callable[[], None]:
        """Told of every request that changed; call the result to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def put(self, request: Request) -> None:
        """It is so from now on."""
        self._keep(request)
        self.tell(request)
        if len(self._shown) > MOST:
            ended = (one for one in self._shown.values() if one.stage not in LIVES)
            self._drop(next(ended, next(iter(self._shown.values()))))

    def _keep(self, request: Request) -> None:
        self._shown[request.id] = request
        self._of_agent.setdefault(request.by.key, {})[request.id] = None
        moments = [next_at(request, self.limits), None if request.ended_at is None else request.ended_at + SHOWN_S]
        moment = min((one for one in moments if one is not None), default=None)
        if moment is None:
            self._planned.pop(request.id, None)
        elif self._planned.get(request.id) != moment:
            self._planned[request.id] = moment
            heappush(self._moments, (moment, request.id))

    def tell(self, request: Request) -> None:
        """Something about it is to be shown otherwise."""
        for listener in tuple(self._listeners):
            try:
                listener(request)
            except Exception:
                log.exception("listener failed", listener=repr(listener))

    def living(self, kind: type[R], agent: Key) -> R | None:
        """His request of this kind that is not over, the latest."""
        ids = self._of_agent.get(agent)
        if not ids:
            return None  # most people ask for nothing
        found = (self._shown[id_] for id_ in reversed(ids))
        return next((one for one in found if isinstance(one, kind) and one.stage in LIVES), None)

    def replace_all(self, requests: list[Request], now: float) -> None:
        """As the record has it: on starting, and while another Floorwatch acts."""
        before, self._shown, self._of_agent = self._shown, {}, {}
        self._moments, self._planned = [], {}
        for request in sorted(requests, key=lambda one: one.asked_at):
            if not self._forgotten(request, now):
                self._keep(request)
        for id_, old in before.items():
            if id_ not in self._shown:
                self.tell(old)
        for id_, new in list(self._shown.items()):
            if before.get(id_) != new:
                self.tell(new)

    # Time

    def next_at(self) -> float | None:
        """When :meth:`due` has something to do."""
        while self._moments and self._planned.get(self._moments[0][1]) != self._moments[0][0]:
            heappop(self._moments)
        return self._moments[0][0] if self._moments else None

    def due(self, now: float) -> list[Request]:
        """What time alone has changed by now, not yet put; what ended long ago is shown no more."""
        later = []
        for id_, moment in self._come(now).items():
            before = self._shown[id_]
            after = at(before, now, self.limits)
            if after is not before:
                later.append(after)
                heappush(self._moments, (moment, id_))  # it is due until it is put
            elif self._forgotten(before, now):
                self._drop(before)
        return later

    def _come(self, now: float) -> dict[str, float]:
        """What is to be looked at by now, and since when; taken off the list."""
        come: dict[str, float] = {}
        while (moment := self.next_at()) is not None and moment <= now:
            come[heappop(self._moments)[1]] = moment
        return come

    @staticmethod
    def _forgotten(request: Request, now: float) -> bool:
        return request.ended_at is not None and now >= request.ended_at + SHOWN_S

    def _drop(self, request: Request) -> None:
        del self._shown[request.id]
        self._planned.pop(request.id, None)
        ids = self._of_agent[request.by.key]
        del ids[request.id]
        if not ids:
            del self._of_agent[request.by.key]
        self.tell(request)
