"""What was said of every rule and subject, so that nothing is said twice: FINE is where everybody starts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

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
        about = stands.about
        signal = Signal(case[0], case[1], stands.standing, at, stands.severity, drill=self._drill)
        signal = replace(signal, queue=about.queue, call=about.call, evidence=about.evidence, causes=about.causes)
        self._emit(_counted(signal, stands) if isinstance(stands, Count) else _measured(signal, stands))

    def _emit(self, signal: Signal) -> None:
        case, told = (signal.rule, signal.subject), (signal.standing, signal.severity, signal.causes)
        if self._told.get(case, FINE) == told:
            return
        if signal.standing is Standing.FINE:
            self._told.pop(case, None)
        else:
            self._told[case] = told
        self.number += 1
        self._sink.signal(signal)


def _counted(signal: Signal, count: Count) -> Signal:
    limit = None if count.needed is None else float(count.needed)
    return replace(signal, since=signal.at, value=float(count.number), limit=limit)


def _measured(signal: Signal, watch: Watch) -> Signal:
    """The limit that was passed; of a level that waits out its ``for_s`` the one it is beyond."""
    shown = signal.standing is Standing.NOTICED and watch.over_since is None
    since = watch.since if isinstance(watch.reading, Lasting) else watch.over_since
    limit = watch.rule.notice if shown else watch.rule.limit
    return replace(signal, since=since, value=watch.value(signal.at), limit=limit)
