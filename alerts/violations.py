"""Violations: the breaches that are open now, from beginning to end, with the facts that prove them.

A breach says what was measured, never only what was allowed, and invents no duration: one that reaches into a gap ends
where the gap began; one that, as it turns out, had ended in time is excused by the machine itself and stays visible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import blake2b

from alerts.conditions.contract import About, Occurrence
from alerts.model import SEVERITIES, Breach, Evidence, Severity, Subject
from alerts.ports import SignalSink
from alerts.rules import Rule
from alerts.watch import Watch

FLOOR = "floor"
"""Who excuses what the machine knows to be no fault."""
PROOFS = 20
"""Facts kept per breach: the first ones, and the last."""

Case = tuple[str, Subject]


class Violations:
    """Begins, worsens and ends breaches; tells the sink."""

    def __init__(self, sink: SignalSink, drill: str | None = None) -> None:
        self._sink = sink
        self._drill = drill
        self._open: dict[Case, Breach] = {}
        self._periods: dict[Case, int] = {}
        self._explained: dict[str, dict[Subject, frozenset[Subject]]] = {}
        """Rules that excuse others, where they are broken: what they explain; nothing named: everything."""

    def __contains__(self, case: Case) -> bool:
        return case in self._open

    def open_ids(self) -> frozenset[str]:
        """Of all that are open."""
        return frozenset(breach.id for breach in self._open.values())

    def measure(self, case: Case, watch: Watch, at: float) -> None:
        """What is measured has come this far."""
        breach = self._open.get(case)
        if breach is not None:
            worst = watch.rule.direction.worse(breach.value, watch.value(at))
            if worst != breach.value:
                self._open[case] = replace(breach, value=worst)

    def judge(self, case: Case, watch: Watch, at: float, group: str | None, why: str) -> None:
        """Begin, worsen or end what is recorded, by how the rule stands at ``at``."""
        if not (watch.violated and watch.rule.breach):
            self.end(case, at, why)
        elif case not in self._open:
            self._begin(case, watch, at, group)
        else:
            self.measure(case, watch, at)
            self._worsen(case, watch, at)

    def _begin(self, case: Case, watch: Watch, at: float, group: str | None) -> None:
        began = watch.over_since if watch.over_since is not None else at
        breach = self._made(case, watch.rule, watch.about, began, group)
        breach = replace(breach, severity=watch.severity, value=watch.value(at), limit=watch.rule.limit)
        self._periods[case] = watch.periods(at)
        self._put(case, self._excused(breach, watch.rule, at))

    def _made(self, case: Case, rule: Rule, about: About, began: float, group: str | None) -> Breach:
        subject = case[1]
        return Breach(
            id=_id(case, about, began, self._drill),
            rule=rule.id,
            subject=subject,
            severity=rule.severity,
            began_at=began,
            ended_at=None,
            limit=rule.limit,
            value=None,
            queue=about.queue,
            call=about.call,
            agent=about.agent,
            group=group,
            evidence=about.evidence[:PROOFS],
            drill=self._drill,
        )

    def _worsen(self, case: Case, watch: Watch, at: float) -> None:
        breach, periods = self._open[case], watch.periods(at)
        again = periods > self._periods.get(case, 0)
        if again:
            self._periods[case] = periods
            breach = _proved(breach, {"at": at, "fact": "LimitPassedAgain", "times": periods})
        if again or _rank(watch.severity) > _rank(breach.severity):
            self._put(case, replace(breach, severity=max(breach.severity, watch.severity, key=_rank)))

    def point(
        self, case: Case, rule: Rule, one: Occurrence, severity: Severity, value: float, group: str | None
    ) -> None:
        """A breach without a duration: it happened."""
        breach = self._made(case, rule, one.about, one.at, group)
        measured = one.value is not None and rule.clauses[0].limit is not None
        breach = replace(
            breach,
            severity=severity,
            ended_at=one.at,
            value=one.value if measured else value,
            limit=rule.clauses[0].limit if measured else rule.limit,
        )
        self._sink.breach(self._excused(breach, rule, one.at))

    def end(self, case: Case, at: float, why: str, excuse: str | None = None) -> None:
        """It is over; ``excuse``: why it counts for nothing."""
        breach = self._open.pop(case, None)
        self._periods.pop(case, None)
        if breach is None:
            return
        ended = max(breach.began_at, at)
        breach = replace(_proved(breach, {"at": at, "fact": why}), ended_at=ended)
        if excuse is not None and breach.excused_by is None:
            breach = replace(breach, excused_by=FLOOR, excused_at=ended, excuse=excuse)
        self._sink.breach(breach)

    def began_at(self, case: Case) -> float | None:
        breach = self._open.get(case)
        return breach.began_at if breach is not None else None

    def explain(
        self, rule: str, subject: Subject, causes: Iterable[Subject] | None, rules: Mapping[str, Rule], at: float
    ) -> None:
        """A rule that excuses others is broken because of ``causes``; ``None``: it is not broken any more."""
        explained = self._explained.setdefault(rule, {})
        if causes is None:
            explained.pop(subject, None)
            return
        explained[subject] = frozenset(causes)
        for case, breach in list(self._open.items()):
            excused = self._excused(breach, rules[case[0]], at)
            if excused is not breach:
                self._put(case, excused)

    def _excused(self, breach: Breach, rule: Rule, at: float) -> Breach:
        if breach.excused_by is not None:
            return breach
        for excuser in sorted(rule.excusers):
            for causes in self._explained.get(excuser, {}).values():
                if not causes or breach.subject in causes:
                    return replace(breach, excused_by=FLOOR, excused_at=at, excuse=excuser)
        return breach

    def _put(self, case: Case, breach: Breach) -> None:
        self._open[case] = breach
        self._sink.breach(breach)


def _proved(breach: Breach, proof: Evidence) -> Breach:
    return replace(breach, evidence=(*breach.evidence[: PROOFS - 1], proof))


def _rank(severity: Severity) -> int:
    return SEVERITIES.index(severity)


def _id(case: Case, about: About, began: float, drill: str | None) -> str:
    """The same breach has the same id wherever it is found."""
    told = f"{case[0]}|{case[1].id}|{about.queue}|{about.call}|{began:.3f}|{drill}"
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
