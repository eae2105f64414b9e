"""What was said of every rule and subject, so that nothing is said twice: FINE is where everybody starts."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.conditions.contract import Lasting
from alerts.count import Count
from alerts.model import Severity, Signal, Standing, Subject
from alerts.ports import SignalSink
from alerts.violations import Case
from alerts.watch import Watch

Told = tuple[Standing, Severity, tuple[Subject, ...]]
"""How a case stood when it was told last, and what it explained: to explain more is news."""
FINE: Told = (Standing.FINE, Severity.INFO, ())


class Sayings:
    """Tells the sink how cases stand, whenever that differs from what was told before."""

    def __init__(self, sink: SignalSink, drill: str | None = None) -> None:
        self._sink = sink
        self._drill = drill
        self._told: dict[Case, Told] = {}
        """What was said last, where it was not FINE."""
        self.number = 0
        """How often something was said."""
        self.unknown = 0
        """Of how many cases it was said last that they cannot be seen."""

    def __contains__(self, case: Case) -> bool:
        """Whether something else than FINE was said of it last."""
        return case in self._told

    def of(self, pbx: str | None = None) -> Iterator[Case]:
        """Cases that were not FINE when they were told last, of one exchange or of all."""
        return iter([case for case in self._told if pbx is None or case[1].pbx == pbx])

    def tell(self, case: Case, standing: Standing, at: float) -> None:
        """FINE or UNKNOWN: there is nothing to measure."""
        self._emit(Signal(case[0], case[1], standing, at, drill=self._drill))

    def say(self, case: Case, stands: Watch | Count, at: float) -> None:
        """How it stands at ``at``, with what was measured or counted."""
        causes = () if stands.standing is Standing.FINE else stands.about.causes
        if self._told.get(case, FINE) == (stands.standing, stands.severity, causes):
            return
        if stands.standing is Standing.FINE:
            self.tell(case, Standing.FINE, at)
            return
        self._emit(self._counted(case, stands, at) if isinstance(stands, Count) else self._measured(case, stands, at))

    def _emit(self, signal: Signal) -> None:
        case, told = (signal.rule, signal.subject), (signal.standing, signal.severity, signal.causes)
        before = self._told.get(case, FINE)
        if before == told:
            return
        self.unknown += (signal.standing is Standing.UNKNOWN) - (before[0] is Standing.UNKNOWN)
        if signal.standing is Standing.FINE:
            self._told.pop(case, None)
        else:
            self._told[case] = told
        self.number += 1
        self._sink.signal(signal)

    def _counted(self, case: Case, count: Count, at: float) -> Signal:
        limit = None if count.needed is None else float(count.needed)
        return self._signal(case, count, at, at, float(count.number), limit)

    def _measured(self, case: Case, watch: Watch, at: float) -> Signal:
        """The limit that was passed; of a level that waits out its ``for_s`` the one it is beyond."""
        shown = watch.standing is Standing.NOTICED and watch.over_since is None
        since = watch.since if isinstance(watch.reading, Lasting) else watch.over_since
        limit = watch.rule.notice if shown else watch.rule.limit
        return self._signal(case, watch, at, since, watch.value(at), limit)

    def _signal(
        self,
        case: Case,
        stands: Watch | Count,
        at: float,
        since: float | None,
        value: float | None,
        limit: float | None,
    ) -> Signal:
        about = stands.about
        return Signal(
            case[0],
            case[1],
            stands.standing,
            at,
            stands.severity,
            since,
            value,
            limit,
            about.queue,
            about.call,
            about.evidence,
            about.causes,
            self._drill,
        )
