"""The exchanges as one whole holds them: links, who listens at them, tapes, what heals gaps from their logs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack

from asterisk.console import Console
from asterisk.ears import ExchangeEars
from asterisk.link import Link
from asterisk.placed import PlacedCalls, wanted_too
from asterisk.reporter import Reporter
from asterisk.spies import Spies
from asterisk.spying import SpyNews, Tell
from asterisk.straight import straight_to
from asterisk.sync import Defaults
from asterisk.translate import WANTED
from floor.day import Day
from floor.heal import Healer, Mended
from floor.history import History
from floor.past import Archive
from floor.ports import Clock
from floor.settings import PbxSettings, Settings
from floor.state.facts import LinkChanged
from floor.state.model import LinkState
from floor.store import FloorStore
from floor.tasks import Tasks


class Health:
    """How every link does, by exchange name (the web room's port)."""

    def __init__(self, links: Mapping[str, Link]) -> None:
        self._links = links

    def heard_ago(self, pbx: str) -> float | None:
        return self._links[pbx].health().heard_ago_s if pbx in self._links else None

    def events(self, pbx: str) -> int:
        return self._links[pbx].health().events if pbx in self._links else 0

    def queue_size(self, pbx: str) -> int:
        return self._links[pbx].health().queue_size if pbx in self._links else 0

    def lag_s(self, pbx: str) -> float | None:
        return self._links[pbx].health().lag_s if pbx in self._links else None


def untold(_pbx: str, _said: Mapping[str, str]) -> None:
    """Nobody elsewhere listens to calls."""


class Exchanges:
    """All that is connected to the exchanges of the settings."""

    def __init__(
        self,
        settings: Settings,
        store: FloorStore,
        history: History,
        archive: Archive,
        clock: Clock,
        *,
        news: Tell = untold,
    ) -> None:
        """``news`` is told what is heard of listening."""
        self._news = SpyNews(news)
        self._settings, self._store, self._history, self._archive = settings, store, history, archive
        self._clock = clock
        self.placed, self.spies = PlacedCalls(), Spies()
        defaults = Defaults(wrapup_s=settings.wrapup_s)
        self.links = {pbx.name: self._link(pbx, defaults) for pbx in settings.pbx}
        self.switchboard = Console(self.links, self.placed)
        self.ears = ExchangeEars(settings.listening, self.links, self.spies, clock)
        self.health = Health(self.links)

    def _link(self, pbx: PbxSettings, defaults: Defaults) -> Link:
        recorder = self._archive.recorders.get(pbx.name)
        reporter = Reporter(pbx.name, self._store.apply, defaults)
        sink = self._news.ear(pbx.name, self.spies.ear(pbx.name, self.placed.ear(pbx.name, reporter)))
        link = Link(pbx, sink, self._clock, wanted=wanted_too(WANTED), straight=straight_to(reporter), tap=recorder)
        reporter.take_turns(self._store.apply_in_steps, link.go_on_with)
        if recorder is not None:
            recorder.turned = link.retake  # every tape begins with a picture
        return link

    def take_up(self, begin: float, since: float | None = None) -> None:
        """The time we were away is a gap, from where the record left off.

        :param begin: from when a record that was never begun is missing; ``since``: not before this moment.
        """
        left_off = self._history.left_off()
        for name in self.links:
            missing = left_off.get(name, max(begin, since or begin))
            self._store.apply(
                LinkChanged(name, missing, LinkState.DOWN, "restart" if name in left_off else "first_start")
            )

    def connect(self, stack: AsyncExitStack, tasks: Tasks, day: Day, mended: Mended) -> None:
        """Begin: the healers first, so that they hear of the first gap."""
        for pbx in self._settings.pbx:
            if pbx.queue_log is not None:
                healer = Healer(pbx, self._history, mended, day, lambda: self._store.snapshot().callers)
                stack.callback(self._store.subscribe(healer.listen))
                tasks.start(f"healer {pbx.name}", healer.run())
        for link in self.links.values():
            tasks.start(f"link {link.pbx}", link.run())
            stack.callback(link.stop)
